//! The ladder of additions in `contracts/ladder/`: each rung says what it means, as two implementations of JSON Schema and the
//! gate understand it.

use std::collections::BTreeMap;

use clip_events_contract::Sources;
use clip_events_contract::bundle::{self, bundle};
use clip_events_test_support::ladder::Rung;
use clip_events_test_support::second::{Draft, Formats, Second};
use clip_events_test_support::without_documentation;
use schema_compat_gate::Outcome;
use schema_compat_gate::report::{Format, Style, Summary, render};
use serde_json::Value;
use tempfile::TempDir;
use xtask::{codegen, compat};

/// The schemas of a rung, in a folder of their own.
fn applied(rung: &Rung) -> (TempDir, Sources) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    rung.apply(folder.path());
    let sources = Sources::read(folder.path());
    let sources = sources.unwrap_or_else(|errors| panic!("{}: {errors}", rung.name));
    (folder, sources)
}

#[test]
fn samples_are_judged_as_each_rung_says() {
    let rungs = Rung::all();
    assert!(rungs.len() > 70, "{}", rungs.len());
    for rung in rungs {
        let name = &rung.name;
        let (folder, sources) = applied(&rung);
        bundle::check(&sources).unwrap_or_else(|errors| panic!("{name}: {errors}"));
        let bundle = bundle(&sources);
        let first =
            jsonschema::validator_for(&bundle).unwrap_or_else(|error| panic!("{name}: {error}"));
        let second = Second::read(&bundle, Draft::V2020_12, Formats::Described)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let judge = |value: Option<&Value>, expected: bool| {
            let delivery = rung.delivery(folder.path(), value);
            assert_eq!(first.is_valid(&delivery), expected, "{name}: {delivery}");
            assert_eq!(second.accepts(&delivery), expected, "{name}: {delivery}");
        };
        judge(None, !rung.required);
        // To a reader, tagged unions are open.
        rung.valid.iter().chain(&rung.unknown).for_each(|value| judge(Some(value), true));
        rung.invalid.iter().for_each(|value| judge(Some(value), false));
    }
}

/// So all of them make one contract together, in which each means the same.
#[test]
fn no_two_rungs_add_something_else_at_one_place() {
    let rungs = Rung::all();
    let mut added = BTreeMap::new();
    for (rung, (place, schema)) in
        rungs.iter().flat_map(|rung| rung.additions().map(move |it| (rung, it)))
    {
        let (first, before) = added.entry(place.clone()).or_insert((&rung.name, schema));
        let is_shared = place.contains("#/$defs/") && *before == schema;
        assert!(*first == &rung.name || is_shared, "{first} and {} both add {place}", rung.name);
    }
}

#[test]
fn each_rung_alone_is_rendered() {
    for rung in Rung::all() {
        let (folder, _) = applied(&rung);
        without_documentation(folder.path());
        let artifacts = codegen::render(folder.path());
        let artifacts = artifacts.unwrap_or_else(|error| panic!("{}: {error}", rung.name));
        assert!(artifacts.len() > 4, "{}", rung.name);
    }
}

#[test]
fn the_gate_calls_each_rung_additive() {
    let rungs = Rung::all();
    // Proofs take their time.
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for part in rungs.chunks(rungs.len().div_ceil(threads)) {
            scope.spawn(|| part.iter().for_each(assert_additive));
        }
    });
}

fn assert_additive(rung: &Rung) {
    let (folder, sources) = applied(rung);
    let document = compat::document(&sources).unwrap_or_else(|errors| panic!("{errors}"));
    let releases = compat::releases(folder.path());
    let reports = releases.current().expect("releases").into_iter().map(|release| {
        let report = releases.gate.judge(&document, release);
        report.unwrap_or_else(|error| panic!("{}: {error}", rung.name))
    });
    let reports: Vec<_> = reports.collect();
    let summary = Summary::new(&document, &reports);
    let told = render(&summary, &Style::new(Format::Human));
    assert!(!reports.is_empty(), "there are releases");
    assert_eq!(summary.outcome(), Outcome::Additive, "{}: {told}", rung.name);
}
