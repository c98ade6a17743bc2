//! Properties: no proof that a value refutes, no witness that a validator does not share.

use proptest::prelude::*;
use schema_compat::{Draft, Options, Schema, Verdict, declared_only, included};
use serde_json::Value;

use crate::{generate, second};

fn holds(sub: &Value, sup: &Value, draft: Draft) -> Result<(), TestCaseError> {
    let options = Options { draft: Some(draft), ..Options::default() };
    let verdict = included(&sub.clone().into(), &sup.clone().into(), &options);
    let Ok(verdict) = verdict else { return Ok(()) };
    match verdict {
        Verdict::Proved(proof) => {
            let build = |schema| {
                jsonschema::options().with_draft(draft).should_validate_formats(false).build(schema)
            };
            let (Ok(left), Ok(right)) = (build(sub), build(sup)) else { return Ok(()) };
            for value in generate::universe() {
                prop_assert!(
                    !left.is_valid(&value) || right.is_valid(&value),
                    "proved, but {value} refutes it\nsub {sub}\nsuper {sup}\n{proof}"
                );
            }
        }
        Verdict::Refuted(witness) => {
            let accepts = |schema| second::accepts(schema, &witness.instance, draft, false);
            prop_assert!(
                accepts(sub) != Some(false) && accepts(sup) != Some(true),
                "boon does not share the witness {}\nsub {sub}\nsuper {sup}",
                witness.instance
            );
            prop_assert!(!witness.violations.is_empty());
        }
        Verdict::Undecided(undecided) => {
            if std::env::var_os("SHOW_UNDECIDED").is_some() {
                println!("undecided {}\n  sub   {sub}\n  super {sup}", undecided.reason);
            }
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_pairs_are_judged_right((sub, sup) in generate::pair(Draft::Draft202012)) {
        holds(&sub, &sup, Draft::Draft202012)?;
    }

    #[test]
    fn random_pairs_of_draft_7_are_judged_right((sub, sup) in generate::pair(Draft::Draft7)) {
        holds(&sub, &sup, Draft::Draft7)?;
    }

    /// What a schema declares only is less than what it lets pass.
    #[test]
    fn declared_documents_are_documents(schema in generate::schema(Draft::Draft202012)) {
        let schema = Schema::from(schema);
        if let Some(closed) = declared_only(&schema, &Options::default()) {
            holds(closed.value(), schema.value(), Draft::Draft202012)?;
        }
    }
}
