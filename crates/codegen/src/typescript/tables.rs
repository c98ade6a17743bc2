//! `tables.ts`: the contract as data, by which `explain.ts` judges what `JSON.parse` cannot tell, and says what is wrong.

use std::fmt::Write as _;

use clip_events_contract::Contract;
use clip_events_contract::model::{Bound, Field, Literal, Schema, SchemaRef, StringLimits, Value};

use super::code::string;
use super::names::Names;
use super::patterns::Patterns;

pub(super) fn render(contract: &Contract, names: &Names, patterns: &Patterns) -> String {
    let tables = Tables { contract, names, patterns };
    let mut text = format!(
        "// The contract as data: what `check.ts` asks, with what is said where the answer is no.\n\n\
         import type {{ Constraint, Field }} from \"../constraint.js\";\n{}\n\
         export const DEFINITIONS: {{ [name: string]: Constraint }} = {{\n",
        patterns.import()
    );
    for definition in contract.definitions.values() {
        let name = names.definition(&definition.name);
        let constraint = tables.schema(&definition.schema);
        let _ = writeln!(text, "  {name}: {constraint},");
    }
    text.push_str("};\n\n/** The fields of the envelope, besides `type` and `data`. */\n");
    let envelope = tables.fields(contract.envelope.fields());
    let _ = write!(text, "export const ENVELOPE: Field[] = {envelope};\n\n");
    text.push_str(
        "/** The values of `data`, by the event types. */\n\
         export const DATA: ReadonlyMap<string, Constraint> = new Map<string, Constraint>([\n",
    );
    for event in &contract.events {
        let constraint = match &event.fields[..] {
            [whole] if event.is_whole => tables.value(&whole.value),
            fields => tables.object(fields),
        };
        let _ = writeln!(text, "  [{}, {constraint}],", string(&event.event_type));
    }
    text.push_str("]);\n");
    text
}

struct Tables<'a> {
    contract: &'a Contract,
    names: &'a Names,
    patterns: &'a Patterns,
}

impl Tables<'_> {
    fn value(&self, value: &Value) -> String {
        if value.nullable
            && let Schema::Untagged { alternatives, exactly_one } = self.contract.schema(value)
        {
            // Null is one of the alternatives: of exactly one that is met.
            return self.untagged(&value.to_string(), alternatives, *exactly_one, true);
        }
        let constraint = match &value.schema {
            SchemaRef::Named(name) => {
                format!("{{ is: \"ref\", name: \"{}\" }}", self.names.definition(name))
            }
            SchemaRef::Inline(schema) => self.schema(schema),
        };
        if value.nullable {
            let told = string(&format!("{}, or null", self.contract.schema(value)));
            format!("{{ is: \"nullable\", told: {told}, of: {constraint} }}")
        } else {
            constraint
        }
    }

    fn schema(&self, schema: &Schema) -> String {
        let told = string(&schema.to_string());
        match schema {
            Schema::Any => "{ is: \"any\" }".to_owned(),
            Schema::Null => "{ is: \"null\" }".to_owned(),
            Schema::Boolean => "{ is: \"boolean\" }".to_owned(),
            Schema::String { limits, .. } => self.text(&told, limits),
            Schema::Integer { minimum, maximum, multiple_of } => {
                let inclusive =
                    |value: i64| Some(format!("{{ value: \"{value}\", exclusive: false }}"));
                number(
                    &told,
                    true,
                    minimum.and_then(inclusive),
                    maximum.and_then(inclusive),
                    multiple_of.map(|divisor| divisor.to_string()),
                )
            }
            Schema::Number { minimum, maximum, multiple_of } => {
                let bound = |Bound { value, exclusive }: &Bound| {
                    format!("{{ value: \"{value}\", exclusive: {exclusive} }}")
                };
                number(
                    &told,
                    false,
                    minimum.as_ref().map(bound),
                    maximum.as_ref().map(bound),
                    multiple_of.map(|divisor| divisor.to_string()),
                )
            }
            Schema::Enum(literals) => {
                let values = literals.iter().map(|literal| match literal {
                    Literal::Boolean(value) => value.to_string(),
                    // As a decimal, which is compared with that of the delivery.
                    Literal::Integer(value) => format!("{{ integer: \"{value}\" }}"),
                    Literal::String(text) => string(text),
                });
                let values = values.collect::<Vec<_>>().join(", ");
                format!("{{ is: \"enum\", told: {told}, values: [{values}] }}")
            }
            Schema::Array { items, minimum, maximum } => {
                let items = self.value(items);
                let maximum = maximum.map_or("Infinity".to_owned(), |count| count.to_string());
                format!(
                    "{{ is: \"array\", told: {told}, items: {items}, minimum: {minimum}, maximum: {maximum} }}"
                )
            }
            Schema::Map(values) => format!("{{ is: \"map\", values: {} }}", self.value(values)),
            Schema::Object(fields) => self.object(fields),
            Schema::Tagged { tag, branches } => {
                let branches = branches.iter().map(|branch| {
                    let name = self.names.definition(&branch.definition);
                    format!("[{}, \"{name}\"]", string(&branch.value))
                });
                let branches = branches.collect::<Vec<_>>().join(", ");
                format!(
                    "{{ is: \"tagged\", tag: {}, branches: new Map([{branches}]) }}",
                    string(tag)
                )
            }
            Schema::ByType(alternatives) => {
                let alternatives = self.values(alternatives, false);
                format!("{{ is: \"by type\", told: {told}, alternatives: {alternatives} }}")
            }
            Schema::Untagged { alternatives, exactly_one } => {
                self.untagged(&schema.to_string(), alternatives, *exactly_one, false)
            }
        }
    }

    fn text(&self, told: &str, limits: &StringLimits) -> String {
        if limits.are_none() {
            return "{ is: \"string\" }".to_owned();
        }
        let maximum = limits.maximum.map_or("Infinity".to_owned(), |count| count.to_string());
        let patterns = limits.patterns.iter().map(|pattern| self.patterns.name(pattern));
        let patterns = patterns.collect::<Vec<_>>().join(", ");
        format!(
            "{{ is: \"limited string\", told: {told}, minimum: {}, maximum: {maximum}, patterns: [{patterns}] }}",
            limits.minimum
        )
    }

    fn object(&self, fields: &[Field]) -> String {
        format!("{{ is: \"object\", fields: {} }}", self.fields(fields))
    }

    fn fields<'f>(&self, fields: impl IntoIterator<Item = &'f Field>) -> String {
        let mut text = String::from("[\n");
        for field in fields {
            let (key, required) = (string(&field.name), field.required);
            let value = self.value(&field.value);
            let _ = writeln!(text, "    {{ key: {key}, required: {required}, value: {value} }},");
        }
        text + "  ]"
    }

    fn untagged(
        &self,
        told: &str,
        alternatives: &[Value],
        exactly_one: bool,
        null: bool,
    ) -> String {
        let (told, alternatives) = (string(told), self.values(alternatives, null));
        format!(
            "{{ is: \"untagged\", told: {told}, alternatives: {alternatives}, exactlyOne: {exactly_one} }}"
        )
    }

    fn values(&self, values: &[Value], null: bool) -> String {
        let values = values.iter().map(|value| self.value(value));
        let values = values.chain(null.then(|| "{ is: \"null\" }".to_owned()));
        format!("[{}]", values.collect::<Vec<_>>().join(", "))
    }
}

fn number(
    told: &str,
    integer: bool,
    minimum: Option<String>,
    maximum: Option<String>,
    multiple_of: Option<String>,
) -> String {
    let mut text = format!("{{ is: \"number\", told: {told}, integer: {integer}");
    let multiple_of = multiple_of.map(|divisor| format!("\"{divisor}\""));
    for (key, value) in [("minimum", minimum), ("maximum", maximum), ("multipleOf", multiple_of)] {
        if let Some(value) = value {
            let _ = write!(text, ", {key}: {value}");
        }
    }
    text + " }"
}
