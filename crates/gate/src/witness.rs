//! The search for a delivery that shows what a change breaks.

use schema_source::unescape_token;
use serde_json::{Map, Value, json};

use crate::change::Change;
use crate::engine::{self, EngineAnswer, Formats};
use crate::finding::BreakingDelivery;
use crate::narrowing::narrowed;
use crate::party::{Objection, Parties, Party, objections, validator};
use crate::pointer::is_within;
use crate::rules::Audience;
use crate::trial::Trial;
use crate::view::View;

/// A delivery that shows what `change` breaks for `audience`, and the trial that it belongs to. One that shows nothing
/// else, if there is one.
pub(crate) fn breaking_delivery<'t>(
    parties: &Parties<'_>,
    change: &Change,
    audience: Audience,
    trials: &'t [Trial],
) -> Option<(&'t Trial, BreakingDelivery)> {
    let is_concerned = |trial: &&Trial| {
        trial.claim.audience == audience
            && (change.event_type.is_none() || change.event_type == trial.claim.event_type)
            && !matches!(trial.inclusion, EngineAnswer::Proved(_))
    };
    let reader = parties.reader(audience);
    let mut second_best = None;
    for trial in trials.iter().filter(is_concerned) {
        for delivery in candidates(parties, change, trial) {
            if !trial.is_about(&delivery) {
                continue;
            }
            let objections = reader.objections(&delivery);
            let is_its = |objection: &Objection| is_of(objection, change, audience);
            let Some(its) = objections.iter().find(|objection| is_its(objection)) else {
                continue;
            };
            let found = BreakingDelivery { delivery, rejected: its.message.clone() };
            if objections.iter().all(is_its) {
                return Some((trial, found));
            }
            second_best.get_or_insert((trial, found));
        }
    }
    second_best
}

/// A delivery that shows a change of an annotation to readers who assert it. In trials it only describes.
pub(crate) fn where_asserted(parties: &Parties<'_>, change: &Change) -> Option<BreakingDelivery> {
    let (sender, reader) = (parties.new.view, parties.released.view);
    let event_types = reader.event_types();
    let event_type = change.event_type.as_deref().or(event_types.first().copied())?;
    let asserts = |view: View<'_>| validator(view.document, Formats::Asserted);
    let reads = asserts(reader).ok()?;
    let deliveries = narrowed(sender.document, vec![sender.layout.is_of_type(event_type)]);
    let found =
        violating(&parties.released, change, Audience::Readers, &deliveries, Formats::Asserted)?;
    let value = found.pointer(&change.instance).cloned();
    let readable = example(sender, Some(event_type))
        .and_then(|example| with(&example, &change.instance, value));
    let delivery = readable
        .filter(|delivery| asserts(sender).is_ok_and(|sends| sends.is_valid(delivery)))
        .unwrap_or(found);
    let objections = objections(&reads, &delivery);
    let its = objections.iter().find(|objection| is_of(objection, change, Audience::Readers))?;
    let rejected = format!("{}, where formats are asserted", its.message);
    Some(BreakingDelivery { delivery, rejected })
}

/// Whether `objection` is what `change` has come to.
fn is_of(objection: &Objection, change: &Change, audience: Audience) -> bool {
    let by_keyword = |keyword: &str| is_within(&objection.keyword, keyword);
    (change.rule.is_of_whole() || change.rejecting(audience).is_some_and(by_keyword))
        && change.instances().any(|instance| is_within(&objection.instance, instance))
}

/// Deliveries that may show `change`.
fn candidates(parties: &Parties<'_>, change: &Change, trial: &Trial) -> Vec<Value> {
    let audience = trial.claim.audience;
    let (sender, reader) = (parties.sender(audience), parties.reader(audience));
    let violating = violating(reader, change, audience, &trial.deliveries, Formats::Described);
    let value = violating.as_ref().and_then(|found| found.pointer(&change.instance)).cloned();
    let odd = [Value::Null, json!({}), json!([]), json!(""), json!(0), json!(true)];
    let content = sender.view.layout.content();
    let mut candidates = Vec::new();
    let examples =
        [sender, reader].map(|party| example(party.view, trial.claim.event_type.as_deref()));
    // An example is better to read than what the engine made.
    for sample in examples.into_iter().chain([violating, trial.example().cloned()]).flatten() {
        candidates.push(sample.clone());
        let mut add = |pointer: &str, value: Option<Value>| {
            candidates.extend(with(&sample, pointer, value));
        };
        add(&change.instance, None);
        add(&content, Some(json!({})));
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

/// One of `deliveries` that violates the keyword of `reader` which `change` is about, and perhaps nothing else.
fn violating(
    reader: &Party<'_>,
    change: &Change,
    audience: Audience,
    deliveries: &Value,
    formats: Formats,
) -> Option<Value> {
    let document = reader.view.document;
    let pointer = change.rejecting(audience).filter(|_| !change.rule.is_of_whole())?;
    let (parent, keyword) = pointer.rsplit_once('/')?;
    // Some keywords look at which fields are declared beside them.
    let declared = document.pointer(parent)?.get("properties").and_then(Value::as_object);
    let declared: Map<_, _> =
        declared.into_iter().flatten().map(|(name, _)| (name.clone(), true.into())).collect();
    let mut schema = json!({ "properties": declared });
    schema[unescape_token(keyword)] = document.pointer(pointer)?.clone();
    let tokens: Vec<_> = change.instance.split('/').skip(1).collect();
    for token in tokens.into_iter().rev() {
        schema = json!({ "properties": { unescape_token(token): schema } });
    }
    if let Some(definitions) = document.get("$defs") {
        schema["$defs"] = definitions.clone();
    }
    match engine::reads_all(&schema, deliveries, formats) {
        EngineAnswer::Refuted(found) => Some(found),
        EngineAnswer::Proved(_) | EngineAnswer::Undecided(_) => None,
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

/// A delivery of `event_type`, or of an unknown type, made of the examples in a document.
fn example(view: View<'_>, event_type: Option<&str>) -> Option<Value> {
    let example = |schema: &Value| {
        let target = schema.get("$ref").and_then(Value::as_str).and_then(|to| view.referred(to));
        let places = [Some(schema), target];
        places.into_iter().flatten().find_map(|schema| schema.pointer("/examples/0").cloned())
    };
    let layout = view.layout;
    let schema = event_type.and_then(|event_type| view.part(&layout.content_schema(event_type)));
    let mut content = schema.and_then(example).unwrap_or_else(|| json!({}));
    // The example of a schema may be older than the schema.
    let required = schema.and_then(|schema| schema.get("required")?.as_array());
    for key in required.into_iter().flatten().filter_map(Value::as_str) {
        let field = schema.and_then(|schema| schema.get("properties")?.get(key));
        if let (Some(content), Some(value)) = (content.as_object_mut(), field.and_then(example)) {
            content.entry(key).or_insert(value);
        }
    }
    let mut delivery = Map::new();
    for (key, schema) in view.document.get("properties")?.as_object()? {
        let value = if key == layout.tag() {
            Some(event_type.unwrap_or("unknown").into())
        } else if key == layout.content_member() {
            Some(content.clone())
        } else {
            example(schema)
        };
        delivery.extend(value.map(|value| (key.clone(), value)));
    }
    Some(delivery.into())
}
