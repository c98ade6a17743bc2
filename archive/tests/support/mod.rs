//! What the tests share: deliveries with the parser's verdict, and deliveries made again from columns and what is beside them.

use std::fs;
use std::path::{Path, PathBuf};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampMillisecondType};
use arrow_array::{Array, ArrayRef, RecordBatch};
use serde_json::{Map, Number, Value};

/// A path from the root of the repository.
pub(crate) fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

pub(crate) fn read(path: &str) -> String {
    let path = root(path);
    fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("{}: {error}; `archive/check` makes what these tests need", path.display())
    })
}

/// A delivery as bytes, and whether it is valid.
pub(crate) struct Judged {
    pub(crate) body: Vec<u8>,
    pub(crate) valid: bool,
}

/// The deliveries of a file that the example `judged` of the agreement has written.
pub(crate) fn judged(path: &str) -> Vec<Judged> {
    let judged = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        let body = line["body"].as_str().expect("a body").chars();
        let body = body.map(|byte| u8::try_from(u32::from(byte)).expect("a byte")).collect();
        Judged { body, valid: line["valid"].as_bool().expect("a verdict") }
    };
    read(path).lines().map(judged).collect()
}

/// The deliveries that are the rows of `batch`, by a `columns.json`.
pub(crate) fn deliveries(columns: &Value, batch: &RecordBatch) -> Vec<Value> {
    (0..batch.num_rows()).map(|row| delivery(columns, batch, row)).collect()
}

fn delivery(columns: &Value, batch: &RecordBatch, row: usize) -> Value {
    let all = columns["columns"].as_array().expect("columns");
    let build = |name: &Value, rest: Option<&Value>| {
        let column = all.iter().find(|column| column["name"] == *name).expect("a column");
        let array = batch.column_by_name(name.as_str().expect("a name")).expect("in the file");
        value(array, row, &column["type"], rest)
    };
    let rest = batch.column_by_name("rest").expect("in the file").as_string::<i32>();
    let rest = rest.is_valid(row).then(|| serde_json::from_str(rest.value(row)).expect("JSON"));
    let rest: Value = rest.unwrap_or_else(|| Map::new().into());
    let mut delivery = Map::new();
    for (key, name) in columns["envelope"].as_object().expect("the envelope") {
        delivery.extend(build(name, rest.get(key)).map(|value| (key.clone(), value)));
    }
    let event_type = delivery["type"].as_str().expect("a string").to_owned();
    let data = match &columns["events"][&event_type] {
        Value::Object(fields) => {
            let beside = rest.get("data");
            let mut data = Map::new();
            for (key, name) in fields {
                let beside = beside.and_then(|data| data.get(key));
                data.extend(build(name, beside).map(|value| (key.clone(), value)));
            }
            add(&mut data, beside);
            Some(data.into())
        }
        Value::String(_) => build(&columns["events"][&event_type], rest.get("data")),
        _ => None,
    };
    delivery.extend(data.map(|data| ("data".to_owned(), data)));
    add(&mut delivery, Some(&rest));
    delivery.into()
}

/// The members of `rest` that are not in `object`.
fn add(object: &mut Map<String, Value>, rest: Option<&Value>) {
    for (key, value) in rest.and_then(Value::as_object).into_iter().flatten() {
        if !object.contains_key(key) {
            object.insert(key.clone(), value.clone());
        }
    }
}

/// The value in `row`, of the type `kind`, and what is beside it; nothing if neither has one.
fn value(array: &ArrayRef, row: usize, kind: &Value, rest: Option<&Value>) -> Option<Value> {
    if array.is_null(row) {
        return rest.cloned();
    }
    if let Some(fields) = kind.get("struct") {
        let array = array.as_struct();
        let mut object = Map::new();
        for field in fields.as_array().expect("fields") {
            let name = field["name"].as_str().expect("a name");
            let inside = array.column_by_name(name).expect("in the file");
            let beside = rest.and_then(|rest| rest.get(name));
            let inside = value(inside, row, &field["type"], beside);
            object.extend(inside.map(|inside| (name.to_owned(), inside)));
        }
        add(&mut object, rest);
        return Some(object.into());
    }
    if let Some(kind) = kind.get("list") {
        let items = array.as_list::<i32>().value(row);
        let item = |at: usize| {
            let beside = rest.and_then(|rest| rest.get(at.to_string()));
            value(&items, at, kind, beside).unwrap_or(Value::Null)
        };
        return Some((0..items.len()).map(item).collect());
    }
    if let Some(kind) = kind.get("map") {
        let entries = array.as_map().value(row);
        let keys = entries.column(0).as_string::<i32>();
        let entry = |at: usize| {
            let beside = rest.and_then(|rest| rest.get(keys.value(at)));
            let inside = value(entries.column(1), at, kind, beside).unwrap_or(Value::Null);
            (keys.value(at).to_owned(), inside)
        };
        return Some(Value::Object((0..entries.len()).map(entry).collect()));
    }
    if let Some(rest) = rest {
        return Some(rest.clone());
    }
    Some(match kind.as_str().expect("a word") {
        "string" => array.as_string::<i32>().value(row).into(),
        "json" => serde_json::from_str(array.as_string::<i32>().value(row)).expect("JSON"),
        "category" => {
            let array = array.as_dictionary::<Int32Type>();
            let key = array.key(row).expect("a key");
            array.values().as_string::<i32>().value(key).into()
        }
        "boolean" => array.as_boolean().value(row).into(),
        "integer" => array.as_primitive::<Int64Type>().value(row).into(),
        "timestamp" => array.as_primitive::<TimestampMillisecondType>().value(row).into(),
        "number" => {
            let number = array.as_primitive::<Float64Type>().value(row);
            Value::Number(Number::from_string_unchecked(format!("{number:e}")))
        }
        other => panic!("{other} is no type"),
    })
}

/// Complains of where `back`, which was made again, is not `delivery`.
pub(crate) fn assert_same(delivery: &Value, back: &Value) {
    if same(delivery, back) {
        return;
    }
    if let (Value::Object(one), Value::Object(other)) = (delivery, back) {
        for (key, one) in one {
            assert_same(one, other.get(key).unwrap_or_else(|| panic!("{key:?} is lost: {one}")));
        }
        let more = other.keys().find(|key| !one.contains_key(*key));
        assert!(more.is_none(), "{more:?} was not there");
    }
    if let (Value::Array(one), Value::Array(other)) = (delivery, back) {
        assert_eq!(one.len(), other.len(), "in:  {delivery}\nout: {back}");
        one.iter().zip(other).for_each(|(one, other)| assert_same(one, other));
    }
    panic!("in:  {delivery}\nout: {back}");
}

/// Whether both are one value, however numbers are written and members are ordered.
pub(crate) fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => decimal(one) == decimal(other),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            let mut members = one.iter();
            one.len() == other.len()
                && members.all(|(key, one)| other.get(key).is_some_and(|other| same(one, other)))
        }
        (one, other) => one == other,
    }
}

/// The sign, the digits without zeros around them, and the power of ten.
fn decimal(number: &Number) -> (bool, String, i128) {
    let text = number.to_string().to_lowercase();
    let (mantissa, power) = text.split_once('e').unwrap_or((&text, "0"));
    let (negative, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => (true, mantissa),
        None => (false, mantissa),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let short = digits.trim_end_matches('0');
    let power: i128 = power.parse().expect("a power");
    let power = power - fraction.len() as i128 + (digits.len() - short.len()) as i128;
    let short = short.trim_start_matches('0');
    if short.is_empty() { (false, String::new(), 0) } else { (negative, short.to_owned(), power) }
}
