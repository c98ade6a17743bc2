//! What the engine is asked, and the deliveries that answer it with no.
//!
//! Each question is about the two whole contracts, narrowed to one event type: nothing that a schema says is left out.

use std::cell::OnceCell;
use std::fmt;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use schema_compat::{Answer, Inclusion, Options, Place, Schema, Side};
use serde_json::{Map, Value, json};

use crate::node::{declared, in_place, shape_pointer};
use crate::walk::Change;
use crate::{Breaks, Witness};
use clip_events_contract::bundle::{event_types, is_of_type};
use clip_events_contract::model::Envelope;
use schema_source::{escape_token, unescape_token};

/// Objects within objects in which new fields are looked for. The contract has two; a recursive schema has no end.
const MAX_DEPTH: usize = 8;

/// Does no delivery of this event type break anyone?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Whom it might break.
    pub breaks: Breaks,
    /// The event type; none for all types that neither side knows.
    pub event_type: Option<String>,
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let event_type = self.event_type.as_deref().unwrap_or("unknown event types");
        match self.breaks {
            Breaks::Readers => write!(f, "the release takes all new deliveries of {event_type}"),
            _ => write!(f, "the new contract takes all archived deliveries of {event_type}"),
        }
    }
}

/// A question with the engine's answer.
pub(super) struct Asked {
    pub(super) question: Question,
    pub(super) answer: Answer,
    /// The deliveries that the question is about.
    deliveries: Value,
    validator: OnceCell<Option<Validator>>,
    found: OnceCell<Option<Value>>,
}

impl Asked {
    /// A delivery that the question is about: if it was refuted, the one that refutes it.
    fn found(&self) -> Option<&Value> {
        let found = self.found.get_or_init(|| {
            let any = || includes(&self.deliveries, &Value::Bool(false), false);
            match &self.answer {
                Answer::Refuted(found) => Some(found.instance.clone()),
                // An instance of a schema is what shows that it is not included in the empty one.
                _ => match any() {
                    Answer::Refuted(found) => Some(found.instance),
                    _ => None,
                },
            }
        });
        found.as_ref()
    }

    /// Whether the question is about `delivery`.
    fn is_about(&self, delivery: &Value) -> bool {
        let validator = self.validator.get_or_init(|| validator(&self.deliveries, false).ok());
        validator.as_ref().is_some_and(|validator| validator.is_valid(delivery))
    }
}

/// A reason to reject a delivery.
pub(super) struct Violation {
    /// JSON Pointer of the value that is wrong, or of the field that is missing.
    pub(super) place: String,
    /// JSON Pointer of the keyword in the bundle.
    keyword: String,
    pub(super) message: String,
}

impl Violation {
    fn new(error: &ValidationError<'_>) -> Self {
        let instance = error.instance_path().as_str();
        let place = match error.kind() {
            ValidationErrorKind::Required { property: Value::String(name) } => {
                format!("{instance}/{}", escape_token(name))
            }
            _ => instance.to_owned(),
        };
        let keyword = error.schema_path().as_str().to_owned();
        let at = if instance.is_empty() { "the delivery" } else { instance };
        Self { place, keyword, message: format!("{at}: {error}") }
    }

    /// Whether it is what `change` has come to.
    fn is_of(&self, change: &Change, breaks: Breaks) -> bool {
        let is_of_another = |keyword| !is_below(&self.keyword, keyword);
        if !change.is_of_field() && change.rejecting(breaks).is_none_or(is_of_another) {
            return false;
        }
        change.covers(&self.place)
    }
}

/// Whether a JSON Pointer is `parent` or leads into it.
pub(super) fn is_below(pointer: &str, parent: &str) -> bool {
    pointer.strip_prefix(parent).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `bundle`, ready to judge deliveries.
pub(super) fn validator(
    bundle: &Value,
    formats: bool,
) -> Result<Validator, ValidationError<'static>> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(formats)
        .offline()
        .build(bundle)
}

/// One side of the comparison.
pub(super) struct Contract<'a> {
    pub(super) bundle: &'a Value,
    pub(super) validator: Validator,
}

impl Contract<'_> {
    fn violations(&self, delivery: &Value) -> Vec<Violation> {
        self.validator.iter_errors(delivery).map(|error| Violation::new(&error)).collect()
    }
}

/// The two contracts, face to face.
pub(super) struct Gate<'a> {
    pub(super) released: Contract<'a>,
    pub(super) new: Contract<'a>,
}

impl<'a> Gate<'a> {
    /// Whose deliveries meet whom.
    fn sides(&self, breaks: Breaks) -> [&Contract<'a>; 2] {
        match breaks {
            Breaks::Archives => [&self.released, &self.new],
            Breaks::Readers | Breaks::Nobody => [&self.new, &self.released],
        }
    }

    /// Asks everything that must be proved: each event type, for archives those of the release, and all unknown ones at
    /// once. The release sent none of these, but they must go on to pass: else the next event type breaks who reads by
    /// the new contract.
    pub(super) fn answers(&self) -> Vec<Asked> {
        let released = event_types(self.released.bundle);
        let mut all = [released.clone(), event_types(self.new.bundle)].concat();
        all.sort_unstable();
        all.dedup();
        let readers = all.iter().map(|name| (Breaks::Readers, Some(*name)));
        let archives = all.iter().filter(|name| released.contains(name));
        let archives = archives.map(|name| (Breaks::Archives, Some(*name)));
        let unknown = [(Breaks::Readers, None), (Breaks::Archives, None)];
        let questions = readers.chain(archives).chain(unknown);
        questions
            .map(|(breaks, event_type)| {
                let [sender, receiver] = self.sides(breaks);
                let mut narrowings: Vec<_> = match event_type {
                    Some(name) => vec![is_of_type(name)],
                    // In the words of the dispatch, so that the engine sees at once which way each branch goes.
                    None => all.iter().map(|name| json!({ "not": is_of_type(name) })).collect(),
                };
                if breaks == Breaks::Archives {
                    narrowings.extend(self.before_new_fields(event_type));
                }
                let deliveries = narrowed(sender.bundle, narrowings);
                let mut answer = includes(&deliveries, receiver.bundle, false);
                if let Answer::Refuted(found) = &answer {
                    // Two validators in one process and the engine's own reading: should they ever differ, say nothing.
                    if receiver.validator.is_valid(&found.instance) {
                        answer = undecided("the delivery that the engine found is not rejected");
                    }
                }
                let event_type = event_type.map(str::to_owned);
                Asked {
                    question: Question { breaks, event_type },
                    answer,
                    deliveries,
                    validator: OnceCell::new(),
                    found: OnceCell::new(),
                }
            })
            .collect()
    }

    /// Whether no delivery at all can be of the event type of `change`.
    pub(super) fn is_empty(change: &Change, answers: &[Asked]) -> bool {
        let mut answers = answers.iter().filter(|asked| {
            asked.question.breaks == Breaks::Readers
                && asked.question.event_type == change.event_type
        });
        answers.any(|asked| {
            matches!(includes(&asked.deliveries, &Value::Bool(false), false), Answer::Proved(_))
        })
    }

    /// Schemas that reject the fields which only the new contract declares. An archived delivery may have one of that
    /// name, of any kind, since names that are not declared are free; the contract is not held to those.
    fn before_new_fields(&self, event_type: Option<&str>) -> Vec<Value> {
        let data = |bundle: &'a Value| {
            let of_all = Some(format!("/properties/{}", Envelope::DATA));
            let pointers = of_all.into_iter().chain(event_type.map(shape_pointer));
            pointers.filter_map(|pointer| bundle.pointer(&pointer)).collect::<Vec<_>>()
        };
        let envelope = self.only_new(&[self.released.bundle], &[self.new.bundle], 0);
        let data = self.only_new(&data(self.released.bundle), &data(self.new.bundle), 1);
        let data = data.map(|data| json!({ "properties": { Envelope::DATA: data } }));
        [envelope, data].into_iter().flatten().collect()
    }

    fn only_new(&self, released: &[&'a Value], new: &[&'a Value], depth: usize) -> Option<Value> {
        if depth > MAX_DEPTH {
            return None;
        }
        let known = declared(self.released.bundle, released);
        let released_schemas = in_place(self.released.bundle, released);
        let new_schemas = in_place(self.new.bundle, new);
        let is_required = |name: &str| {
            let required =
                released_schemas.iter().filter_map(|schema| schema.get("required")?.as_array());
            required.flatten().any(|required| required == name)
        };
        let mut properties = Map::new();
        for (name, schemas) in declared(self.new.bundle, new) {
            let narrowing = match known.get(name) {
                // The shapes are looked into one by one.
                Some(_) if depth == 0 && name == Envelope::DATA => None,
                Some(known) => self.only_new(known, &schemas, depth + 1),
                None => (!is_required(name)).then_some(Value::Bool(false)),
            };
            properties.extend(narrowing.map(|narrowing| (name.to_owned(), narrowing)));
        }
        let items = |schemas: &[&'a Map<String, Value>]| {
            schemas.iter().filter_map(|schema| schema.get("items")).collect::<Vec<_>>()
        };
        let (released_items, new_items) = (items(&released_schemas), items(&new_schemas));
        let items = self.only_new(&released_items, &new_items, depth + 1);
        let mut narrowing = Map::new();
        if !properties.is_empty() {
            narrowing.insert("properties".into(), properties.into());
        }
        narrowing.extend(
            items.filter(|_| !released_items.is_empty()).map(|items| ("items".into(), items)),
        );
        (!narrowing.is_empty()).then_some(narrowing.into())
    }

    /// Why the receiver rejects the delivery that refutes a question.
    pub(super) fn violations(&self, question: &Question, delivery: &Value) -> Vec<Violation> {
        let [_, receiver] = self.sides(question.breaks);
        receiver.violations(delivery)
    }

    /// A delivery that shows what `change` breaks, and the number of the answer that it belongs to. One that shows
    /// nothing else, if there is one.
    pub(super) fn witness(
        &self,
        change: &Change,
        breaks: Breaks,
        answers: &[Asked],
    ) -> Option<(usize, Witness)> {
        let [_, receiver] = self.sides(breaks);
        let mut second_best = None;
        for (index, asked) in answers.iter().enumerate() {
            let concerned = asked.question.breaks == breaks
                && (change.event_type.is_none() || change.event_type == asked.question.event_type)
                && !matches!(asked.answer, Answer::Proved(_));
            if !concerned {
                continue;
            }
            for delivery in self.candidates(change, asked) {
                if !asked.is_about(&delivery) {
                    continue;
                }
                let violations = receiver.violations(&delivery);
                let is_its = |violation: &Violation| violation.is_of(change, breaks);
                let Some(its) = violations.iter().find(|violation| is_its(violation)) else {
                    continue;
                };
                let witness = (index, Witness { delivery, rejected: its.message.clone() });
                if violations.iter().all(is_its) {
                    return Some(witness);
                }
                second_best.get_or_insert(witness);
            }
        }
        second_best
    }

    /// A delivery that shows a change of `format` to who asserts it. The verdicts on deliveries do not: there, `format`
    /// is an annotation.
    pub(super) fn format_witness(&self, change: &Change) -> Option<Witness> {
        let event_types = event_types(self.released.bundle);
        let event_type = change.event_type.as_deref().or(event_types.first().copied())?;
        let [new, released] = [&self.new, &self.released].map(|side| validator(side.bundle, true));
        let released = Contract { bundle: self.released.bundle, validator: released.ok()? };
        let deliveries = narrowed(self.new.bundle, vec![is_of_type(event_type)]);
        let found = self.violating(change, Breaks::Readers, &deliveries, true)?;
        let value = found.pointer(&change.instance).cloned();
        let readable = example(self.new.bundle, Some(event_type))
            .and_then(|example| with(&example, &change.instance, value));
        let delivery = readable.filter(|delivery| new.is_ok_and(|new| new.is_valid(delivery)));
        let delivery = delivery.unwrap_or(found);
        let violations = released.violations(&delivery);
        let its = violations.iter().find(|violation| violation.is_of(change, Breaks::Readers))?;
        let rejected = format!("{}, where formats are asserted", its.message);
        Some(Witness { delivery, rejected })
    }

    /// Deliveries that may show `change`.
    fn candidates(&self, change: &Change, asked: &Asked) -> Vec<Value> {
        let Question { breaks, event_type } = &asked.question;
        let [sender, receiver] = self.sides(*breaks);
        let violating = self.violating(change, *breaks, &asked.deliveries, false);
        let value = violating.as_ref().and_then(|found| found.pointer(&change.instance)).cloned();
        let odd = [Value::Null, json!({}), json!([]), json!(""), json!(0), json!(true)];
        let mut candidates = Vec::new();
        let examples = [sender, receiver].map(|side| example(side.bundle, event_type.as_deref()));
        // An example is better to read than what the engine made.
        for sample in examples.into_iter().chain([violating, asked.found().cloned()]).flatten() {
            candidates.push(sample.clone());
            let mut add = |pointer: &str, value: Option<Value>| {
                candidates.extend(with(&sample, pointer, value));
            };
            add(&change.instance, None);
            add(&format!("/{}", Envelope::DATA), Some(json!({})));
            for value in odd.iter().rev() {
                add(&format!("{}/added_later", change.instance), Some(value.clone()));
            }
            add(&change.instance, value.clone());
            for value in &odd {
                add(&change.instance, Some(value.clone()));
            }
        }
        candidates
    }

    /// One of `deliveries` that violates the keyword which `change` is about, and perhaps nothing else.
    fn violating(
        &self,
        change: &Change,
        breaks: Breaks,
        deliveries: &Value,
        formats: bool,
    ) -> Option<Value> {
        let [_, receiver] = self.sides(breaks);
        let pointer = change.rejecting(breaks).filter(|_| !change.is_of_field())?;
        let (parent, keyword) = pointer.rsplit_once('/')?;
        // Some keywords look at which fields are declared beside them.
        let declared =
            receiver.bundle.pointer(parent)?.get("properties").and_then(Value::as_object);
        let declared: Map<_, _> =
            declared.into_iter().flatten().map(|(name, _)| (name.clone(), true.into())).collect();
        let mut schema = json!({ "properties": declared });
        schema[unescape_token(keyword)] = receiver.bundle.pointer(pointer)?.clone();
        for token in change.instance.split('/').skip(1).collect::<Vec<_>>().into_iter().rev() {
            schema = json!({ "properties": { unescape_token(token): schema } });
        }
        schema["$defs"] = receiver.bundle.get("$defs")?.clone();
        match includes(deliveries, &schema, formats) {
            Answer::Refuted(found) => Some(found.instance),
            _ => None,
        }
    }
}

/// `delivery` with `value` at `pointer`, or with nothing there.
fn with(delivery: &Value, pointer: &str, value: Option<Value>) -> Option<Value> {
    let (container, key) = pointer.rsplit_once('/')?;
    let key = unescape_token(key);
    let mut delivery = delivery.clone();
    let object = delivery.pointer_mut(container)?.as_object_mut()?;
    match value {
        Some(value) => object.insert(key, value),
        None => object.shift_remove(&key),
    };
    Some(delivery)
}

/// `bundle` for those deliveries alone that `narrowings` allow.
fn narrowed(bundle: &Value, mut narrowings: Vec<Value>) -> Value {
    let mut bundle = bundle.clone();
    let object = bundle.as_object_mut();
    let all =
        object.and_then(|object| object.entry("allOf").or_insert_with(|| json!([])).as_array_mut());
    if let Some(all) = all {
        all.append(&mut narrowings);
    }
    bundle
}

/// A delivery of `event_type`, or of an unknown type, made of the examples in `bundle`.
fn example(bundle: &Value, event_type: Option<&str>) -> Option<Value> {
    let example = |schema: &Value| {
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix('#'));
        let places = [Some(schema), target.and_then(|pointer| bundle.pointer(pointer))];
        places.into_iter().flatten().find_map(|schema| schema.pointer("/examples/0").cloned())
    };
    let shape = event_type.and_then(|event_type| bundle.pointer(&shape_pointer(event_type)));
    let mut data = shape.and_then(example).unwrap_or_else(|| json!({}));
    // The example of a shape may be older than the shape.
    let required = shape.and_then(|shape| shape.get("required")?.as_array());
    for key in required.into_iter().flatten().filter_map(Value::as_str) {
        let field = shape.and_then(|shape| shape.get("properties")?.get(key));
        if let (Some(data), Some(value)) = (data.as_object_mut(), field.and_then(example)) {
            data.entry(key).or_insert(value);
        }
    }
    let mut delivery = Map::new();
    for (key, schema) in bundle.get("properties")?.as_object()? {
        let value = match key.as_str() {
            Envelope::TYPE => Some(event_type.unwrap_or("unknown").into()),
            Envelope::DATA => Some(data.clone()),
            _ => example(schema),
        };
        delivery.extend(value.map(|value| (key.clone(), value)));
    }
    Some(delivery.into())
}

/// Whether every instance of `subset` is one of `superset`.
fn includes(subset: &Value, superset: &Value, formats: bool) -> Answer {
    let [subset, superset] = [subset, superset].map(|schema| Schema::from(schema.clone()));
    let draft = schema_compat::Draft::Draft202012;
    let options = Options::default().with_draft(draft).with_assert_formats(formats);
    Inclusion { subset: &subset, superset: &superset }
        .decide(&options)
        .unwrap_or_else(|error| undecided(&error.to_string()))
}

fn undecided(reason: &str) -> Answer {
    Answer::Undecided(schema_compat::Undecided::new(reason, "", Place::new(Side::Superset, "")))
}
