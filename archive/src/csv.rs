//! CSV, as RFC 4180 has it: nothing between two commas is null, and two quotes are an empty string.

use std::io::{self, Write};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, RecordBatch};
use arrow_schema::{ArrowError, DataType, Schema};
use jiff::Timestamp;

/// The line of names.
pub(crate) fn head(out: &mut impl Write, schema: &Schema) -> io::Result<()> {
    for (at, field) in schema.fields().iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        text(out, field.name())?;
    }
    out.write_all(b"\r\n")
}

/// A line for each row.
pub(crate) fn rows(out: &mut impl Write, batch: &RecordBatch) -> Result<(), ArrowError> {
    for row in 0..batch.num_rows() {
        for (at, column) in batch.columns().iter().enumerate() {
            if at > 0 {
                out.write_all(b",")?;
            }
            if column.is_valid(row) {
                value(out, column.as_ref(), row)?;
            }
        }
        out.write_all(b"\r\n")?;
    }
    Ok(())
}

fn value(out: &mut impl Write, column: &dyn Array, row: usize) -> Result<(), ArrowError> {
    match column.data_type() {
        DataType::Utf8 => text(out, column.as_string::<i32>().value(row))?,
        DataType::Dictionary(..) => {
            let column = column.as_dictionary::<Int32Type>();
            let values = column.values().as_string::<i32>();
            text(out, column.key(row).map_or("", |key| values.value(key)))?;
        }
        DataType::Boolean => write!(out, "{}", column.as_boolean().value(row))?,
        DataType::Int64 => write!(out, "{}", column.as_primitive::<Int64Type>().value(row))?,
        // The shortest that is this number, and no longer than needed.
        DataType::Float64 => write!(out, "{:?}", column.as_primitive::<Float64Type>().value(row))?,
        DataType::Timestamp(..) => {
            let time = column.as_primitive::<TimestampMillisecondType>().value(row);
            let time = Timestamp::from_millisecond(time);
            let time = time.map_err(|error| ArrowError::CsvError(error.to_string()))?;
            write!(out, "{time:.3}")?;
        }
        other => return Err(ArrowError::CsvError(format!("CSV has no {other}"))),
    }
    Ok(())
}

fn text(out: &mut impl Write, text: &str) -> io::Result<()> {
    if !text.is_empty() && !text.contains([',', '"', '\r', '\n']) {
        return out.write_all(text.as_bytes());
    }
    write!(out, "\"{}\"", text.replace('"', "\"\""))
}
