//! The values that a place takes: a conjunction of parts becomes one schema, with a name if it needs one.

use serde_json::Value as Json;

use super::bounds;
use super::conjunction::{Conjunction, referent};
use super::context::{Context, Named, Part, camel, is_field_name};
use super::object::{ObjectSchema, Property, object};
use super::set::closed_set;
use super::types::{Types, takes_null, types};
use super::union::{self, Alternative, Lowered, Union, UnionBranch};
use crate::model::{Definition, Field, Schema, SchemaRef, StringLimits, Value};

/// The values that all of `parts` take. What needs a name and has none of its own is called `path`.
pub(super) fn value<'a>(
    context: &mut Context<'a>,
    parts: &[Part<'a>],
    path: &str,
) -> Option<Value> {
    let parts: Vec<_> = parts.iter().map(|part| referent(context, part)).collect();
    let all = Conjunction::default().and(context, &parts)?;
    let name = match &parts[..] {
        [part] => part.definition_name(),
        _ => None,
    };
    conjunction(context, &all, &parts, name.as_deref(), path)
}

/// The values that `all` takes. `parts` are what it was made of, outermost first, and have its texts.
pub(super) fn conjunction<'a>(
    context: &mut Context<'a>,
    all: &Conjunction<'a>,
    parts: &[Part<'a>],
    shared_name: Option<&str>,
    path: &str,
) -> Option<Value> {
    if all.parts.is_empty() && shared_name.is_none() {
        return Some(Value::inline(Schema::Any, false));
    }
    let mut key = all.key();
    if shared_name.is_some() {
        key.insert(0, parts[0].location());
    }
    match context.names.get(&key) {
        Some(Named::Done(value)) => return value.clone(),
        Some(Named::Open(name)) => {
            let name = name.clone();
            let nullable = takes_null(context, all);
            context.recursive.insert(name.clone());
            return Some(Value { nullable, ..Value::named(&name) });
        }
        None => {}
    }
    let name = reserve(context, shared_name, parts, all, path);
    context.names.insert(key.clone(), Named::Open(name.clone()));
    let value = lower(context, all, &name).and_then(|lowered| match lowered {
        Lowered::Value(value) if shared_name.is_none() && !context.recursive.contains(&name) => {
            Some(value)
        }
        Lowered::Value(Value { schema: SchemaRef::Named(same), .. }) if same == name => {
            let help = "write what it takes besides itself";
            context.report(&all.parts[0], format!("`{name}` is nothing but itself"), help);
            None
        }
        // A name for what has another one already means the same.
        Lowered::Value(Value { schema: SchemaRef::Named(same), nullable, .. }) => {
            if context.recursive.contains(&name) {
                context.rename(&name, &same);
            }
            Some(Value { nullable, ..Value::named(&same) })
        }
        Lowered::Value(Value { schema: SchemaRef::Inline(schema), nullable, .. })
        | Lowered::Schema(schema, nullable) => {
            let is_shared = shared_name.is_some();
            Some(named(context, all, parts, is_shared, &name, schema, nullable))
        }
    });
    let is_used = matches!(
        &value,
        Some(Value { schema: SchemaRef::Named(used), .. }) if *used == name
    );
    if !is_used && shared_name.is_none() {
        context.release(&name);
    }
    context.names.insert(key, Named::Done(value.clone()));
    value
}

/// The name for what `all` is lowered to, if it needs one.
fn reserve<'a>(
    context: &mut Context<'a>,
    shared_name: Option<&str>,
    parts: &[Part<'a>],
    all: &Conjunction<'a>,
    path: &str,
) -> String {
    if let Some(name) = shared_name {
        return context.shared_name(&parts[0], name);
    }
    // The title of a number or a string is a text about its field.
    let is_scalar = |part: &Part<'_>| {
        let scalars = ["string", "integer", "number", "boolean"];
        part.string("type").is_some_and(|name| scalars.contains(&name))
            && part.get("enum").is_none()
    };
    let mut titles = parts.iter().filter_map(|part| part.string("title"));
    let title = titles.next().filter(|_| !all.parts.iter().any(is_scalar)).map(camel);
    let names: Vec<_> = title.into_iter().chain([path.to_owned()]).collect();
    context.free_name(&names)
}

/// `schema` with the name `name`, if it is shared or needs one.
fn named<'a>(
    context: &mut Context<'a>,
    all: &Conjunction<'a>,
    parts: &[Part<'a>],
    shared: bool,
    name: &str,
    schema: Schema,
    nullable: bool,
) -> Value {
    let known_values = known_values(context, all);
    let retired_values = retired_values(context, all, &known_values);
    let needs_a_name = match &schema {
        Schema::Any
        | Schema::Null
        | Schema::Boolean
        | Schema::Array { .. }
        | Schema::Map(_)
        | Schema::Untagged { .. }
        | Schema::Integer { minimum: None, maximum: None, multiple_of: None }
        | Schema::Number { minimum: None, maximum: None, multiple_of: None } => false,
        Schema::String { limits, .. } => {
            *limits != StringLimits::default()
                || !known_values.is_empty()
                || !retired_values.is_empty()
        }

        Schema::Integer { .. }
        | Schema::Number { .. }
        | Schema::Enum(_)
        | Schema::Object(_)
        | Schema::Tagged { .. }
        | Schema::ByType(_) => true,
    };
    if !shared && !needs_a_name && !context.recursive.contains(name) {
        return Value::inline(schema, nullable);
    }
    let texts = |keyword: &str| {
        let mut texts = parts.iter().chain(&all.parts).filter_map(|part| part.string(keyword));
        texts.find(|text| !text.trim().is_empty()).map(str::to_owned)
    };
    let examples = parts.iter().chain(&all.parts).find_map(|part| part.get("examples"));
    let definition = Definition {
        name: name.to_owned(),
        description: texts("description").unwrap_or_default(),
        schema,
        nullable,
        recursive: false,
        unit: texts("x-unit"),
        known_values,
        retired_values,
        examples: examples.and_then(Json::as_array).cloned().unwrap_or_default(),
        location: parts[0].location(),
    };
    context.definitions.insert(name.to_owned(), definition);
    Value { nullable, ..Value::named(name) }
}

/// Lowers `all`; what is inside it and needs a name is called after `name`.
fn lower<'a>(context: &mut Context<'a>, all: &Conjunction<'a>, name: &str) -> Option<Lowered> {
    let types = types(context, all)?;
    if let Some(declared) = union::declared(context, all, name) {
        return lower_union(context, declared, types, name);
    }
    let is_typed = all.parts.iter().any(|part| {
        ["type", "enum", "const"].into_iter().any(|keyword| part.get(keyword).is_some())
    });
    if !is_typed {
        let Some(part) = all.parts.first() else {
            return Some(Lowered::Schema(Schema::Any, false));
        };
        let help = "add \"type\", or \"$ref\" to a shared definition";
        context.report(part, "`type` is missing", help);
        return None;
    }
    let set = match closed_set(context, all, types) {
        None => None,
        Some(set) => Some(set?),
    };
    let nullable = types.has(Types::NULL) && takes_null(context, all);
    if nullable
        && types != Types::NULL
        && let Some(part) = all.parts.first()
    {
        let help = "leave the key out of `required` instead: one way to say nothing is enough";
        let weight = context.sources.manifest.conventions.no_null;
        context.breach(weight, &part.key("type"), "a value that may be null", help);
    }
    if let Some(literals) = set {
        return match (literals.is_empty(), nullable) {
            (true, true) => Some(Lowered::Schema(Schema::Null, false)),
            (true, false) => {
                context.report(
                    &all.parts[0],
                    "no value is in this set",
                    "make it agree with `type`",
                );
                None
            }
            (false, nullable) => Some(Lowered::Schema(Schema::Enum(literals), nullable)),
        };
    }
    let types = types.without(Types::NULL);
    let single = [Types::BOOLEAN, Types::NUMBER, Types::STRING, Types::ARRAY, Types::OBJECT];
    let mut asked: Vec<_> = single.into_iter().filter(|single| types.has(*single)).collect();
    if types.is_empty() {
        return Some(Lowered::Schema(Schema::Null, false));
    }
    if let [one] = asked[..] {
        let schema = of_type(context, all, types.and(one), name, name)?;
        return Some(Lowered::Schema(schema, nullable));
    }
    let mut alternatives = Vec::new();
    for one in asked.drain(..) {
        let inner = format!("{name}{}", one.suffix());
        let schema = of_type(context, all, types.and(one), &inner, name)?;
        let part = all.parts[0].clone();
        let inner = context.free_name(&[inner]);
        let alternative =
            named(context, all, std::slice::from_ref(&part), false, &inner, schema, false);
        if !matches!(&alternative.schema, SchemaRef::Named(name) if *name == inner) {
            context.release(&inner);
        }
        alternatives.push(alternative);
    }
    Some(Lowered::Schema(Schema::ByType(alternatives), nullable))
}

/// Lowers a union, within the types `asked`.
fn lower_union<'a>(
    context: &mut Context<'a>,
    mut declared: Union<'a>,
    asked: Types,
    name: &str,
) -> Option<Lowered> {
    let mut alternatives = Vec::new();
    for UnionBranch { all, part, shared_name, path, index } in declared.branches.drain(..) {
        let parts = std::slice::from_ref(&part);
        match conjunction(context, &all, parts, shared_name.as_deref(), &path) {
            Some(value) => alternatives.push(Alternative { value, part, index }),
            None => declared.is_sound = false,
        }
    }
    if !declared.is_sound {
        return None;
    }
    union::union(context, &declared, alternatives, asked, name)
}

/// What `all` takes of one JSON type. What is inside it is called after `name`.
fn of_type<'a>(
    context: &mut Context<'a>,
    all: &Conjunction<'a>,
    one: Types,
    name: &str,
    outer: &str,
) -> Option<Schema> {
    if one == Types::BOOLEAN {
        Some(Schema::Boolean)
    } else if one == Types::INTEGER {
        bounds::integer(context, all)
    } else if one.has(Types::INTEGER) {
        bounds::number(context, all)
    } else if one == Types::STRING {
        string(context, all)
    } else if one == Types::ARRAY {
        let (minimum, maximum) = bounds::counts(context, all, ["minItems", "maxItems"])?;
        let items: Vec<_> = all
            .parts
            .iter()
            .filter(|part| part.get("items").is_some())
            .map(|part| part.key("items"))
            .collect();
        let items = value(context, &items, &format!("{outer}Item"))?;
        Some(Schema::Array { items: Box::new(items), minimum, maximum })
    } else {
        match object(context, all)? {
            ObjectSchema::Map(values) => {
                let values = value(context, &values, &format!("{name}Value"))?;
                Some(Schema::Map(Box::new(values)))
            }
            ObjectSchema::Fields(properties) => {
                Some(Schema::Object(fields(context, properties, name)))
            }
        }
    }
}

/// The fields that are declared as `properties`. What is inside and needs a name is called after `owner`.
pub(super) fn fields<'a>(
    context: &mut Context<'a>,
    properties: Vec<Property<'a>>,
    owner: &str,
) -> Vec<Field> {
    let mut fields = Vec::new();
    for Property { name, parts, required } in properties {
        let conventions = &context.sources.manifest.conventions;
        let (names, documentation) = (conventions.names, conventions.documentation);
        if !is_field_name(name) {
            let message = format!("`{name}` is not a valid field name");
            context.breach(names, &parts[0], message, "use snake_case: a-z, 0-9 and _");
        }
        let Some(value) = value(context, &parts, &format!("{owner}{}", camel(name))) else {
            continue;
        };
        let mut texts = parts.iter().filter_map(|part| part.string("description"));
        let own_description = texts.find(|text| !text.trim().is_empty()).map(str::to_owned);
        let is_described = own_description.is_some()
            || matches!(&value.schema, SchemaRef::Named(name) if
                context.definitions.get(name).is_none_or(|known| !known.description.is_empty()));
        // What is wrong with a shared definition is told there.
        let is_shared = matches!(value.schema, SchemaRef::Named(_))
            && parts.iter().any(|part| part.get("$ref").is_some());
        if !is_described && !is_shared {
            let help = "add \"description\": \"...\"";
            context.breach(documentation, &parts[0], "`description` is missing", help);
        }
        // Every public field says something, be it only which values it takes.
        let own_description =
            own_description.or_else(|| (!is_described).then(|| format!("Takes: {value}.")));
        fields.push(Field {
            name: name.to_owned(),
            value,
            required,
            own_description,
            location: parts[0].location(),
        });
    }
    fields
}

fn string<'a>(context: &mut Context<'a>, all: &Conjunction<'a>) -> Option<Schema> {
    let (minimum, maximum) = bounds::counts(context, all, ["minLength", "maxLength"])?;
    let mut patterns = Vec::new();
    for part in &all.parts {
        let Some(pattern) = part.string("pattern") else { continue };
        // Where the implementations of JSON Schema disagree, no verdict could be the same everywhere.
        let disputed = ["\\b", "\\B", "(?=", "(?!", "(?<"];
        if let Some(construct) = disputed.iter().find(|construct| pattern.contains(**construct)) {
            let message = format!("`{construct}` in a pattern, on which validators disagree");
            let help = "write what matches with classes and anchors";
            context.report(&part.key("pattern"), message, help);
            return None;
        }
        if let Err(error) = jsonschema::validator_for(&serde_json::json!({ "pattern": pattern })) {
            let message = format!("a pattern that validators do not take: {error}");
            context.report(
                &part.key("pattern"),
                message,
                "write it in the common part of ECMA-262",
            );
            return None;
        }
        if !patterns.iter().any(|known| known == pattern) {
            patterns.push(pattern.to_owned());
        }
    }
    let format = all.parts.iter().find_map(|part| part.string("format")).map(str::to_owned);
    Some(Schema::String { format, limits: StringLimits { minimum, maximum, patterns } })
}

/// The strings in `x-known-values` of the releases that are not `known` any more.
fn retired_values(context: &Context<'_>, all: &Conjunction<'_>, known: &[String]) -> Vec<String> {
    let mut retired: Vec<String> = Vec::new();
    for part in &all.parts {
        let pointer = context.sources.bundle_pointer(part.source, part.pointer());
        for release in &context.sources.releases {
            let then = release.value.pointer(&pointer).and_then(|then| then.get("x-known-values"));
            for value in
                then.and_then(Json::as_array).into_iter().flatten().filter_map(Json::as_str)
            {
                if !known.iter().chain(&retired).any(|other| other == value) {
                    retired.push(value.to_owned());
                }
            }
        }
    }
    retired
}

/// The strings in `x-known-values`.
fn known_values<'a>(context: &mut Context<'a>, all: &Conjunction<'a>) -> Vec<String> {
    let mut known = Vec::new();
    for part in &all.parts {
        let Some(value) = part.get("x-known-values") else { continue };
        let part = part.key("x-known-values");
        let Some(values) = value.as_array() else {
            context.report(&part, "not an array", "write [\"...\"]");
            continue;
        };
        for (index, value) in values.iter().enumerate() {
            match value.as_str() {
                Some(value) => known.push(value.to_owned()),
                None => context.report(
                    &part.index(index),
                    format!("{value} is not a string"),
                    "write \"...\": the values are those of a string",
                ),
            }
        }
    }
    known
}
