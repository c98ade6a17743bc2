//! The engine, `schema-compat`, as the gate asks it. No other file calls it.

use std::io;

use schema_compat::{Answer, Options, Questions, Schema, Side};
use serde_json::Value;

use crate::pair::Pair;

pub(crate) use schema_compat::pattern::read_portably;
pub(crate) use schema_compat::too_wide;
pub use schema_compat::{Draft, Proof};

/// How schemas are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) draft: Draft,
    pub(crate) formats: Formats,
    /// Drafts 6 and 7: whether the content keywords assert, if that is known.
    pub(crate) content: Option<bool>,
    /// Draft 4: whether `1.0` is an integer, if that is known.
    pub(crate) zero_fraction_is_integer: Option<bool>,
}

impl Reading {
    pub(crate) fn asserted(self) -> Self {
        Self { formats: Formats::Asserted, ..self }
    }
}

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

/// Asks questions about documents, each of which is read once.
pub(crate) struct Engine<'q, 's>(&'q mut Questions<'s>);

/// A document that the engine was given.
#[derive(Debug, Clone)]
pub(crate) enum Read {
    Known(schema_compat::Document),
    /// It is no schema, for this reason.
    Broken(String),
}

/// Bytes that the search for an answer may take; several answers share them.
const MEMORY: u64 = 2_000_000_000;

impl Engine<'_, '_> {
    /// Asks questions about documents that are read in one of two ways, in a thread that has room for them. The two may differ in their
    /// drafts; where only one is draft 4, `1.0` has to be an integer.
    ///
    /// # Errors
    ///
    /// When there is no such thread.
    pub(crate) fn ask<R: Send>(
        readings: Pair<Reading>,
        ask: impl FnOnce(&mut Engine<'_, '_>) -> R + Send,
    ) -> io::Result<R> {
        let Reading { draft, formats, content, zero_fraction_is_integer } = readings.new;
        let mut options = Options::default()
            .with_draft(draft)
            .with_memory(MEMORY)
            .with_assert_formats(formats == Formats::Asserted);
        options.assert_content = content;
        options.zero_fraction_is_integer = zero_fraction_is_integer;
        Questions::ask(&options, |questions| ask(&mut Engine(questions)))
    }

    /// A schema in words of every draft.
    pub(crate) fn read(&mut self, schema: Value) -> Read {
        Self::known(self.0.read(Schema::from(schema)))
    }

    /// A schema of a draft, or a part of one.
    pub(crate) fn read_by(&mut self, draft: Draft, schema: Value) -> Read {
        Self::known(self.0.read_by(draft, Schema::from(schema)))
    }

    fn known(read: Result<schema_compat::Document, schema_compat::Error>) -> Read {
        match read {
            Ok(document) => Read::Known(document),
            Err(error) => Read::Broken(error.to_string()),
        }
    }

    /// Whether `reader` accepts each delivery that all of `sender` do. A doubt about the sender is of the first.
    pub(crate) fn reads_all(&mut self, reader: &Read, sender: &[&Read]) -> EngineAnswer {
        let document = |read: &Read| match read {
            Read::Known(document) => Ok(*document),
            Read::Broken(reason) => Err(Doubt { reason: reason.clone(), keyword: None }),
        };
        let sender = sender.iter().map(|read| document(read)).collect::<Result<Vec<_>, _>>();
        let (sender, reader) = match (sender, document(reader)) {
            (Ok(sender), Ok(reader)) => (sender, reader),
            (Err(doubt), _) | (_, Err(doubt)) => return EngineAnswer::Undecided(doubt),
        };
        match self.0.decide(&sender, reader) {
            Ok(Answer::Proved(proof)) => EngineAnswer::Proved(proof),
            Ok(Answer::Refuted(found)) => EngineAnswer::Refuted(found.instance),
            Ok(Answer::Undecided(found)) => {
                let reason = match in_words_of_the_gate(&found.help).as_str() {
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
            Err(error) => {
                EngineAnswer::Undecided(Doubt { reason: error.to_string(), keyword: None })
            }
        }
    }
}

/// `help` with the options that the gate has, and without those that nobody can set here.
fn in_words_of_the_gate(help: &str) -> String {
    let mut help = help.to_owned();
    for known in ["assert_content", "zero_fraction_is_integer"] {
        help = help.replace(&format!("`Options::{known}`"), &format!("`{known}`"));
    }
    if help.contains("`Options::") {
        let rest = help.split_once(", or ").map(|(_, rest)| rest.to_owned());
        return rest.unwrap_or_else(|| "write the schema in a simpler way".to_owned());
    }
    help
}
