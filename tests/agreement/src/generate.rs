//! The text of valid deliveries, derived from the bundle.
//!
//! Nothing here knows an event type or a field. What a place takes is a list of schemas that all have to be met: `$ref` and
//! `allOf` add to the list, of alternatives and conditions one is chosen and added, and what results is made from the keywords
//! of all. What does not fit, as the reference judge sees it, is made again.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value};

use crate::json::{Json, MAX_DEPTH, Member, Text};
use crate::leaves::{
    examples, integers, junk, lengths, numbers, one_of, shallow, spelled, spelled_integer, strings,
    texts,
};
use crate::reference::{Reference, each_object, elements};
use crate::shrink::Shrinking;

/// How often a value that does not fit is made again.
const ATTEMPTS: usize = 12;

/// A delivery is as small as can be from there on: containers around a value, and values made so far.
const LARGE: (usize, usize) = (14, 250);

/// The whitespace between tokens, used in turn.
type Spaces = Vec<&'static str>;

/// A valid delivery.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its content.
    pub json: Json,
    /// Its whitespace.
    pub spaces: Spaces,
}

impl Delivery {
    /// Its text.
    pub fn text(&self) -> String {
        self.json.write(&self.spaces)
    }
}

/// Valid deliveries of all event types of `bundle`, and of event types that it does not know.
pub fn deliveries(bundle: &Value) -> BoxedStrategy<Delivery> {
    let spaces = vec(select(vec!["", " ", "\n", "\r\n", "\t", "  ", "\n    "]), 1..6);
    let layout = one_of([(4, Just(vec![]).boxed()), (1, spaces.boxed())]);
    (Contents(Rc::new(Generator::new(bundle))), layout)
        .prop_map(|(json, spaces)| Delivery { json, spaces })
        .boxed()
}

/// What valid deliveries say.
#[derive(Debug)]
struct Contents(Rc<Generator>);

impl Strategy for Contents {
    type Tree = Shrinking;
    type Value = Json;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let generator = &*self.0;
        let json = generator.delivery(runner).ok_or("no valid delivery was found")?;
        Ok(Shrinking::new(json, Rc::clone(&generator.reference)))
    }
}

struct Generator {
    reference: Rc<Reference>,
    /// Every key that some schema declares.
    declared: Vec<String>,
    /// The members of closed sets, and what is nearly one of them.
    words: Vec<String>,
    /// Strategies for the values without values inside, by the schemas that they have to meet.
    leaves: RefCell<HashMap<LeafKey, BoxedStrategy<Json>>>,
    junk: BoxedStrategy<Json>,
    texts: BoxedStrategy<Text>,
    /// How many values the delivery has by now.
    made: Cell<usize>,
}

/// The schemas that a string or a number has to meet, by where they stand in memory, and its type.
type LeafKey = (Vec<*const Map<String, Value>>, &'static str);

impl fmt::Debug for Generator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generator").finish_non_exhaustive()
    }
}

/// What a value has to meet, with alternatives chosen.
#[derive(Default)]
struct Chosen<'a> {
    parts: Vec<&'a Map<String, Value>>,
    /// Whether something was chosen, which may not fit the rest.
    is_choice: bool,
}

impl Chosen<'_> {
    fn has(&self, keyword: &str) -> bool {
        self.parts.iter().any(|part| part.contains_key(keyword))
    }

    fn takes(&self, kind: &str) -> bool {
        let is = |name: &Value| name == kind || kind == "integer" && name == "number";
        self.parts.iter().filter_map(|part| part.get("type")).all(|kinds| match kinds {
            Value::Array(kinds) => kinds.iter().any(is),
            name => is(name),
        })
    }
}

impl Generator {
    fn new(bundle: &Value) -> Self {
        let (mut declared, mut words) = (Vec::new(), vec![String::new()]);
        each_object(bundle, &mut |schema| {
            if let Some(Value::Object(properties)) = schema.get("properties") {
                declared.extend(properties.keys().cloned());
            }
            let set = schema.get("const").into_iter();
            let set = set.chain(schema.get("enum").into_iter().flat_map(elements));
            for word in set.filter_map(Value::as_str) {
                words.extend([word.to_owned(), word.to_uppercase(), format!("{word} ")]);
            }
        });
        for all in [&mut declared, &mut words] {
            all.sort();
            all.dedup();
        }
        Self {
            reference: Rc::new(Reference::new(bundle.clone())),
            declared,
            words,
            leaves: RefCell::default(),
            junk: junk(),
            texts: texts(),
            made: Cell::new(0),
        }
    }

    fn delivery(&self, runner: &mut TestRunner) -> Option<Json> {
        for _ in 0..ATTEMPTS {
            self.made.set(0);
            let json = self.value(&[self.reference.bundle()], 0, runner);
            if let Some(json) = json.filter(|json| json.depth() <= MAX_DEPTH) {
                return Some(json);
            }
        }
        None
    }

    /// A value that all of `schemas` take, which `open` containers surround.
    fn value(&self, schemas: &[&Value], open: usize, runner: &mut TestRunner) -> Option<Json> {
        if open >= MAX_DEPTH / 2 || self.made.get() > 20 * LARGE.1 {
            return None;
        }
        self.made.set(self.made.get() + 1);
        let is_small = open > LARGE.0 || self.made.get() > LARGE.1;
        for _ in 0..ATTEMPTS {
            let mut chosen = Chosen::default();
            if !schemas.iter().all(|schema| self.choose(schema, &mut chosen, is_small, runner)) {
                return None;
            }
            let Some(json) = self.chosen(&chosen, open, is_small, runner) else { continue };
            let is_taken = |schema: &&Value| self.reference.takes(schema, &json);
            if !chosen.is_choice && open > 0 || schemas.iter().all(is_taken) {
                return Some(json);
            }
        }
        let mut chosen = Chosen::default();
        for schema in schemas {
            self.choose(schema, &mut chosen, is_small, runner);
        }
        let examples = examples(&chosen.parts).map(plain);
        let fits = |json: &Json| schemas.iter().all(|schema| self.reference.takes(schema, json));
        pick(&examples.filter(fits).collect::<Vec<_>>(), runner).cloned()
    }

    /// Adds what `schema` says to `chosen`; `false` if it takes nothing.
    fn choose<'a>(
        &'a self,
        schema: &'a Value,
        chosen: &mut Chosen<'a>,
        is_small: bool,
        runner: &mut TestRunner,
    ) -> bool {
        let Value::Object(keywords) = schema else { return *schema == Value::Bool(true) };
        let mut all = Vec::new();
        if let Some(Value::String(reference)) = keywords.get("$ref") {
            all.push(self.reference.target(reference));
        }
        let (conditions, parts): (Vec<_>, Vec<_>) = (keywords.get("allOf").into_iter())
            .flat_map(elements)
            .partition(|part| part.get("if").is_some());
        all.extend(parts);
        if !conditions.is_empty() {
            chosen.is_choice = true;
            // A value of which no condition speaks is taken as well, and the smallest.
            if !chance(runner, if is_small { 2 } else { 7 }) {
                let condition = pick(&conditions, runner).expect("there are some");
                all.extend([&condition["if"], &condition["then"]]);
            }
        }
        for keyword in ["anyOf", "oneOf"] {
            let mut branches: Vec<_> =
                keywords.get(keyword).into_iter().flat_map(elements).collect();
            if is_small && branches.iter().any(|branch| self.is_scalar(branch)) {
                branches.retain(|branch| self.is_scalar(branch));
            }
            if let Some(branch) = pick(&branches, runner) {
                chosen.is_choice = true;
                all.push(branch);
            }
        }
        chosen.parts.push(keywords);
        all.into_iter().all(|schema| self.choose(schema, chosen, is_small, runner))
    }

    /// Whether `schema` only takes values without values inside.
    fn is_scalar(&self, schema: &Value) -> bool {
        if let Some(Value::String(reference)) = schema.get("$ref") {
            return self.is_scalar(self.reference.target(reference));
        }
        let is_scalar = |kind: &Value| kind != "object" && kind != "array";
        match &schema["type"] {
            Value::Array(kinds) => kinds.iter().all(is_scalar),
            Value::String(_) => is_scalar(&schema["type"]),
            _ => schema.get("const").is_some() || schema.get("enum").is_some(),
        }
    }

    /// A value for `chosen`.
    fn chosen(
        &self,
        chosen: &Chosen<'_>,
        open: usize,
        is_small: bool,
        runner: &mut TestRunner,
    ) -> Option<Json> {
        if let Some(members) = members(chosen) {
            let members: Vec<_> = members.into_iter().map(plain).collect();
            let fits = |json: &Json| chosen.parts.iter().all(|part| self.takes(part, json));
            let fitting: Vec<_> = members.into_iter().filter(fits).collect();
            return Some(respelled(pick(&fitting, runner)?.clone(), runner));
        }
        if !chosen.has("type") {
            let speaks_of_objects =
                ["properties", "required", "additionalProperties"].iter().any(|it| chosen.has(it));
            return if speaks_of_objects {
                self.object(chosen, open, is_small, runner)
            } else {
                Some(shallow(draw(&self.junk, runner)?, MAX_DEPTH - open))
            };
        }
        let mut kinds = vec!["null", "boolean", "number", "string", "object", "array"];
        if !chosen.takes("number") {
            kinds.push("integer");
        }
        kinds.retain(|kind| chosen.takes(kind));
        if is_small && kinds.len() > 1 {
            kinds.truncate(1);
        }
        match *pick(&kinds, runner)? {
            "null" => Some(Json::Literal("null".into())),
            "boolean" => Some(Json::Literal(chance(runner, 2).to_string())),
            "object" => self.object(chosen, open, is_small, runner),
            "array" => self.array(chosen, open, is_small, runner),
            kind => self.leaf(chosen, kind, runner),
        }
    }

    /// Whether `part` alone, without what was chosen for it, takes `json`.
    fn takes(&self, part: &Map<String, Value>, json: &Json) -> bool {
        let mut own = part.clone();
        for keyword in ["$ref", "allOf", "anyOf", "oneOf", "$defs"] {
            own.remove(keyword);
        }
        self.reference.takes(&own.into(), json)
    }

    /// A string or a number.
    fn leaf(
        &self,
        chosen: &Chosen<'_>,
        kind: &'static str,
        runner: &mut TestRunner,
    ) -> Option<Json> {
        let parts = &chosen.parts;
        let key = (parts.iter().map(|part| std::ptr::from_ref(*part)).collect(), kind);
        let strategy = self.leaves.borrow().get(&key).cloned();
        let strategy = strategy.unwrap_or_else(|| {
            let strategy = match kind {
                "string" => strings(parts, &self.words),
                "integer" => integers(parts),
                _ => numbers(parts),
            };
            self.leaves.borrow_mut().insert(key, strategy.clone());
            strategy
        });
        for _ in 0..4 * ATTEMPTS {
            let json = draw(&strategy, runner)?;
            if parts.iter().all(|part| self.takes(part, &json)) {
                return Some(json);
            }
        }
        None
    }

    /// Objects with members in any order: optional ones may be absent, undeclared ones may be added.
    fn object(
        &self,
        chosen: &Chosen<'_>,
        open: usize,
        is_small: bool,
        runner: &mut TestRunner,
    ) -> Option<Json> {
        let mut declared: Vec<&str> = Vec::new();
        for key in chosen
            .parts
            .iter()
            .filter_map(|part| part.get("properties")?.as_object())
            .flat_map(Map::keys)
        {
            if !declared.contains(&key.as_str()) {
                declared.push(key);
            }
        }
        // What each part says of the value under a key.
        let schemas = |key: &str| -> Vec<&Value> {
            let schemas = chosen.parts.iter().filter_map(|part| {
                let own = part.get("properties").and_then(|properties| properties.get(key));
                own.or_else(|| part.get("additionalProperties"))
            });
            schemas.collect()
        };
        let mut members = Vec::new();
        for key in &declared {
            let is_required = chosen.parts.iter().any(|part| {
                part.get("required").into_iter().flat_map(elements).any(|name| name == key)
            });
            if !is_required && (is_small || chance(runner, 3)) {
                continue;
            }
            match self.value(&schemas(key), open + 1, runner) {
                Some(value) => members.push(member((*key).to_owned(), value, runner)?),
                None if is_required => return None,
                None => {}
            }
        }
        if chance(runner, 4) {
            for at in (1..members.len()).rev() {
                members.swap(at, below(runner, at + 1));
            }
        }
        let is_map = declared.is_empty() || chosen.has("additionalProperties");
        let undeclared = if is_small {
            0
        } else if is_map {
            below(runner, 5)
        } else if chance(runner, 4) {
            1 + below(runner, 3)
        } else {
            0
        };
        let mut last = None;
        for _ in 0..undeclared {
            let key = last.take().filter(|_| chance(runner, 8));
            let Some(key) = key.or_else(|| self.undeclared(&declared, runner)) else { continue };
            let Some(value) = self.value(&schemas(&key), open + 1, runner) else { continue };
            let member = member(key.clone(), value, runner)?;
            members.insert(below(runner, members.len() + 1), member);
            last = Some(key);
        }
        Some(Json::Object(members))
    }

    /// A key that is not `declared`, be it one of another shape or a near miss.
    fn undeclared(&self, declared: &[&str], runner: &mut TestRunner) -> Option<String> {
        for _ in 0..ATTEMPTS {
            let key = pick(&self.declared, runner)?.clone();
            let key = match below(runner, 12) {
                0..=2 => key,
                3 => key.to_uppercase(),
                4 => format!("{key}_"),
                5 => format!("_{key}"),
                6 => key.chars().take(key.chars().count().saturating_sub(1)).collect(),
                7 => format!("{key}\0"),
                8 => pick(&self.words, runner)?.clone(),
                _ => draw(&self.texts, runner)?.value,
            };
            if !declared.contains(&key.as_str()) {
                return Some(key);
            }
        }
        None
    }

    fn array(
        &self,
        chosen: &Chosen<'_>,
        open: usize,
        is_small: bool,
        runner: &mut TestRunner,
    ) -> Option<Json> {
        let (least, most) = lengths(&chosen.parts, ["minItems", "maxItems"]);
        let schemas: Vec<_> = chosen.parts.iter().filter_map(|part| part.get("items")).collect();
        let length = match most {
            _ if is_small => least,
            // Now and then as many as there may be.
            Some(most) if most < 40 && chance(runner, 8) => most,
            most => (least + below(runner, 4)).min(most.unwrap_or(usize::MAX)),
        };
        let mut items = Vec::new();
        while items.len() < length {
            match self.value(&schemas, open + 1, runner) {
                Some(item) => items.push(item),
                None if items.len() >= least => break,
                None => return None,
            }
        }
        Some(Json::Array(items))
    }
}

fn member(key: String, value: Json, runner: &mut TestRunner) -> Option<Member> {
    // Most keys are written plainly, which needs no strategy.
    let key = if chance(runner, 32) { draw(&spelled(key), runner)? } else { Text::plain(key) };
    Some(Member { key, value })
}

/// The members of the closed set that `chosen` is, if it is one.
fn members<'a>(chosen: &Chosen<'a>) -> Option<Vec<&'a Value>> {
    chosen.parts.iter().find_map(|part| match (part.get("const"), part.get("enum")) {
        (Some(one), _) => Some(vec![one]),
        (None, Some(all)) => Some(elements(all).collect()),
        (None, None) => None,
    })
}

/// `value` as it is usually written.
pub(crate) fn plain(value: &Value) -> Json {
    Json::parse(value.to_string().as_bytes()).expect("JSON")
}

/// `json`, usually as it is and sometimes in other words.
fn respelled(json: Json, runner: &mut TestRunner) -> Json {
    match json {
        Json::Text(text) => draw(&spelled(text.value), runner).map(Json::Text),
        Json::Number(number) => {
            let spelled = number.parse().ok().map(|value| {
                spelled_integer(
                    value,
                    u8::try_from(below(runner, 12)).unwrap_or_default(),
                    below(runner, 20),
                )
            });
            Some(Json::Number(spelled.unwrap_or(number)))
        }
        other => Some(other),
    }
    .expect("a spelling is never refused")
}

fn draw<T: fmt::Debug>(strategy: &BoxedStrategy<T>, runner: &mut TestRunner) -> Option<T> {
    Some(strategy.new_tree(runner).ok()?.current())
}

/// A number below `limit`.
fn below(runner: &mut TestRunner, limit: usize) -> usize {
    runner.rng().random_range(0..limit)
}

/// `true` one time in `times`.
fn chance(runner: &mut TestRunner, times: usize) -> bool {
    below(runner, times) == 0
}

fn pick<'a, T>(all: &'a [T], runner: &mut TestRunner) -> Option<&'a T> {
    if all.is_empty() { None } else { Some(&all[below(runner, all.len())]) }
}
