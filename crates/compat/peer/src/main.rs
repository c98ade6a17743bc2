//! Answers the pairs of a corpus with `jsoncompat`: a line `included|refuted|unknown NANOSECONDS`
//! for each line of the file.

use std::time::Instant;

use jsoncompat::{CompatibilityResult, Role, SchemaDocument, analyze_compat};
use serde_json::Value;

fn answer(row: &Value) -> &'static str {
    // It refuses draft 4 by name; without a dialect, it reads what it can as 2020-12.
    let read = |schema: &Value| {
        let mut schema = schema.clone();
        if let Value::Object(members) = &mut schema {
            members.remove("$schema");
        }
        SchemaDocument::from_json(&schema).ok()
    };
    let (Some(old), Some(new)) = (read(&row["super"]), read(&row["sub"])) else { return "unknown" };
    match analyze_compat(&old, &new, Role::Serializer) {
        Ok(CompatibilityResult::Compatible) => "included",
        Ok(CompatibilityResult::Incompatible { .. }) => "refuted",
        _ => "unknown",
    }
}

fn main() {
    let file = std::env::args().nth(1).expect("usage: jsoncompat-peer FILE.ndjson");
    let text = std::fs::read_to_string(&file).expect("the corpus is readable");
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let row: Value = serde_json::from_str(line).expect("a line is a JSON document");
        let start = Instant::now();
        let answer = std::panic::catch_unwind(|| answer(&row)).unwrap_or("unknown");
        println!("{answer} {}", start.elapsed().as_nanos());
    }
}
