//! The search for a delivery that shows what a change breaks.

use schema_source::unescape_token;
use serde_json::{Map, Value, json};

use crate::change::Change;
use crate::definitions::with_definitions;
use crate::direction::Direction;
use crate::engine::{Engine, EngineAnswer, Reading};
use crate::finding::{BreakingDelivery, Claim};
use crate::layout::Layout;
use crate::party::{Objection, Parties, Party, objections};
use crate::path::Step;
use crate::rules::{About, Audience};
use crate::trial::{Court, Trial};
use crate::validator::Validator;
use crate::view::View;
use crate::words::anything;

/// Places of one change in one delivery that are tried.
const MAX_PLACES: usize = 3;

/// A delivery that shows what `change` breaks for `audience`, and the trial that it belongs to. One that shows nothing
/// else, if there is one.
pub(crate) fn breaking_delivery<'t>(
    court: &mut Court<'_, '_, '_>,
    change: &Change,
    audience: Audience,
    trials: &'t [Trial],
) -> Option<(&'t Trial, BreakingDelivery)> {
    let is_concerned = |trial: &&Trial| {
        trial.claim.audience == audience
            && (change.event_type.is_none() || change.event_type == trial.claim.event_type)
            && !matches!(trial.inclusion, EngineAnswer::Proved(_))
    };
    let mut second_best = None;
    for trial in trials.iter().filter(is_concerned) {
        match shown(court, change, trial) {
            Some(Shown { delivery, alone: true }) => return Some((trial, delivery)),
            Some(Shown { delivery, alone: false }) => {
                second_best.get_or_insert((trial, delivery));
            }
            None => {}
        }
    }
    second_best
}

/// A delivery that shows a change, and whether it shows nothing else.
struct Shown {
    delivery: BreakingDelivery,
    alone: bool,
}

/// A delivery that a trial is about and that shows `change`.
fn shown(court: &mut Court<'_, '_, '_>, change: &Change, trial: &Trial) -> Option<Shown> {
    let Claim { audience, event_type, .. } = &trial.claim;
    let parties = court.parties;
    let (sender, reader) = (parties.sender(*audience), parties.reader(*audience));
    // An example is better to read than what the engine made.
    let examples: Vec<_> = [sender, reader]
        .into_iter()
        .filter_map(|party| example(party.view, event_type.as_deref()))
        .collect();
    let demand = keyword_demand(reader.view.document, change, *audience);
    let found = demand.and_then(|demand| court.violating(demand, trial));
    let found: Vec<_> = found.into_iter().chain(court.example(trial).cloned()).collect();
    let content = parties.new.view.layout.content_path().pointer();
    let samples = examples.iter().chain(&found);
    let near = samples.flat_map(|sample| near(sample, change, &content, &found));
    let mut best = best_of(court, change, trial, near);
    for demand in whole_demands(reader.view.document, change, *audience) {
        if best.as_ref().is_some_and(|shown| shown.alone) {
            break;
        }
        let Some(found) = court.violating(demand, trial) else { continue };
        let readable = examples.iter().flat_map(|sample| grafts(sample, &found, change));
        let far = readable.chain([found.clone()]);
        match best_of(court, change, trial, far) {
            Some(shown) if shown.alone || best.is_none() => best = Some(shown),
            _ => {}
        }
    }
    best
}

/// The first of `deliveries` that shows `change` and nothing else, or else the first that shows it.
fn best_of(
    court: &mut Court<'_, '_, '_>,
    change: &Change,
    trial: &Trial,
    deliveries: impl Iterator<Item = Value>,
) -> Option<Shown> {
    let audience = trial.claim.audience;
    let reader = court.parties.reader(audience);
    let mut best = None;
    for delivery in deliveries {
        if !court.is_about(trial, &delivery) {
            continue;
        }
        let objections = reader.objections(&delivery);
        let is_its = |objection: &Objection| change.is_met_by(objection, audience, &delivery);
        let Some(its) = objections.iter().find(|objection| is_its(objection)) else { continue };
        let demands = || demands(reader.view.document, change, audience);
        if !court.is_undisputed(trial, &delivery, demands) {
            continue;
        }
        let rejected = its.message.clone();
        let alone = objections.iter().all(is_its);
        let shown = Shown { delivery: BreakingDelivery { delivery, rejected }, alone };
        if alone {
            return Some(shown);
        }
        best.get_or_insert(shown);
    }
    best
}

/// For each of `changes` of annotations, which trials only describe, a delivery that shows it to readers who assert them.
pub(crate) fn where_asserted(
    parties: &Parties<'_>,
    changes: &[&Change],
    direction: Direction,
) -> Vec<Option<BreakingDelivery>> {
    let audience = match direction {
        Direction::Produce | Direction::Both => Audience::Readers,
        Direction::Consume => Audience::Archives,
    };
    let (sender, reader) = (parties.sender(audience), parties.reader(audience));
    let asserts =
        |party: &Party<'_>| Validator::new(party.view.document, party.reading.asserted()).ok();
    // Where validators differ, nothing counts but what the engine has found.
    let is_disputed = sender.is_disputed() || reader.is_disputed();
    let (Some(sends), Some(reads)) = (asserts(sender), asserts(reader)) else {
        return changes.iter().map(|_| None).collect();
    };
    let layout = sender.view.layout;
    let first = reader.view.event_types().first().copied();
    let asked = Engine::ask(parties.readings().map(Reading::asserted), |engine| {
        let document = engine.read_by(sender.reading.draft, sender.view.document.clone());
        let mut shown = |change: &Change| {
            let event_type = change.event_type.as_deref().or(first);
            let demand = keyword_demand(reader.view.document, change, audience)?;
            let demand = engine.read_by(reader.reading.draft, demand);
            let of_type = event_type.map_or(anything(), |event_type| layout.is_of_type(event_type));
            let of_type = engine.read(of_type);
            let EngineAnswer::Refuted(found) = engine.reads_all(&demand, &[&document, &of_type])
            else {
                return None;
            };
            let readable = example(sender.view, event_type).filter(|_| !is_disputed);
            let readable = readable.into_iter().flat_map(|sample| grafts(&sample, &found, change));
            readable.chain([found.clone()]).find_map(|delivery| {
                let its = objections(&reads, reader.view.document, &delivery)
                    .into_iter()
                    .find(|objection| change.is_met_by(objection, audience, &delivery))?;
                let rejected = format!("{}, where formats are asserted", its.message);
                (sends.accepts(&delivery)
                    && sends.can_judge(&delivery)
                    && reads.can_judge(&delivery))
                .then_some(BreakingDelivery { delivery, rejected })
            })
        };
        changes
            .iter()
            .map(|change| change.all().take(MAX_PLACES).find_map(&mut shown))
            .collect::<Vec<_>>()
    });
    asked.unwrap_or_else(|_| changes.iter().map(|_| None).collect())
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

/// What the reader's document demands where `change` is.
pub(crate) fn demands(document: &Value, change: &Change, audience: Audience) -> Vec<Value> {
    let of_keyword = keyword_demand(document, change, audience);
    of_keyword.into_iter().chain(whole_demands(document, change, audience)).collect()
}

/// A schema that demands what the keyword demands which `change` is about, where it has changed.
fn keyword_demand(document: &Value, change: &Change, audience: Audience) -> Option<Value> {
    let pointer = change.rejecting(audience).filter(|_| !change.rule.is_of_whole())?;
    let (parent, keyword) = pointer.rsplit_once('/')?;
    // Some keywords look at which fields are declared beside them.
    let declared = document.pointer(parent)?.get("properties").and_then(Value::as_object);
    let declared: Map<_, _> =
        declared.into_iter().flatten().map(|(name, _)| (name.clone(), anything())).collect();
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
    // What no value fits is not there.
    let is_forbidden = part == Some(&Value::Bool(false));
    let demands = presence.filter(|_| !is_forbidden).into_iter().chain(value);
    demands.map(|demand| with_definitions(demand, document)).collect()
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
    let schema = match (layout, event_type) {
        (Layout::Whole, _) => Some(view.document),
        (Layout::Tagged { .. }, Some(event_type)) => view.part(&layout.content_schema(event_type)),
        (Layout::Tagged { .. }, None) => None,
    };
    let mut content = schema.and_then(example).unwrap_or_else(|| json!({}));
    // The example of a schema may be older than the schema.
    let required = schema.and_then(|schema| schema.get("required")?.as_array());
    for key in required.into_iter().flatten().filter_map(Value::as_str) {
        let field = schema.and_then(|schema| schema.get("properties")?.get(key));
        if let (Some(content), Some(value)) = (content.as_object_mut(), field.and_then(example)) {
            content.entry(key).or_insert(value);
        }
    }
    let Layout::Tagged { tag, content: member } = layout else { return Some(content) };
    let mut delivery = Map::new();
    for (key, schema) in view.document.get("properties")?.as_object()? {
        let value = if key == tag {
            Some(event_type.unwrap_or("unknown").into())
        } else if key == member {
            Some(content.clone())
        } else {
            example(schema)
        };
        delivery.extend(value.map(|value| (key.clone(), value)));
    }
    Some(delivery.into())
}
