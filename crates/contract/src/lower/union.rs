//! `anyOf` and `oneOf`: alternatives that the JSON type tells apart, or the value of one key.

use super::conjunction::{Conjunction, referent};
use super::context::{Context, Part, TaggedUnion, camel};
use super::types::{Types, types};
use crate::manifest::Weight;
use crate::model::{Branch, Definition, Field, JsonType, Literal, Schema, SchemaRef, Value};
use crate::vocabulary::CONSTRAINTS;

/// One of the alternatives: what it takes, and where it is written.
pub(super) struct Alternative<'a> {
    pub(super) value: Value,
    pub(super) part: Part<'a>,
    /// Its place among all of them.
    pub(super) index: usize,
}

/// What a conjunction was lowered to.
pub(super) enum Lowered {
    /// The values of a place, which may have a name.
    Value(Value),
    /// A schema without a name, and whether it takes `null`.
    Schema(Schema, bool),
}

/// A union as it is declared.
pub(super) struct Union<'a> {
    /// Its `anyOf` or `oneOf`.
    pub(super) place: Part<'a>,
    /// What surrounds it, and each alternative has to meet as well.
    others: Conjunction<'a>,
    pub(super) branches: Vec<UnionBranch<'a>>,
    /// Whether no mistake was found in it.
    pub(super) is_sound: bool,
}

/// One of the alternatives of a union, as it is declared.
pub(super) struct UnionBranch<'a> {
    pub(super) all: Conjunction<'a>,
    pub(super) part: Part<'a>,
    /// The name of the definition, if the alternative is one and nothing more.
    pub(super) shared_name: Option<String>,
    /// What it is called, if it needs a name.
    pub(super) path: String,
    pub(super) index: usize,
}

/// The union in `all`, if it has one.
pub(super) fn declared<'a>(
    context: &mut Context<'a>,
    all: &Conjunction<'a>,
    name: &str,
) -> Option<Union<'a>> {
    let mut unions = all
        .parts
        .iter()
        .filter(|part| !all.chosen.contains(&part.location()))
        .flat_map(|part| ["anyOf", "oneOf"].map(|keyword| (part, keyword)))
        .filter(|(part, keyword)| part.get(keyword).is_some());
    let (part, keyword) = unions.next()?;
    // Of several unions, each alternative of the first meets the others.
    let mut others = all.clone();
    others.chosen.insert(part.location());
    let mut branches = Vec::new();
    let mut is_sound = true;
    for (index, branch) in part.elements(keyword).enumerate() {
        let Some(both) = others.clone().and(context, std::slice::from_ref(&branch)) else {
            is_sound = false;
            continue;
        };
        let mistakes = context.mistakes();
        let Some(types) = types(context, &both) else {
            // What surrounds the union leaves nothing of this alternative.
            context.forget(mistakes);
            continue;
        };
        if keyword == "anyOf" && types == Types::ALL && branch.takes_anything() {
            let message = "an alternative that takes anything: and so does the union";
            context.report(&branch, message, "leave it out, or write `true` for the union");
            is_sound = false;
            continue;
        }
        let part = referent(context, &branch);
        // Alone, the branch is what it refers to; beside others it is something new.
        let is_alone = !others.parts.iter().any(|part| adds(&others, part));
        let shared_name = part.definition_name().filter(|_| is_alone);
        let all = if shared_name.is_some() {
            Conjunction::default().and(context, std::slice::from_ref(&part))
        } else {
            Some(both)
        };
        let Some(all) = all else {
            is_sound = false;
            continue;
        };
        let path = format!("{name}{}", suffix(context, &all, &part));
        branches.push(UnionBranch { all, part, shared_name, path, index });
    }
    Some(Union { place: part.key(keyword), others, branches, is_sound })
}

/// What `union` takes, whose `alternatives` are lowered.
pub(super) fn union<'a>(
    context: &mut Context<'a>,
    union: &Union<'a>,
    alternatives: Vec<Alternative<'a>>,
    asked: Types,
    name: &str,
) -> Option<Lowered> {
    let Union { place, others, .. } = union;
    let is_exclusive = is_exclusive(place);
    // Each alternative that takes `null`.
    let mut nulls = Vec::new();
    let mut flat: Vec<Alternative<'a>> = Vec::new();
    for Alternative { value, part, index } in alternatives {
        match context.schema(&value) {
            Some(Schema::Any) if is_exclusive => {
                let help = "use `anyOf`, or leave the others out";
                let message = "one alternative takes any value: what meets another one meets two";
                context.report(place, message, help);
                return None;
            }
            Some(Schema::Null) => nulls.push(part.clone()),
            _ if value.nullable => nulls.push(part.clone()),
            _ => {}
        }
        match &value.schema {
            SchemaRef::Inline(Schema::Null) => {}
            SchemaRef::Named(inner) => match context.definitions.get(inner).map(|it| &it.schema) {
                Some(Schema::ByType(inner)) => {
                    flat.extend(inner.clone().into_iter().map(|value| Alternative {
                        value,
                        part: part.clone(),
                        index,
                    }));
                }
                Some(Schema::Null) => {}
                _ => flat.push(Alternative { value, part, index }),
            },
            SchemaRef::Inline(_) => flat.push(Alternative { value, part, index }),
        }
    }
    let nullable = !nulls.is_empty() && asked.has(Types::NULL);
    if let ([_, again, ..], true) = (&nulls[..], is_exclusive && nullable) {
        let help = "let one alternative be null";
        context.report(again, "`null` meets two alternatives", help);
        return None;
    }
    if nullable && !flat.is_empty() {
        let help = "leave the key out of `required` instead: one way to say nothing is enough";
        let weight = context.sources.manifest.conventions.no_null;
        context.breach(weight, place, "a value that may be null", help);
    }
    let narrowing = others.parts.iter().find(|part| adds(others, part)).map(Part::place);
    combine(context, place, name, flat, nullable, narrowing.as_deref())
}

/// Whether a value that meets two alternatives of `place` is refused.
fn is_exclusive(place: &Part<'_>) -> bool {
    place.pointer().ends_with("/oneOf")
}

/// Whether `part` of `all` constrains more than by a union that is resolved.
fn adds(all: &Conjunction<'_>, part: &Part<'_>) -> bool {
    let is_chosen = all.chosen.contains(&part.location());
    let schema = part.value().and_then(serde_json::Value::as_object);
    schema.is_some_and(|schema| {
        schema.keys().any(|key| {
            CONSTRAINTS.contains(&key.as_str())
                && !["$ref", "allOf"].contains(&key.as_str())
                && !(is_chosen && ["anyOf", "oneOf"].contains(&key.as_str()))
                // A list of types that the branches keep to says nothing more.
                && key != "type"
        })
    })
}

/// What tells the branch from the others in a name: its tag, its title, or its type.
fn suffix<'a>(context: &mut Context<'a>, all: &Conjunction<'a>, branch: &Part<'a>) -> String {
    if let Some(title) = branch.string("title") {
        return camel(title);
    }
    let tags = all.parts.iter().flat_map(|part| {
        let properties = part.get("properties").and_then(serde_json::Value::as_object);
        properties.into_iter().flat_map(|all| all.values())
    });
    for property in tags {
        if let Some(tag) = property.get("const").and_then(serde_json::Value::as_str) {
            return camel(tag);
        }
    }
    let mistakes = context.mistakes();
    let types = types(context, all);
    context.forget(mistakes);
    types.map(Types::suffix).unwrap_or_default().to_owned()
}

fn alternatives_that_are_objects(context: &Context<'_>, values: &[Value]) -> usize {
    let is_object = |value: &&Value| matches!(context.schema(value), Some(Schema::Object(_)));
    values.iter().filter(is_object).count()
}

/// One schema of all alternatives: one that tells them apart, or else one that tries each.
fn combine<'a>(
    context: &mut Context<'a>,
    place: &Part<'a>,
    name: &str,
    alternatives: Vec<Alternative<'a>>,
    nullable: bool,
    narrowing: Option<&str>,
) -> Option<Lowered> {
    let values: Vec<_> = alternatives.iter().map(|alternative| alternative.value.clone()).collect();
    let mistakes = context.mistakes();
    let told_apart = told_apart(context, place, name, alternatives, nullable, narrowing);
    if told_apart.is_some() || narrowing.is_some() {
        return told_apart;
    }
    context.forget(mistakes);
    let objects = alternatives_that_are_objects(context, &values);
    if objects > 1 {
        let message = "nothing tells these objects apart: a receiver gets them as raw JSON";
        let help =
            "give each a required property of the same name with a `const` string of its own";
        context.breach(Weight::Advice, place, message, help);
    }
    let exactly_one = is_exclusive(place);
    let alternatives = values.iter().map(Value::without_null).collect();
    Some(Lowered::Schema(Schema::Untagged { alternatives, exactly_one }, nullable))
}

/// One schema of alternatives that can be told apart.
fn told_apart<'a>(
    context: &mut Context<'a>,
    place: &Part<'a>,
    name: &str,
    alternatives: Vec<Alternative<'a>>,
    nullable: bool,
    narrowing: Option<&str>,
) -> Option<Lowered> {
    let mut groups: Vec<(JsonType, Vec<Alternative<'a>>)> = Vec::new();
    for alternative in alternatives {
        let json_type = match context.schema(&alternative.value) {
            Some(schema) => schema.json_type(),
            // It is being lowered: an object that holds itself.
            None => Some(JsonType::Object),
        };
        let Some(json_type) = json_type else {
            if matches!(alternative.value.schema, SchemaRef::Inline(Schema::Any)) {
                return Some(Lowered::Schema(Schema::Any, false));
            }
            let help = "write one alternative for each JSON type";
            context.report(
                &alternative.part,
                "values of several JSON types in one alternative",
                help,
            );
            return None;
        };
        match groups.iter_mut().find(|(known, _)| *known == json_type) {
            Some((_, group)) => group.push(alternative),
            None => groups.push((json_type, vec![alternative])),
        }
    }
    let mut values = Vec::new();
    let mut single = None;
    let count = groups.len();
    for (json_type, group) in groups {
        if let [Alternative { value, .. }] = &group[..] {
            values.push(value.without_null());
            continue;
        }
        let schema = match json_type {
            JsonType::Object => tagged(context, place, &group, narrowing)?,
            _ => merged(context, place, json_type, &group)?,
        };
        if count == 1 {
            single = Some(schema);
        } else if matches!(schema, Schema::Tagged { .. } | Schema::Enum(_)) {
            let inner = context.free_name(&[format!("{name}{}", camel(&json_type.to_string()))]);
            values.push(define(context, inner, schema, place));
        } else {
            values.push(Value::inline(schema, false));
        }
    }
    match (single, values.len()) {
        (Some(schema), _) => Some(Lowered::Schema(schema, nullable)),
        (None, 0) if nullable => Some(Lowered::Schema(Schema::Null, false)),
        (None, 0) => {
            context.report(
                place,
                "no value is one of these",
                "make the alternatives agree with what surrounds them",
            );
            None
        }
        (None, 1) => {
            let value = values.remove(0);
            Some(Lowered::Value(Value { nullable, ..value }))
        }
        (None, _) => Some(Lowered::Schema(Schema::ByType(values), nullable)),
    }
}

/// `schema` with a name, as an alternative that several of those at `place` make.
fn define(context: &mut Context<'_>, name: String, schema: Schema, place: &Part<'_>) -> Value {
    let definition = Definition {
        name: name.clone(),
        description: String::new(),
        schema,
        nullable: false,
        recursive: false,
        unit: None,
        known_values: Vec::new(),
        retired_values: Vec::new(),
        examples: Vec::new(),
        location: place.location(),
    };
    let value = Value::named(&name);
    context.definitions.insert(name, definition);
    value
}

/// Several alternatives of one JSON type as one schema: closed sets, or a number that any number is.
fn merged<'a>(
    context: &mut Context<'a>,
    place: &Part<'a>,
    json_type: JsonType,
    group: &[Alternative<'a>],
) -> Option<Schema> {
    let mut literals = Vec::new();
    for Alternative { value, part, .. } in group {
        let Some(Schema::Enum(own)) = context.schema(value) else {
            let message = format!("two alternatives take {json_type}s");
            let help = "write one alternative for each JSON type; closed sets become one";
            context.report(place, message, help);
            return None;
        };
        for literal in own.clone() {
            if literals.contains(&literal) {
                context.report(
                    part,
                    format!("{literal} is in two alternatives"),
                    "keep one of them",
                );
                return None;
            }
            literals.push(literal);
        }
    }
    Some(Schema::Enum(literals))
}

/// Several objects as one schema, if a required `const` of each tells them apart.
fn tagged<'a>(
    context: &mut Context<'a>,
    place: &Part<'a>,
    group: &[Alternative<'a>],
    narrowing: Option<&str>,
) -> Option<Schema> {
    if let Some(narrowing) = narrowing {
        let message = format!("{narrowing} narrows this union, which is open to further objects");
        context.report(place, message, "narrow each of its alternatives instead");
        return None;
    }
    // The name of each object, its fields, and which alternative it is of.
    let mut branches: Vec<(String, Vec<Field>, usize)> = Vec::new();
    let mut inner_tags = Vec::new();
    for Alternative { value, part, index } in group {
        if value.nullable {
            let help = "write `null` as an alternative of its own";
            context.report(part, "an object that may be null, among others", help);
            return None;
        }
        let definition = match &value.schema {
            SchemaRef::Named(name) => context.definitions.get(name),
            SchemaRef::Inline(_) => None,
        };
        match definition.map(|definition| (&definition.name, &definition.schema)) {
            Some((name, Schema::Object(fields))) => {
                branches.push((name.clone(), fields.clone(), *index));
            }
            Some((_, Schema::Tagged { tag, branches: inner })) => {
                inner_tags.push(tag.clone());
                for branch in inner {
                    if let Some(Schema::Object(fields)) =
                        context.definitions.get(&branch.definition).map(|it| &it.schema)
                    {
                        branches.push((branch.definition.clone(), fields.clone(), *index));
                    }
                }
            }
            _ => {
                let help = "give each alternative a required property with a `const` of its own";
                context.report(part, "not an object with declared fields", help);
                return None;
            }
        }
    }
    let tag_of = |fields: &[Field], key: &str| {
        let field = fields.iter().find(|field| field.name == key && field.required)?;
        match context.schema(&field.value)? {
            Schema::Enum(literals) if !field.value.nullable => match &literals[..] {
                [Literal::String(value)] => Some(value.clone()),
                _ => None,
            },
            _ => None,
        }
    };
    let keys: Vec<_> = branches[0].1.iter().map(|field| field.name.clone()).collect();
    for tag in keys.into_iter().filter(|key| inner_tags.iter().all(|tag| tag == key)) {
        let values: Option<Vec<_>> =
            branches.iter().map(|(_, fields, _)| tag_of(fields, &tag)).collect();
        let Some(values) = values else { continue };
        let is_distinct = (1..values.len()).all(|at| !values[..at].contains(&values[at]));
        if is_distinct {
            let mut union = TaggedUnion { tag: tag.clone(), values: Vec::new() };
            for (value, (_, _, index)) in values.iter().zip(&branches) {
                if union.values.len() <= *index {
                    union.values.resize(index + 1, Vec::new());
                }
                union.values[*index].push(value.clone());
            }
            context.tagged.insert(place.location(), union);
            let branches = values.into_iter().zip(branches);
            let branches = branches
                .map(|(value, (definition, ..))| Branch { value, definition, recursive: false })
                .collect();
            return Some(Schema::Tagged { tag, branches });
        }
    }
    let help = "give each a required property with a `const` of its own, a string";
    context.report(place, "nothing tells these objects apart", help);
    None
}
