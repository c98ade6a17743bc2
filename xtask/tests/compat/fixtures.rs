//! `rules/`: what each rule is triggered by. `cases/`: what has been, or might be, got wrong.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clip_events_contract::load::{self, Sources};
use schema_compat_gate::render::Format;
use schema_compat_gate::{Breaks, RULES, Report, judge};

use super::{contract, here, released, rendered, sources, verify};

/// The names of the folders below `folder`.
fn names(folder: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(here().join(folder)).expect("a folder");
    entries
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect()
}

/// The report on a fixture: `new` against `old`, each over the base.
fn report(folder: &Path) -> (Sources, Report) {
    let old = sources(contract(&folder.join("old")).path());
    let new = sources(contract(&folder.join("new")).path());
    let report = judge(&new, released("1.0.0", &old)).unwrap_or_else(|errors| panic!("{errors}"));
    (new, report)
}

#[test]
fn the_base_is_a_contract() {
    let base = sources(contract(Path::new("")).path());
    base.lower().unwrap_or_else(|errors| panic!("{errors}"));
}

#[test]
fn each_rule_has_a_fixture_that_triggers_it_alone() {
    let ids: BTreeSet<_> = RULES.iter().map(|rule| rule.id.clone()).collect();
    assert_eq!(names("rules"), ids, "rules.json and rules/ name the same rules");
    assert_eq!(ids.len(), RULES.len(), "no rule stands twice");
    for id in ids {
        let (sources, report) = report(&here().join("rules").join(&id));
        verify(&report, &sources);
        assert!(report.undecided.is_empty(), "{id}: {:?}", report.undecided);
        let found: BTreeSet<_> =
            report.findings.iter().map(|finding| finding.rule.id.as_str()).collect();
        assert!(found.contains(id.as_str()), "{id}: {found:?}");
        // What moves or is renamed shows up at its new place too.
        let breaking: BTreeSet<_> = report
            .findings
            .iter()
            .filter(|finding| finding.rule.breaks != Breaks::Nobody)
            .map(|finding| finding.rule.id.as_str())
            .collect();
        assert!(breaking.is_subset(&[id.as_str()].into()), "{id}: {breaking:?}");
        insta::assert_snapshot!(format!("rule_{id}"), rendered(&sources, &[report], Format::Human));
    }
}

#[test]
fn each_rule_says_what_to_do() {
    for rule in RULES.iter() {
        assert!(!rule.title.is_empty() && !rule.why.is_empty(), "{rule:?}");
        let asks_for_nothing = rule.breaks == Breaks::Nobody && !rule.warns;
        assert_eq!(rule.instead.is_empty(), asks_for_nothing, "{rule:?}");
    }
}

#[test]
fn each_annotation_that_the_loader_knows_has_a_rule() {
    for keyword in load::OUR_ANNOTATIONS {
        let mut annotations = RULES.iter().filter_map(|rule| rule.annotation.as_ref());
        assert!(annotations.any(|annotation| annotation.keyword == *keyword), "{keyword}");
    }
}

#[test]
fn odd_edits_are_judged_too() {
    for name in names("cases") {
        let (sources, report) = report(&here().join("cases").join(&name));
        verify(&report, &sources);
        for finding in &report.findings {
            let shown = finding.witness.is_some() || finding.rule.breaks == Breaks::Nobody;
            assert!(shown || finding.rule.takes_away, "{name}: {finding:?}");
        }
        if name.starts_with("refactoring-") {
            assert!(report.findings.is_empty(), "{name}: {:?}", report.findings);
            assert!(report.undecided.is_empty(), "{name}: {:?}", report.undecided);
        }
        insta::assert_snapshot!(
            format!("case_{name}"),
            rendered(&sources, &[report], Format::Human)
        );
    }
}
