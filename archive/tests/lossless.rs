//! Nothing is lost: from the columns of a delivery, and from what is kept beside them, the delivery can be made again.

mod support;

use clip_events_archive::{Columns, Plan, Table};
use serde_json::Value;
use support::{assert_same, deliveries, judged, read};

/// Puts the valid deliveries of a contract into columns and back.
fn come_back(columns: &str, deliveries_of: &str) {
    let text = read(columns);
    let columns: Value = serde_json::from_str(&text).expect("JSON");
    let plan = Plan::new(&Columns::read(&text).expect("columns"));
    let mut table = Table::new(&plan);
    let valid = judged(deliveries_of).into_iter().filter(|judged| judged.valid);
    let valid: Vec<Value> = valid
        .map(|judged| {
            let value: Value = serde_json::from_slice(&judged.body).expect("JSON");
            let event_type = value["type"].as_str().expect("a string");
            table.append(event_type.as_bytes(), &judged.body).expect("it can be read");
            value
        })
        .collect();
    assert!(valid.len() > 500, "{} are too few to tell", valid.len());
    let (batch, _) = table.finish().expect("columns");
    assert_eq!(batch.num_rows(), valid.len());
    for (valid, back) in valid.iter().zip(deliveries(&columns, &batch)) {
        assert_same(valid, &back);
    }
    // Columns that nothing goes into would keep nothing, either.
    let schema = batch.schema();
    let unused = schema.fields().iter().zip(batch.columns());
    let unused = unused.filter(|(_, column)| column.null_count() == column.len());
    let unused: Vec<_> = unused.map(|(field, _)| field.name().clone()).collect();
    assert!(unused.is_empty(), "no delivery has a value for {unused:?}");
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
            table.append(event_type.to_string().as_bytes(), &judged.body).expect("it can be read");
            valid.push(serde_json::from_slice::<Value>(&judged.body).expect("JSON"));
        }
    }
    let (batch, _) = table.finish().expect("columns");
    for (valid, back) in valid.iter().zip(deliveries(&columns, &batch)) {
        assert_same(valid, &back);
    }
}
