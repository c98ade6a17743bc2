//! How two descriptions of one value differ, released and new, and which values below have to be compared next.
//!
//! It names what may have changed; it proves nothing.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use schema_source::unescape_token;
use serde_json::{Value, json};

use crate::compare::same;
use crate::keywords::{Types, about, rules_of, types_of};
use crate::layout::Layout;
use crate::node::{Conditional, Field, Node, Reference, Union};
use crate::pair::Pair;
use crate::path::Step;
use crate::pointer::is_within;
use crate::renames::{Added, letters};
use crate::rules::{About, Annotation, Audience, Rule, When, known, of_constraint, rules};
use crate::view::{Spot, View};

/// Names at least so similar, from 0 to 1, make a rename likely.
const SIMILAR: f32 = 0.6;

/// Bytes of the two values of a keyword that are told as they are.
const MAX_TOLD: usize = 400;
/// Characters of a longer one, and members of a longer list that came or went.
const MAX_CHARACTERS: usize = 60;
const MAX_MEMBERS: usize = 3;

/// What follows from two descriptions of one value, in declared order.
#[derive(Debug)]
pub(crate) enum Next {
    Differs(Difference),
    /// Two descriptions of a value below it, or of the same one in a branch of a union.
    Below(Step, Pair<Spot>),
}

/// A change of one value, or of a field of it.
#[derive(Debug, Clone)]
pub(crate) struct Difference {
    pub(crate) rule: &'static Rule,
    /// The way to what changed, if it is not the value itself.
    pub(crate) step: Option<Step>,
    /// The way to what it has become, if it has another name now.
    pub(crate) became: Option<Step>,
    /// JSON Pointer into the released document, if the part is there.
    pub(crate) released: Option<String>,
    /// JSON Pointer into the new document.
    pub(crate) new: String,
    /// The change in a few words, without its place.
    pub(crate) cause: String,
    /// The same in fewer words, where those are many.
    pub(crate) brief: Option<String>,
    /// Whether the cause has to be told, or the place says it all.
    pub(crate) tells_cause: bool,
}

/// How `nodes` differ. `is_whole`: whether they describe a delivery or its content, and not a field.
pub(crate) fn differences(views: Pair<View<'_>>, nodes: Pair<&Node>, is_whole: bool) -> Vec<Next> {
    Comparison { views, nodes, is_whole, sees_renames: true, found: Vec::new() }.value()
}

struct Comparison<'a> {
    views: Pair<View<'a>>,
    nodes: Pair<&'a Node>,
    is_whole: bool,
    /// Whether a field that is gone may have become another; otherwise each is another one.
    sees_renames: bool,
    found: Vec<Next>,
}

impl Comparison<'_> {
    fn push(&mut self, rule: &'static Rule, new: String, cause: String) -> &mut Difference {
        self.found.push(Next::Differs(Difference {
            rule,
            step: None,
            became: None,
            released: None,
            new,
            cause,
            brief: None,
            tells_cause: true,
        }));
        match self.found.last_mut() {
            Some(Next::Differs(difference)) => difference,
            _ => unreachable!("it was just pushed"),
        }
    }

    /// A difference of the field `name`.
    fn field(&mut self, rule: &str, name: &str, new: String, cause: String) -> &mut Difference {
        let difference = self.push(known(rule), new, cause);
        difference.step = Some(Step::Field(name.to_owned()));
        difference
    }

    fn below(&mut self, step: Step, pointers: Pair<&[String]>) {
        let spots = pointers.map(|pointers| Spot::at(pointers.iter().cloned()));
        self.found.push(Next::Below(step, spots));
    }

    fn value(mut self) -> Vec<Next> {
        let nodes = self.nodes;
        if self.types() {
            // Of another type altogether: what is said of the old one is gone with it.
            return self.found;
        }
        self.promises();
        self.definitions();
        self.keywords();
        // Where one side has no list or no object, the type says it all.
        if nodes.both(|node| node.types.has("array")) {
            self.either_or_both("items", |node| &node.items, Step::Item);
        }
        if nodes.both(|node| node.types.has("object")) {
            let declared = nodes.map(|node| node.fields.iter().map(|field| field.name.clone()));
            let beside = declared.released.chain(declared.new).collect();
            self.fields();
            self.either_or_both(
                "additionalProperties",
                |node| &node.values,
                Step::Value { beside },
            );
            self.unions();
        }
        self.found
    }

    /// What is described on both sides is compared; on one, its keyword came or went.
    fn either_or_both(&mut self, keyword: &str, of: impl Fn(&Node) -> &[String], step: Step) {
        let pointers = self.nodes.map(of);
        if pointers.both(|pointers| !pointers.is_empty()) {
            self.below(step, pointers);
        } else if pointers.released.is_empty() != pointers.new.is_empty() {
            let described = self.views.zip(pointers).zip(self.nodes).map(|((view, of), node)| {
                let described = of.first().and_then(|pointer| view.part(pointer));
                described.or(node.keywords.get(keyword).map(|keyword| &keyword.value))
            });
            let places = pointers.map(|pointers| pointers.first().cloned());
            self.keyword(keyword, described, places);
        }
    }

    /// The change of the type. Whether no value is of both.
    fn types(&mut self) -> bool {
        let Pair { released, new } = self.nodes.map(|node| node.types);
        if released == new {
            return false;
        }
        let cause = format!("type {} -> {}", released.text(), new.text());
        let places = self.nodes.map(|node| node.pointer_to("type").to_owned());
        let difference = self.push(released.rule(new), places.new, cause);
        difference.released = Some(places.released);
        released.is_another_than(new)
    }

    fn keywords(&mut self) {
        let nodes = self.nodes;
        let keywords: BTreeSet<_> =
            nodes.released.keywords.keys().chain(nodes.new.keywords.keys()).collect();
        for keyword in keywords {
            let described = |node: &Node| match keyword.as_str() {
                "items" => !node.items.is_empty(),
                "additionalProperties" => !node.values.is_empty(),
                keyword => keyword == "type",
            };
            // These are told elsewhere.
            if !nodes.both(|node| !described(node)) {
                continue;
            }
            // What is said of a type that is gone, or that is new, is told of the type.
            let types = nodes.released.types.and(nodes.new.types);
            if types_of(keyword).is_apart_from(types) {
                continue;
            }
            let values = nodes.map(|node| node.keywords.get(keyword).map(|it| &it.value));
            if let (Some(released), Some(new)) = (values.released, values.new) {
                // Compared as schemas that have this keyword alone, since its value may be data.
                let alone = Pair { released, new }.map(|value| json!({ keyword: value }));
                if same(self.views, alone.as_ref())
                    || self.differs_by_type_alone(keyword, Pair { released, new })
                {
                    continue;
                }
            }
            self.keyword(keyword, values, Pair { released: None, new: None });
        }
    }

    /// Whether only those values came or went whose type did: that is told of the type.
    fn differs_by_type_alone(&self, keyword: &str, values: Pair<&Value>) -> bool {
        let types = self.nodes.map(|node| node.types);
        let shared = types.released.and(types.new);
        let of_shared = values.map(|values| {
            let values = values.as_array().into_iter().flatten();
            values.filter(|value| !Types::of(value).is_apart_from(shared)).collect::<Vec<_>>()
        });
        let Pair { released, new } = of_shared;
        keyword == "enum"
            && released.len() == new.len()
            && released.iter().all(|it| new.contains(it))
    }

    /// The change of `keyword`, which stands at `places`, or where it is known to.
    fn keyword(
        &mut self,
        keyword: &str,
        values: Pair<Option<&Value>>,
        places: Pair<Option<String>>,
    ) {
        let cause = format!("{keyword} {} -> {}", shown(values.released), shown(values.new));
        let is_of_object = self.is_whole && types_of(keyword).has("object");
        let about = if is_of_object { About::Object } else { about(keyword) };
        let known = self.nodes.map(|node| node.pointer_to(keyword).to_owned());
        let places = places.zip(known).map(|(place, known)| place.unwrap_or(known));
        let brief = (cause.len() > MAX_TOLD).then(|| brief(keyword, values));
        for rule in rules_of(keyword, about, values) {
            let difference = self.push(rule, places.new.clone(), cause.clone());
            difference.released = Some(places.released.clone());
            difference.brief.clone_from(&brief);
        }
    }

    fn fields(&mut self) {
        let Pair { released, new } = self.nodes;
        let elsewhere =
            self.views.zip(self.nodes).map(|(view, node)| declared_elsewhere(view, node));
        let mut added = Added::between(released, new);
        for old in released.fields.iter() {
            let place = old.pointers.first().cloned();
            if let Some(field) = new.fields.get(&old.name) {
                let required = match (old.required, field.required) {
                    (true, false) => Some(("field-now-optional", "required -> optional")),
                    (false, true) => Some(("field-now-required", "optional -> required")),
                    _ => None,
                };
                if let Some((rule, how)) = required {
                    let pointer = field.pointer().to_owned();
                    self.field(rule, &old.name, pointer, how.to_owned()).released = place;
                }
                let pointers = Pair { released: &*old.pointers, new: &*field.pointers };
                self.below(Step::Field(old.name.clone()), pointers);
            } else if elsewhere.new.get(&old.name).is_some_and(|found| found.to != To::Branch) {
                // Only the engine knows what it comes to.
            } else if let Some(field) = self.renamed(old, &mut added) {
                let cause = format!("{} -> {}", old.name, field.name);
                let pointer = field.pointer().to_owned();
                let difference = self.field("field-renamed", &old.name, pointer, cause);
                difference.became = Some(Step::Field(field.name.clone()));
                difference.released = place;
            } else {
                self.removed(&old.name, place);
            }
        }
        for (name, place) in elsewhere.released {
            let is_kept = new.fields.get(&name).is_some() || elsewhere.new.contains_key(&name);
            if released.fields.get(&name).is_none() && !is_kept && place.to == To::Condition {
                self.removed(&name, Some(place.pointer));
            }
        }
        for field in added.rest() {
            let mut known = released.undeclared(&field.name);
            let closed = known.iter().find(|place| {
                self.views.released.part(place).is_some_and(|part| *part == Value::Bool(false))
            });
            let rules: &[&str] = match (field.required, closed) {
                (true, Some(_)) => &["required-field-added", "closed-field-added"],
                (true, None) => &["required-field-added"],
                (false, Some(_)) => &["closed-field-added"],
                (false, None) => &["field-added"],
            };
            let closed = closed.cloned();
            for rule in rules {
                let pointer = field.pointer().to_owned();
                let difference = self.field(rule, &field.name, pointer, field.name.clone());
                difference.tells_cause = false;
                difference.released = closed.clone().filter(|_| *rule == "closed-field-added");
            }
            // A map described it already.
            known.retain(|place| self.views.released.part(place).is_some_and(Value::is_object));
            if !known.is_empty() {
                let pointers = Pair { released: &*known, new: &*field.pointers };
                self.below(Step::Field(field.name.clone()), pointers);
            }
        }
    }

    fn removed(&mut self, name: &str, place: Option<String>) {
        let properties = self.nodes.new.properties();
        let difference = self.field("field-removed", name, properties, name.to_owned());
        difference.released = place;
        difference.tells_cause = false;
    }

    /// The field of `added` that `old` has become, if one is like it: it is new no more.
    fn renamed<'f>(&self, old: &Field, added: &mut Added<'f>) -> Option<&'f Field> {
        if !self.sees_renames {
            return None;
        }
        let definition = |view: View<'_>, field: &Field| {
            view.part(field.pointer())?.get("$ref")?.as_str().map(str::to_owned)
        };
        let old_definition = definition(self.views.released, old);
        let score = |field: &Field| {
            let same_letters = letters(&old.name) == letters(&field.name);
            let same_definition =
                old_definition.is_some() && old_definition == definition(self.views.new, field);
            let similarity = similar::TextDiff::from_chars(&old.name, &field.name).ratio();
            let alike = self.are_alike(old, field);
            // Many fields are of one definition: those that must be there do not become those that may.
            let same_role = same_definition && old.required == field.required;
            let likely = same_letters || alike && (same_role || similarity >= SIMILAR);
            likely.then_some(
                similarity + f32::from(u8::from(same_letters) + u8::from(same_definition)),
            )
        };
        let scores = added.like(old).into_iter();
        let scores = scores.filter_map(|(index, field)| Some((index, score(field)?)));
        let (index, _) = scores.max_by(|a, b| a.1.total_cmp(&b.1))?;
        added.take(index)
    }

    /// Whether two fields differ in nothing. What differs in a definition that both refer to is told of that.
    fn are_alike(&self, old: &Field, new: &Field) -> bool {
        let nodes = self
            .views
            .zip(Pair { released: old, new })
            .map(|(view, field)| Node::read(view, &Spot::at(field.pointers.iter().cloned())));
        let comparison = Comparison {
            views: self.views,
            nodes: nodes.as_ref(),
            is_whole: false,
            // A field may hold itself.
            sees_renames: false,
            found: Vec::new(),
        };
        let is_below = |place: &str, field: &Field| {
            field.pointers.iter().any(|pointer| is_within(place, pointer) && place != pointer)
        };
        comparison.value().iter().all(|next| match next {
            Next::Below(..) => true,
            Next::Differs(Difference { released, new: place, .. }) => {
                !is_below(place, new)
                    && !released.as_ref().is_some_and(|place| is_below(place, old))
            }
        })
    }

    /// The branches that came and went, and those to compare.
    fn unions(&mut self) {
        let nodes = self.nodes;
        let tags: BTreeSet<_> =
            nodes.released.unions.iter().chain(&nodes.new.unions).map(|it| &it.tag).collect();
        for tag in tags {
            let unions = nodes.map(|node| node.union(tag));
            let branches = |union: Option<&Union>| {
                union.into_iter().flat_map(|it| it.branches.clone()).collect::<Vec<_>>()
            };
            let listed = unions.map(|union| union.map(Union::values));
            let mut told = HashSet::new();
            for (value, place) in branches(unions.released).into_iter().chain(branches(unions.new))
            {
                if !told.insert(value.clone()) {
                    continue;
                }
                let step = Step::Case { tag: tag.clone(), value: value.clone() };
                // A branch may be a union itself, with a branch of this value.
                let innermost = |view| {
                    let spot = Spot::at([place.clone()]).of_case(tag, Some(&value));
                    Node::read(view, &spot).pointer
                };
                match (&listed.released, &listed.new) {
                    (Some(released), Some(_)) if !released.contains(&*value) => {
                        self.branch("branch-added", step, None, innermost(self.views.new));
                    }
                    (Some(_), Some(new)) if !new.contains(&*value) => {
                        let gone = innermost(self.views.released);
                        let rest = nodes.new.pointer.clone();
                        self.branch("branch-removed", step, Some(gone), rest);
                    }
                    // A union that was one shape, or has become one, is compared with it branch by branch.
                    _ => {
                        let spots = nodes.map(|node| node.spot.of_case(tag, Some(&value)));
                        self.found.push(Next::Below(step, spots));
                    }
                }
            }
            self.closed(tag, unions);
        }
    }

    fn branch(&mut self, rule: &str, step: Step, released: Option<String>, new: String) {
        let Step::Case { tag, value } = &step else { return };
        let cause = format!("{tag} {value}");
        let difference = self.push(known(rule), new, cause);
        difference.step = Some(step);
        difference.released = released;
        difference.tells_cause = false;
    }

    /// What a union rejects that is closed: it has no place for branches that are not listed.
    fn closed(&mut self, tag: &str, unions: Pair<Option<&Union>>) {
        let listed = unions.map(|union| {
            let union = union.filter(|union| union.closed.is_some())?;
            let mut values: Vec<_> =
                union.branches.iter().map(|(value, _)| value.clone()).collect();
            values.sort();
            Some(values)
        });
        if listed.released == listed.new {
            return;
        }
        let places = unions.zip(self.nodes).map(|(union, node)| {
            let closed = union.and_then(|union| union.closed.clone());
            closed.unwrap_or_else(|| node.pointer.clone())
        });
        let texts = listed.as_ref().map(|values| match values {
            Some(values) => values.join(" or "),
            None => "any".to_owned(),
        });
        let cause = format!("{tag} {} -> {}", texts.released, texts.new);
        let rejects = |more: &Option<Vec<String>>, than: &Option<Vec<String>>| match (more, than) {
            (Some(more), Some(than)) => than.iter().any(|value| more.binary_search(value).is_err()),
            (more, than) => more.is_some() && than.is_none(),
        };
        for (audience, applies) in [
            (Audience::Readers, rejects(&listed.released, &listed.new)),
            (Audience::Archives, rejects(&listed.new, &listed.released)),
        ] {
            if applies {
                let rule = of_constraint(About::Values, audience);
                let difference = self.push(rule, places.new.clone(), cause.clone());
                difference.released = Some(places.released.clone());
            }
        }
    }

    /// The changes of annotations: no set of deliveries shows them, and readers rely on them all the same.
    fn promises(&mut self) {
        for rule in rules() {
            let Some(annotation) = &rule.annotation else { continue };
            let Annotation { keyword, default, .. } = annotation;
            let values = self.nodes.map(|node| {
                let promised = node.promises.get(keyword.as_str()).map(|promise| &promise.value);
                promised.or(default.as_ref())
            });
            if let Some(cause) = promise_cause(annotation, values) {
                let places = self.nodes.map(|node| node.pointer_to(keyword).to_owned());
                self.push(rule, places.new, cause).released = Some(places.released);
            }
        }
    }

    /// Whether the value is of another definition than it was. One that the release had already means something else; one
    /// that it had not may be a new name. Where there is no definition on one of the sides, nothing is said.
    fn definitions(&mut self) {
        let only = |of: &Node, but: &Node| {
            let known = |name: &str| but.definitions.iter().any(|other| other.name == name);
            of.definitions.iter().find(|reference| !known(&reference.name)).cloned()
        };
        let Pair { released, new } = self.nodes;
        if let (Some(before), Some(after)) = (only(released, new), only(new, released)) {
            let Reference { name, pointer } = after;
            // Of a plain schema, definitions are no more than a way to write it.
            let has_meaning = *self.views.new.layout != Layout::Whole;
            let was_there = self.views.released.part(&format!("/$defs/{name}")).is_some();
            let rule = known(if has_meaning && was_there {
                "meaning-changed"
            } else {
                "definition-replaced"
            });
            let cause = [&before.name, &name].map(|name| unescape_token(name)).join(" -> ");
            self.push(rule, pointer, cause).released = Some(before.pointer);
        }
    }
}

/// What has changed of an annotation in a way that its rule is about.
fn promise_cause(annotation: &Annotation, values: Pair<Option<&Value>>) -> Option<String> {
    let Annotation { keyword, when, .. } = annotation;
    let Pair { released: before, new: after } = values;
    let only = |of: Option<&Value>, but: Option<&Value>| {
        let array = |value: Option<&Value>| value.and_then(Value::as_array).cloned();
        let others: HashSet<_> = array(but).unwrap_or_default().into_iter().collect();
        let values = array(of).unwrap_or_default().into_iter();
        let values = values.filter(|value| !others.contains(value));
        let texts: Vec<_> =
            values.map(|value| value.as_str().map_or(value.to_string(), str::to_owned)).collect();
        match texts.as_slice() {
            [] | [_] => texts.into_iter().next(),
            many => Some(format!("{} values: {}", many.len(), many.join(", "))),
        }
    };
    let changed = || format!("{keyword} {} -> {}", shown(before), shown(after));
    match when {
        When::Added => (before.is_none() && after.is_some()).then(changed),
        When::Changed => (before.is_some() && before != after).then(changed),
        When::Any => (before != after).then(changed),
        When::ValueAdded => only(after, before),
        When::ValueRemoved => only(before, after),
    }
}

/// Where a field is declared that not every value has.
struct Elsewhere {
    pointer: String,
    to: To,
}

/// What declares a field of some values only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum To {
    /// A branch of a union. All are compared; there may be values of none.
    Branch,
    /// A branch of a union that is closed, so that each value is of one.
    ClosedBranch,
    /// Another condition.
    Condition,
}

/// The fields that are declared in branches or under other conditions.
fn declared_elsewhere(view: View<'_>, node: &Node) -> BTreeMap<String, Elsewhere> {
    let mut found = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut work = Vec::new();
    for union in &node.unions {
        let to = if union.closed.is_some() { To::ClosedBranch } else { To::Branch };
        work.extend(union.branches.iter().map(|(_, pointer)| (pointer.clone(), to)));
    }
    let describing = |conditional: &Conditional| {
        conditional.describes.then(|| (conditional.pointer.clone(), To::Condition))
    };
    work.extend(node.conditional.iter().filter_map(describing));
    while let Some((pointer, to)) = work.pop() {
        if !seen.insert(pointer.clone()) {
            continue;
        }
        let node = Node::read(view, &Spot::at([pointer]));
        for field in node.fields.iter() {
            let pointer = field.pointer().to_owned();
            found.entry(field.name.clone()).or_insert(Elsewhere { pointer, to });
        }
        let branches = node.unions.iter().flat_map(|union| &union.branches);
        work.extend(branches.map(|(_, pointer)| (pointer.clone(), to)));
        work.extend(node.conditional.iter().filter_map(describing));
    }
    found
}

fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "none".into(), Value::to_string)
}

/// `keyword` and its two values, as far as they differ if they are lists, and else their beginnings.
fn brief(keyword: &str, values: Pair<Option<&Value>>) -> String {
    let short = |text: String| match text.char_indices().nth(MAX_CHARACTERS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    };
    let Pair { released: Some(Value::Array(released)), new: Some(Value::Array(new)) } = values
    else {
        let Pair { released, new } = values.map(|value| short(shown(value)));
        return format!("{keyword} {released} -> {new}");
    };
    let beside = |members: &[Value], others: &[Value]| {
        let others: HashSet<_> = others.iter().map(Value::to_string).collect();
        let only = members.iter().map(Value::to_string).filter(|member| !others.contains(member));
        only.collect::<Vec<_>>()
    };
    let list = |what: &str, members: Vec<String>| {
        let count = members.len();
        let first: Vec<_> = members.into_iter().take(MAX_MEMBERS).map(short).collect();
        let more = if count > MAX_MEMBERS { ", …" } else { "" };
        (count > 0).then(|| format!(", {count} {what}: {}{more}", first.join(", ")))
    };
    let (gone, added) = (beside(released, new), beside(new, released));
    let sizes = match (released.len(), new.len()) {
        (before, now) if before == now => format!("{keyword} of {now}"),
        (before, now) => format!("{keyword} of {before} -> {now}"),
    };
    [Some(sizes), list("gone", gone), list("new", added)].into_iter().flatten().collect()
}
