//! `types.ts`: the definitions, the shapes of `data`, and the events as a union that `type` tells apart.

use std::fmt::Write as _;

use clip_events_contract::Contract;
use clip_events_contract::model::{
    Branch, Definition, EventShape, Field, Literal, Schema, SchemaRef, StringLimits, Value,
};

use super::code::{doc, key, optional, string};
use super::names::{Names, known, unknown};
use crate::type_names::event_of;

/// Integers up to here are exact in JavaScript.
const EXACT: u64 = 1 << 53;

pub(super) fn render(contract: &Contract, names: &Names) -> String {
    let types = Types { contract, names };
    let mut text = String::from("// The types of the contract.\n");
    for definition in contract.definitions.values() {
        text.push('\n');
        text.push_str(&types.definition(definition));
    }
    text.push('\n');
    text.push_str(&doc("", &contract.envelope.description));
    text.push_str("export interface Envelope {\n");
    text.push_str(&types.fields(contract.envelope.fields()));
    text.push_str("}\n");
    for event in &contract.events {
        text.push('\n');
        text.push_str(&types.event(event));
    }
    text.push_str(&types.events());
    text
}

struct Types<'a> {
    contract: &'a Contract,
    names: &'a Names,
}

impl Types<'_> {
    fn definition(&self, definition: &Definition) -> String {
        let name = self.names.definition(&definition.name);
        let comment = doc("", &definition_doc(definition));
        match &definition.schema {
            Schema::Object(fields) => {
                format!("{comment}export interface {name} {{\n{}}}\n", self.fields(fields))
            }
            Schema::Tagged { tag, branches } => comment + &self.tagged(name, tag, branches),
            Schema::String { .. } if !definition.known_values.is_empty() => {
                let values = definition.known_values.iter().map(|value| string(value));
                let values = values.collect::<Vec<_>>().join(" | ");
                format!("{comment}export type {name} = {values} | (string & {{}});\n")
            }
            schema => format!("{comment}export type {name} = {};\n", self.schema(schema)),
        }
    }

    fn tagged(&self, name: &str, tag: &str, branches: &[Branch]) -> String {
        let types: Vec<_> =
            branches.iter().map(|branch| self.names.definition(&branch.definition)).collect();
        let (known, unknown) = (known(name), unknown(name));
        let guard = doc(
            "",
            &format!(
                "The `{name}` that this release knows: `{tag}` tells them apart. `is{known}` tells them from others."
            ),
        );
        let other = doc("", &format!("A `{name}` with another `{tag}` than this release knows."));
        format!(
            "export type {name} = {known} | {unknown};\n\n{guard}export type {known} = {};\n\n\
             {other}export interface {unknown} {{\n  {}: string;\n  [key: string]: unknown;\n}}\n",
            types.join(" | "),
            key(tag),
        )
    }

    fn fields<'f>(&self, fields: impl IntoIterator<Item = &'f Field>) -> String {
        let fields = fields.into_iter().map(|field| {
            let ty = self.value(&field.value);
            let (mark, ty) =
                if field.required { ("", ty) } else { ("?", optional(&field.name, &ty)) };
            let comment = doc("  ", &self.field_doc(field));
            format!("{comment}  {}{mark}: {ty};\n", key(&field.name))
        });
        fields.collect()
    }

    /// The meaning of a field, or which values it takes, and their unit.
    fn field_doc(&self, field: &Field) -> String {
        let mut text = match self.contract.description(field) {
            "" => format!("Takes: {}.", field.value),
            description => description.to_owned(),
        };
        if let SchemaRef::Named(name) = &field.value.schema
            && let Some(unit) = &self.contract.definitions[name].unit
        {
            let _ = write!(text, "\n\nUnit: {unit}.");
        }
        text
    }

    fn value(&self, value: &Value) -> String {
        let ty = match &value.schema {
            SchemaRef::Named(name) => self.names.definition(name).to_owned(),
            SchemaRef::Inline(schema) => self.schema(schema),
        };
        if value.nullable { format!("{ty} | null") } else { ty }
    }

    fn schema(&self, schema: &Schema) -> String {
        match schema {
            Schema::Any => "unknown".to_owned(),
            Schema::Null => "null".to_owned(),
            Schema::String { .. } => "string".to_owned(),
            Schema::Boolean => "boolean".to_owned(),
            Schema::Integer { .. } | Schema::Number { .. } => "number".to_owned(),
            Schema::Enum(literals) => union(literals.iter().map(literal)),
            Schema::Array { items, .. } => match self.value(items) {
                items if items.contains(['|', '&', '{']) => format!("({items})[]"),
                items => format!("{items}[]"),
            },
            Schema::Map(values) => format!("{{ [key: string]: {} }}", self.value(values)),
            Schema::ByType(alternatives) | Schema::Untagged { alternatives, .. } => {
                union(alternatives.iter().map(|value| self.value(value)))
            }
            Schema::Object(_) | Schema::Tagged { .. } => unreachable!("the contract names it"),
        }
    }

    fn event(&self, event: &EventShape) -> String {
        let name = self.names.shape(event);
        let comment = doc("", &format!("`data` of `{}`: {}", event.event_type, event.description));
        let shape = match &event.fields[..] {
            [whole] if event.is_whole => {
                format!("export type {name} = {};\n", self.value(&whole.value))
            }
            fields => format!("export interface {name} {{\n{}}}\n", self.fields(fields)),
        };
        let mut meaning = event.description.clone();
        if event.high_volume {
            meaning.push_str("\n\nHigh volume: it fires many times for one job.");
        }
        if let Some(path) = &event.follow_up {
            let _ = write!(meaning, "\n\nThen: `GET {path}`, which `followUp` fills.");
        }
        format!(
            "{comment}{shape}\n{}export interface {} extends Envelope {{\n  type: {};\n  data: {name};\n}}\n",
            doc("", &meaning),
            event_of(name),
            string(&event.event_type),
        )
    }

    /// The union of all events.
    fn events(&self) -> String {
        let all = self.contract.events.iter();
        let all = all.map(|event| format!("\n  | {}", event_of(self.names.shape(event))));
        let all = all.collect::<String>();
        let all = if all.is_empty() { " never".to_owned() } else { all };
        let meaning = doc("  ", &self.contract.envelope.type_description);
        format!(
            "\n/** The events that this release knows: `type` tells them apart. */\nexport type KnownEvent ={all};\n\n\
             /** An event of a type that this release does not know. */\n\
             export interface UnknownEvent extends Envelope {{\n{meaning}  type: string;\n  data: {{ [key: string]: unknown }};\n}}\n\n\
             /** Any event. `isKnown` tells those that this release knows from others: after it, `type` tells them apart. */\n\
             export type AnyEvent = KnownEvent | UnknownEvent;\n\n\
             /** The event types that this release knows. More may appear. */\n\
             export type EventType = KnownEvent[\"type\"];\n\n\
             /** The events of one type: `EventOf<typeof event.type>`. */\n\
             export type EventOf<Type extends EventType> = Extract<KnownEvent, {{ type: Type }}>;\n"
        )
    }
}

/// Its description, which values it takes unless its type says so, and their unit.
fn definition_doc(definition: &Definition) -> String {
    let says_values = !matches!(
        &definition.schema,
        Schema::String { limits, .. } if *limits == StringLimits::default()
    ) && !matches!(&definition.schema, Schema::Object(_) | Schema::Boolean);
    let mut lines = vec![definition.description.clone()];
    if says_values || definition.description.is_empty() {
        lines.push(format!("Takes: {}.", definition.schema));
    }
    if !definition.known_values.is_empty() {
        let values = definition.known_values.iter().map(|value| format!("`{value}`"));
        let values = values.collect::<Vec<_>>().join(", ");
        lines.push(format!("Known today: {values}. Any other string may come."));
    }
    lines.extend(definition.unit.as_ref().map(|unit| format!("Unit: {unit}.")));
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn union(types: impl Iterator<Item = String>) -> String {
    types.collect::<Vec<_>>().join(" | ")
}

fn literal(literal: &Literal) -> String {
    match literal {
        // Two of these may be one number in JavaScript.
        Literal::Integer(value) if value.unsigned_abs() > EXACT => "number".to_owned(),
        Literal::Boolean(_) | Literal::Integer(_) => literal.to_string(),
        Literal::String(text) => string(text),
    }
}
