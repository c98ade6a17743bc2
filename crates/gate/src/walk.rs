//! The walk over the declared fields of two documents, released and new, which names each change.
//!
//! The walk names what may have changed; it proves nothing. The engine decides which of it breaks whom, and what
//! breaks nobody is dropped there.

use std::collections::BTreeSet;

use schema_source::{escape_token, unescape_token};
use serde_json::{Value, json};

use crate::change::{Change, one_for_each_cause};
use crate::compare::same;
use crate::keywords::{Types, about, rules_of};
use crate::layout::Layout;
use crate::node::{Field, Node};
use crate::pair::Pair;
use crate::rules::{About, Annotation, Rule, When, known, rules};
use crate::view::{MAX_DEPTH, View};

/// Names at least so similar, from 0 to 1, make a rename likely.
const SIMILAR: f32 = 0.6;

/// All changes between two documents: those of the members around the content, then by event type, each in declared
/// order.
pub(crate) fn changes(views: Pair<View<'_>>) -> Vec<Change> {
    let types = views.map(|view| view.event_types().into_iter().collect::<BTreeSet<_>>());
    let contents: Vec<_> = types
        .released
        .intersection(&types.new)
        .map(|event_type| {
            let read = |view: View<'_>| Node::read(view, &[view.layout.content_schema(event_type)]);
            (*event_type, views.map(read))
        })
        .collect();
    let envelope = views.map(|view| Node::read(view, &[String::new()]));
    let layout = views.new.layout;
    let mut walk = Walk {
        views,
        to_envelope: declared_only_by(&envelope.new, &envelope.released),
        to_content: declared_only_by(&envelope.released, &envelope.new),
        changes: Vec::new(),
    };
    for (_, content) in &contents {
        let added = declared_only_by(&content.new, &content.released);
        walk.to_content.retain(|name| added.contains(name));
    }
    walk.node(At { event_type: None, instance: "" }, envelope.as_ref(), 0);
    let instance = layout.content();
    for (event_type, content) in &contents {
        let at = At { event_type: Some(event_type), instance: &instance };
        walk.node(at, content.as_ref(), 0);
    }
    for event_type in types.released.difference(&types.new) {
        let at = At { event_type: Some(event_type), instance: &instance };
        let released = Some(layout.content_schema(event_type));
        walk.push(known("event-type-removed"), at, released, String::new(), event_type);
    }
    for event_type in types.new.difference(&types.released) {
        let at = At { event_type: Some(event_type), instance: &instance };
        let new = layout.content_schema(event_type);
        walk.push(known("event-type-added"), at, None, new, event_type);
    }
    one_for_each_cause(walk.changes)
}

/// Names of the fields that `node` declares and `other` does not.
fn declared_only_by(node: &Node, other: &Node) -> BTreeSet<String> {
    let fields = node.fields.iter().filter(|field| other.field(&field.name).is_none());
    fields.map(|field| field.name.clone()).collect()
}

/// The value that the walk is at.
#[derive(Clone, Copy)]
struct At<'a> {
    event_type: Option<&'a str>,
    instance: &'a str,
}

impl At<'_> {
    fn below(self, name: &str) -> String {
        format!("{}/{}", self.instance, escape_token(name))
    }
}

struct Walk<'a> {
    views: Pair<View<'a>>,
    /// Members that are new around the content: one of its fields may have moved there.
    to_envelope: BTreeSet<String>,
    /// Members that have gone from around the content and are new in that of each type: they have moved there.
    to_content: BTreeSet<String>,
    changes: Vec<Change>,
}

impl Walk<'_> {
    fn push(
        &mut self,
        rule: &'static Rule,
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

    /// `cause`, with the field that it is about.
    fn what(&self, at: At<'_>, cause: &str) -> String {
        if self.layout().is_whole(at.instance) {
            cause.to_owned()
        } else {
            format!("{}: {cause}", self.named(at.instance))
        }
    }

    fn named(&self, instance: &str) -> String {
        self.layout().named(instance)
    }

    fn layout(&self) -> &Layout {
        self.views.new.layout
    }

    /// The changes of one value and of the fields below it.
    fn node(&mut self, at: At<'_>, nodes: Pair<&Node>, depth: usize) {
        if self.types(at, nodes) {
            // Of another type altogether: what is said of the old one is gone with it.
            return;
        }
        self.promises(at, nodes);
        self.definitions(at, nodes);
        self.keywords(at, nodes);
        self.items(at, nodes, depth);
        // Where there was no object, the type says it all.
        let may_be_object = |node: &Node| Types::of(node.value("type")).has_object();
        if depth < MAX_DEPTH && nodes.both(may_be_object) {
            self.fields(at, nodes, depth);
        }
    }

    fn fields(&mut self, at: At<'_>, nodes: Pair<&Node>, depth: usize) {
        let Pair { released, new } = nodes;
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
                    let what = format!("{}: {how}", self.named(&instance));
                    self.push(known(rule), here, place, field.pointer().to_owned(), how).what =
                        what;
                }
                let nodes = self.read(Pair { released: old, new: field });
                self.node(here, nodes.as_ref(), depth + 1);
            } else if self.declares(new, &old.name) {
                // In a branch, of which only the engine knows what it comes to.
            } else if let Some(index) = self.renamed(old, &added) {
                let field = added.remove(index);
                let became = at.below(&field.name);
                let cause = format!("{} -> {}", old.name, field.name);
                let new = field.pointer().to_owned();
                let what = format!("{} -> {}", self.named(&instance), self.named(&became));
                let change = self.push(known("field-renamed"), here, place, new, &cause);
                change.what = what;
                change.became = Some(became);
            } else if let Some((became, pointer)) = self.moved(at, &old.name) {
                let what = format!("{instance} -> {became}");
                let change = self.push(known("field-moved"), here, place, pointer, &what);
                change.became = Some(became);
            } else {
                let properties = format!("{}/properties", new.pointer());
                let what = self.named(&instance);
                self.push(known("field-removed"), here, place, properties, &old.name).what = what;
            }
        }
        for field in added {
            let rule = known(if field.required { "required-field-added" } else { "field-added" });
            let what = self.named(&at.below(&field.name));
            let instance = at.below(&field.name);
            let here = At { instance: &instance, ..at };
            self.push(rule, here, None, field.pointer().to_owned(), &field.name).what = what;
        }
    }

    /// A field of both documents.
    fn read(&self, fields: Pair<&Field>) -> Pair<Node> {
        self.views.zip(fields).map(|(view, field)| Node::read(view, &field.pointers))
    }

    /// Whether `node` of the new document declares a field, be it under a condition.
    fn declares(&self, node: &Node, name: &str) -> bool {
        let view = self.views.new;
        let schemas: Vec<_> =
            node.pointers.iter().filter_map(|pointer| view.part(pointer)).collect();
        view.declared(&schemas).contains_key(name)
    }

    /// Instance and place of the field that `name` at `at` has become, in the other object of a delivery.
    fn moved(&self, at: At<'_>, name: &str) -> Option<(String, String)> {
        let (token, content) = (escape_token(name), self.layout().content());
        if at.instance == content && self.to_envelope.contains(name) {
            Some((format!("/{token}"), format!("/properties/{token}")))
        } else if at.instance.is_empty() && self.to_content.contains(name) {
            let event_type = self.views.new.event_types().into_iter().min()?;
            let schema = self.layout().content_schema(event_type);
            Some((format!("{content}/{token}"), format!("{schema}/properties/{token}")))
        } else {
            None
        }
    }

    /// The place in `added` of the field that `old` has become, if one is like it.
    fn renamed(&self, old: &Field, added: &[&Field]) -> Option<usize> {
        let definition = |view: View<'_>, field: &Field| {
            view.part(field.pointer())?.get("$ref")?.as_str().map(str::to_owned)
        };
        let old_definition = definition(self.views.released, old);
        let score = |field: &Field| {
            let letters = |name: &str| name.to_lowercase().replace(['_', '-'], "");
            let same_letters = letters(&old.name) == letters(&field.name);
            let same_definition =
                old_definition.is_some() && old_definition == definition(self.views.new, field);
            let similarity = similar::TextDiff::from_chars(&old.name, &field.name).ratio();
            let mut differences = Walk {
                views: self.views,
                to_envelope: BTreeSet::new(),
                to_content: BTreeSet::new(),
                changes: Vec::new(),
            };
            let at = At { event_type: None, instance: "" };
            let nodes = self.read(Pair { released: old, new: field });
            differences.node(at, nodes.as_ref(), MAX_DEPTH);
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

    /// The changes of annotations: no set of deliveries shows them, and readers rely on them all the same.
    fn promises(&mut self, at: At<'_>, nodes: Pair<&Node>) {
        for rule in rules() {
            let Some(Annotation { keyword, when, default, .. }) = &rule.annotation else {
                continue;
            };
            let Pair { released: before, new: after } = nodes.map(|node| {
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
                self.keyword(rule, at, nodes, keyword, &cause);
            }
        }
    }

    /// Whether the value is of another definition than it was. One that the release had already means something else; one
    /// that it had not may be a new name. Where there is no definition on one of the sides, nothing is said.
    fn definitions(&mut self, at: At<'_>, nodes: Pair<&Node>) {
        let only = |of: &Node, but: &Node| {
            let known = |name: &str| but.definitions.iter().any(|other| other.name == name);
            of.definitions.iter().find(|reference| !known(&reference.name)).cloned()
        };
        if let (Some(before), Some(after)) =
            (only(nodes.released, nodes.new), only(nodes.new, nodes.released))
        {
            let was_there = self.views.released.part(&format!("/$defs/{}", after.name)).is_some();
            let rule = known(if was_there { "meaning-changed" } else { "definition-replaced" });
            let names = [&before.name, &after.name].map(|name| unescape_token(name));
            let cause = names.join(" -> ");
            let what = self.what(at, &cause);
            self.push(rule, at, Some(before.pointer), after.pointer, &cause).what = what;
        }
    }

    /// The promises within the items of an array. Their constraints are the array's.
    fn items(&mut self, at: At<'_>, nodes: Pair<&Node>, depth: usize) {
        if depth < MAX_DEPTH && nodes.both(|node| node.value("items").is_some()) {
            let instance = at.below("0");
            let nodes = self
                .views
                .zip(nodes)
                .map(|(view, node)| Node::read(view, &[node.pointer_to("items").to_owned()]));
            let here = At { instance: &instance, ..at };
            self.only_promises(here, nodes.as_ref(), depth + 1);
        }
    }

    fn only_promises(&mut self, at: At<'_>, nodes: Pair<&Node>, depth: usize) {
        self.promises(at, nodes);
        self.definitions(at, nodes);
        self.items(at, nodes, depth);
        for old in nodes.released.fields.iter().filter(|_| depth < MAX_DEPTH) {
            if let Some(field) = nodes.new.field(&old.name) {
                let instance = at.below(&old.name);
                let nodes = self.read(Pair { released: old, new: field });
                let here = At { instance: &instance, ..at };
                self.only_promises(here, nodes.as_ref(), depth + 1);
            }
        }
    }

    /// The change of `type`. Whether no value is of both.
    fn types(&mut self, at: At<'_>, nodes: Pair<&Node>) -> bool {
        let Pair { released, new } = nodes.map(|node| Types::of(node.value("type")));
        if released == new {
            return false;
        }
        let cause = format!("type {} -> {}", released.text(), new.text());
        self.keyword(released.rule(&new), at, nodes, "type", &cause);
        released.is_apart_from(&new)
    }

    fn keywords(&mut self, at: At<'_>, nodes: Pair<&Node>) {
        let keywords: BTreeSet<_> =
            nodes.released.keywords.keys().chain(nodes.new.keywords.keys()).collect();
        for keyword in keywords.into_iter().filter(|keyword| *keyword != "type") {
            let values = nodes.map(|node| node.value(keyword));
            if let (Some(released), Some(new)) = (values.released, values.new) {
                // Compared as schemas that have this keyword alone, since its value may be data.
                let alone = Pair { released, new }.map(|value| json!({ keyword: value }));
                if same(self.views, alone.as_ref()) {
                    continue;
                }
            }
            let cause = format!("{keyword} {} -> {}", shown(values.released), shown(values.new));
            let is_whole = self.layout().is_whole(at.instance);
            let about = if is_whole { About::Object } else { about(keyword) };
            for rule in rules_of(keyword, about, values) {
                self.keyword(rule, at, nodes, keyword, &cause);
            }
        }
    }

    fn keyword(
        &mut self,
        rule: &'static Rule,
        at: At<'_>,
        nodes: Pair<&Node>,
        keyword: &str,
        cause: &str,
    ) {
        let pointers = nodes.map(|node| node.pointer_to(keyword).to_owned());
        let what = self.what(at, cause);
        self.push(rule, at, Some(pointers.released), pointers.new, cause).what = what;
    }
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "none".into(), Value::to_string)
}
