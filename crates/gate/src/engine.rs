//! The engine, `schema-compat`, as the gate asks it. No other file calls it.

use schema_compat::{Answer, Draft, Inclusion, Options, Schema, Side};
use serde_json::Value;

pub use schema_compat::Proof;

/// Whether `format` rejects strings or only describes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Formats {
    Described,
    Asserted,
}

/// The engine's answer: does one side accept everything that the other may send?
pub(crate) enum EngineAnswer {
    /// Yes, for this reason.
    Proved(Proof),
    /// No: it rejects this delivery.
    Refuted(Value),
    /// Neither could be shown.
    Undecided(Doubt),
}

/// A question that the engine could not decide.
pub(crate) struct Doubt {
    pub(crate) reason: String,
    /// The keyword that stopped it, if it is one: in whose schema, and its JSON Pointer there.
    pub(crate) keyword: Option<(Role, String)>,
}

/// The part that a schema has in a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Sender,
    Reader,
}

/// Whether the schema `reader` accepts each delivery that the schema `sender` does.
pub(crate) fn reads_all(reader: &Value, sender: &Value, formats: Formats) -> EngineAnswer {
    let [sender, reader] = [sender, reader].map(|schema| Schema::from(schema.clone()));
    let options = Options::default()
        .with_draft(Draft::Draft202012)
        .with_assert_formats(formats == Formats::Asserted);
    match (Inclusion { subset: &sender, superset: &reader }).decide(&options) {
        Ok(Answer::Proved(proof)) => EngineAnswer::Proved(proof),
        Ok(Answer::Refuted(found)) => EngineAnswer::Refuted(found.instance),
        Ok(Answer::Undecided(found)) => {
            let reason = match found.help.as_str() {
                "" => found.reason,
                help => format!("{}; {help}", found.reason),
            };
            let role = match found.place.side {
                Side::Subset => Role::Sender,
                Side::Superset => Role::Reader,
            };
            // The root is what it names where no keyword stopped it.
            let keyword = Some(found.place.pointer).filter(|pointer| !pointer.is_empty());
            EngineAnswer::Undecided(Doubt {
                reason,
                keyword: keyword.map(|pointer| (role, pointer)),
            })
        }
        Err(error) => EngineAnswer::Undecided(Doubt { reason: error.to_string(), keyword: None }),
    }
}

/// A delivery that `schema` accepts.
pub(crate) fn example(schema: &Value) -> Option<Value> {
    // An instance of a schema is what shows that it is not included in the empty one.
    match reads_all(&Value::Bool(false), schema, Formats::Described) {
        EngineAnswer::Refuted(found) => Some(found),
        // None exists, or none was found.
        EngineAnswer::Proved(_) | EngineAnswer::Undecided(_) => None,
    }
}

/// Whether it is proved that `schema` accepts no delivery.
pub(crate) fn is_empty(schema: &Value) -> bool {
    matches!(reads_all(&Value::Bool(false), schema, Formats::Described), EngineAnswer::Proved(_))
}
