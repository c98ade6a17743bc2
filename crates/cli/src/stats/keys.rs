//! The keys of a delivery: those that the contract does not declare, since its sender added them before the schemas did, and the values
//! of a few that are counted.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

use clip_events::EventType;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::schema;

/// The key of the envelope that holds when an event fired, in milliseconds since 1970.
const CREATED: &str = "created";
/// The key of `data` that a failure has.
const ERROR: &str = "error";

/// The keys that the contract declares.
pub(super) struct Declared {
    deliveries: BTreeMap<EventType, Keys>,
    /// Of other event types: of their `data` nothing is known.
    unknown: Keys,
}

/// What was read on the way.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Noted {
    pub(super) created: u64,
    pub(super) has_error: bool,
}

/// The keys that the schemas of one event type declare, at each place that they speak of.
struct Keys(Vec<Place>);

/// What all schemas that may apply to a value declare.
#[derive(Default)]
struct Place {
    /// The places of the members that are declared.
    properties: HashMap<String, usize>,
    /// The place of any other member, if there may be one: the object is a map.
    values: Option<usize>,
    items: Option<usize>,
}

impl Place {
    /// Whether nothing is declared inside: values that may be anything have no keys that are not declared.
    fn is_open(&self) -> bool {
        self.properties.is_empty() && self.values.is_none() && self.items.is_none()
    }
}

impl Declared {
    pub(super) fn of_the_contract() -> Self {
        let keys = |event_type: &EventType| {
            (*event_type, Keys::of(&schema::delivery(event_type.as_str())))
        };
        Self {
            deliveries: EventType::ALL.iter().map(keys).collect(),
            unknown: Keys(vec![Place::default()]),
        }
    }

    /// Reads `delivery`, which is valid, and gives the JSON Pointer of each of its keys that is not declared to `found`.
    pub(super) fn read(
        &self,
        event_type: Option<EventType>,
        delivery: &[u8],
        mut found: impl FnMut(&str),
    ) -> Noted {
        let keys = event_type.and_then(|event_type| self.deliveries.get(&event_type));
        keys.unwrap_or(&self.unknown).read(delivery, &mut found)
    }
}

impl Keys {
    fn of(document: &Value) -> Self {
        let mut sets: Vec<Vec<&Value>> = vec![vec![document]];
        let mut places = Vec::new();
        while let Some(set) = sets.get(places.len()) {
            let mut all = Vec::new();
            for schema in set {
                collect(document, schema, &mut all);
            }
            let mut properties: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
            let (mut values, mut items) = (Vec::new(), Vec::new());
            for schema in all {
                for (key, property) in
                    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
                {
                    properties.entry(key).or_default().push(property);
                }
                values.extend(
                    schema.get("additionalProperties").filter(|values| !values.is_boolean()),
                );
                items.extend(schema.get("items"));
            }
            places.push(Place {
                properties: properties
                    .into_iter()
                    .map(|(key, set)| (key.to_owned(), number(&mut sets, set)))
                    .collect(),
                values: (!values.is_empty()).then(|| number(&mut sets, values)),
                items: (!items.is_empty()).then(|| number(&mut sets, items)),
            });
        }
        Self(places)
    }

    fn read(&self, json: &[u8], found: &mut impl FnMut(&str)) -> Noted {
        let (pointer, noted) = (String::new(), Noted::default());
        let mut scan = Scan { places: &self.0, pointer, noted, found };
        let mut json = serde_json::Deserializer::from_slice(json);
        // The parser has taken it: there is nothing to report.
        let _ = json.deserialize_any(At { scan: &mut scan, place: 0 });
        scan.noted
    }
}

/// The position of a set of schemas among those to look at, where each is once.
fn number<'s>(sets: &mut Vec<Vec<&'s Value>>, set: Vec<&'s Value>) -> usize {
    let is_it = |known: &Vec<&Value>| {
        known.len() == set.len()
            && known.iter().zip(&set).all(|(one, other)| std::ptr::eq(*one, *other))
    };
    sets.iter().position(is_it).unwrap_or_else(|| {
        sets.push(set);
        sets.len() - 1
    })
}

/// Adds `schema` and all that apply to the same value, perhaps under a condition.
fn collect<'s>(document: &'s Value, schema: &'s Value, all: &mut Vec<&'s Value>) {
    if all.iter().any(|known| std::ptr::eq(*known, schema)) {
        return;
    }
    all.push(schema);
    let reference = schema.get("$ref").and_then(Value::as_str);
    let target = reference.and_then(|reference| document.pointer(reference.strip_prefix('#')?));
    let lists = ["allOf", "anyOf", "oneOf"]
        .into_iter()
        .filter_map(|keyword| schema.get(keyword)?.as_array());
    let single = ["then", "else"].into_iter().filter_map(|keyword| schema.get(keyword));
    for inner in lists.flatten().chain(single).chain(target) {
        collect(document, inner, all);
    }
}

struct Scan<'p, F> {
    places: &'p [Place],
    pointer: String,
    noted: Noted,
    found: &'p mut F,
}

/// A value at a place.
struct At<'s, 'p, F> {
    scan: &'s mut Scan<'p, F>,
    place: usize,
}

impl<F: FnMut(&str)> At<'_, '_, F> {
    /// Passes over a member or item at `place`, below `token`.
    fn inner<E>(
        &mut self,
        place: usize,
        token: &str,
        pass: impl FnOnce(Inner<'_, '_, F>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.scan.places[place].is_open() {
            return pass(Inner::Open);
        }
        let end = self.scan.pointer.len();
        push(&mut self.scan.pointer, token);
        let result = pass(Inner::Declared(At { scan: self.scan, place }));
        self.scan.pointer.truncate(end);
        result
    }
}

fn push(pointer: &mut String, token: &str) {
    let token = shortened(token);
    pointer.push('/');
    // Hardly any key has these, and each delivery has keys.
    if token.contains(['~', '/']) {
        pointer.push_str(&token.replace('~', "~0").replace('/', "~1"));
    } else {
        pointer.push_str(&token);
    }
}

/// What is to be done with a value.
enum Inner<'s, 'p, F> {
    Open,
    Declared(At<'s, 'p, F>),
}

impl<'de, F: FnMut(&str)> DeserializeSeed<'de> for Inner<'_, '_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self {
            Inner::Open => deserializer.deserialize_ignored_any(IgnoredAny).map(drop),
            Inner::Declared(at) => deserializer.deserialize_any(at),
        }
    }
}

impl<'de, F: FnMut(&str)> Visitor<'de> for At<'_, '_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(Key(key)) = map.next_key()? {
            let place = &self.scan.places[self.place];
            if self.scan.pointer.is_empty() && key == CREATED {
                // An integer of up to 2^53, in any spelling.
                self.scan.noted.created = map.next_value::<f64>()? as u64;
                continue;
            }
            self.scan.noted.has_error |= key == ERROR && self.scan.pointer == "/data";
            if let Some(member) = place.properties.get(&*key) {
                self.inner(*member, &key, |inner| map.next_value_seed(inner))?;
            } else if let Some(values) = place.values {
                self.inner(values, "*", |inner| map.next_value_seed(inner))?;
            } else {
                if !place.properties.is_empty() {
                    let end = self.scan.pointer.len();
                    push(&mut self.scan.pointer, &key);
                    (self.scan.found)(&self.scan.pointer);
                    self.scan.pointer.truncate(end);
                }
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let Some(items) = self.scan.places[self.place].items else {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return Ok(());
        };
        let mut more = true;
        while more {
            self.inner(items, "*", |inner| {
                more = seq.next_element_seed(inner)?.is_some();
                Ok::<_, A::Error>(())
            })?;
        }
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// Characters of a name that a sender made up that are kept.
const MAX_NAME: usize = 100;

pub(super) fn shortened(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(MAX_NAME) {
        Some((end, _)) => format!("{}...", &name[..end]).into(),
        None => name.into(),
    }
}

/// A key, borrowed where it is written without escapes.
#[derive(Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Keys;

    /// The keys that are not declared in `value`, by these schemas.
    fn undeclared(schema: &serde_json::Value, value: &serde_json::Value) -> Vec<String> {
        let mut found = Vec::new();
        let keys = Keys::of(schema);
        keys.read(value.to_string().as_bytes(), &mut |pointer| {
            found.push(pointer.to_owned());
        });
        found
    }

    #[test]
    fn keys_are_looked_for_wherever_schemas_declare_some() {
        let schema = json!({
            "properties": {
                "list": { "items": { "$ref": "#/$defs/Node" } },
                "map": { "additionalProperties": { "$ref": "#/$defs/Node" } },
                "either": { "oneOf": [{ "$ref": "#/$defs/Node" }, { "properties": { "b": {} } }, { "type": "string" }] },
                "any": {}
            },
            "$defs": { "Node": {
                "allOf": [{ "properties": { "a": { "type": "integer" } } }],
                "if": { "properties": { "a": { "const": 1 } } },
                "then": { "properties": { "one": {} } },
                "properties": { "child": { "$ref": "#/$defs/Node" } }
            } }
        });
        let fine = json!({
            "list": [{ "a": 1, "one": { "x": 1 } }, 5, []],
            "map": { "k": { "child": { "child": { "a": 2 } } } },
            "either": { "a": 1, "b": 2 },
            "any": { "x": [{ "y": 1 }] }
        });
        assert_eq!(undeclared(&schema, &fine), [""; 0]);
        let extended = json!({
            "x/y": { "z": 1 },
            "list": [{ "a": 1 }, { "b": 1 }],
            "map": { "k": { "child": { "child": { "c": 2 } } } },
            "either": { "d": 1 }
        });
        let found = ["/x~1y", "/list/*/b", "/map/*/child/child/c", "/either/d"];
        let mut all = undeclared(&schema, &extended);
        all.sort_unstable();
        let mut expected = found.to_vec();
        expected.sort_unstable();
        assert_eq!(all, expected);
    }
}
