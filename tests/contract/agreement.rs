//! All paths give the same verdict on every input: valid deliveries, mutated ones, and past disagreements.

use std::cell::Cell;
use std::sync::LazyLock;

use clip_events::{Event, EventRef};
use clip_events_test_support::second::{Draft, Formats, Second};
use clip_events_tests::generate::{Delivery, deliveries};
use clip_events_tests::json::{Decimal, Json};
use clip_events_tests::mutate::{mutate, mutations};
use clip_events_tests::paths::{Paths, is_plain};
use clip_events_tests::reference::Reference;
use clip_events_tests::{bundle, root};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use serde_json::Value;

/// The number of cases for each property. `tests/README.md` has the command for the long run.
const CASES: &str = "CLIP_EVENTS_CASES";

static JUDGES: LazyLock<Judges> = LazyLock::new(|| Judges {
    paths: Paths::default(),
    bundle: bundle(),
    reference: Reference::new(bundle()),
    jsonschema: jsonschema::validator_for(&bundle()).expect("the bundle is a schema"),
    second: Second::read(&bundle(), Draft::V2020_12, Formats::Described)
        .expect("the bundle is a schema"),
});

struct Judges {
    bundle: Value,
    paths: Paths,
    reference: Reference,
    jsonschema: jsonschema::Validator,
    second: Second,
}

impl Judges {
    /// Asserts that all judges agree, and returns their verdict.
    fn agree(&self, bytes: &[u8]) -> Result<bool, TestCaseError> {
        let verdict = self.reference.judge(bytes).is_ok();
        self.paths.agree(bytes, verdict).map_err(TestCaseError::fail)?;
        if Json::parse(bytes).is_ok_and(|json| is_plain(&json)) {
            let value: Value = serde_json::from_slice(bytes).expect("plain JSON");
            for (name, judged) in [
                ("jsonschema", self.jsonschema.is_valid(&value)),
                ("boon", self.second.accepts(&value)),
            ] {
                prop_assert_eq!(
                    judged,
                    verdict,
                    "{} on the bundle: {}",
                    name,
                    bytes.escape_ascii()
                );
            }
        }
        Ok(verdict)
    }
}

/// Runs `test` on the number of cases that [`CASES`] sets.
fn property<S: Strategy>(
    name: &str,
    strategy: &S,
    test: impl Fn(S::Value) -> Result<(), TestCaseError>,
) where
    S::Value: std::fmt::Debug,
{
    let cases =
        std::env::var(CASES).map_or(2_000, |cases| cases.parse().expect("a number of cases"));
    let config = Config {
        cases,
        failure_persistence: None,
        // Few cases are rejected, but the limit counts over the whole run, however long that is.
        max_local_rejects: u32::MAX,
        ..Config::default()
    };
    match TestRunner::new(config).run(strategy, test) {
        Ok(()) => {}
        // The value is long, so it is left out. The reason contains the text.
        Err(TestError::Fail(reason, _)) => {
            panic!("{reason}\nkeep the text in tests/fixtures/regressions/")
        }
        Err(error) => panic!("{error}"),
    }
    println!("{name}: {cases} cases without a difference");
}

#[test]
fn valid_deliveries_pass_on_every_path_and_keep_every_declared_field() {
    property("valid", &deliveries(&bundle()), |delivery| {
        let text = delivery.text();
        prop_assert!(
            JUDGES.agree(text.as_bytes())?,
            "the strategy makes valid deliveries: {}",
            text
        );
        round_trip(&delivery, &text)
    });
}

#[test]
fn mutated_deliveries_get_one_verdict() {
    let bundle = bundle();
    let (accepted, rejected) = (Cell::new(0_u64), Cell::new(0_u64));
    property("mutated", &(deliveries(&bundle), mutations(&bundle)), |(delivery, mutations)| {
        let verdict = JUDGES.agree(&mutate(&delivery, &mutations))?;
        let count = if verdict { &accepted } else { &rejected };
        count.set(count.get() + 1);
        Ok(())
    });
    let (accepted, rejected) = (accepted.get(), rejected.get());
    println!("mutated: {accepted} accepted, {rejected} rejected");
    assert!(accepted > 0 && rejected > accepted, "the mutations are some of either kind");
}

#[test]
fn lines_are_judged_as_each_alone() {
    let bundle = bundle();
    let line = (deliveries(&bundle), proptest::option::weighted(0.3, mutations(&bundle)))
        .prop_map(|(delivery, mutations)| mutate(&delivery, &mutations.unwrap_or_default()));
    property("lines", &proptest::collection::vec(line, 0..4), |lines| {
        JUDGES.paths.agree_on_lines(&lines.join(&b'\n')).map_err(TestCaseError::fail)
    });
}

/// Two judges once disagreed on each file of `fixtures/regressions/`.
#[test]
fn what_differed_once_differs_no_more() {
    let folder = root().join("tests/fixtures/regressions");
    for entry in folder.read_dir().expect("the folder is there") {
        let path = entry.expect("a file").path();
        let bytes = std::fs::read(&path).expect("a file");
        if let Err(error) = JUDGES.agree(&bytes) {
            panic!("{}: {error}", path.display());
        }
        if let Err(error) = JUDGES.paths.agree_on_lines(&bytes) {
            panic!("{}: {error}", path.display());
        }
    }
}

/// Asserts that every declared field of `delivery` survives a round trip through the types.
fn round_trip(delivery: &Delivery, text: &str) -> Result<(), TestCaseError> {
    let event = Event::from_slice(text.as_bytes()).expect("valid");
    let borrowed = EventRef::from_slice(text.as_bytes()).expect("valid");
    prop_assert_eq!(&borrowed.into_owned(), &event);
    prop_assert_eq!(&serde_json::from_str::<Event>(text).expect("valid"), &event);
    let written = serde_json::to_vec(&event).expect("events are JSON");
    prop_assert!(JUDGES.agree(&written)?, "serialised: {}", written.escape_ascii());
    prop_assert_eq!(&Event::from_slice(&written).expect("valid"), &event);

    let written = Json::parse(&written).expect("JSON");
    let declared = |object: &Json, schema: &Value| -> Vec<String> {
        let keys = schema["properties"].as_object().into_iter().flat_map(serde_json::Map::keys);
        keys.filter(|key| object.get(key).is_some()).cloned().collect()
    };
    let keys = |object: &Json| match object {
        Json::Object(members) => members.iter().map(|member| member.key.value.clone()).collect(),
        _ => Vec::new(),
    };
    let bundle = &JUDGES.bundle;
    for key in keys(&written) {
        if key != "data" {
            same(&delivery.json, &written, &key)?;
        }
    }
    let (before, after) =
        (delivery.json.get("data").expect("valid"), written.get("data").expect("valid"));
    let sorted = |mut keys: Vec<String>| {
        keys.sort();
        keys
    };
    prop_assert_eq!(sorted(keys(&written)), sorted(declared(&delivery.json, bundle)));
    if let Some(event_type) = event.event_type() {
        let shape = &bundle["$defs"][event_type.as_str()];
        prop_assert_eq!(sorted(keys(after)), sorted(declared(before, shape)));
        for key in keys(after) {
            same(before, after, &key)?;
        }
    } else {
        let written = after.to_string();
        let raw = serde_json::value::RawValue::from_string(before.to_string()).expect("JSON");
        prop_assert_eq!(Json::parse(written.as_bytes()), Json::parse(raw.get().as_bytes()));
    }
    Ok(())
}

/// Asserts that both objects have the same value under `key`. Numbers may be rounded to the nearest `f64`.
fn same(before: &Json, after: &Json, key: &str) -> Result<(), TestCaseError> {
    match (before.get(key), after.get(key)) {
        (Some(Json::Text(before)), Some(Json::Text(after))) => {
            prop_assert_eq!(&before.value, &after.value);
        }
        (Some(Json::Number(before)), Some(Json::Number(after))) => {
            let nearest = |text: &str| text.parse::<f64>().expect("a number");
            let same = nearest(before).total_cmp(&nearest(after)).is_eq();
            prop_assert!(
                same || nearest(before).abs() + nearest(after).abs() == 0.0,
                "{}: {} {}",
                key,
                before,
                after
            );
            if Decimal::new(before).is_integer() && nearest(before).abs() < 9_007_199_254_740_992.0
            {
                prop_assert_eq!(Decimal::new(before), Decimal::new(after));
            }
        }
        (before, after) => prop_assert_eq!(before, after),
    }
    Ok(())
}
