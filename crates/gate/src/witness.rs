//! The search for a delivery that shows what a change breaks.

use schema_source::unescape_token;
use serde_json::{Map, Value, json};

use crate::change::Change;
use crate::engine::{self, EngineAnswer, Formats};
use crate::finding::BreakingDelivery;
use crate::narrowing::{narrowed, with_definitions};
use crate::party::{Objection, Parties, objections, validator};
use crate::path::Step;
use crate::rules::{About, Audience};
use crate::trial::Trial;
use crate::view::View;

/// Places of one change in one delivery that are tried.
const MAX_PLACES: usize = 3;

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
            let is_its = |objection: &Objection| change.is_met_by(objection, audience, &delivery);
            let Some(its) = objections.iter().find(|objection| is_its(objection)) else {
                continue;
            };
            let rejected = its.message.clone();
            let shows_it_alone = objections.iter().all(is_its);
            let found = BreakingDelivery { delivery, rejected };
            if shows_it_alone {
                return Some((trial, found));
            }
            second_best.get_or_insert((trial, found));
        }
    }
    second_best
}

/// A delivery that shows a change of an annotation to readers who assert it. In trials it only describes.
pub(crate) fn where_asserted(parties: &Parties<'_>, change: &Change) -> Option<BreakingDelivery> {
    let (sender, reader) = (&parties.new, &parties.released);
    let event_types = reader.view.event_types();
    let event_type = change.event_type.as_deref().or(event_types.first().copied())?;
    let [sends, reads] = [sender, reader].map(|party| party.narrowing.about(Some(event_type)));
    let [sends, reads] = [sends, reads].map(|document| {
        validator(&document, Formats::Asserted).map(|validator| (document, validator))
    });
    let ((document, sends), (_, reads)) = (sends.ok()?, reads.ok()?);
    let deliveries = narrowed(document, vec![sender.view.layout.is_of_type(event_type)]);
    let audience = Audience::Readers;
    let demand = keyword_demand(reader.view.document, change, audience)?;
    let found = violating(&demand, &deliveries, Formats::Asserted)?;
    let readable = example(sender.view, Some(event_type));
    let readable = readable.into_iter().flat_map(|sample| grafts(&sample, &found, change));
    let delivery = readable.chain([found.clone()]).find(|delivery| {
        let is_its = |objection: &Objection| change.is_met_by(objection, audience, delivery);
        sends.is_valid(delivery) && objections(&reads, delivery).iter().any(is_its)
    })?;
    let objections = objections(&reads, &delivery);
    let its =
        objections.iter().find(|objection| change.is_met_by(objection, audience, &delivery))?;
    let rejected = format!("{}, where formats are asserted", its.message);
    Some(BreakingDelivery { delivery, rejected })
}

/// Deliveries that may show `change`.
fn candidates<'p>(
    parties: &'p Parties<'_>,
    change: &'p Change,
    trial: &'p Trial,
) -> impl Iterator<Item = Value> + 'p {
    let audience = trial.claim.audience;
    let (sender, reader) = (parties.sender(audience), parties.reader(audience));
    let demand = keyword_demand(reader.view.document, change, audience);
    let violating = move |demand| violating(&demand, &trial.deliveries, Formats::Described);
    let found = demand.and_then(violating);
    // An example is better to read than what the engine made.
    let examples: Vec<_> = [sender, reader]
        .into_iter()
        .filter_map(|party| example(party.view, trial.claim.event_type.as_deref()))
        .collect();
    let content = parties.new.view.layout.content_path().pointer();
    let found: Vec<_> = found.iter().chain(trial.example()).cloned().collect();
    let samples = examples.iter().chain(&found);
    let near: Vec<_> = samples.flat_map(|sample| near(sample, change, &content, &found)).collect();
    let whole = whole_demands(reader.view.document, change, audience);
    let far = whole.into_iter().filter_map(violating).flat_map(move |found| {
        let mut readable: Vec<_> =
            examples.iter().flat_map(|sample| grafts(sample, &found, change)).collect();
        readable.push(found);
        readable
    });
    near.into_iter().chain(far)
}

/// `sample`, and what comes of it by small edits where something changed.
fn near(sample: &Value, change: &Change, content: &str, found: &[Value]) -> Vec<Value> {
    let odd = [Value::Null, json!({}), json!([]), json!(""), json!(0), json!(true)];
    let mut near = vec![sample.clone()];
    let mut add = |pointer: &str, value: Option<Value>| near.extend(with(sample, pointer, value));
    add(content, Some(json!({})));
    let places = change.path.places(sample);
    for place in places.iter().take(MAX_PLACES) {
        add(place, None);
        for value in odd.iter().rev() {
            add(&format!("{place}/added_later"), Some(value.clone()));
        }
    }
    near.extend(found.iter().flat_map(|found| grafts(sample, found, change)));
    for place in places.iter().take(MAX_PLACES) {
        near.extend(odd.iter().filter_map(|value| with(sample, place, Some(value.clone()))));
    }
    near
}

/// `sample`, with what `found` has where something changed: as little as fits, then what is around it.
fn grafts(sample: &Value, found: &Value, change: &Change) -> Vec<Value> {
    let mut grafts = Vec::new();
    for place in change.path.places(found).iter().take(MAX_PLACES) {
        let mut pointer = place.as_str();
        while let Some((around, _)) = pointer.rsplit_once('/') {
            grafts.extend(with(sample, pointer, found.pointer(pointer).cloned()));
            pointer = around;
        }
    }
    grafts
}

/// A schema that demands what the keyword demands which `change` is about, where it has changed.
fn keyword_demand(document: &Value, change: &Change, audience: Audience) -> Option<Value> {
    let pointer = change.rejecting(audience).filter(|_| !change.rule.is_of_whole())?;
    let (parent, keyword) = pointer.rsplit_once('/')?;
    // Some keywords look at which fields are declared beside them.
    let declared = document.pointer(parent)?.get("properties").and_then(Value::as_object);
    let declared: Map<_, _> =
        declared.into_iter().flatten().map(|(name, _)| (name.clone(), true.into())).collect();
    let mut schema = json!({ "properties": declared });
    schema[unescape_token(keyword)] = document.pointer(pointer)?.clone();
    Some(with_definitions(change.path.demanding(schema), document))
}

/// Schemas that demand what was, or is, demanded of the field or branch which `change` is about as a whole.
fn whole_demands(document: &Value, change: &Change, audience: Audience) -> Vec<Value> {
    let pointer = change.rejecting(audience).filter(|_| change.rule.is_of_whole());
    let part = pointer.and_then(|pointer| document.pointer(pointer));
    let is_schema = |part: &&Value| part.is_object() || part.is_boolean();
    let value = part.filter(is_schema).map(|part| change.path.demanding(part.clone()));
    let presence = change.path.split_last().and_then(|(around, last)| match last {
        Step::Field(name) if change.rule.about == About::Field => {
            Some(around.demanding(json!({ "required": [name] })))
        }
        _ => None,
    });
    let demands = presence.into_iter().chain(value);
    demands.map(|demand| with_definitions(demand, document)).collect()
}

/// One of `deliveries` that does not meet `demand`, and perhaps nothing else is wrong with it.
fn violating(demand: &Value, deliveries: &Value, formats: Formats) -> Option<Value> {
    match engine::reads_all(demand, deliveries, formats) {
        EngineAnswer::Refuted(found) => Some(found),
        EngineAnswer::Proved(_) | EngineAnswer::Undecided(_) => None,
    }
}

/// `delivery` with `value` at `pointer`, or with nothing there.
fn with(delivery: &Value, pointer: &str, value: Option<Value>) -> Option<Value> {
    let (container, key) = pointer.rsplit_once('/')?;
    let mut delivery = delivery.clone();
    match (delivery.pointer_mut(container)?, value) {
        (Value::Object(object), Some(value)) => {
            object.insert(unescape_token(key), value);
        }
        (Value::Object(object), None) => {
            object.shift_remove(&unescape_token(key))?;
        }
        (Value::Array(items), value) => {
            let index: usize = key.parse().ok()?;
            match value {
                Some(value) if index < items.len() => items[index] = value,
                Some(value) if index == items.len() => items.push(value),
                None if index < items.len() => {
                    items.remove(index);
                }
                _ => return None,
            }
        }
        _ => return None,
    }
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
