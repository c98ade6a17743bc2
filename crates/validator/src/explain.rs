//! The explaining path: holds a delivery against the bundle, value by value.
//!
//! A schema refers to others by `$ref`, `allOf`, `anyOf`, `oneOf` and `if`: all that apply to a value are collected first, then
//! each of their keywords is judged, and then the members and items, by all that these schemas say of them.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value;

use crate::document::{self, Instance, Malformed, Member, string};
use crate::explanation::{Explanation, Located, in_order};
use crate::mode::Mode;
use crate::number::Decimal;
use crate::place::{Place, Step};
use crate::rule::ViolationKind;
use crate::schemas::{Schema, branches, bundle, case, is_match, is_same, referent};
use crate::verdict::Verdict;
use crate::words::{list, quote};

pub(crate) fn explain(mode: Mode, bytes: &[u8]) -> Verdict {
    let text = match document::read(bytes) {
        Ok(text) => text,
        Err(Malformed { offset, rule, message }) => {
            let (instance, schema) = (String::new(), String::new());
            let violation = Located { offset, instance, schema, rule, message };
            return Verdict { event_type: None, violations: in_order(bytes, vec![violation], 0) };
        }
    };
    let delivery = Place::delivery(text.trim());
    let event_type = delivery.instance.get("type").and_then(string);
    let mut explanation = Explanation::new(mode, text, event_type.clone());
    explanation.value(&delivery, &[bundle()]);
    let event_type = event_type.map(Cow::into_owned).map(Cow::Owned);
    Verdict { event_type, violations: explanation.finish(bytes) }
}

impl<'a> Explanation<'a> {
    /// Judges the value at `place` by all of `schemas`.
    pub(crate) fn value(&mut self, place: &Place<'_, 'a>, schemas: &[Schema]) {
        let mut applied = Vec::new();
        for schema in schemas {
            self.apply(place, schema, &mut applied);
        }
        let is_of_type = applied.iter().all(|schema| self.has_type(place, schema));
        for schema in &applied {
            for (keyword, operand) in *schema {
                let is_set = matches!(keyword.as_str(), "const" | "enum");
                if is_of_type || !is_set {
                    self.keyword(place, schema, keyword, operand);
                }
            }
        }
        self.members(place, &applied);
        let items: Vec<_> =
            applied.iter().filter_map(|schema| schema.get("items")?.as_object()).collect();
        for (index, raw) in place.instance.items.iter().enumerate().filter(|_| !items.is_empty()) {
            let step = Step::Item(index);
            let instance = Instance::new(raw);
            self.value(&Place { parent: Some(place), step, instance, is_optional: false }, &items);
        }
    }

    /// Adds `schema` to `applied`, and all that it says to apply to the value as well.
    fn apply(&mut self, place: &Place<'_, 'a>, schema: Schema, applied: &mut Vec<Schema>) {
        if applied.iter().any(|known| is_same(known, schema)) {
            return;
        }
        applied.push(schema);
        if let Some(referent) = referent(schema) {
            self.apply(place, referent, applied);
        }
        let mut cases = Vec::new();
        for branch in branches(schema, "allOf") {
            let Some((field, values)) = case(branch) else {
                self.apply(place, branch, applied);
                continue;
            };
            let value = place.instance.get(field);
            if value.is_some_and(|raw| values.iter().any(|value| is_equal(raw, value))) {
                if let Some(Value::Object(then)) = branch.get("then") {
                    self.apply(place, then, applied);
                }
            }
            cases.push((field, values));
        }
        self.case(place, schema, &cases);
        for keyword in ["anyOf", "oneOf"] {
            if schema.contains_key(keyword) {
                for branch in self.alternatives(place, schema, keyword) {
                    self.apply(place, branch, applied);
                }
            }
        }
    }

    /// Reports a tag that no branch of an open union has.
    fn case(
        &mut self,
        place: &Place<'_, 'a>,
        schema: Schema,
        cases: &[(&'static str, &'static [Value])],
    ) {
        let Some((field, _)) = cases.first().filter(|_| self.is_for_producers()) else {
            return;
        };
        let member = place.instance.members.iter().find(|member| member.key == *field);
        let Some(member) = member.filter(|member| member.raw.starts_with('"')) else { return };
        let mut values = cases.iter().flat_map(|(_, values)| *values);
        if values.any(|value| is_equal(member.raw, value)) {
            return;
        }
        let (rule, message) = if place.parent.is_none() {
            (ViolationKind::UnknownType, {
                format!(
                    "`type` is {}, which is not an event type of this contract: readers do not know its `data`. \
                     Add its shape to the schemas, or correct the name.",
                    quote(&string(member.raw).unwrap_or_default())
                )
            })
        } else {
            (ViolationKind::UnknownValue, {
                let known = list(cases.iter().flat_map(|(_, values)| *values));
                format!(
                    "`{field}` is {}, which no alternative has: {known}. Add one to the schema, or correct it.",
                    quote(&string(member.raw).unwrap_or_default())
                )
            })
        };
        self.report_member(place, member, (schema, "allOf"), rule, message);
    }

    /// Those of the alternatives that explain the value: what it meets, or the only one of its JSON type.
    fn alternatives(
        &mut self,
        place: &Place<'_, 'a>,
        schema: Schema,
        keyword: &'static str,
    ) -> Vec<Schema> {
        let all: Vec<_> = branches(schema, keyword).collect();
        let of_type: Vec<_> =
            all.iter().copied().filter(|branch| takes_type(branch, place.instance.raw)).collect();
        match of_type[..] {
            [] => {
                let mut types: Vec<_> = all.iter().flat_map(|branch| json_types(branch)).collect();
                let mut seen = HashSet::new();
                types.retain(|name| seen.insert(*name));
                self.mistyped(place, schema, keyword, &types);
                return Vec::new();
            }
            [_] => return of_type,
            _ => {}
        }
        let trials: Vec<_> = of_type.iter().map(|branch| self.trial(place, branch)).collect();
        let met: Vec<_> = std::iter::zip(of_type, &trials)
            .filter_map(|(branch, closest)| closest.is_none().then_some(branch))
            .collect();
        if met.is_empty() || keyword == "oneOf" && met.len() > 1 {
            let subject = place.subject();
            let count = all.len();
            let message = if met.is_empty() {
                let closest = trials.into_iter().flatten().min_by_key(|(count, _)| *count);
                let (_, first) = closest.unwrap_or_default();
                format!(
                    "{subject}, which meets none of {count} alternatives. Of the closest: {first}"
                )
            } else {
                format!(
                    "{subject}, which meets {} of {count} alternatives, expected exactly one.",
                    met.len()
                )
            };
            self.report(place, (schema, keyword), ViolationKind::Schema, message);
            return Vec::new();
        }
        met
    }

    /// How many violations the value has against `schema`, and the message of the first, if it has any.
    fn trial(&mut self, place: &Place<'_, 'a>, schema: Schema) -> Option<(usize, String)> {
        let mut trial = self.apart();
        trial.value(place, &[schema]);
        let count = trial.count();
        let first = trial.violations.into_iter().next()?;
        Some((count, first.message))
    }

    /// Whether the value has the `type` of `schema`, which is reported otherwise.
    fn has_type(&mut self, place: &Place<'_, 'a>, schema: Schema) -> bool {
        let types = types(schema);
        let fits =
            types.is_empty() || types.iter().any(|name| is_of_type(place.instance.raw, name));
        if !fits {
            self.mistyped(place, schema, "type", &types);
        }
        fits
    }

    fn mistyped(
        &mut self,
        place: &Place<'_, 'a>,
        schema: Schema,
        keyword: &'static str,
        types: &[&str],
    ) {
        let types = types.iter().map(|name| match *name {
            "integer" | "object" | "array" => format!("an {name}"),
            "null" => "null".to_owned(),
            _ => format!("a {name}"),
        });
        let expected = types.collect::<Vec<_>>().join(" or ");
        let is = place.subject();
        let message = if place.instance.raw == "null" && place.is_optional {
            format!("{is}, expected {expected}: leave the field out if it has no value.")
        } else {
            format!("{is}, expected {expected}.")
        };
        self.report(place, (schema, keyword), ViolationKind::Type, message);
    }

    /// Judges the value by one keyword, other than those that lead to further schemas.
    fn keyword(
        &mut self,
        place: &Place<'_, 'a>,
        schema: Schema,
        keyword: &'static str,
        operand: &'static Value,
    ) {
        let instance = &place.instance;
        let raw = instance.raw;
        let is_number = matches!(raw.as_bytes(), [b'-' | b'0'..=b'9', ..]);
        let against = |holds: fn(&Decimal, &Decimal) -> bool| {
            let operand = Decimal::parse(&operand.to_string());
            !is_number || holds(&Decimal::parse(raw), &operand)
        };
        let text = string(raw);
        let count = |is_of_type: bool, count: usize, holds: fn(&u64, &u64) -> bool| {
            let limit = operand.as_f64().unwrap_or_default();
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
            let limit = limit as u64;
            !is_of_type || holds(&(count as u64), &limit)
        };
        let length = |holds| {
            count(text.is_some(), text.as_deref().map_or(0, |text| text.chars().count()), holds)
        };
        let items = |holds| count(raw.starts_with('['), instance.items.len(), holds);
        let meets = |holds: fn(&str, &str) -> bool| {
            text.as_deref().is_none_or(|text| holds(operand.as_str().unwrap_or_default(), text))
        };
        let (holds, rule, expected) = match keyword {
            "minimum" => (against(Decimal::ge), ViolationKind::Minimum, "at least {}"),
            "maximum" => (against(Decimal::le), ViolationKind::Maximum, "at most {}"),
            "exclusiveMinimum" => {
                (against(Decimal::gt), ViolationKind::ExclusiveMinimum, "more than {}")
            }
            "exclusiveMaximum" => {
                (against(Decimal::lt), ViolationKind::ExclusiveMaximum, "less than {}")
            }
            "multipleOf" => {
                (against(Decimal::is_multiple_of), ViolationKind::MultipleOf, "a multiple of {}")
            }
            "minLength" => (length(u64::ge), ViolationKind::MinLength, "at least {} characters"),
            "maxLength" => (length(u64::le), ViolationKind::MaxLength, "at most {} characters"),
            "pattern" => (meets(is_match), ViolationKind::Pattern, "a match of {}"),
            "minItems" => (items(u64::ge), ViolationKind::MinItems, "at least {} items"),
            "maxItems" => (items(u64::le), ViolationKind::MaxItems, "at most {} items"),
            "const" => (is_equal(raw, operand), ViolationKind::Const, "{}"),
            "enum" => {
                let mut values = operand.as_array().into_iter().flatten();
                (values.any(|value| is_equal(raw, value)), ViolationKind::Enum, "one of {}")
            }
            #[cfg(feature = "producer")]
            "format" if self.is_for_producers() => {
                (meets(crate::format::has_format), ViolationKind::Format, "the format {}")
            }
            "x-known-values" => return self.known_values(place, schema, operand),
            "required" => return self.required(place, schema, operand),
            _ => return,
        };
        if holds {
            return;
        }
        let operand = match operand {
            Value::Array(values) => list(values),
            Value::String(text) if matches!(keyword, "pattern" | "format") => format!("`{text}`"),
            operand => operand.to_string(),
        };
        let expected = expected.replace("{}", &operand);
        let message = format!("{}, expected {expected}.", place.subject());
        self.report(place, (schema, keyword), rule, message);
    }

    /// Reports a value of an open set that is not one of the known values.
    fn known_values(&mut self, place: &Place<'_, 'a>, schema: Schema, values: &'static Value) {
        let values = values.as_array().into_iter().flatten();
        let is_new = place.instance.raw.starts_with('"')
            && !values.clone().any(|value| is_equal(place.instance.raw, value));
        if is_new && self.is_for_producers() {
            let known: Vec<_> = values.filter_map(Value::as_str).collect();
            let message = format!(
                "{}, which is not one of the known values: {}. Add it to the schema, or correct it.",
                place.subject(),
                known.join(", ")
            );
            self.report(place, (schema, "x-known-values"), ViolationKind::UnknownValue, message);
        }
    }

    fn required(&mut self, place: &Place<'_, 'a>, schema: Schema, keys: &'static Value) {
        if !place.instance.raw.starts_with('{') {
            return;
        }
        let keys = keys.as_array().into_iter().flatten().filter_map(Value::as_str);
        for key in keys.filter(|key| place.instance.get(key).is_none()) {
            let members = &place.instance.members;
            let twin = members.iter().find(|member| is_twin(&member.key, key));
            let hint = twin.map_or_else(String::new, |twin| {
                format!(" Should {} be `{key}`?", quote(&twin.key))
            });
            let message = format!("`{key}` is missing from {}.{hint}", self.object(place));
            self.report(place, (schema, "required"), ViolationKind::Required, message);
        }
    }

    /// Judges the members of an object, each by what `applied`, the schemas of the object, say of it.
    fn members(&mut self, place: &Place<'_, 'a>, applied: &[Schema]) {
        let mut seen: HashSet<&str> = HashSet::new();
        for member in &place.instance.members {
            let key: &str = &member.key;
            let declaring = applied.iter().find(|schema| property(schema, key).is_some());
            let is_first = seen.insert(key);
            if let (Some(schema), false) = (declaring, is_first) {
                let message = format!(
                    "`{key}` appears more than once in {}: JSON readers disagree on which one counts. Keep one.",
                    self.object(place)
                );
                self.report_property(place, member, schema, ViolationKind::DuplicateKey, message);
                continue;
            }
            let values = applied.iter().filter_map(|schema| {
                property(schema, key).or_else(|| schema.get("additionalProperties"))
            });
            let values: Vec<_> = values.collect();
            if values.is_empty() {
                if is_first {
                    self.undeclared(place, member, applied);
                }
                continue;
            }
            let is_required = |schema: &&Schema| {
                let keys = schema.get("required").and_then(Value::as_array);
                keys.is_some_and(|keys| keys.iter().any(|required| required == key))
            };
            let values: Vec<_> = values.into_iter().filter_map(Value::as_object).collect();
            let member = Place {
                parent: Some(place),
                step: Step::Key(key),
                instance: Instance::new(member.raw),
                is_optional: declaring.is_some()
                    && !applied.iter().any(|schema| is_required(&schema)),
            };
            self.value(&member, &values);
        }
    }

    /// Reports a member that none of the schemas declares, if they declare members at all.
    fn undeclared(&mut self, place: &Place<'_, 'a>, member: &Member<'a>, applied: &[Schema]) {
        let declaring = applied.iter().find(|schema| schema.contains_key("properties"));
        let Some(schema) = declaring.filter(|_| self.is_for_producers()) else { return };
        let message = format!(
            "{} is not declared in {}: readers ignore it. Declare it in the schema, or remove it.",
            quote(&member.key),
            self.object(place)
        );
        let rule = ViolationKind::UndeclaredField;
        self.report_member(place, member, (schema, "properties"), rule, message);
    }
}

/// What `schema` says of the member `key`.
pub(crate) fn property(schema: Schema, key: &str) -> Option<&'static Value> {
    schema.get("properties")?.get(key)
}

/// The names under `type`.
fn types(schema: Schema) -> Vec<&'static str> {
    match schema.get("type") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        name => name.and_then(Value::as_str).into_iter().collect(),
    }
}

fn is_of_type(raw: &str, name: &str) -> bool {
    name == json_type(raw)
        || name == "integer" && json_type(raw) == "number" && Decimal::parse(raw).is_integer()
}

/// The JSON type of a value.
fn json_type(raw: &str) -> &'static str {
    match raw.as_bytes().first() {
        Some(b'{') => "object",
        Some(b'[') => "array",
        Some(b'"') => "string",
        Some(b't' | b'f') => "boolean",
        Some(b'n') => "null",
        _ => "number",
    }
}

/// Whether `schema` takes some value of the JSON type of `raw`.
fn takes_type(schema: Schema, raw: &str) -> bool {
    let name = json_type(raw);
    json_types(schema).iter().any(|taken| *taken == name || *taken == "integer" && name == "number")
}

/// The types of which `schema` may take values.
fn json_types(schema: Schema) -> Vec<&'static str> {
    const ALL: [&str; 6] = ["null", "boolean", "number", "string", "array", "object"];
    let mut taken = match types(schema) {
        none if none.is_empty() => ALL.to_vec(),
        named => named,
    };
    let mut meet = |other: Vec<&'static str>| {
        let has =
            |name: &str| other.contains(&name) || name == "integer" && other.contains(&"number");
        let narrowed = taken.iter().filter_map(|name| match *name {
            "number" if !other.contains(&"number") && other.contains(&"integer") => Some("integer"),
            name => has(name).then_some(name),
        });
        taken = narrowed.collect();
    };
    let named = |value: &Value| match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if let Some(value) = schema.get("const") {
        meet(vec![named(value)]);
    }
    if let Some(Value::Array(values)) = schema.get("enum") {
        meet(values.iter().map(named).collect());
    }
    if let Some(referent) = referent(schema) {
        meet(json_types(referent));
    }
    for branch in branches(schema, "allOf").filter(|branch| case(branch).is_none()) {
        meet(json_types(branch));
    }
    for keyword in ["anyOf", "oneOf"] {
        if schema.contains_key(keyword) {
            meet(branches(schema, keyword).flat_map(json_types).collect());
        }
    }
    taken
}

/// Whether the value `raw` is `value`, a member of a closed set.
fn is_equal(raw: &str, value: &Value) -> bool {
    match value {
        Value::String(text) => string(raw).is_some_and(|found| found == Cow::Borrowed(text)),
        Value::Number(number) => {
            json_type(raw) == "number" && Decimal::parse(raw) == Decimal::parse(&number.to_string())
        }
        Value::Null => raw == "null",
        Value::Bool(true) => raw == "true",
        Value::Bool(false) => raw == "false",
        Value::Array(_) | Value::Object(_) => false,
    }
}

/// Whether `key` is another spelling of `declared`: `teamId` of `team_id`.
fn is_twin(key: &str, declared: &str) -> bool {
    fn letters(text: &str) -> impl Iterator<Item = char> {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
    }
    letters(key).eq(letters(declared))
}
