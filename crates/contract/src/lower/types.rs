//! The JSON types that a conjunction takes.

use std::collections::HashSet;

use schema_source::Location;
use serde_json::Value;

use super::conjunction::Conjunction;
use super::context::{Context, Part};

/// A set of JSON types. Numbers that are no integers count as a type of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Types(u8);

impl Types {
    pub(super) const NULL: Self = Self(1);
    pub(super) const BOOLEAN: Self = Self(2);
    pub(super) const INTEGER: Self = Self(4);
    pub(super) const NUMBER: Self = Self(4 | 8);
    pub(super) const STRING: Self = Self(16);
    pub(super) const ARRAY: Self = Self(32);
    pub(super) const OBJECT: Self = Self(64);
    pub(super) const ALL: Self = Self(127);

    pub(super) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    pub(super) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(super) fn has(self, other: Self) -> bool {
        !self.and(other).is_empty()
    }

    fn named(name: &str) -> Self {
        match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => Self(0),
        }
    }

    pub(super) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) if super::bounds::integral(number).is_some() => Self::INTEGER,
            Value::Number(_) => Self(8),
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    /// What values of these types are called in the name of one.
    pub(super) fn suffix(self) -> &'static str {
        let kind = self.without(Self::NULL);
        match kind {
            Self::BOOLEAN => "Boolean",
            Self::INTEGER => "Integer",
            Self::STRING => "String",
            Self::ARRAY => "Array",
            Self::OBJECT => "Object",
            _ if kind.without(Self::NUMBER).is_empty() => "Number",
            _ => "Value",
        }
    }

    /// Those that `part` takes by itself, and the keyword that says so.
    fn of_part(part: &Part<'_>) -> Option<(Self, &'static str)> {
        match part.get("type") {
            Some(Value::String(name)) => return Some((Self::named(name), "type")),
            Some(Value::Array(names)) => {
                let names = names.iter().filter_map(Value::as_str);
                return Some((names.fold(Self(0), |all, name| all.or(Self::named(name))), "type"));
            }
            _ => {}
        }
        if let Some(value) = part.get("const") {
            return Some((Self::of(value), "const"));
        }
        let values = part.get("enum")?.as_array()?;
        Some((values.iter().fold(Self(0), |all, value| all.or(Self::of(value))), "enum"))
    }
}

/// The types that all parts take; reports where there is none.
pub(super) fn types<'a>(context: &mut Context<'a>, all: &Conjunction<'a>) -> Option<Types> {
    let mut types = Types::ALL;
    let mut constrained: Option<&Part<'_>> = None;
    for part in &all.parts {
        let Some((own, keyword)) = Types::of_part(part) else { continue };
        let both = types.and(own);
        if own.is_empty() {
            context.report(&part.key(keyword), "a set without a member", "add one");
            return None;
        }
        if both.is_empty() {
            let other = constrained.map(Part::place).unwrap_or_default();
            let message =
                format!("no value is of the types that are asked for here and in {other}");
            context.report(&part.key(keyword), message, "make the two agree");
            return None;
        }
        types = both;
        constrained = Some(part);
    }
    Some(types)
}

/// Whether `null` is among the values that `all` takes.
pub(super) fn takes_null<'a>(context: &mut Context<'a>, all: &Conjunction<'a>) -> bool {
    takes_null_within(context, all, &mut HashSet::new())
}

/// The same within the unions in `open`: what is in one of them again adds nothing to it.
fn takes_null_within<'a>(
    context: &mut Context<'a>,
    all: &Conjunction<'a>,
    open: &mut HashSet<Location>,
) -> bool {
    let parts = all.parts.clone();
    parts.iter().all(|part| {
        let by_type = Types::of_part(part).is_none_or(|(types, _)| types.has(Types::NULL));
        let by_enum = part.get("enum").and_then(Value::as_array);
        let by_union = ["anyOf", "oneOf"].into_iter().all(|keyword| {
            let place = part.key(keyword).location();
            if all.chosen.contains(&part.location()) || part.get(keyword).is_none() {
                return true;
            }
            if !open.insert(place.clone()) {
                return false;
            }
            let takes = part.elements(keyword).any(|branch| {
                // A mistake in it is reported where it is lowered.
                let mistakes = context.mistakes();
                let branch = Conjunction::default().and(context, &[branch]);
                context.forget(mistakes);
                branch.is_some_and(|branch| takes_null_within(context, &branch, open))
            });
            open.remove(&place);
            takes
        });
        by_type && by_union && by_enum.is_none_or(|values| values.contains(&Value::Null))
    })
}
