//! Writes derived serde types for a contract, as one would by hand: the same fields and closed sets, limits left out.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clip_events_contract::Contract;
use clip_events_contract::model::{Field, JsonType, Literal, Schema, SchemaRef, Value};

/// The code of an enum `Payload<S>` of the shapes of `data`, with the types in it; strings are of the type `S`.
pub fn types(contract: &Contract) -> String {
    let mut types = Types { contract, definitions: BTreeMap::new(), count: 0, code: String::new() };
    let (mut shapes, mut arms) = (String::new(), String::new());
    for (number, event) in contract.events.iter().enumerate() {
        let name = types.name(None);
        let shape = types.object(&name, event.fields.iter());
        let event_type = &event.event_type;
        let _ = writeln!(shapes, "#[serde(rename = {event_type:?})]\nV{number}({shape}),");
        let _ =
            writeln!(arms, "{event_type:?} => <{shape}>::deserialize(data).map(Self::V{number}),");
    }
    types.union("Payload", "tag = \"type\", content = \"data\"", &shapes);
    format!(
        "{}impl<'de, S: Deserialize<'de>> Payload<S> {{
            pub fn of<D: Deserializer<'de>>(event_type: &str, data: D) -> Result<Self, D::Error> {{
                match event_type {{
                    {arms}_ => IgnoredAny::deserialize(data).map(|_| Self::None(PhantomData)),
                }}
            }}
        }}",
        types.code
    )
}

struct Types<'a> {
    contract: &'a Contract,
    /// The types of those definitions that are written as types, from when they are begun: one may hold itself.
    definitions: BTreeMap<&'a str, String>,
    count: usize,
    code: String,
}

impl<'a> Types<'a> {
    /// A name for the type of `definition`.
    fn name(&mut self, definition: Option<&'a str>) -> String {
        self.count += 1;
        let name = format!("T{}", self.count);
        definition.map(|definition| self.definitions.insert(definition, format!("{name}<S>")));
        name
    }

    fn value(&mut self, value: &'a Value) -> String {
        let held = match &value.schema {
            SchemaRef::Inline(schema) => self.schema(schema, None),
            SchemaRef::Named(name) => match self.definitions.get(name.as_str()) {
                Some(known) => known.clone(),
                None => self.schema(&self.contract.definitions[name].schema, Some(name)),
            },
        };
        let held = boxed(value.recursive, held);
        if value.nullable { format!("Option<{held}>") } else { held }
    }

    fn schema(&mut self, schema: &'a Schema, definition: Option<&'a str>) -> String {
        match schema {
            Schema::Any => "serde_json::Value".into(),
            Schema::Null => "()".into(),
            Schema::String { .. } => "S".into(),
            Schema::Boolean => "bool".into(),
            Schema::Integer { .. } => "i64".into(),
            Schema::Number { .. } => "f64".into(),
            Schema::Array { items, .. } => format!("Vec<{}>", self.value(items)),
            Schema::Map(values) => format!("BTreeMap<String, {}>", self.value(values)),
            Schema::Enum(literals) => match schema.json_type() {
                Some(JsonType::String) => {
                    let name = self.name(definition);
                    let mut variants = String::new();
                    for (number, literal) in literals.iter().enumerate() {
                        let Literal::String(value) = literal else { continue };
                        let _ = writeln!(variants, "#[serde(rename = {value:?})]\nV{number},");
                    }
                    self.union(&name, "", &variants)
                }
                Some(JsonType::Boolean) => "bool".into(),
                Some(JsonType::Number) => "i64".into(),
                _ => "serde_json::Value".into(),
            },
            Schema::Object(fields) => {
                let name = self.name(definition);
                self.object(&name, fields.iter())
            }
            Schema::Tagged { tag, branches } => {
                let name = self.name(definition);
                let mut variants = String::new();
                for (number, branch) in branches.iter().enumerate() {
                    let fields = match &self.contract.definitions[&branch.definition].schema {
                        Schema::Object(fields) => fields,
                        other => unreachable!("{other} has no tag"),
                    };
                    let inner = self.name(None);
                    // serde takes the tag out.
                    let object =
                        self.object(&inner, fields.iter().filter(|field| field.name != *tag));
                    let object = boxed(branch.recursive, object);
                    let value = &branch.value;
                    let _ =
                        writeln!(variants, "#[serde(rename = {value:?})]\nV{number}({object}),");
                }
                variants += "#[serde(other)]\nOther,\n";
                self.union(&name, &format!("tag = {tag:?}"), &variants)
            }
            Schema::ByType(alternatives) | Schema::Untagged { alternatives, .. } => {
                let name = self.name(definition);
                let mut variants = String::new();
                for (number, alternative) in alternatives.iter().enumerate() {
                    let _ = writeln!(variants, "V{number}({}),", self.value(alternative));
                }
                self.union(&name, "untagged", &variants)
            }
        }
    }

    fn object(&mut self, name: &str, fields: impl Iterator<Item = &'a Field>) -> String {
        let mut members = String::new();
        for (number, field) in fields.enumerate() {
            let held = self.value(&field.value);
            let may_miss = !field.required && !field.value.nullable;
            let held = if may_miss { format!("Option<{held}>") } else { held };
            let _ = writeln!(members, "#[serde(rename = {:?})]\nf{number}: {held},", field.name);
        }
        // A type has to use its parameter.
        self.declare(name, "struct", "", &format!("{members}#[serde(skip)]\nnone: PhantomData<S>,"))
    }

    fn union(&mut self, name: &str, serde: &str, variants: &str) -> String {
        self.declare(
            name,
            "enum",
            serde,
            &format!("#[serde(skip)]\nNone(PhantomData<S>),\n{variants}"),
        )
    }

    fn declare(&mut self, name: &str, kind: &str, serde: &str, members: &str) -> String {
        let _ = writeln!(
            self.code,
            "#[derive(Deserialize)]\n#[serde({serde})]\npub {kind} {name}<S> {{\n{members}\n}}"
        );
        format!("{name}<S>")
    }
}

fn boxed(is_recursive: bool, held: String) -> String {
    if is_recursive { format!("Box<{held}>") } else { held }
}
