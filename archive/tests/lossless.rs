//! Nothing is lost: from the columns of a delivery, and from what is kept beside them, the delivery can be made again.

mod support;

use arrow_array::RecordBatch;
use clip_events_archive::{Columns, Group, Plan, Table};
use serde_json::Value;
use support::{assert_same, deliveries, judged, read};

/// Puts the valid deliveries of a contract into columns and back.
fn come_back(columns: &str, deliveries_of: &str) {
    let text = read(columns);
    let columns: Value = serde_json::from_str(&text).expect("JSON");
    let plan = Plan::new(&Columns::read(&text).expect("columns"));
    let mut table = Table::new(&plan);
    let valid = judged(deliveries_of).into_iter().filter(|judged| judged.valid);
    let mut valid: Vec<(Group, Value)> = valid
        .map(|judged| {
            let value: Value = serde_json::from_slice(&judged.body).expect("JSON");
            let group = plan.group(value["type"].as_str().expect("a string").as_bytes());
            table.append(group, &judged.body).expect("it can be read");
            (group, value)
        })
        .collect();
    assert!(valid.len() > 500, "{} are too few to tell", valid.len());
    let batches = table.take().expect("columns");
    assert_come_back(&mut valid, &columns, &batches);
    // Columns that nothing goes into would keep nothing, either.
    for (at, field) in batches[0].schema().fields().iter().enumerate() {
        let mut columns = batches.iter().map(|batch| batch.column(at));
        let is_used = columns.any(|column| column.null_count() < column.len());
        assert!(is_used, "no delivery has a value for {}", field.name());
    }
    // A table whose rows have been taken out is like a new one.
    assert!(table.take().expect("columns").is_empty());
    valid.reverse();
    for (group, value) in &valid {
        table.append(*group, value.to_string().as_bytes()).expect("it can be read");
    }
    assert_come_back(&mut valid, &columns, &table.take().expect("columns"));
}

/// Whether the rows of `batches` are `valid`, of which the groups come one after the other.
fn assert_come_back(valid: &mut [(Group, Value)], columns: &Value, batches: &[RecordBatch]) {
    valid.sort_by_key(|(group, _)| *group);
    let rows = batches.iter().flat_map(|batch| deliveries(columns, batch));
    let rows: Vec<Value> = rows.collect();
    assert_eq!(rows.len(), valid.len());
    for ((_, valid), back) in valid.iter().zip(&rows) {
        assert_same(valid, back);
    }
}

#[test]
fn deliveries_of_the_contract_come_back() {
    come_back("archive/src/generated/columns.json", "target/tmp/judged.ndjson");
}

#[test]
fn deliveries_of_a_contract_with_every_form_of_schema_come_back() {
    come_back(
        "target/tmp/second/archive/src/generated/columns.json",
        "target/tmp/second/judged.ndjson",
    );
}

#[test]
fn deliveries_of_the_contract_with_all_additions_come_back() {
    come_back(
        "target/tmp/additions/archive/src/generated/columns.json",
        "target/tmp/additions/judged.ndjson",
    );
}

/// What is added to the contract is kept by who does not know it yet.
#[test]
fn deliveries_of_a_later_release_come_back_from_the_columns_of_an_earlier_one() {
    let text = read("archive/src/generated/columns.json");
    let columns: Value = serde_json::from_str(&text).expect("JSON");
    let plan = Plan::new(&Columns::read(&text).expect("columns"));
    let mut table = Table::new(&plan);
    let mut valid = Vec::new();
    for judged in judged("target/tmp/additions/judged.ndjson") {
        if let Ok(event_type) = clip_events::judge(&judged.body) {
            let group = plan.group(event_type.to_string().as_bytes());
            table.append(group, &judged.body).expect("it can be read");
            valid.push((group, serde_json::from_slice(&judged.body).expect("JSON")));
        }
    }
    assert!(valid.len() > 500, "{} are too few to tell", valid.len());
    assert_come_back(&mut valid, &columns, &table.take().expect("columns"));
}
