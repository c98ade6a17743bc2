//! The feature `proptest1` of the types crate: `any::<Event>()` only makes valid events.

use std::collections::BTreeSet;

use clip_events::{Event, EventRef, EventType};
use clip_events_validator::{Mode, Validator};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

proptest! {
    #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_event_serialises_to_a_valid_delivery_and_comes_back(event in any::<Event>()) {
        let written = serde_json::to_vec(&event).expect("events are JSON");
        let verdict = Validator::new(Mode::Reader).explain(&written);
        prop_assert!(verdict.is_valid(), "{:?}: {}", verdict, written.escape_ascii());
        prop_assert_eq!(Event::from_slice(&written), Ok(event.clone()));
        prop_assert_eq!(EventRef::from_slice(&written).map(EventRef::into_owned), Ok(event.clone()));
        let pretty = serde_json::to_vec_pretty(&event).expect("events are JSON");
        prop_assert_eq!(serde_json::from_slice::<Event>(&pretty).map_err(|error| error.to_string()), Ok(event));
    }
}

#[test]
fn any_event_is_of_each_type_in_turn() {
    let mut runner = TestRunner::deterministic();
    let strategy = any::<Event>();
    // So many that none is missed, however many types there are.
    let draws = 70 * (EventType::ALL.len() + 1);
    let seen: BTreeSet<_> = (0..draws)
        .map(|_| strategy.new_tree(&mut runner).expect("a value").current().event_type())
        .collect();
    assert_eq!(seen.len(), EventType::ALL.len() + 1, "all types, and unknown ones: {seen:?}");
}
