//! The formats of a report, and that each tells all there is.

use std::fs;
use std::path::Path;

use jsonschema::Validator;
use schema_compat_gate::Outcome;
use schema_compat_gate::report::{Format, Remark, Style, Summary, render};
use schema_source::SchemaError;
use serde_json::Value;

use super::{contract, document, here, judge, released, rendered};

/// The cases that each format is tested with: their names and outcomes.
const REPORTS: &[(&str, Outcome)] = &[
    ("nested-field-added", Outcome::Additive),
    ("mixed", Outcome::Breaking),
    ("names-with-slash-tilde-and-newline", Outcome::Breaking),
    ("undecided", Outcome::Undecided),
    ("undecided-in-one-shape-and-a-break-in-another", Outcome::Breaking),
];
const FORMATS: &[(&str, Format)] = &[
    ("json", Format::Json),
    ("github", Format::Github),
    ("sarif", Format::Sarif),
    ("markdown", Format::Markdown),
];

/// The JSON Schema of SARIF.
fn sarif() -> Validator {
    let sarif = fs::read_to_string(here().join("sarif/sarif-2.1.0.schema.json")).expect("a file");
    // A `]` outside of a class needs no backslash in ECMAScript, but does elsewhere.
    let sarif = sarif.replace("-[a-zA-Z]{2}]?$", r"-[a-zA-Z]{2}\\]?$");
    let sarif: Value = serde_json::from_str(&sarif).expect("JSON");
    jsonschema::options().should_validate_formats(true).build(&sarif).expect("a schema")
}

#[track_caller]
fn assert_is_sarif(sarif: &Validator, told: &str) {
    let log = serde_json::from_str(told).expect("JSON");
    let errors: Vec<_> = sarif.iter_errors(&log).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn each_format_tells_all_there_is() {
    let sarif = sarif();
    for (case, outcome) in REPORTS {
        let folder = here().join("cases").join(case);
        let old = contract(&folder.join("old"));
        let new = document(&contract(&folder.join("new")));
        // Two releases: what changed since both is told once.
        let reports = ["1.0.0", "1.1.0"].map(|name| judge(&new, released(name, &old)));
        assert_eq!(Summary::new(&new, &reports).outcome(), *outcome, "{case}");
        for (name, format) in FORMATS {
            let told = rendered(&new, &reports, *format);
            if *format == Format::Sarif {
                assert_is_sarif(&sarif, &told);
            }
            insta::assert_snapshot!(format!("{name}_{case}"), told);
        }
    }
}

#[test]
fn a_warning_is_one_in_each_format() {
    let folder = here().join("rules/event-type-empty");
    let old = contract(&folder.join("old"));
    let new = document(&contract(&folder.join("new")));
    let reports = [judge(&new, released("1.0.0", &old))];
    let told = |format| rendered(&new, &reports, format);
    assert!(told(Format::Human).starts_with("warning since 1.0.0: "));
    assert!(told(Format::Github).starts_with("::warning "));
    assert!(
        told(Format::Sarif)
            .contains("\"ruleId\": \"event-type-empty\",\n          \"level\": \"warning\"")
    );
}

#[test]
fn what_another_tool_says_is_told_in_each_format() {
    let base = contract(Path::new(""));
    let new = document(&base);
    let reports = [judge(&new, released("1.0.0", &base))];
    let mut summary = Summary::new(&new, &reports);
    let error = SchemaError::of_file("schema/a b.json", "it is\nof no use", "do without");
    summary.remarks.push(Remark { tool: "other".into(), error });
    let told = |format| render(&summary, &Style::new(format));
    let human = "warning[other]: schema/a b.json:1:1: it is\\nof no use\n1.0.0: additive: ";
    assert!(told(Format::Human).starts_with(human), "{}", told(Format::Human));
    let github = "::warning file=schema/a b.json,line=1,col=1,title=other::it is%0Aof no use%0A";
    assert!(told(Format::Github).starts_with(github), "{}", told(Format::Github));
    let markdown = "- `other`: `schema/a b.json`, line 1: it is\\nof no use\n- 1.0.0: additive: ";
    assert!(told(Format::Markdown).contains(markdown), "{}", told(Format::Markdown));
    let json: Value = serde_json::from_str(&told(Format::Json)).expect("JSON");
    assert_eq!(json["remarks"][0]["instead"], "do without");
    assert_is_sarif(&sarif(), &told(Format::Sarif));
    let log: Value = serde_json::from_str(&told(Format::Sarif)).expect("JSON");
    assert_eq!(log["runs"][0]["results"][0]["level"], "warning");
}
