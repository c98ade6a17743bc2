//! All paths give the same verdict on every input: valid deliveries, mutated ones, examples, and past disagreements; and what
//! is valid keeps every declared field.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use clip_events::{Event, EventRef, EventType};
use clip_events_agreement::bundle;
use clip_events_agreement::coverage::Coverage;
use clip_events_agreement::generate::deliveries;
use clip_events_agreement::json::Json;
use clip_events_agreement::kept::kept;
use clip_events_agreement::mutate::{mutate, mutations};
use clip_events_agreement::paths::{Paths, is_plain};
use clip_events_agreement::reference::Reference;
use clip_events_test_support::second::{Draft, Formats, Second};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use serde_json::Value;

/// The number of cases for each property. `tests/README.md` has the command for the long run.
const CASES: &str = "CLIP_EVENTS_CASES";

static JUDGES: LazyLock<Judges> = LazyLock::new(|| Judges {
    paths: Paths::default(),
    reference: Reference::new(bundle()),
    jsonschema: jsonschema::validator_for(&bundle()).expect("the bundle is a schema"),
    second: Second::read(&bundle(), Draft::V2020_12, Formats::Described)
        .expect("the bundle is a schema"),
    derived: jsonschema::validator_for(schemars::schema_for!(Event).as_value())
        .expect("a schema is derived from the types"),
});

struct Judges {
    paths: Paths,
    reference: Reference,
    jsonschema: jsonschema::Validator,
    second: Second,
    /// What the types say of themselves.
    derived: jsonschema::Validator,
}

impl Judges {
    /// Asserts that all judges agree, and returns their verdict.
    fn agree(&self, bytes: &[u8]) -> Result<bool, TestCaseError> {
        let verdict = self.reference.judge(bytes).is_ok();
        self.paths.agree(bytes, verdict).map_err(TestCaseError::fail)?;
        if numbers_are_rounded() && Json::parse(bytes).is_ok_and(|json| is_plain(&json)) {
            let value: Value = serde_json::from_slice(bytes).expect("plain JSON");
            let mut judged = vec![
                ("jsonschema on the bundle", self.jsonschema.is_valid(&value)),
                ("boon on the bundle", self.second.accepts(&value)),
            ];
            // The derived schema lists the event types that it knows.
            if value["type"].as_str().is_none_or(|name| name.parse::<EventType>().is_ok()) {
                judged.push(("the derived schema", self.derived.is_valid(&value)));
            }
            for (name, judged) in judged {
                prop_assert_eq!(judged, verdict, "{}: {}", name, bytes.escape_ascii());
            }
        }
        Ok(verdict)
    }
}

/// Whether `serde_json` reads numbers as the validators of others expect it: not with its feature `arbitrary_precision`, which any
/// crate may turn on for all.
fn numbers_are_rounded() -> bool {
    let number = serde_json::from_str::<Value>("1.00").map(|number| number.to_string());
    number.is_ok_and(|text| text == "1.0")
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
            panic!("{reason}\nkeep the text in tests/agreement/fixtures/regressions/")
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
        round_trip(text.as_bytes()).map(drop)
    });
}

/// The strategy makes values of every schema, however deep and rare.
#[test]
fn every_schema_of_the_bundle_speaks_of_some_delivery() {
    const MOST: usize = 8_192;
    let strategy = deliveries(&bundle());
    let mut runner = TestRunner::deterministic();
    let mut coverage = Coverage::new(&JUDGES.reference);
    for made in 1..=MOST {
        let delivery = strategy.new_tree(&mut runner).expect("a delivery").current();
        coverage.add(&delivery.json);
        if made.is_power_of_two() && coverage.silent().is_empty() {
            println!("every schema spoke of the first {made} deliveries");
            return;
        }
    }
    panic!("never made in {MOST} deliveries: {:#?}", coverage.silent());
}

#[test]
fn any_event_serialises_to_a_valid_delivery_and_comes_back() {
    property("made", &any::<Event>(), |event| {
        let written = serde_json::to_vec(&event).expect("events are JSON");
        prop_assert!(JUDGES.agree(&written)?, "{}", written.escape_ascii());
        prop_assert!(!written.iter().any(|byte| b"\n\r".contains(byte)), "one line");
        prop_assert_eq!(&round_trip(&written)?, &event);
        let pretty = serde_json::to_string_pretty(&event).expect("events are JSON");
        prop_assert_eq!(&serde_json::from_str::<Event>(&pretty).expect("valid"), &event);
        Ok(())
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

#[test]
fn examples_pass_on_every_path_and_keep_every_declared_field() {
    let root = package().ancestors().nth(2).expect("the package lies in the workspace");
    let files = files(&root.join("schema/examples"));
    for path in &files {
        let bytes = std::fs::read(path).expect("a file");
        let result = JUDGES.agree(&bytes).and_then(|verdict| {
            prop_assert!(verdict, "rejected");
            round_trip(&bytes)
        });
        assert!(result.is_ok(), "{}: {result:?}", path.display());
    }
    println!("{} examples", files.len());
}

/// Two judges once disagreed on each file of `fixtures/regressions/`.
#[test]
fn what_differed_once_differs_no_more() {
    for path in files(&package().join("fixtures/regressions")) {
        let bytes = std::fs::read(&path).expect("a file");
        if let Err(error) = JUDGES.agree(&bytes) {
            panic!("{}: {error}", path.display());
        }
        if let Err(error) = JUDGES.paths.agree_on_lines(&bytes) {
            panic!("{}: {error}", path.display());
        }
    }
}

/// The folder of this package: that of the contract's workspace, unlike those that it depends on.
fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below `folder`, which need not be there.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Asserts that every declared field of the delivery `bytes` survives a round trip through the types.
fn round_trip(bytes: &[u8]) -> Result<Event, TestCaseError> {
    let event = Event::from_slice(bytes).expect("valid");
    let borrowed = EventRef::from_slice(bytes).expect("valid");
    prop_assert_eq!(&borrowed.into_owned(), &event);
    prop_assert_eq!(&serde_json::from_slice::<Event>(bytes).expect("valid"), &event);
    let written = serde_json::to_vec(&event).expect("events are JSON");
    prop_assert!(JUDGES.agree(&written)?, "serialised: {}", written.escape_ascii());
    prop_assert_eq!(&Event::from_slice(&written).expect("valid"), &event);
    let [before, after] = [bytes, &written].map(|bytes| Json::parse(bytes).expect("valid"));
    kept(&JUDGES.reference, &before, &after)
        .map_err(|lost| TestCaseError::fail(format!("{lost}: {}", bytes.escape_ascii())))?;
    Ok(event)
}
