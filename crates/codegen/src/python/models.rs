//! `models.py`: a pydantic model for each object and each event, an alias for each other definition.

use std::fmt::Write as _;

use clip_events_contract::Contract;
use clip_events_contract::model::{
    Definition, Envelope, EventShape, Field, FollowUp, PathPart, Schema,
};

use super::docs;
use super::names::Names;
use super::patterns::Patterns;
use super::text::{docstring, literal};
use super::values::{Values, tagged, tags};

const HEAD: &str = r#""""Events and what they hold, as pydantic models."""

from __future__ import annotations

import typing as _t

import pydantic as _p
import typing_extensions as _x

"#;

const FOLLOW_UPS: &str = "from .. import _follow_up as _f\n";
const PATTERNS: &str = "from . import patterns as _r\n";

pub(super) fn render(contract: &Contract, names: &Names, patterns: &Patterns<'_>) -> String {
    let values = Values { contract, names, patterns: Some(patterns) };
    let has_follow_ups = contract.events.iter().any(|event| event.follow_up.is_some());
    let mut file = format!(
        "{HEAD}{}from .. import _values as _v\nfrom .._model import Model\n{}\n",
        if has_follow_ups { FOLLOW_UPS } else { "" },
        if patterns.are_none() { "" } else { PATTERNS },
    );
    let types = contract.events.iter().map(|event| literal(&event.event_type));
    let types = types.collect::<Vec<_>>();
    let _ = write!(
        file,
        "EventType: _t.TypeAlias = _t.Literal[\n    {},\n]\n{}\n\
         EVENT_TYPES: tuple[EventType, ...] = (\n    {},\n)\n{}",
        types.join(",\n    "),
        docstring("The event types that this release knows. More may come.", ""),
        types.join(",\n    "),
        docstring("All of them, in their order.", ""),
    );
    for known in contract.definitions.values() {
        file.push('\n');
        definition(&values, known, &mut file);
    }
    envelope(&values, &mut file);
    for shape in &contract.events {
        event(&values, shape, &mut file);
    }
    union(&values, &mut file);
    file
}

fn definition(values: &Values<'_>, definition: &Definition, file: &mut String) {
    let name = values.names.definition(&definition.name);
    let doc = docs::definition(definition);
    if let Schema::Object(fields) = &definition.schema {
        let _ = write!(file, "\nclass {name}(Model):\n{}", docstring(&doc, "    "));
        attributes(values, fields.iter(), &[], file);
        return;
    }
    if let Schema::Tagged { tag, branches } = &definition.schema {
        let branches = branches.iter().map(|branch| literal(&branch.value)).collect::<Vec<_>>();
        let _ = writeln!(
            file,
            "{} = _v.Tags({}, ({},))",
            tags(name),
            literal(tag),
            branches.join(", ")
        );
    }
    let alias = values.alias(definition);
    let _ = write!(file, "{name} = _x.TypeAliasType(\"{name}\", {alias})\n{}", docstring(&doc, ""));
}

/// The declarations of attributes, one for each field.
fn attributes<'f>(
    values: &Values<'_>,
    fields: impl Iterator<Item = &'f Field> + Clone,
    reserved: &[&str],
    file: &mut String,
) {
    let attributes = values.names.attributes(fields.clone(), reserved);
    for (field, attribute) in fields.zip(attributes) {
        let annotation =
            if field.required { values.value(&field.value) } else { values.optional(field) };
        let alias = (attribute != field.name).then(|| format!("alias={}", literal(&field.name)));
        let default = match (alias, field.required) {
            (None, true) => String::new(),
            (None, false) => " = None".to_owned(),
            (Some(alias), true) => format!(" = _p.Field({alias})"),
            (Some(alias), false) => format!(" = _p.Field(default=None, {alias})"),
        };
        let doc = docstring(&docs::field(values.contract, field), "    ");
        let _ = write!(file, "\n    {attribute}: {annotation}{default}\n{doc}");
    }
}

/// What a field of the envelope may not be called.
const MEMBERS: &[&str] = &[Envelope::TYPE, Envelope::DATA];

fn envelope(values: &Values<'_>, file: &mut String) {
    let Envelope { description, type_description, .. } = &values.contract.envelope;
    let _ = write!(file, "\n\nclass Envelope(Model):\n{}", docstring(description, "    "));
    attributes(values, values.contract.envelope.fields(), MEMBERS, file);
    let follow_up =
        docstring("The path of the `GET` that fetches what the event announces.", "        ");
    let _ = write!(
        file,
        "\n    def follow_up(self) -> str | None:\n{follow_up}        return None\n\n\
         \nclass UnknownEvent(Envelope):\n{}\n    type: _p.StrictStr\n{}\n    data: dict[str, _t.Any]\n{}",
        docstring("An event of a type that this release does not know.", "    "),
        docstring(type_description, "    "),
        docstring("As it came.", "    "),
    );
}

fn event(values: &Values<'_>, shape: &EventShape, file: &mut String) {
    let name = values.names.shape(&shape.event_type);
    let data = match (&shape.fields[..], shape.is_whole) {
        ([whole], true) => values.value(&whole.value),
        (fields, _) => {
            let doc = docstring(&docs::shape(shape), "    ");
            let _ = write!(file, "\n\nclass {name}(Model):\n{doc}");
            attributes(values, fields.iter(), &[], file);
            name.to_owned()
        }
    };
    let _ = write!(
        file,
        "\n\nclass {name}Event(Envelope):\n{}\n    type: _t.Literal[{}]\n{}\n    data: {data}\n{}",
        docstring(&docs::event(shape), "    "),
        literal(&shape.event_type),
        docstring(&values.contract.envelope.type_description, "    "),
        docstring("What happened.", "    "),
    );
    if let Some(path) = &shape.follow_up {
        let parts = path.path.iter().map(|part| match part {
            PathPart::Literal(text) => literal(text),
            PathPart::Fields(path) => format!("_f.segment({})", value_at(values, shape, path)),
        });
        let parts = parts.collect::<Vec<_>>().join(", ");
        let _ = write!(
            file,
            "\n    def follow_up(self) -> str | None:\n{}        return _f.path({parts})\n",
            follow_up_doc(path)
        );
    }
}

fn follow_up_doc(path: &FollowUp) -> String {
    docstring(&format!("The path of `GET {path}`; `None` if a value in it is absent."), "        ")
}

/// An expression for the string that `path` leads to from `data`, or `None`.
fn value_at(values: &Values<'_>, shape: &EventShape, path: &[Field]) -> String {
    let mut all = &shape.fields;
    let (mut value, mut absent) = ("self.data".to_owned(), Vec::new());
    for (at, field) in path.iter().enumerate() {
        let attributes = values.names.attributes(all.iter(), &[]);
        let here = all.iter().zip(attributes).find(|(other, _)| other.name == field.name);
        value = match here {
            // `data` as a whole.
            Some(_) if at == 0 && shape.is_whole => value,
            Some((_, attribute)) => format!("{value}.{attribute}"),
            None => value,
        };
        if let Schema::Object(inner) = values.contract.schema(&field.value) {
            all = inner;
        }
        let may_lack = !field.required || field.value.nullable;
        if may_lack && at + 1 < path.len() {
            absent.push(format!("None if {value} is None else "));
        }
    }
    format!("{}{value}", absent.concat())
}

/// All events as one type.
fn union(values: &Values<'_>, file: &mut String) {
    let events = values.contract.events.iter();
    let names: Vec<_> = events
        .clone()
        .map(|event| format!("{}Event", values.names.shape(&event.event_type)))
        .collect();
    let types = events.map(|event| literal(&event.event_type)).collect::<Vec<_>>();
    let all: Vec<_> = names.iter().map(String::as_str).collect();
    let _ = write!(
        file,
        "\n\nKnownEvent: _t.TypeAlias = {}\n{}\n{} = _v.Tags({}, ({},))\n\
         Event = _x.TypeAliasType(\"Event\", '{}')\n{}",
        all.join(" | "),
        docstring("An event of a type that this release knows: `type` tells which one.", ""),
        tags("Event"),
        literal(Envelope::TYPE),
        types.join(", "),
        tagged(&all, "UnknownEvent", Some(&tags("Event"))),
        docstring("Any event.", ""),
    );
}
