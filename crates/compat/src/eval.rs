//! Judges one value by the normal form. `None` where a keyword has no model here.

use crate::json::Json;
use crate::node::{Arena, Id, Keys, Literal, Node};
use crate::number;

/// Whether a string has a format; `None` if nothing here knows.
pub(crate) type FormatCheck<'a> = &'a dyn Fn(&str, &str) -> Option<bool>;

pub(crate) struct Judge<'a> {
    pub(crate) arena: &'a Arena,
    pub(crate) format: FormatCheck<'a>,
}

fn all(results: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut answer = Some(true);
    for result in results {
        match result {
            Some(false) => return Some(false),
            None => answer = None,
            Some(true) => {}
        }
    }
    answer
}

fn any(results: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    all(results.map(|r| r.map(|r| !r))).map(|r| !r)
}

impl Judge<'_> {
    pub(crate) fn literals(&self, literals: &[Literal], value: &Json) -> Option<bool> {
        all(literals.iter().map(|(id, positive)| self.holds(*id, value).map(|r| r == *positive)))
    }

    #[allow(clippy::too_many_lines)] // One arm an assertion.
    pub(crate) fn holds(&self, id: Id, value: &Json) -> Option<bool> {
        let node = self.arena.node(id);
        let types = value.types(self.arena.literal_integers);
        if node.about().is_some_and(|about| !about.meets(types)) {
            // An existential node asserts its type too.
            return Some(!matches!(
                node,
                Node::Exists { .. } | Node::ItemAt { .. } | Node::ItemFrom { .. }
            ));
        }
        match (node, value) {
            (Node::True, _) => Some(true),
            (Node::False, _) => Some(false),
            (Node::Types(wanted), _) => Some(wanted.meets(types)),
            (Node::Enum(values), value) => Some(values.binary_search(value).is_ok()),
            (Node::All(parts), value) => all(parts.iter().map(|id| self.holds(*id, value))),
            (Node::Any(parts), value) => any(parts.iter().map(|id| self.holds(*id, value))),
            (Node::One(parts), value) => {
                let (mut yes, mut unknown) = (0, 0);
                for id in parts {
                    match self.holds(*id, value) {
                        Some(true) => yes += 1,
                        Some(false) => {}
                        None => unknown += 1,
                    }
                }
                match (yes, unknown) {
                    (2.., _) => Some(false),
                    (yes, 0) => Some(yes == 1),
                    _ => None,
                }
            }
            (Node::Not(inner), value) => self.holds(*inner, value).map(|r| !r),
            (Node::Ref(number), value) => {
                self.holds(self.arena.definitions[*number as usize], value)
            }
            (Node::Min { limit, strict }, Json::Number { value, .. }) => {
                Some(if *strict { value > limit } else { value >= limit })
            }
            (Node::Max { limit, strict }, Json::Number { value, .. }) => {
                Some(if *strict { value < limit } else { value <= limit })
            }
            (Node::MultipleOf(divisor), Json::Number { value, .. }) => {
                Some(number::is_multiple(value, divisor))
            }
            (Node::MinLength(min), Json::String(text)) => Some(text.chars().count() as u64 >= *min),
            (Node::MaxLength(max), Json::String(text)) => Some(text.chars().count() as u64 <= *max),
            (Node::Pattern(pattern), Json::String(text)) => {
                Some(self.arena.patterns[*pattern as usize].is_match(text))
            }
            (Node::Format(format), Json::String(text)) => (self.format)(format, text),
            (Node::Items { prefix, rest }, Json::Array(items)) => all(items
                .iter()
                .enumerate()
                .map(|(index, item)| self.holds(*prefix.get(index).unwrap_or(rest), item))),
            (Node::Contains { schema, min, max }, Json::Array(items)) => {
                let results: Vec<_> = items.iter().map(|item| self.holds(*schema, item)).collect();
                let sure = results.iter().filter(|r| **r == Some(true)).count() as u64;
                let most = sure + results.iter().filter(|r| r.is_none()).count() as u64;
                let good = |n: u64| n >= *min && max.is_none_or(|max| n <= max);
                if sure == most {
                    Some(good(sure))
                } else if most < *min || max.is_some_and(|max| sure > max) {
                    Some(false)
                } else {
                    None
                }
            }
            (Node::Unique, Json::Array(items)) => {
                let mut sorted: Vec<&Json> = items.iter().collect();
                sorted.sort();
                Some(sorted.windows(2).all(|pair| pair[0] != pair[1]))
            }
            (Node::MinItems(min), Json::Array(items)) => Some(items.len() as u64 >= *min),
            (Node::MaxItems(max), Json::Array(items)) => Some(items.len() as u64 <= *max),
            (Node::ItemAt { index, schema }, Json::Array(items)) => {
                match usize::try_from(*index).ok().and_then(|index| items.get(index)) {
                    Some(item) => self.holds(*schema, item),
                    None => Some(false),
                }
            }
            (Node::ItemFrom { from, schema }, Json::Array(items)) => {
                let from = usize::try_from(*from).unwrap_or(usize::MAX);
                any(items.iter().skip(from).map(|item| self.holds(*schema, item)))
            }
            (Node::Properties { named, patterns, rest }, Json::Object(members)) => {
                all(members.iter().map(|(key, value)| {
                    let mut matched = false;
                    let mut results = Vec::new();
                    if let Some(id) = named.get(key) {
                        matched = true;
                        results.push(self.holds(*id, value));
                    }
                    for (pattern, id) in patterns {
                        if self.arena.patterns[*pattern as usize].is_match(key) {
                            matched = true;
                            results.push(self.holds(*id, value));
                        }
                    }
                    if !matched {
                        results.push(self.holds(*rest, value));
                    }
                    all(results.into_iter())
                }))
            }
            (Node::Names(names), Json::Object(members)) => {
                all(members.keys().map(|key| self.holds(*names, &Json::String(key.clone()))))
            }
            (Node::Required(name), Json::Object(members)) => Some(members.contains_key(name)),
            (Node::MinProperties(min), Json::Object(members)) => Some(members.len() as u64 >= *min),
            (Node::MaxProperties(max), Json::Object(members)) => Some(members.len() as u64 <= *max),
            (Node::Exists { keys, schema }, Json::Object(members)) => {
                any(members.iter().map(|(key, value)| {
                    all([self.key(keys, key), self.holds(*schema, value)].into_iter())
                }))
            }
            _ => None,
        }
    }

    /// Whether a property name is one of `keys`.
    pub(crate) fn key(&self, keys: &Keys, name: &str) -> Option<bool> {
        let matches = |pattern: &u32| self.arena.patterns[*pattern as usize].is_match(name);
        if keys.name.as_deref().is_some_and(|wanted| wanted != name)
            || keys.except.iter().any(|key| **key == *name)
            || !keys.matching.iter().all(matches)
            || keys.unmatched.iter().any(matches)
        {
            return Some(false);
        }
        match keys.names {
            None => Some(true),
            Some((id, positive)) => {
                self.holds(id, &Json::String(name.into())).map(|r| r == positive)
            }
        }
    }
}
