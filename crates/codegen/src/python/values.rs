//! The annotation of each value: what type checkers read, and what pydantic judges it by.

use clip_events_contract::Contract;
use clip_events_contract::model::{
    Bound, Definition, Field, JsonType, Literal, Schema, SchemaRef, StringLimits, Value,
};

use super::names::Names;
use super::patterns::Patterns;
use super::text::literal;

/// The contract as annotations.
pub(super) struct Values<'a> {
    pub(super) contract: &'a Contract,
    pub(super) names: &'a Names,
    /// For what pydantic judges: the patterns. Without, annotations are types alone.
    pub(super) patterns: Option<&'a Patterns<'a>>,
}

impl Values<'_> {
    /// The annotation of `value`, `null` included.
    pub(super) fn value(&self, value: &Value) -> String {
        let schema = self.contract.schema(value);
        match &value.schema {
            // `null` may be one of the alternatives that are counted.
            _ if value.nullable && matches!(schema, Schema::Untagged { .. }) => {
                self.untagged(schema, true)
            }
            SchemaRef::Named(name) => or_null(self.names.definition(name), value.nullable),
            SchemaRef::Inline(schema) => or_null(&self.schema(schema), value.nullable),
        }
    }

    /// The annotation of a field that may be absent.
    pub(super) fn optional(&self, field: &Field) -> String {
        let value = self.value(&field.value);
        if self.patterns.is_none() {
            format!("_x.NotRequired[{value}]")
        } else if self.takes_null(&field.value) {
            value
        } else {
            format!("_t.Annotated[{value} | None, _v.NOT_NULL]")
        }
    }

    fn takes_null(&self, value: &Value) -> bool {
        value.nullable
            || match self.contract.schema(value) {
                Schema::Any | Schema::Null => true,
                Schema::ByType(alternatives) | Schema::Untagged { alternatives, .. } => {
                    alternatives.iter().any(|value| self.takes_null(value))
                }
                _ => false,
            }
    }

    /// The values of a definition that is no object, as the alias of it has them.
    ///
    /// What speaks of other definitions is a string, since they may stand below; such an annotation holds no text of the schemas,
    /// since type checkers take no escapes there.
    pub(super) fn alias(&self, definition: &Definition) -> String {
        match &definition.schema {
            Schema::String { limits, .. } if !definition.known_values.is_empty() => {
                let known = definition.known_values.iter().map(|value| literal(value));
                let known = known.collect::<Vec<_>>().join(", ");
                let open = format!("_t.Literal[{known}] | str");
                match self.patterns {
                    Some(patterns) => format!("_t.Annotated[{open}, {}]", text(patterns, limits)),
                    None => open,
                }
            }
            Schema::Array { .. }
            | Schema::Map(_)
            | Schema::Tagged { .. }
            | Schema::ByType(_)
            | Schema::Untagged { .. } => {
                let annotation = match (&definition.schema, self.patterns) {
                    (Schema::Tagged { branches, .. }, patterns) => {
                        let branches: Vec<_> = branches
                            .iter()
                            .map(|branch| self.names.definition(&branch.definition))
                            .collect();
                        let tags = tags(self.names.definition(&definition.name));
                        tagged(&branches, "dict[str, _t.Any]", patterns.map(|_| tags.as_str()))
                    }
                    (schema, _) => self.schema(schema),
                };
                format!("'{annotation}'")
            }
            schema => self.schema(schema),
        }
    }

    fn schema(&self, schema: &Schema) -> String {
        let Some(patterns) = self.patterns else { return self.plain(schema) };
        match schema {
            Schema::Boolean => "_p.StrictBool".into(),
            Schema::String { limits, .. } if limits.are_none() => "_p.StrictStr".into(),
            Schema::String { limits, .. } => {
                format!("_t.Annotated[str, {}]", text(patterns, limits))
            }
            Schema::Integer { minimum, maximum, multiple_of } => {
                let arguments = [
                    argument("minimum", *minimum),
                    argument("maximum", *maximum),
                    argument("multiple_of", *multiple_of),
                ];
                format!("_t.Annotated[int, _v.Integer({})]", listed(arguments))
            }
            Schema::Number { minimum, maximum, multiple_of } => {
                let decimal = |value: f64| literal(&value.to_string());
                let bound = |name: &str, bound: &Option<Bound>| {
                    let bound = bound.as_ref()?;
                    let name =
                        if bound.exclusive { format!("exclusive_{name}") } else { name.into() };
                    argument(&name, Some(decimal(bound.value)))
                };
                let arguments = [
                    bound("minimum", minimum),
                    bound("maximum", maximum),
                    argument("multiple_of", multiple_of.map(decimal)),
                ];
                format!("_t.Annotated[float, _v.Number({})]", listed(arguments))
            }
            Schema::Enum(_) => format!("_t.Annotated[{}, _v.ONE_OF]", self.plain(schema)),
            Schema::Array { items, minimum, maximum } => {
                let arguments = [
                    argument("min_length", Some(*minimum).filter(|minimum| *minimum > 0)),
                    argument("max_length", *maximum),
                    // A list of many wrong items is to have one error.
                    argument("fail_fast", Some("True")),
                ];
                let list = format!("list[{}]", self.value(items));
                format!("_t.Annotated[{list}, _p.Field({})]", listed(arguments))
            }
            Schema::Map(values) => {
                let map = format!("dict[str, {}]", self.value(values));
                format!("_t.Annotated[{map}, _v.EACH]")
            }
            Schema::ByType(alternatives) => {
                let tagged = alternatives.iter().filter_map(|value| {
                    let label = label(self.contract.schema(value).json_type()?);
                    Some(format!("_t.Annotated[{}, _p.Tag(\"{label}\")]", self.value(value)))
                });
                format!("_t.Annotated[{}, _v.BY_TYPE]", alternative(tagged))
            }
            Schema::Untagged { .. } => self.untagged(schema, false),
            Schema::Any | Schema::Null | Schema::Object(_) | Schema::Tagged { .. } => {
                self.plain(schema)
            }
        }
    }

    /// The type alone.
    fn plain(&self, schema: &Schema) -> String {
        match schema {
            Schema::Any => "_t.Any".into(),
            Schema::Null => "None".into(),
            Schema::Boolean => "bool".into(),
            Schema::String { .. } => "str".into(),
            Schema::Integer { .. } => "int".into(),
            Schema::Number { .. } => "float".into(),
            Schema::Enum(members) => {
                let members = members.iter().map(|member| match member {
                    Literal::Boolean(true) => "True".into(),
                    Literal::Boolean(false) => "False".into(),
                    Literal::Integer(value) => value.to_string(),
                    Literal::String(text) => literal(text),
                });
                format!("_t.Literal[{}]", members.collect::<Vec<_>>().join(", "))
            }
            Schema::Array { items, .. } => format!("list[{}]", self.value(items)),
            Schema::Map(values) => format!("dict[str, {}]", self.value(values)),
            Schema::ByType(alternatives) => {
                alternative(alternatives.iter().map(|value| self.value(value)))
            }
            Schema::Untagged { .. } => self.untagged(schema, false),
            Schema::Object(_) | Schema::Tagged { .. } => unreachable!("the contract names it"),
        }
    }

    /// Alternatives that are tried in turn, and perhaps `null`.
    fn untagged(&self, schema: &Schema, null: bool) -> String {
        let Schema::Untagged { alternatives, exactly_one } = schema else {
            unreachable!("asked of such alone")
        };
        let null = null.then(|| "None".to_owned());
        let alternatives = alternatives.iter().map(|value| self.value(value)).chain(null);
        if self.patterns.is_none() {
            return alternative(alternatives);
        }
        // The numbers keep apart what is alike: each counts.
        let numbered = alternatives.enumerate();
        let numbered = numbered.map(|(at, value)| format!("_t.Annotated[{value}, {at}]"));
        let which = if *exactly_one { "EXACTLY_ONE" } else { "ANY" };
        format!("_t.Annotated[{}, _v.{which}]", alternative(numbered))
    }
}

/// Objects that a key tells apart, `unknown` ones included; `tags` says how, if they are to be told.
pub(super) fn tagged(branches: &[&str], unknown: &str, tags: Option<&str>) -> String {
    let Some(tags) = tags else {
        let all = branches.iter().chain([&unknown]).map(|branch| (*branch).to_owned());
        return alternative(all);
    };
    let known = branches.iter().enumerate();
    let known = known.map(|(at, branch)| format!("_t.Annotated[{branch}, _p.Tag(\"<{at}>\")]"));
    let unknown = format!("_t.Annotated[{unknown}, {tags}.unknown, _p.Tag(\"<>\")]");
    format!("_t.Annotated[{}, {tags}.choice]", alternative(known.chain([unknown])))
}

/// The name of what tells the objects of the definition with this name apart.
pub(super) fn tags(name: &str) -> String {
    format!("_TAGS_{name}")
}

/// `_v.Text(...)`.
fn text(patterns: &Patterns<'_>, limits: &StringLimits) -> String {
    let tables = limits.patterns.iter().map(|pattern| format!("_r.{},", patterns.name(pattern)));
    let tables = Some(tables.collect::<Vec<_>>().join(" ")).filter(|tables| !tables.is_empty());
    let arguments = [
        argument("minimum", Some(limits.minimum).filter(|minimum| *minimum > 0)),
        argument("maximum", limits.maximum),
        argument("patterns", tables.map(|tables| format!("({tables})"))),
    ];
    format!("_v.Text({})", listed(arguments))
}

fn argument(name: &str, value: Option<impl ToString>) -> Option<String> {
    value.map(|value| format!("{name}={}", value.to_string()))
}

fn listed<const N: usize>(arguments: [Option<String>; N]) -> String {
    arguments.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn or_null(annotation: &str, nullable: bool) -> String {
    if nullable { format!("{annotation} | None") } else { annotation.to_owned() }
}

fn alternative(all: impl Iterator<Item = String>) -> String {
    all.collect::<Vec<_>>().join(" | ")
}

/// As the package tells JSON types apart: no key of a delivery is likely to look like it.
fn label(json_type: JsonType) -> String {
    format!("<{json_type}>")
}
