//! `x-after`: the event types that come right before one in the life of a job.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::context::{Context, Part};
use crate::model::EventShape;

/// The event types that the shape in `file` comes after.
pub(super) fn after(context: &mut Context<'_>, file: &Part<'_>) -> Vec<String> {
    const KEYWORD: &str = "x-after";
    let help = "write a list of event types: [\"video.uploaded\"]";
    let Some(Json::Array(_)) = file.get(KEYWORD) else {
        if file.get(KEYWORD).is_some() {
            context.report(&file.key(KEYWORD), "not a list", help);
        }
        return Vec::new();
    };
    let mut before = Vec::new();
    for part in file.elements(KEYWORD) {
        let is_known = |name: &str| context.sources.data.iter().any(|data| data.stem() == name);
        match part.value() {
            Some(Json::String(name)) if before.contains(name) => {
                context.report(&part, format!("`{name}` is there twice"), "remove one");
            }
            Some(Json::String(name)) if is_known(name) => before.push(name.clone()),
            Some(name) => {
                context.report(&part, format!("{name} is not an event type"), help);
            }
            None => {}
        }
    }
    before
}

/// Reports each event type that would come after itself.
pub(super) fn check_circles(context: &mut Context<'_>, events: &[EventShape]) {
    let after: BTreeMap<&str, &[String]> =
        events.iter().map(|event| (&*event.event_type, &*event.after)).collect();
    for data in &context.sources.data {
        let mut before = BTreeSet::new();
        let mut next = vec![data.stem()];
        while let Some(event_type) = next.pop() {
            let new = after[event_type].iter().filter(|name| before.insert(name.as_str()));
            next.extend(new.map(String::as_str));
        }
        if before.contains(data.stem()) {
            let message = format!("`{}` comes after itself", data.stem());
            let help = "name what comes before it in each life of a job";
            context.report(&Part::root(data).key("x-after"), message, help);
        }
    }
}
