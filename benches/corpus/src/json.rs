//! JSON that keeps the order of its members, as `serde_json::Value` does not.

use std::fmt::Write as _;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::{Value, json};

/// A value to be written.
#[derive(Debug, Clone)]
pub(crate) enum Json {
    /// A value without members.
    Leaf(Value),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl From<Value> for Json {
    fn from(value: Value) -> Self {
        match value {
            Value::Array(items) => Self::Array(items.into_iter().map(Self::from).collect()),
            Value::Object(members) => {
                Self::Object(members.into_iter().map(|(key, value)| (key, value.into())).collect())
            }
            leaf => Self::Leaf(leaf),
        }
    }
}

/// Where whitespace stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    /// Nowhere.
    Compact,
    /// A space after each colon and each comma.
    Spaced,
    /// Each member is on a line of its own, indented to this level.
    Pretty(usize),
}

impl Json {
    pub(crate) fn write(&self, text: &mut String, layout: Layout) {
        match self {
            Self::Leaf(value) => {
                let _ = write!(text, "{value}");
            }
            Self::Array(items) => {
                let items = items.iter().map(|item| (None, item));
                write_all(text, ['[', ']'], items, layout);
            }
            Self::Object(members) => {
                let members = members.iter().map(|(key, value)| (Some(key.as_str()), value));
                write_all(text, ['{', '}'], members, layout);
            }
        }
    }

    /// Changes each value in it, the outer ones first.
    pub(crate) fn for_each(&mut self, change: &mut impl FnMut(&mut Json)) {
        change(self);
        match self {
            Self::Leaf(_) => {}
            Self::Array(items) => items.iter_mut().for_each(|item| item.for_each(change)),
            Self::Object(members) => {
                members.iter_mut().for_each(|(_, value)| value.for_each(change));
            }
        }
    }
}

fn write_all<'a>(
    text: &mut String,
    [open, close]: [char; 2],
    parts: impl ExactSizeIterator<Item = (Option<&'a str>, &'a Json)>,
    layout: Layout,
) {
    let is_empty = parts.len() == 0;
    let line = |text: &mut String, level: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", level));
    };
    let inner = match layout {
        Layout::Pretty(level) => Layout::Pretty(level + 1),
        flat => flat,
    };
    text.push(open);
    for (number, (key, value)) in parts.enumerate() {
        if number > 0 {
            text.push(',');
        }
        match layout {
            Layout::Pretty(level) => line(text, level),
            Layout::Spaced if number > 0 => text.push(' '),
            Layout::Spaced | Layout::Compact => {}
        }
        if let Some(key) = key {
            let _ = write!(text, "{}:", json!(key));
            if layout != Layout::Compact {
                text.push(' ');
            }
        }
        value.write(text, inner);
    }
    if let (Layout::Pretty(level), false) = (layout, is_empty) {
        line(text, level - 1);
    }
    text.push(close);
}

/// The members of an object, in order.
#[derive(Debug, Clone)]
pub(crate) struct Members<T>(pub(crate) Vec<(String, T)>);

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Members<T> {
    pub(crate) fn get(&self, key: &str) -> Option<&T> {
        self.0.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for InOrder<T> {
            type Value = Members<T>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry::<String, T>()? {
                    if members.iter().any(|(known, _)| *known == key) {
                        return Err(A::Error::custom(format!("{key} occurs twice")));
                    }
                    members.push((key, value));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder(PhantomData))
    }
}
