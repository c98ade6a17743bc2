//! `rules/`: what each rule is triggered by. `cases/`: what has been, or might be, got wrong.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clip_events_contract::{Sources, vocabulary};
use schema_compat_gate::report::Format;
use schema_compat_gate::rules::{About, Breaks, Effect, rules};
use schema_compat_gate::{Document, Report};

use super::{contract, document, here, judge, released, rendered, verify};

/// The names of the folders below `folder`.
fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(here().join(folder)).expect("a folder");
    entries
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect()
}

/// The report on a fixture: `new` against `old`, each over the base.
fn report(folder: &Path) -> (Document, Report) {
    let old = contract(&folder.join("old"));
    let new = document(&contract(&folder.join("new")));
    let report = judge(&new, released("1.0.0", &old));
    (new, report)
}

#[test]
fn the_base_is_a_contract() {
    let base = contract(Path::new(""));
    clip_events_contract::lower(&base).unwrap_or_else(|errors| panic!("{errors}"));
}

#[test]
fn each_rule_has_a_fixture_that_triggers_it_alone() {
    // Of whole files, a check of many tells.
    let of_parts: Vec<_> = rules().iter().filter(|rule| rule.about != About::Schema).collect();
    let ids: BTreeSet<_> = of_parts.iter().map(|rule| rule.id.clone()).collect();
    assert_eq!(names("rules"), ids, "rules.json and rules/ name the same rules");
    assert_eq!(ids.len(), of_parts.len(), "no rule stands twice");
    for id in ids {
        let (new, report) = report(&here().join("rules").join(&id));
        verify(&report, &new);
        assert!(report.open.is_empty(), "{id}: {:?}", report.open);
        let found: BTreeSet<_> =
            report.findings.iter().map(|finding| finding.rule().id.as_str()).collect();
        assert!(found.contains(id.as_str()), "{id}: {found:?}");
        // What moves or is renamed shows up at its new place too.
        let breaking: BTreeSet<_> = report
            .findings
            .iter()
            .filter(|finding| finding.rule().breaks != Breaks::Nobody)
            .map(|finding| finding.rule().id.as_str())
            .collect();
        assert!(breaking.is_subset(&[id.as_str()].into()), "{id}: {breaking:?}");
        insta::assert_snapshot!(format!("rule_{id}"), rendered(&new, &[report], Format::Human));
    }
}

#[test]
fn each_rule_says_what_to_do() {
    for rule in rules() {
        assert!(!rule.title.is_empty() && !rule.why.is_empty(), "{rule:?}");
        let asks_for_nothing = rule.breaks == Breaks::Nobody && !rule.warns;
        assert_eq!(rule.instead.is_empty(), asks_for_nothing, "{rule:?}");
    }
}

#[test]
fn each_annotation_of_the_contract_has_a_rule() {
    for keyword in vocabulary::OUR_ANNOTATIONS {
        let mut annotations = rules().iter().filter_map(|rule| rule.annotation.as_ref());
        assert!(annotations.any(|annotation| annotation.keyword == *keyword), "{keyword}");
    }
}

#[test]
fn odd_edits_are_judged_too() {
    for name in names("cases") {
        let (new, report) = report(&here().join("cases").join(&name));
        verify(&report, &new);
        for finding in &report.findings {
            let shown =
                finding.breaking_delivery.is_some() || finding.rule().breaks == Breaks::Nobody;
            assert!(shown || finding.rule().effect == Effect::TakesAway, "{name}: {finding:?}");
        }
        if name.starts_with("refactoring-") {
            assert!(report.findings.is_empty(), "{name}: {:?}", report.findings);
            assert!(report.open.is_empty(), "{name}: {:?}", report.open);
        }
        insta::assert_snapshot!(format!("case_{name}"), rendered(&new, &[report], Format::Human));
    }
}

#[test]
fn a_contract_that_loses_all_its_event_types_is_judged_too() {
    let old = contract(Path::new(""));
    let new = Sources::new(None, old.envelope.clone(), old.definitions.clone(), Vec::new());
    let new = document(&new.unwrap_or_else(|errors| panic!("{errors}")));
    let report = judge(&new, released("1.0.0", &old));
    verify(&report, &new);
    let rules: Vec<_> = report.findings.iter().map(|finding| &*finding.rule().id).collect();
    assert_eq!(rules, ["event-type-removed", "event-type-removed"]);
    assert!(report.open.is_empty(), "{report:?}");
}
