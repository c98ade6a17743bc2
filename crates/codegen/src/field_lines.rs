//! The fields of a value as lines of a table, and below each those inside it: of an object `video.id`, of the items of a list
//! `parts[].id`, of the values of a map `labels.*.text`, of an alternative `shape(circle).radius`.

use clip_events_contract::Contract;
use clip_events_contract::model::{Field, Schema, SchemaRef, Value};

/// A field, and the way to it.
pub(crate) struct Line<'a> {
    pub(crate) path: String,
    pub(crate) field: &'a Field,
}

/// `field`, and those inside it. What holds itself is shown once.
pub(crate) fn lines<'a>(contract: &'a Contract, field: &'a Field) -> Vec<Line<'a>> {
    let mut walk = Walk { contract, open: Vec::new(), lines: Vec::new() };
    walk.field("", field);
    walk.lines
}

struct Walk<'a> {
    contract: &'a Contract,
    /// The definitions around the present place.
    open: Vec<&'a str>,
    lines: Vec<Line<'a>>,
}

impl<'a> Walk<'a> {
    fn field(&mut self, before: &str, field: &'a Field) {
        let path = format!("{before}{}", field.name);
        self.lines.push(Line { path: path.clone(), field });
        self.inside(&path, &field.value);
    }

    fn inside(&mut self, path: &str, value: &'a Value) {
        if let SchemaRef::Named(definition) = &value.schema {
            if self.open.contains(&definition.as_str()) {
                return;
            }
            self.open.push(definition);
        }
        match self.contract.schema(value) {
            Schema::Object(fields) => {
                for field in fields {
                    self.field(&format!("{path}."), field);
                }
            }
            Schema::Array { items, .. } => self.inside(&format!("{path}[]"), items),
            Schema::Map(values) => self.inside(&format!("{path}.*"), values),
            Schema::ByType(alternatives) | Schema::Untagged { alternatives, .. } => {
                for alternative in alternatives {
                    self.inside(path, alternative);
                }
            }
            Schema::Tagged { tag, branches } => {
                for branch in branches {
                    let schema = &self.contract.definitions[&branch.definition].schema;
                    let Schema::Object(fields) = schema else { continue };
                    for field in fields.iter().filter(|field| field.name != *tag) {
                        self.field(&format!("{path}({}).", branch.value), field);
                    }
                }
            }
            _ => {}
        }
        if let SchemaRef::Named(_) = &value.schema {
            self.open.pop();
        }
    }
}
