//! Files of columns: one for each day on which deliveries were created.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use arrow_array::cast::AsArray;
use arrow_array::types::TimestampMillisecondType;
use arrow_array::{Array, RecordBatch, UInt64Array};
use arrow_ipc::CompressionType;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions};
use arrow_schema::{ArrowError, DataType};
use arrow_select::concat::concat_batches;
use arrow_select::dictionary::garbage_collect_any_dictionary;
use arrow_select::take::take_record_batch;
use hashbrown::HashSet;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use serde::{Deserialize, Serialize};

use crate::csv;

/// What files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Apache Parquet, compressed by Zstandard.
    Parquet,
    /// Files of Apache Arrow's IPC, compressed by Zstandard.
    Arrow,
    /// RFC 4180; what has something inside is the text of JSON.
    Csv,
}

impl Format {
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Parquet => "parquet",
            Self::Arrow => "arrow",
            Self::Csv => "csv",
        }
    }
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The disk.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// Columns that do not fit together.
    #[error(transparent)]
    Arrow(#[from] ArrowError),
    /// Parquet.
    #[error(transparent)]
    Parquet(#[from] ParquetError),
}

/// What the folders of days are named by.
const DATE: &str = "created_date";
/// So many files are open at once, in all threads together. A sender can make up days, and some systems allow a program 256 files.
const MOST_OPEN: usize = 160;
/// If days change more often than this within the batches, their rows are brought together first, with those of others like them.
const MOST_RUNS: usize = 64;
/// The memory that such batches take until they are.
const MOST_SCATTERED: usize = 32 << 20;

/// The files of one part of an input, in a folder of their own.
pub(crate) struct Files<'a> {
    folder: &'a Path,
    /// What they are named by.
    name: &'a str,
    format: Format,
    /// The number of the column that tells when a delivery was created.
    created: Option<usize>,
    open: BTreeMap<Date, Writer>,
    /// Batches whose days change often.
    scattered: Vec<RecordBatch>,
    most_open: usize,
    /// How often all have been closed.
    closed: usize,
    /// Where they are, from `folder` on.
    paths: Vec<String>,
}

enum Writer {
    Parquet(Box<ArrowWriter<File>>),
    /// Its batches have dictionaries of their own, and a file has one.
    Arrow(File, Vec<RecordBatch>),
    Csv(BufWriter<File>),
}

impl<'a> Files<'a> {
    pub(crate) fn new(
        folder: &'a Path,
        name: &'a str,
        format: Format,
        created: Option<usize>,
    ) -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        Self {
            folder,
            name,
            format,
            created,
            open: BTreeMap::new(),
            scattered: Vec::new(),
            most_open: (MOST_OPEN / threads).clamp(2, 32),
            closed: 0,
            paths: Vec::new(),
        }
    }

    /// Writes the rows of `batches`, or keeps them until there are more of their days.
    pub(crate) fn write(&mut self, batches: Vec<RecordBatch>) -> Result<(), WriteError> {
        let mut pieces: Vec<(Date, &RecordBatch, Range<usize>)> = Vec::new();
        for batch in &batches {
            let runs = runs(batch, self.created).into_iter();
            pieces.extend(runs.map(|(date, rows)| (date, batch, rows)));
        }
        if pieces.len() > batches.len() + MOST_RUNS {
            self.scattered.extend(batches);
            let memory =
                self.scattered.iter().map(RecordBatch::get_array_memory_size).sum::<usize>();
            return if memory < MOST_SCATTERED { Ok(()) } else { self.write_scattered() };
        }
        // A file is done before the next one, of which there may not be enough.
        pieces.sort_by_key(|(date, ..)| *date);
        for (date, batch, rows) in pieces {
            self.writer(date, &batches)?.write(&batch.slice(rows.start, rows.len()))?;
        }
        Ok(())
    }

    fn write_scattered(&mut self) -> Result<(), WriteError> {
        let batches = std::mem::take(&mut self.scattered);
        let Some(first) = batches.first() else { return Ok(()) };
        let all = concat_batches(&first.schema(), &batches)?;
        drop(batches);
        let mut days: BTreeMap<Date, Vec<u64>> = BTreeMap::new();
        for (date, rows) in runs(&all, self.created) {
            days.entry(date).or_default().extend(rows.map(|row| row as u64));
        }
        for (date, rows) in days {
            let rows = take_record_batch(&all, &UInt64Array::from(rows))?;
            self.writer(date, std::slice::from_ref(&all))?.write(&rows)?;
        }
        Ok(())
    }

    /// The file of `date`; its first rows are of `batches`.
    fn writer(&mut self, date: Date, batches: &[RecordBatch]) -> Result<&mut Writer, WriteError> {
        if !self.open.contains_key(&date) {
            if self.open.len() >= self.most_open {
                self.close()?;
            }
            let folder = format!("{DATE}={date}");
            fs::create_dir_all(self.folder.join(&folder))?;
            let number = if self.closed == 0 { String::new() } else { format!("-{}", self.closed) };
            let path = format!("{folder}/{}{number}.{}", self.name, self.format.extension());
            let file = File::create(self.folder.join(&path))?;
            self.open.insert(date, Writer::new(file, self.format, batches)?);
            self.paths.push(path);
        }
        Ok(self.open.get_mut(&date).expect("it is there now"))
    }

    fn close(&mut self) -> Result<(), WriteError> {
        for (_, writer) in std::mem::take(&mut self.open) {
            writer.close()?;
        }
        self.closed += 1;
        Ok(())
    }

    /// Ends all files. Returns their paths.
    pub(crate) fn finish(mut self) -> Result<Vec<String>, WriteError> {
        self.write_scattered()?;
        self.close()?;
        Ok(self.paths)
    }
}

/// The rows of `batch` that are of one day, one after the other; its column number `created` tells when each was created.
fn runs(batch: &RecordBatch, created: Option<usize>) -> Vec<(Date, Range<usize>)> {
    let times = created.map(|at| batch.column(at).as_primitive::<TimestampMillisecondType>());
    let mut runs: Vec<(Date, Range<usize>)> = Vec::new();
    let mut of_day = 0..0;
    for row in 0..batch.num_rows() {
        let time = times.filter(|times| times.is_valid(row));
        let time = time.map_or(i64::MAX, |times| times.value(row));
        // Most are of the day of the one before.
        if let Some((_, rows)) = runs.last_mut()
            && of_day.contains(&time)
        {
            rows.end += 1;
            continue;
        }
        let date;
        (date, of_day) = day(time);
        match runs.last_mut() {
            Some((last, rows)) if *last == date => rows.end += 1,
            _ => runs.push((date, row..row + 1)),
        }
    }
    runs
}

/// The day, in UTC, of a time in milliseconds since 1970, and the first time of that day and of the next. Engines know days as far as
/// the year 9999; what is later, or has no time, is in the folder of its last day.
fn day(time: i64) -> (Date, Range<i64>) {
    const LENGTH: i64 = 24 * 60 * 60 * 1000;
    let start = time - time.rem_euclid(LENGTH);
    let date =
        Timestamp::from_millisecond(start).map(|start| TimeZone::UTC.to_datetime(start).date());
    let date = date.unwrap_or(if time < 0 { Date::MIN } else { Date::MAX });
    (date.max(jiff::civil::date(1, 1, 1)), start..start.saturating_add(LENGTH))
}

impl Writer {
    fn new(file: File, format: Format, batches: &[RecordBatch]) -> Result<Self, WriteError> {
        let schema = batches[0].schema();
        Ok(match format {
            Format::Parquet => {
                let writer = ArrowWriter::try_new(file, schema, Some(properties(batches)?))?;
                Self::Parquet(Box::new(writer))
            }
            Format::Arrow => Self::Arrow(file, Vec::new()),
            Format::Csv => {
                let mut file = BufWriter::new(file);
                csv::head(&mut file, &schema)?;
                Self::Csv(file)
            }
        })
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<(), WriteError> {
        match self {
            Self::Parquet(writer) => writer.write(batch)?,
            Self::Arrow(_, batches) => batches.push(with_own_dictionaries(batch)?),
            Self::Csv(file) => csv::rows(file, batch)?,
        }
        Ok(())
    }

    fn close(self) -> Result<(), WriteError> {
        match self {
            Self::Parquet(writer) => drop(writer.into_inner()?),
            Self::Arrow(file, batches) => {
                let schema = batches[0].schema();
                let options =
                    IpcWriteOptions::default().try_with_compression(Some(CompressionType::ZSTD))?;
                let mut writer = FileWriter::try_new_with_options(file, &schema, options)?;
                writer.write(&concat_batches(&schema, &batches)?)?;
                writer.finish()?;
            }
            Self::Csv(mut file) => file.flush()?,
        }
        Ok(())
    }
}

/// `batch` with dictionaries that have no more than what is in it: a day of it would have those of all of it.
fn with_own_dictionaries(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let columns = batch.columns().iter().map(|column| match column.as_any_dictionary_opt() {
        Some(dictionary) => garbage_collect_any_dictionary(dictionary),
        None => Ok(Arc::clone(column)),
    });
    RecordBatch::try_new(batch.schema(), columns.collect::<Result<_, _>>()?)
}

/// So many values of a batch tell how much a column repeats itself.
const SAMPLE: usize = 500;

/// How Parquet writes columns like those of `batches`: with a dictionary where values repeat.
fn properties(batches: &[RecordBatch]) -> Result<WriterProperties, ParquetError> {
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_data_page_size_limit(128 << 10)
        .set_statistics_enabled(EnabledStatistics::Chunk);
    for (at, field) in batches[0].schema().fields().iter().enumerate() {
        let path = ColumnPath::from(field.name().as_str());
        match field.data_type() {
            DataType::Utf8 => {
                let columns = batches.iter().map(|batch| batch.column(at).as_string::<i32>());
                let (mut all, mut distinct) = (0, 0);
                for column in columns {
                    let values = column.len() - column.null_count();
                    let sample = SAMPLE.min(values);
                    let found: HashSet<&str> = column.iter().flatten().take(sample).collect();
                    all += values;
                    distinct += values * found.len() / sample.max(1);
                }
                let repeats = 2 * distinct <= all;
                properties = properties.set_column_dictionary_enabled(path.clone(), repeats);
                if !repeats {
                    properties = properties
                        .set_column_encoding(path.clone(), Encoding::DELTA_LENGTH_BYTE_ARRAY);
                }
            }
            DataType::Timestamp(..) => {
                properties = properties
                    .set_column_dictionary_enabled(path.clone(), false)
                    .set_column_encoding(path, Encoding::DELTA_BINARY_PACKED);
            }
            _ => {}
        }
    }
    Ok(properties.build())
}
