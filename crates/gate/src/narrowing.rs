//! Narrowing a document to some of its deliveries.

use serde_json::{Map, Value, json};

use crate::pair::Pair;
use crate::view::{MAX_DEPTH, View};

/// `document`, narrowed to the deliveries that all of `narrowings` allow.
pub(crate) fn narrowed(document: &Value, mut narrowings: Vec<Value>) -> Value {
    let mut document = document.clone();
    // An empty `allOf` is not a valid schema.
    if let Some(object) = document.as_object_mut().filter(|_| !narrowings.is_empty()) {
        let all = object.entry("allOf").or_insert_with(|| json!([])).as_array_mut();
        if let Some(all) = all {
            all.append(&mut narrowings);
        }
    }
    document
}

/// Schemas that reject the fields which only the new document declares. An archived delivery may have one of that name, of
/// any kind, since names that are not declared are free; the new document is not held to those.
pub(crate) fn before_new_fields(views: Pair<View<'_>>, event_type: Option<&str>) -> Vec<Value> {
    let layout = views.new.layout;
    let member = layout.content_member();
    let of_all = format!("/properties{}", layout.content());
    let pointers = [Some(of_all), event_type.map(|name| layout.content_schema(name))];
    let contents = views.map(|view| {
        pointers.iter().flatten().filter_map(|pointer| view.part(pointer)).collect::<Vec<_>>()
    });
    // The contents are looked into one by one.
    let envelopes = views.map(|view| [view.document]);
    let envelopes = envelopes.as_ref().map(<[_; 1]>::as_slice);
    let envelope = new_fields(views, envelopes, 0, Some(member));
    let content = new_fields(views, contents.as_ref().map(Vec::as_slice), 1, None);
    let content = content.map(|content| json!({ "properties": { member: content } }));
    [envelope, content].into_iter().flatten().collect()
}

/// A schema that rejects the fields which only the new one of `schemas` declares, anywhere but in the field `except`.
fn new_fields<'a>(
    views: Pair<View<'a>>,
    schemas: Pair<&[&'a Value]>,
    depth: usize,
    except: Option<&str>,
) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    let both = views.zip(schemas);
    let Pair { released, new } = both.map(|(view, schemas)| view.in_place(schemas));
    let Pair { released: known, new: declared } =
        both.map(|(view, schemas)| view.declared(schemas));
    let is_required = |name: &str| {
        let required = released.iter().filter_map(|schema| schema.get("required")?.as_array());
        required.flatten().any(|required| required == name)
    };
    let mut properties = Map::new();
    for (name, new) in declared {
        let narrowing = match known.get(name) {
            Some(_) if except == Some(name) => None,
            Some(released) => {
                let schemas = Pair { released: released.as_slice(), new: new.as_slice() };
                new_fields(views, schemas, depth + 1, None)
            }
            None => (!is_required(name)).then_some(Value::Bool(false)),
        };
        properties.extend(narrowing.map(|narrowing| (name.to_owned(), narrowing)));
    }
    let items = Pair { released, new }
        .map(|schemas| schemas.iter().filter_map(|schema| schema.get("items")).collect::<Vec<_>>());
    let had_items = !items.released.is_empty();
    let items = items.as_ref().map(Vec::as_slice);
    let items = new_fields(views, items, depth + 1, None).filter(|_| had_items);
    let mut narrowing = Map::new();
    if !properties.is_empty() {
        narrowing.insert("properties".into(), properties.into());
    }
    narrowing.extend(items.map(|items| ("items".into(), items)));
    (!narrowing.is_empty()).then_some(narrowing.into())
}
