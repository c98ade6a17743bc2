//! Old and new work together: deliveries that may be sent now pass every release, deliveries of a release parse today,
//! and everything that a release declared is still declared. The gate proves it; these tests try it.

use std::collections::BTreeSet;

use clip_events::Event;
use clip_events_tests::generate::{Delivery, deliveries};
use clip_events_tests::json::Json;
use clip_events_tests::reference::Reference;
use clip_events_tests::{bundle, root};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::Value;
use xtask::compat;

const CASES: u32 = 500;

fn releases() -> Vec<(String, Value)> {
    let releases = compat::releases(&root()).current().unwrap_or_else(|error| panic!("{error}"));
    assert!(!releases.is_empty(), "the contract was released");
    let releases = releases.into_iter();
    releases.map(|release| (release.name, release.document.value().clone())).collect()
}

fn runner() -> TestRunner {
    TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() })
}

#[test]
fn what_may_be_sent_now_passes_every_release() {
    for (name, release) in releases() {
        let reference = Reference::new(release);
        let passes = |delivery: Delivery| {
            let text = delivery.text();
            prop_assert_eq!(reference.judge(text.as_bytes()), Ok(()), "{}: {}", name, text);
            Ok(())
        };
        runner().run(&deliveries(&bundle()), passes).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn what_a_release_sent_parses_today() {
    let today = bundle();
    for (name, release) in releases() {
        let parses = |delivery: Delivery| {
            prop_assume!(!is_declared_only_now(&release, &today, &delivery.json));
            let text = delivery.text();
            prop_assert!(Event::from_slice(text.as_bytes()).is_ok(), "{}: {}", name, text);
            Ok(())
        };
        runner().run(&deliveries(&release), parses).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Whether `delivery` of the release happens to use a name that only today's contract declares. Such names were free.
fn is_declared_only_now(release: &Value, today: &Value, delivery: &Json) -> bool {
    let declared = |bundle: &Value| {
        declared(bundle).into_iter().map(|line| line.path).collect::<BTreeSet<_>>()
    };
    let new: BTreeSet<_> = declared(today).difference(&declared(release)).cloned().collect();
    let has = |path: &[String]| {
        let [event_type, keys @ ..] = path else { return false };
        let says = |found: &Json| matches!(found, Json::Text(text) if text.value == *event_type);
        let is_of_type = event_type == "*" || delivery.get("type").is_some_and(says);
        is_of_type && keys.iter().try_fold(delivery, |value, key| value.get(key)).is_some()
    };
    new.iter().any(|path| has(path))
}

#[test]
fn what_a_release_declared_is_declared_still() {
    let today = declared(&bundle());
    for (name, release) in releases() {
        let gone: Vec<_> = declared(&release).difference(&today).cloned().collect();
        assert!(gone.is_empty(), "{name} declared, and the contract does no more: {gone:#?}");
    }
}

/// A declared object or field: its place, and the values that it accepts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Line {
    /// The event type (`*` for all), then the keys.
    path: Vec<String>,
    takes: String,
}

/// One line for each event type and declared field of `bundle`, without annotations.
fn declared(bundle: &Value) -> BTreeSet<Line> {
    let mut lines = BTreeSet::new();
    let mut add = |event_type: &str, keys: &[&str], schema: &Value| {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let path = |name: Option<&str>| {
            [&[event_type], keys].concat().into_iter().chain(name).map(str::to_owned).collect()
        };
        lines.insert(Line { path: path(None), takes: "object".into() });
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let target = field["$ref"]
                .as_str()
                .and_then(|reference| bundle.pointer(reference.strip_prefix('#')?));
            let constraints = target.unwrap_or(field).as_object().into_iter().flatten();
            let constraints = constraints.filter(|(keyword, _)| {
                !["title", "description", "examples"].contains(&keyword.as_str())
                    && !keyword.starts_with("x-")
            });
            let constraints: Vec<_> =
                constraints.map(|(keyword, value)| format!("{keyword}: {value}")).collect();
            let required =
                if required.iter().any(|key| key == name) { "required" } else { "optional" };
            lines.insert(Line {
                path: path(Some(name)),
                takes: format!("{required} {}", constraints.join(", ")),
            });
        }
    };
    add("*", &[], bundle);
    for event_type in compat::layout().event_types(bundle) {
        add(event_type, &["data"], &bundle["$defs"][event_type]);
    }
    lines
}
