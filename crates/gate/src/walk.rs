//! Which change it was: a walk over the declared fields of two bundles, released and new.
//!
//! The walk names what may have changed; it proves nothing. The engine decides which of it breaks whom, and what
//! breaks nobody is dropped there.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::node::{Field, LOWER, Node, UPPER, declared, same, shape_pointer};
use crate::question::is_below;
use crate::{Annotation, Breaks, RULES, When};
use clip_events_contract::bundle::event_types;
use schema_source::{escape_token, unescape_token};

/// A change between two bundles, as the walk sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Id of the rule in `rules.json`.
    pub rule: &'static str,
    /// The event type whose shape changed; none for the envelope.
    pub event_type: Option<String>,
    /// JSON Pointer of the value in a delivery: `/data/team_id`.
    pub instance: String,
    /// The same for what it has become, if it has another name or place now.
    pub became: Option<String>,
    /// JSON Pointer into the released bundle, if the part is there.
    pub released: Option<String>,
    /// JSON Pointer into the new bundle, to the part or to what it is missing from.
    pub new: String,
    /// What changed, in a few words: `asset_id -> assetId`.
    pub what: String,
    /// The same without the place: where it is of one definition, it is one cause.
    pub(super) cause: String,
    /// The same change of further values in deliveries of the event type.
    pub also: Vec<Self>,
}

impl Change {
    /// Whether it is of a field as a whole, or of an event type, rather than of one keyword.
    pub(super) fn is_of_field(&self) -> bool {
        let whole = ["event-type-", "field-", "required-field-"];
        self.rule != "field-now-nullable"
            && whole.iter().any(|prefix| self.rule.starts_with(prefix))
    }

    /// JSON Pointer of the part that rejects what it lets through or shuts out, in the bundle that does.
    pub(super) fn rejecting(&self, breaks: Breaks) -> Option<&str> {
        match breaks {
            Breaks::Readers => self.released.as_deref(),
            Breaks::Archives | Breaks::Nobody => Some(&self.new),
        }
    }

    /// It, and the same change of further values.
    pub fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.also)
    }

    /// Whether the two have one cause: an edit of one keyword or definition, or of the same field in many shapes.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let is_everywhere = self.rule == "definition-replaced";
        let is_of_field = self.is_of_field()
            && (self.instance == other.instance
                || self.released.is_some() && self.released == other.released);
        self.rule == other.rule
            && self.cause == other.cause
            && (is_everywhere || is_of_field || self.new == other.new)
    }

    /// Whether the value at `place` of a delivery is one that it is about.
    pub(super) fn covers(&self, place: &str) -> bool {
        let instances = |change: &Self| {
            let instances = [Some(&change.instance), change.became.as_ref()];
            instances.into_iter().flatten().any(|instance| is_below(place, instance))
        };
        self.all().any(instances)
    }
}

/// Names at least so similar, from 0 to 1, make a rename likely.
const SIMILAR: f32 = 0.6;
/// Objects within objects that are walked. The contract has one, since `data` is flat; a recursive schema has no end.
const MAX_DEPTH: usize = 8;
/// Keywords about an object as a whole.
const OBJECT: &[&str] = &[
    "additionalProperties",
    "dependentRequired",
    "dependentSchemas",
    "maxProperties",
    "minProperties",
    "patternProperties",
    "propertyNames",
    "unevaluatedProperties",
];

/// All changes from `released` to `new`: the envelope's, then by event type, each in declared order.
pub fn changes(released: &Value, new: &Value) -> Vec<Change> {
    let known = |bundle| event_types(bundle).into_iter().collect::<BTreeSet<_>>();
    let (released_types, new_types) = (known(released), known(new));
    let shapes: Vec<_> = released_types
        .intersection(&new_types)
        .map(|event_type| {
            let shape = |bundle| Node::read(bundle, &[shape_pointer(event_type)]);
            (*event_type, [shape(released), shape(new)])
        })
        .collect();
    let envelope = [released, new].map(|bundle| Node::read(bundle, &[String::new()]));
    let mut walk = Walk {
        released,
        new,
        to_envelope: only_in_second(&envelope[0], &envelope[1]),
        to_data: only_in_second(&envelope[1], &envelope[0]),
        changes: Vec::new(),
    };
    for (_, shape) in &shapes {
        let added = only_in_second(&shape[0], &shape[1]);
        walk.to_data.retain(|name| added.contains(name));
    }
    walk.node(At { event_type: None, instance: "" }, envelope.each_ref(), 0);
    for (event_type, shape) in &shapes {
        walk.node(At { event_type: Some(event_type), instance: "/data" }, shape.each_ref(), 0);
    }
    for event_type in released_types.difference(&new_types) {
        let at = At { event_type: Some(event_type), instance: "/data" };
        let released = Some(shape_pointer(event_type));
        walk.push("event-type-removed", at, released, String::new(), event_type);
    }
    for event_type in new_types.difference(&released_types) {
        let at = At { event_type: Some(event_type), instance: "/data" };
        walk.push("event-type-added", at, None, shape_pointer(event_type), event_type);
    }
    one_for_each_cause(walk.changes)
}

/// `changes` of one event type that have one cause, as one: a definition may be that of many fields, and a recursive one
/// has no end of them.
fn one_for_each_cause(changes: Vec<Change>) -> Vec<Change> {
    let mut causes: Vec<Change> = Vec::new();
    for change in changes {
        let is_same =
            |cause: &&mut Change| cause.event_type == change.event_type && cause.is_same(&change);
        match causes.iter_mut().find(is_same) {
            Some(cause) => {
                // The one nearest to the top is the one to tell of.
                let depth = |change: &Change| change.instance.matches('/').count();
                let mut other = change;
                if depth(&other) < depth(cause) {
                    other.also = std::mem::take(&mut cause.also);
                    std::mem::swap(cause, &mut other);
                }
                cause.also.push(other);
            }
            None => causes.push(change),
        }
    }
    causes
}

/// Names of the fields that `second` declares and `first` does not.
fn only_in_second(first: &Node, second: &Node) -> BTreeSet<String> {
    let fields = second.fields.iter().filter(|field| first.field(&field.name).is_none());
    fields.map(|field| field.name.clone()).collect()
}

/// Where the walk is.
#[derive(Clone, Copy)]
struct At<'a> {
    event_type: Option<&'a str>,
    instance: &'a str,
}

impl At<'_> {
    fn below(self, name: &str) -> String {
        format!("{}/{}", self.instance, escape_token(name))
    }

    /// `cause`, with the field that it is about.
    fn what(self, cause: &str) -> String {
        if self.is_whole() {
            cause.to_owned()
        } else {
            format!("{}: {cause}", named(self.instance))
        }
    }

    /// Whether this is the envelope or `data`, and not a field.
    fn is_whole(self) -> bool {
        ["", "/data"].contains(&self.instance)
    }
}

/// The field at `instance` as a person calls it: by its name, or within another field of `data` by its path.
fn named(instance: &str) -> String {
    let path = instance.strip_prefix("/data/").or(instance.strip_prefix('/')).unwrap_or_default();
    match path {
        "" => "\"\"".to_owned(),
        nested if nested.contains('/') => nested.to_owned(),
        name => unescape_token(name),
    }
}

struct Walk<'a> {
    released: &'a Value,
    new: &'a Value,
    /// Keys that are new in the envelope: a field of `data` may have moved there.
    to_envelope: BTreeSet<String>,
    /// Keys that have gone from the envelope and are new in each shape: they have moved there.
    to_data: BTreeSet<String>,
    changes: Vec<Change>,
}

impl Walk<'_> {
    fn push(
        &mut self,
        rule: &'static str,
        at: At<'_>,
        released: Option<String>,
        new: String,
        cause: &str,
    ) -> &mut Change {
        self.changes.push(Change {
            rule,
            event_type: at.event_type.map(str::to_owned),
            instance: at.instance.to_owned(),
            became: None,
            released,
            new,
            what: cause.to_owned(),
            cause: cause.to_owned(),
            also: Vec::new(),
        });
        let last = self.changes.len() - 1;
        &mut self.changes[last]
    }

    /// The changes of one value, released and new, and of the fields below it.
    fn node(&mut self, at: At<'_>, nodes: [&Node; 2], depth: usize) {
        if self.types(at, nodes) {
            // Of another type altogether: what is said of the old one is gone with it.
            return;
        }
        self.promises(at, nodes);
        self.definitions(at, nodes);
        self.keywords(at, nodes);
        self.items(at, nodes, depth);
        let is_object = |node: &Node| {
            types(node.keywords.get("type").map(|known| &known.value)).contains("object")
        };
        // Where there was no object, the type says it all.
        if depth < MAX_DEPTH && nodes.into_iter().all(is_object) {
            self.fields(at, nodes, depth);
        }
    }

    fn fields(&mut self, at: At<'_>, [released, new]: [&Node; 2], depth: usize) {
        let mut added: Vec<_> =
            new.fields.iter().filter(|field| released.field(&field.name).is_none()).collect();
        for old in &released.fields {
            let instance = at.below(&old.name);
            let here = At { instance: &instance, ..at };
            let place = old.pointers.first().cloned();
            if let Some(field) = new.field(&old.name) {
                let required = match (old.required, field.required) {
                    (true, false) => Some(("field-now-optional", "required -> optional")),
                    (false, true) => Some(("field-now-required", "optional -> required")),
                    _ => None,
                };
                if let Some((rule, how)) = required {
                    let what = format!("{}: {how}", named(&instance));
                    self.push(rule, here, place, field.pointer().to_owned(), how).what = what;
                }
                let nodes = [
                    Node::read(self.released, &old.pointers),
                    Node::read(self.new, &field.pointers),
                ];
                self.node(here, nodes.each_ref(), depth + 1);
            } else if self.declares(new, &old.name) {
                // In a branch, of which only the engine knows what it comes to.
            } else if let Some(index) = self.renamed(old, &added) {
                let field = added.remove(index);
                let became = at.below(&field.name);
                let cause = format!("{} -> {}", old.name, field.name);
                let new = field.pointer().to_owned();
                let change = self.push("field-renamed", here, place, new, &cause);
                change.what = format!("{} -> {}", named(&instance), named(&became));
                change.became = Some(became);
            } else if let Some((became, pointer)) = self.moved(at, &old.name) {
                let what = format!("{instance} -> {became}");
                let change = self.push("field-moved", here, place, pointer, &what);
                change.became = Some(became);
            } else {
                let properties = format!("{}/properties", new.pointer());
                let change = self.push("field-removed", here, place, properties, &old.name);
                change.what = named(&instance);
            }
        }
        for field in added {
            let rule = if field.required { "required-field-added" } else { "field-added" };
            let instance = at.below(&field.name);
            let here = At { instance: &instance, ..at };
            let change = self.push(rule, here, None, field.pointer().to_owned(), &field.name);
            change.what = named(&instance);
        }
    }

    /// Whether `node` of the new bundle declares a field, be it under a condition.
    fn declares(&self, node: &Node, name: &str) -> bool {
        let schemas: Vec<_> =
            node.pointers.iter().filter_map(|pointer| self.new.pointer(pointer)).collect();
        declared(self.new, &schemas).contains_key(name)
    }

    /// Instance and place of the field that `name` at `at` has become, in the other object of a delivery.
    fn moved(&self, at: At<'_>, name: &str) -> Option<(String, String)> {
        let token = escape_token(name);
        match at.instance {
            "/data" if self.to_envelope.contains(name) => {
                Some((format!("/{token}"), format!("/properties/{token}")))
            }
            "" if self.to_data.contains(name) => {
                let shape = event_types(self.new).into_iter().min().map(shape_pointer)?;
                Some((format!("/data/{token}"), format!("{shape}/properties/{token}")))
            }
            _ => None,
        }
    }

    /// The place in `added` of the field that `old` has become, if one is like it.
    fn renamed(&self, old: &Field, added: &[&Field]) -> Option<usize> {
        let node = |bundle, field: &Field| Node::read(bundle, &field.pointers);
        let definition = |bundle: &Value, field: &Field| {
            bundle.pointer(field.pointer())?.get("$ref")?.as_str().map(str::to_owned)
        };
        let (old_node, old_definition) = (node(self.released, old), definition(self.released, old));
        let score = |field: &Field| {
            let letters = |name: &str| name.to_lowercase().replace(['_', '-'], "");
            let same_letters = letters(&old.name) == letters(&field.name);
            let same_definition =
                old_definition.is_some() && old_definition == definition(self.new, field);
            let similarity = similar::TextDiff::from_chars(&old.name, &field.name).ratio();
            let mut differences = Walk {
                released: self.released,
                new: self.new,
                to_envelope: BTreeSet::new(),
                to_data: BTreeSet::new(),
                changes: Vec::new(),
            };
            let at = At { event_type: None, instance: "" };
            differences.node(at, [&old_node, &node(self.new, field)], MAX_DEPTH);
            let alike = differences.changes.is_empty();
            // Many fields are of one definition: those that must be there do not become those that may.
            let same_role = same_definition && old.required == field.required;
            let likely = same_letters || alike && (same_role || similarity >= SIMILAR);
            likely.then_some(
                similarity + f32::from(u8::from(same_letters) + u8::from(same_definition)),
            )
        };
        let scores = added.iter().enumerate();
        let scores = scores.filter_map(|(index, field)| Some((index, score(field)?)));
        scores.max_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
    }

    /// What no set of deliveries shows, and readers rely on all the same.
    fn promises(&mut self, at: At<'_>, nodes: [&Node; 2]) {
        for rule in RULES.iter() {
            let Some(Annotation { keyword, when, default }) = &rule.annotation else { continue };
            let [before, after] = nodes.map(|node| {
                let promised = node.promises.get(keyword.as_str()).map(|promise| &promise.value);
                promised.or(default.as_ref())
            });
            let values = |of: Option<&Value>, but: Option<&Value>| {
                let array = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
                let others = array(but).unwrap_or_default();
                let values = array(of).unwrap_or_default().into_iter();
                let values = values.filter(|value| !others.contains(value));
                let texts =
                    values.map(|value| value.as_str().map_or(value.to_string(), str::to_owned));
                let texts: Vec<_> = texts.collect();
                match texts.as_slice() {
                    [] | [_] => texts.into_iter().next(),
                    many => Some(format!("{} values: {}", many.len(), many.join(", "))),
                }
            };
            let changed = || format!("{keyword} {} -> {}", shown(before), shown(after));
            let cause = match when {
                When::Added => (before.is_none() && after.is_some()).then(changed),
                When::Changed => (before.is_some() && before != after).then(changed),
                When::Any => (before != after).then(changed),
                When::ValueAdded => values(after, before),
                When::ValueRemoved => values(before, after),
            };
            if let Some(cause) = cause {
                self.keyword(&rule.id, at, nodes, keyword, &cause);
            }
        }
    }

    /// Whether the value is of another definition than it was. One that the release had already means something else; one
    /// that it had not may be a new name. Where there is no definition on one of the sides, nothing is said.
    fn definitions(&mut self, at: At<'_>, nodes: [&Node; 2]) {
        let [released, new] = nodes;
        let only = |of: &Node, but: &Node| {
            let known = |name: &String| but.definitions.iter().any(|(other, _)| other == name);
            of.definitions.iter().find(|(name, _)| !known(name)).cloned()
        };
        if let (Some((before, place)), Some((after, pointer))) =
            (only(released, new), only(new, released))
        {
            let was_there = self.released.pointer(&format!("/$defs/{after}")).is_some();
            let rule = if was_there { "meaning-changed" } else { "definition-replaced" };
            let cause = [before, after].map(|name| unescape_token(&name)).join(" -> ");
            self.push(rule, at, Some(place), pointer, &cause).what = at.what(&cause);
        }
    }

    /// The promises within the items of an array. Their constraints are the array's.
    fn items(&mut self, at: At<'_>, nodes: [&Node; 2], depth: usize) {
        let [released, new] = nodes;
        let is_there = |node: &Node| node.keywords.contains_key("items");
        if depth < MAX_DEPTH && nodes.into_iter().all(is_there) {
            let instance = at.below("0");
            let item =
                |bundle, node: &Node| Node::read(bundle, &[node.pointer_to("items").to_owned()]);
            let nodes = [item(self.released, released), item(self.new, new)];
            let here = At { instance: &instance, ..at };
            self.only_promises(here, nodes.each_ref(), depth + 1);
        }
    }

    fn only_promises(&mut self, at: At<'_>, nodes: [&Node; 2], depth: usize) {
        let [released, new] = nodes;
        self.promises(at, nodes);
        self.definitions(at, nodes);
        self.items(at, nodes, depth);
        for old in released.fields.iter().filter(|_| depth < MAX_DEPTH) {
            if let Some(field) = new.field(&old.name) {
                let instance = at.below(&old.name);
                let nodes = [
                    Node::read(self.released, &old.pointers),
                    Node::read(self.new, &field.pointers),
                ];
                let here = At { instance: &instance, ..at };
                self.only_promises(here, nodes.each_ref(), depth + 1);
            }
        }
    }

    /// The change of `type`. Whether no value is of both.
    fn types(&mut self, at: At<'_>, [released, new]: [&Node; 2]) -> bool {
        let [before, after] =
            [released, new].map(|node| types(node.keywords.get("type").map(|known| &known.value)));
        if before == after {
            return false;
        }
        let lost = before.difference(&after).count();
        let gained: Vec<_> = after.difference(&before).copied().collect();
        let rule = match (lost, gained.as_slice()) {
            (0, ["null"]) => "field-now-nullable",
            (0, _) => "type-widened",
            (_, []) => "type-narrowed",
            _ => "type-changed",
        };
        let cause = format!("type {} -> {}", shown_types(&before), shown_types(&after));
        self.keyword(rule, at, [released, new], "type", &cause);
        before.intersection(&after).all(|shared| *shared == "null")
    }

    fn keywords(&mut self, at: At<'_>, [released, new]: [&Node; 2]) {
        let keywords: BTreeSet<_> = released.keywords.keys().chain(new.keywords.keys()).collect();
        for keyword in keywords.into_iter().filter(|keyword| *keyword != "type") {
            let [before, after] =
                [released, new].map(|node| node.keywords.get(keyword).map(|known| &known.value));
            if let (Some(before), Some(after)) = (before, after) {
                // Compared as schemas that have this keyword alone, since its value may be data.
                let alone = [before, after].map(|value| serde_json::json!({ keyword: value }));
                if same([self.released, self.new], [&alone[0], &alone[1]]) {
                    continue;
                }
            }
            let cause = format!("{keyword} {} -> {}", shown(before), shown(after));
            for rule in rules_of(keyword, before, after, at) {
                self.keyword(rule, at, [released, new], keyword, &cause);
            }
        }
    }

    fn keyword(
        &mut self,
        rule: &'static str,
        at: At<'_>,
        [released, new]: [&Node; 2],
        keyword: &str,
        cause: &str,
    ) {
        let [released, new] = [released, new].map(|node| node.pointer_to(keyword).to_owned());
        self.push(rule, at, Some(released), new, cause).what = at.what(cause);
    }
}

/// JSON types by the value of `type`; `integer` counts as part of `number`.
fn types(value: Option<&Value>) -> BTreeSet<&str> {
    let all = ["array", "boolean", "integer", "null", "number", "object", "string"];
    let mut types: BTreeSet<&str> = match value {
        Some(Value::String(name)) => [name.as_str()].into(),
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        _ => all.into(),
    };
    if types.contains("number") {
        types.insert("integer");
    }
    types
}

fn shown_types(types: &BTreeSet<&str>) -> String {
    let names: Vec<_> = types
        .iter()
        .filter(|name| **name != "integer" || !types.contains("number"))
        .copied()
        .collect();
    if names.len() > 5 { "any".into() } else { names.join(" or ") }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "none".into(), Value::to_string)
}

/// The rules that a change of `keyword` may fall under.
fn rules_of(
    keyword: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    at: At<'_>,
) -> Vec<&'static str> {
    let is_bound = LOWER.contains(&keyword) || UPPER.contains(&keyword);
    let whole_object = at.is_whole() || OBJECT.contains(&keyword);
    let [looser, tighter] = if whole_object {
        ["object-loosened", "object-closed"]
    } else if is_bound {
        ["bound-loosened", "bound-tightened"]
    } else {
        ["values-widened", "values-narrowed"]
    };
    let number = |value: Option<&Value>| value.and_then(Value::as_f64);
    match (before, after) {
        (Some(_), None) => vec![looser],
        (None, Some(_)) => vec![tighter],
        _ if is_bound && number(before) < number(after) => {
            vec![if LOWER.contains(&keyword) { tighter } else { looser }]
        }
        _ if is_bound && number(before) > number(after) => {
            vec![if LOWER.contains(&keyword) { looser } else { tighter }]
        }
        // Which of the two it is, or both, is for the engine to say.
        _ => vec![looser, tighter],
    }
}
