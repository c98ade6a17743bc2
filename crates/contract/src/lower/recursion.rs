//! Which schemas hold themselves, and whether each has a value that ends.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::context::Context;
use crate::model::{Definition, Envelope, EventShape, Member, Schema, SchemaRef, Value};

/// Reports each definition that every value of would go on for ever.
pub(super) fn check_ends(context: &mut Context<'_>) {
    let mut ends: HashSet<String> = HashSet::new();
    loop {
        let before = ends.len();
        for (name, definition) in &context.definitions {
            if !ends.contains(name)
                && (definition.nullable || schema_ends(&definition.schema, &ends))
            {
                ends.insert(name.clone());
            }
        }
        if ends.len() == before {
            break;
        }
    }
    let endless: Vec<_> =
        context.definitions.values().filter(|known| !ends.contains(&known.name)).cloned().collect();
    for definition in endless {
        let message = format!("each `{}` holds another one", definition.name);
        let help = "leave a key on the way out of `required`, or put it into a list";
        context.add(context.sources.error(&definition.location, message, help));
    }
}

/// Reports each definition that holds itself in an alternative that nothing tells from the others: to judge it, all would be
/// tried on each level.
pub(super) fn check_untagged(context: &mut Context<'_>) {
    let (mut all, mut tried) = (HashMap::new(), HashMap::new());
    for (name, definition) in &context.definitions {
        let (mut spoken, mut among) = (Vec::new(), Vec::new());
        schema_names(&definition.schema, false, &mut spoken, &mut among);
        all.insert(name.clone(), spoken);
        tried.insert(name, among);
    }
    let reached = reached(&all);
    let looped: Vec<_> = context
        .definitions
        .iter()
        .filter(|(name, _)| {
            let mut tried = tried[name].iter();
            tried.any(|tried| {
                tried == *name || reached.get(tried).is_some_and(|reached| reached.contains(name))
            })
        })
        .map(|(_, definition)| definition.clone())
        .collect();
    for definition in looped {
        let message =
            format!("`{}` holds itself in a union that nothing tells apart", definition.name);
        let help = "give each alternative a required property with a `const` of its own";
        context.add(context.sources.error(&definition.location, message, help));
    }
}

/// Reports each definition that is an alternative of itself: nothing is between the two that could end.
pub(super) fn check_alternatives(context: &mut Context<'_>) {
    let alternatives = |definition: &Definition| match &definition.schema {
        Schema::ByType(values) | Schema::Untagged { alternatives: values, .. } => {
            let names = values.iter().filter_map(|value| match &value.schema {
                SchemaRef::Named(name) => Some(name.clone()),
                SchemaRef::Inline(_) => None,
            });
            names.collect()
        }
        _ => Vec::new(),
    };
    let direct: HashMap<_, _> = context
        .definitions
        .iter()
        .map(|(name, definition)| (name.clone(), alternatives(definition)))
        .collect();
    let reached = reached(&direct);
    let circles: Vec<_> = context
        .definitions
        .values()
        .filter(|of| reached[&of.name].contains(&of.name))
        .cloned()
        .collect();
    for definition in circles {
        let message = format!("`{}` is an alternative of itself", definition.name);
        let help = "write what it takes besides itself";
        context.add(context.sources.error(&definition.location, message, help));
    }
}

/// The definitions that `schema` speaks of, and those among them in alternatives that are `tried`.
fn schema_names(schema: &Schema, is_tried: bool, all: &mut Vec<String>, tried: &mut Vec<String>) {
    let mut value = |value: &Value, is_tried: bool| match &value.schema {
        SchemaRef::Named(name) => {
            all.push(name.clone());
            if is_tried {
                tried.push(name.clone());
            }
        }
        SchemaRef::Inline(schema) => schema_names(schema, is_tried, all, tried),
    };
    match schema {
        Schema::Array { items, .. } => value(items, is_tried),
        Schema::Map(values) => value(values, is_tried),
        Schema::Object(fields) => fields.iter().for_each(|field| value(&field.value, is_tried)),
        Schema::ByType(values) => values.iter().for_each(|inner| value(inner, is_tried)),
        Schema::Untagged { alternatives, .. } => {
            for inner in alternatives {
                value(inner, true);
            }
        }
        Schema::Tagged { branches, .. } => {
            for branch in branches {
                all.push(branch.definition.clone());
                if is_tried {
                    tried.push(branch.definition.clone());
                }
            }
        }
        _ => {}
    }
}

fn ends(value: &Value, known: &HashSet<String>) -> bool {
    value.nullable
        || match &value.schema {
            SchemaRef::Named(name) => known.contains(name),
            SchemaRef::Inline(schema) => schema_ends(schema, known),
        }
}

fn schema_ends(schema: &Schema, known: &HashSet<String>) -> bool {
    match schema {
        Schema::Array { items, minimum, .. } => *minimum == 0 || ends(items, known),
        Schema::Object(fields) => {
            fields.iter().filter(|field| field.required).all(|field| ends(&field.value, known))
        }
        Schema::ByType(values) | Schema::Untagged { alternatives: values, .. } => {
            values.iter().any(|value| ends(value, known))
        }
        _ => true,
    }
}

/// What each definition reaches, given what it speaks of itself.
fn reached(speaks_of: &HashMap<String, Vec<String>>) -> HashMap<&String, HashSet<&String>> {
    speaks_of
        .keys()
        .map(|name| {
            let mut reached = HashSet::new();
            let mut open: Vec<_> = speaks_of[name].iter().collect();
            while let Some(next) = open.pop() {
                if reached.insert(next) {
                    open.extend(speaks_of.get(next).into_iter().flatten());
                }
            }
            (name, reached)
        })
        .collect()
}

/// Marks each definition that holds itself, and each place whose value may hold one of the definition that the place is in
/// without a list or a map between them.
pub(super) fn mark(
    definitions: &mut BTreeMap<String, Definition>,
    envelope: &mut Envelope,
    events: &mut [EventShape],
) {
    let (mut held, mut spoken) = (HashMap::new(), HashMap::new());
    for (name, definition) in definitions.iter() {
        let (mut holds, mut speaks_of) = (Vec::new(), Vec::new());
        schema_holds(&definition.schema, &mut holds);
        schema_names(&definition.schema, false, &mut speaks_of, &mut Vec::new());
        held.insert(name.clone(), holds);
        spoken.insert(name.clone(), speaks_of);
    }
    let (held, spoken) = (reached(&held), reached(&spoken));
    for (name, definition) in definitions.iter_mut() {
        definition.recursive = spoken[name].contains(name);
        mark_schema(&mut definition.schema, &|target| {
            target == name || held.get(target).is_some_and(|held| held.contains(name))
        });
    }
    // Nothing holds an event.
    for member in &mut envelope.members {
        if let Member::Field(field) = member {
            field.value.recursive = false;
        }
    }
    for field in events.iter_mut().flat_map(|event| &mut event.fields) {
        field.value.recursive = false;
    }
}

fn schema_holds(schema: &Schema, held: &mut Vec<String>) {
    match schema {
        Schema::Object(fields) => fields.iter().for_each(|field| holds(&field.value, held)),
        Schema::Tagged { branches, .. } => {
            held.extend(branches.iter().map(|branch| branch.definition.clone()));
        }
        Schema::ByType(values) => values.iter().for_each(|value| holds(value, held)),
        _ => {}
    }
}

fn holds(value: &Value, held: &mut Vec<String>) {
    match &value.schema {
        SchemaRef::Named(name) => held.push(name.clone()),
        SchemaRef::Inline(schema) => schema_holds(schema, held),
    }
}

fn mark_schema(schema: &mut Schema, is_recursive: &impl Fn(&String) -> bool) {
    let mark = |value: &mut Value| {
        if let SchemaRef::Named(name) = &value.schema {
            value.recursive = is_recursive(name);
        }
    };
    match schema {
        Schema::Object(fields) => fields.iter_mut().for_each(|field| mark(&mut field.value)),
        Schema::ByType(values) => values.iter_mut().for_each(mark),
        Schema::Tagged { branches, .. } => {
            for branch in branches {
                branch.recursive = is_recursive(&branch.definition);
            }
        }
        _ => {}
    }
}
