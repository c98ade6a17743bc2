//! `dicts.py`: a `TypedDict` for each object and each event, an alias for each other definition: what `json.loads` gives, for type
//! checkers alone.

use std::fmt::Write as _;

use clip_events_contract::Contract;
use clip_events_contract::model::{Definition, Envelope, EventShape, Field, Schema};

use super::docs;
use super::names::{Names, is_identifier};
use super::text::{docstring, literal};
use super::values::{Values, tagged};

const HEAD: &str = r#""""Events and what they hold, as plain dictionaries: types alone, which nothing checks at run time."""

from __future__ import annotations

import typing as _t

import typing_extensions as _x
"#;

pub(super) fn render(contract: &Contract, names: &Names) -> String {
    let values = Values { contract, names, patterns: None };
    let mut file = HEAD.to_owned();
    for known in contract.definitions.values() {
        definition(&values, known, &mut file);
    }
    for shape in &contract.events {
        event(&values, shape, &mut file);
    }
    let unknown = Key {
        annotation: "dict[str, _t.Any]".into(),
        ..Key::new(Envelope::DATA, "As it came.".into())
    };
    let kind = Key::new(Envelope::TYPE, contract.envelope.type_description.clone());
    let doc = "An event of a type that this release does not know.";
    let unknown = [Key { annotation: "str".into(), ..kind }, unknown];
    dict("UnknownEvent", doc, &envelope(&values, unknown), &mut file);
    let events = contract.events.iter();
    let all: Vec<_> =
        events.map(|event| format!("{}Event", names.shape(&event.event_type))).collect();
    let all: Vec<_> = all.iter().map(String::as_str).collect();
    let _ = write!(
        file,
        "\n\nKnownEvent: _t.TypeAlias = \"{}\"\n{}\nEvent: _t.TypeAlias = \"{}\"\n{}",
        all.join(" | "),
        docstring("An event of a type that this release knows: `type` tells which one.", ""),
        tagged(&all, "UnknownEvent", None),
        docstring("Any event.", ""),
    );
    file
}

/// A key of a dictionary.
struct Key<'a> {
    name: &'a str,
    annotation: String,
    doc: String,
}

impl<'a> Key<'a> {
    fn new(name: &'a str, doc: String) -> Self {
        Self { name, annotation: String::new(), doc }
    }

    fn of(values: &Values<'_>, field: &'a Field) -> Self {
        let annotation =
            if field.required { values.value(&field.value) } else { values.optional(field) };
        Self { annotation, ..Self::new(&field.name, docs::field(values.contract, field)) }
    }
}

fn definition(values: &Values<'_>, definition: &Definition, file: &mut String) {
    let name = values.names.definition(&definition.name);
    let doc = docs::definition(definition);
    if let Schema::Object(fields) = &definition.schema {
        let keys: Vec<_> = fields.iter().map(|field| Key::of(values, field)).collect();
        return dict(name, &doc, &keys, file);
    }
    let alias = values.alias(definition);
    let doc = docstring(&doc, "");
    let _ = write!(file, "\n{name}: _t.TypeAlias = {alias}\n{doc}");
}

fn event(values: &Values<'_>, shape: &EventShape, file: &mut String) {
    let name = values.names.shape(&shape.event_type);
    let data = match (&shape.fields[..], shape.is_whole) {
        ([whole], true) => values.value(&whole.value),
        (fields, _) => {
            let keys: Vec<_> = fields.iter().map(|field| Key::of(values, field)).collect();
            dict(name, &docs::shape(shape), &keys, file);
            name.to_owned()
        }
    };
    let kind = Key::new(Envelope::TYPE, values.contract.envelope.type_description.clone());
    let kind = Key { annotation: format!("_t.Literal[{}]", literal(&shape.event_type)), ..kind };
    let data = Key { annotation: data, ..Key::new(Envelope::DATA, "What happened.".into()) };
    let keys = envelope(values, [kind, data]);
    dict(&format!("{name}Event"), &docs::event(shape), &keys, file);
}

/// The keys of the envelope, these two included.
fn envelope<'a>(values: &Values<'a>, own: [Key<'a>; 2]) -> Vec<Key<'a>> {
    let fields = values.contract.envelope.fields().map(|field| Key::of(values, field));
    fields.chain(own).collect()
}

/// A class, or a call if a key cannot be written as an attribute. No `TypedDict` has the empty key.
fn dict(name: &str, doc: &str, keys: &[Key<'_>], file: &mut String) {
    let keys = keys.iter().filter(|key| !key.name.is_empty());
    if keys.clone().all(|key| is_identifier(key.name)) {
        let _ = write!(file, "\n\nclass {name}(_x.TypedDict):\n{}", docstring(doc, "    "));
        for Key { name, annotation, doc } in keys {
            let _ = write!(file, "\n    {name}: {annotation}\n{}", docstring(doc, "    "));
        }
        return;
    }
    let keys = keys.map(|Key { name, annotation, .. }| {
        // A string, since what it names may stand below; but for one with text of the schemas, which is a literal.
        let quote = if annotation.contains(['\'', '\\']) { "" } else { "'" };
        format!("    {}: {quote}{annotation}{quote},\n", literal(name))
    });
    let keys: String = keys.collect();
    let doc = docstring(doc, "");
    let _ = write!(file, "\n\n{name} = _x.TypedDict(\"{name}\", {{\n{keys}}})\n{doc}");
}
