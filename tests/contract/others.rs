//! Other contracts, with every form of schema: all paths agree on their deliveries, the command
//! makes valid ones, and readers of the first release take what
//! an addition sends.

use clip_events_test_support::ladder::Rung;
use clip_events_test_support::{copy, root, without_documentation};

use crate::scratch::Scratch;

/// For each property, on each contract.
const CASES: usize = 200;
/// Made by the command, of each event type.
const SAMPLES: usize = 50;
/// For the exports to other languages, which are rendered beside.
const JUDGED: usize = 5_000;

#[test]
fn all_paths_agree_on_the_second_contract() {
    let scratch = Scratch::of_contract("second", |root| {
        copy(&self::root().join("tests/contracts/freight"), root);
    });
    scratch.test(&["agreement"], CASES);
    scratch.sample(SAMPLES);
    scratch.write_judged(JUDGED);
}

/// Of each addition the samples are judged, too.
#[test]
fn all_paths_agree_on_the_contract_with_all_additions_and_old_readers_take_it() {
    let rungs = Rung::all();
    let scratch = Scratch::of_contract("additions", |root| {
        copy(&self::root().join("schema"), &root.join("schema"));
        without_documentation(root);
        for rung in &rungs {
            rung.add(root);
        }
    });
    for rung in &rungs {
        let accepted = rung.valid.iter().chain(&rung.unknown).map(|value| (Some(value), true));
        let rejected = rung.invalid.iter().map(|value| (Some(value), false));
        let absent = [(None, !rung.required)];
        for (at, (value, is_accepted)) in accepted.chain(rejected).chain(absent).enumerate() {
            // Examples are accepted; of the others, the paths have to say the same.
            let folder = if is_accepted { "schema/examples" } else { "tests/agreement/fixtures" };
            let path = format!("{folder}/regressions/{}-{at}.json", rung.name);
            scratch.write(&path, &rung.delivery(&scratch.root, value));
        }
    }
    scratch.add_old_reader("old_reader", OLD_READER);
    scratch.test(&["agreement", "old_reader"], CASES);
    scratch.write_judged(JUDGED);
}

/// Reads what the contract with all additions sends.
const OLD_READER: &str = r#"//! Old readers.

use clip_events_agreement::bundle;
use clip_events_agreement::generate::deliveries;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

#[test]
fn readers_of_the_first_release_take_what_is_sent_now() {
    let strategy = deliveries(&bundle());
    let mut runner = TestRunner::default();
    let mut known = 0;
    for _ in 0..1_000 {
        let text = strategy.new_tree(&mut runner).unwrap().current().text();
        match old_events::Event::from_slice(text.as_bytes()) {
            Ok(event) => known += usize::from(event.event_type().is_some()),
            Err(error) => panic!("{error}: {text}"),
        }
    }
    assert!(known > 500, "{known}");
}
"#;
