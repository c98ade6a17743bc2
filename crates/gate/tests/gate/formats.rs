//! The formats of a report, and that each tells all there is.

use std::fs;

use schema_compat_gate::Outcome;
use schema_compat_gate::report::{Format, Summary};
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

#[test]
fn each_format_tells_all_there_is() {
    let sarif = fs::read_to_string(here().join("sarif/sarif-2.1.0.schema.json")).expect("a file");
    // A `]` outside of a class needs no backslash in ECMAScript, but does elsewhere.
    let sarif = sarif.replace("-[a-zA-Z]{2}]?$", r"-[a-zA-Z]{2}\\]?$");
    let sarif: Value = serde_json::from_str(&sarif).expect("JSON");
    let sarif =
        jsonschema::options().should_validate_formats(true).build(&sarif).expect("a schema");
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
                let log = serde_json::from_str(&told).expect("JSON");
                let errors: Vec<_> =
                    sarif.iter_errors(&log).map(|error| error.to_string()).collect();
                assert!(errors.is_empty(), "{case}: {errors:?}");
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
