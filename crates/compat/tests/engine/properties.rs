//! Properties: no proof that a value refutes, no witness that is none. `examples/verdicts.rs` tries
//! many more pairs.

use proptest::prelude::*;

use crate::attack::{Fault, Kind, Pair, attack};
use crate::exact::Schema;
use crate::generate::Generator;
use crate::json::Json;
use crate::meaning::Meaning;
use crate::random::Random;
use crate::second::Second;
use crate::values::universe;
use crate::{attack, shrink};

/// Values made for each pair.
const EFFORT: usize = 60;

proptest! {
    // A seed does not shrink; pairs do.
    #![proptest_config(ProptestConfig {
        cases: 2_000,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn random_pairs_are_judged_right(seed: u64) {
        let mut generator = Generator::new(Random::new(seed, 0));
        let (sub, sup) = generator.pair();
        let (draft, meaning) = (generator.draft, generator.meaning);
        let sup_draft = generator.other_draft();
        let pair = Pair { draft, sup_draft, meaning, sub, sup };
        let outcome = attack(&pair, EFFORT, &mut generator.random.clone());
        // How long it takes is for the example to say: machines that run tests are busy.
        let fault = outcome.faults.iter().map(|(fault, ..)| *fault).find(|f| *f != Fault::Slow);
        if let Some(fault) = fault {
            let find = shrink::shrink(&pair, fault, EFFORT, &generator.random);
            let find = find.expect("the same choices find the same fault");
            let Pair { draft, meaning, sub, sup, .. } = &find.pair;
            let value = find.value.as_ref().map(Json::to_string).unwrap_or_default();
            prop_assert!(
                false,
                "{} ({draft:?}, {meaning:?})\n  sub   {sub}\n  super {sup}\n  value {value}\n  {}\nagain: \
                 the example `verdicts` with --seed {seed} --only 0 --effort {EFFORT}",
                find.signature(true),
                find.note
            );
        }
    }

    /// The evaluator has the validators' opinion, where they are not known to misread a schema.
    #[test]
    fn the_evaluator_and_the_validators_agree(seed: u64) {
        let mut generator = Generator::new(Random::new(seed, 1));
        let (schema, _) = generator.pair();
        let draft = generator.draft;
        let rounded = schema.rounded().expect("JSON");
        let first = jsonschema::options()
            .with_draft(attack::of_first(draft))
            .should_validate_formats(false)
            .build(&rounded);
        let second = Second::read(&rounded, draft, false);
        let exact = Schema::read(&schema, draft);
        if let (Ok(first), Some(second), Some(exact)) = (first, second, exact) {
            for value in universe() {
                let Some(answer) = exact.accepts(value) else { continue };
                let rounded = value.rounded().expect("JSON");
                let opinions = [first.is_valid(&rounded), second.accepts(&rounded)];
                let meaning = Meaning::default();
                let pair = Pair { draft, sup_draft: draft, meaning, sub: schema.clone(), sup: schema.clone() };
                prop_assert!(
                    opinions.contains(&answer) || attack::explanation(&pair, value).is_some(),
                    "{draft:?} {schema}\n  value {value}: {answer}, validators {opinions:?}"
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// The engine's judgement of one value, asked for by a sub that lists only this one, is the
    /// evaluator's.
    #[test]
    fn one_value_is_judged_right(seed: u64) {
        let mut generator = Generator::new(Random::new(seed, 2));
        let (schema, _) = generator.pair();
        let draft = generator.draft;
        let meaning = generator.meaning;
        let Some(exact) = Schema::read_as(&schema, draft, meaning) else { return Ok(()) };
        let mut values = vec![generator.value(2), generator.value(3)];
        values.extend((0..6).map(|_| generator.random.pick(universe()).clone()));
        for value in values {
            let Some(answer) = exact.accepts(&value) else { continue };
            let sub = Json::object([("enum", vec![value.clone()].into())]);
            let pair = Pair { draft, sup_draft: draft, meaning, sub, sup: schema.clone() };
            let (verdict, witness, _) = attack::ask(&pair);
            let says = format!("{draft:?} {schema}\n  value {value}: {verdict:?}");
            match verdict {
                Kind::Proved => prop_assert!(answer, "{}", says),
                // In draft 4 the witness may have its numbers spelled otherwise.
                Kind::Refuted => {
                    let witness = witness.and_then(|witness| Json::read(&witness.to_string()));
                    let rejected = witness.as_ref().and_then(|witness| exact.accepts(witness));
                    prop_assert_eq!(witness, Some(value), "{}", says);
                    prop_assert_eq!(rejected, Some(false), "{}", says);
                }
                // What is not modelled, or read differently by validators; never for want of search.
                Kind::Undecided(reason) => {
                    let lost = ["neither", "did not pass its check", "ran out"];
                    prop_assert!(!lost.iter().any(|text| reason.contains(text)), "{}", says);
                }
                Kind::Invalid(_) => break,
                Kind::Panicked => prop_assert!(false, "{}", says),
            }
        }
    }
}

/// The purpose of the evaluator: cases that validators get wrong, each in its own way.
#[test]
fn the_evaluator_goes_by_the_specification() {
    use schema_compat::Draft::{Draft4, Draft7, Draft201909, Draft202012};
    for (draft, schema, value, expected) in [
        (Draft202012, r#"{"multipleOf": 1.5}"#, "9007199254740993", true),
        (Draft202012, r#"{"multipleOf": 1.5}"#, "9007199254740994", false),
        (Draft202012, r#"{"multipleOf": 0.1}"#, "5.1", true),
        (Draft202012, r#"{"const": 18446744073709551616}"#, "18446744073709551617", false),
        (Draft202012, r#"{"const": 1e30}"#, "1000000000000000000000000000000", true),
        (Draft202012, r#"{"contains": true, "minContains": 1e16}"#, "[1]", false),
        (Draft202012, r#"{"minContains": 1e16}"#, "[1]", true),
        (Draft202012, r#"{"contains": {"const": 1}, "unevaluatedItems": false}"#, "[1]", true),
        (Draft201909, r#"{"contains": {"const": 1}, "unevaluatedItems": false}"#, "[1]", false),
        (Draft202012, r#"{"pattern": "\\b"}"#, r#""é""#, false),
        (Draft202012, r#"{"pattern": "^\\d$"}"#, r#""\u0660""#, false),
        (Draft202012, r#"{"pattern": "^\\s$"}"#, r#""\u00a0""#, true),
        (Draft202012, r#"{"pattern": "(?<!x)."}"#, r#""\r""#, false),
        (Draft202012, r#"{"pattern": "."}"#, r#""\u2028""#, false),
        (Draft202012, r#"{"maxLength": 1}"#, r#""\ud83d\ude00""#, true),
        (Draft7, r#"{"contentEncoding": "base64"}"#, r#""!""#, true),
        (
            Draft7,
            r##"{"$ref": "#/definitions/a", "type": "null", "definitions": {"a": {}}}"##,
            "1",
            true,
        ),
        (Draft7, r#"{"contains": true, "minContains": 2}"#, "[1]", true),
        (Draft4, r#"{"type": "integer"}"#, "1.0", false),
        (Draft4, r#"{"enum": [1]}"#, "1.0", true),
        (Draft4, r#"{"const": 1}"#, "2", true),
        (Draft4, r#"{"minimum": 1, "exclusiveMinimum": true}"#, "1", false),
    ] {
        let read = |text| Json::read(text).expect("JSON");
        let exact = Schema::read(&read(schema), draft).expect("a schema");
        assert_eq!(exact.accepts(&read(value)), Some(expected), "{draft:?} {schema} {value}");
    }
    let unread = Json::read(r##"{"$ref": "#/nowhere"}"##).expect("JSON");
    let exact = Schema::read(&unread, Draft202012).expect("a document");
    assert_eq!(exact.accepts(&Json::Null), None);
}

/// A pair that is no pair of schemas is no fault.
#[test]
fn documents_that_are_no_schemas_are_refused() {
    let pair = Pair {
        draft: schema_compat::Draft::Draft202012,
        sup_draft: schema_compat::Draft::Draft202012,
        meaning: Meaning::default(),
        sub: Json::read(r#"{"type": "nothing"}"#).expect("JSON"),
        sup: Json::read("{}").expect("JSON"),
    };
    assert!(matches!(attack::ask(&pair).0, Kind::Invalid(_)));
}
