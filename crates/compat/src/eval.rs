//! Judges one value by the normal form. `None` where a keyword has no model here.

use std::cell::RefCell;

use rustc_hash::FxHashMap;

use crate::arena::Arena;
use crate::json::Json;
use crate::literal::Literal;
use crate::node::{Keys, Node};
use crate::number::{self, Count};
use crate::place::escape_token;
use crate::primitives::{NodeId, PatternId};

/// Judges strings by more than their characters. `None` if that is not known.
pub(crate) trait StringJudge {
    /// Whether it has the format of this name.
    fn has_format(&self, format: &str, text: &str) -> Option<bool>;
    /// Whether it is valid by content keywords, were they to assert.
    fn has_content(&self, schema: &str, text: &str) -> Option<bool>;
}

pub(crate) struct Judge<'a> {
    arena: &'a Arena,
    strings: &'a dyn StringJudge,
    /// Judgements on the parts of one value, by address, where they may be asked for again.
    known: RefCell<FxHashMap<(NodeId, usize), Option<bool>>>,
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

impl<'a> Judge<'a> {
    pub(crate) fn new(arena: &'a Arena, strings: &'a dyn StringJudge) -> Self {
        Self { arena, strings, known: RefCell::default() }
    }

    pub(crate) fn arena(&self) -> &'a Arena {
        self.arena
    }

    pub(crate) fn literals(&self, literals: &[Literal], value: &Json) -> Option<bool> {
        self.known.borrow_mut().clear();
        all(literals.iter().map(|literal| {
            self.within(literal.id, value).map(|holds| holds == literal.sign.holds())
        }))
    }

    /// Whether a value is an instance of a schema.
    pub(crate) fn holds(&self, id: NodeId, value: &Json) -> Option<bool> {
        // Another value may come to stand where one was.
        self.known.borrow_mut().clear();
        self.within(id, value)
    }

    /// The schema within a schema, and the pointer to the value within a value, that fail: those
    /// that a person would name.
    pub(crate) fn failing(&self, id: NodeId, value: &Json) -> (NodeId, String) {
        let (mut id, mut value, mut pointer) = (id, value, String::new());
        for _ in 0..1_000 {
            let fails = |id: &NodeId, value: &Json| self.holds(*id, value) == Some(false);
            let next = match (self.arena.node(id), value) {
                (Node::All(parts), value) => {
                    parts.iter().find(|id| fails(id, value)).map(|id| (*id, value, None))
                }
                (Node::Ref(number), value) => Some((self.arena.definition(*number), value, None)),
                (Node::Properties { named, .. }, Json::Object(members)) => {
                    members.iter().find_map(|(name, member)| {
                        let id = named.get(name).filter(|id| fails(id, member))?;
                        Some((*id, member, Some(escape_token(name))))
                    })
                }
                (Node::Items { prefix, rest }, Json::Array(items)) => {
                    items.iter().enumerate().find_map(|(index, item)| {
                        let id = prefix.get(index).unwrap_or(rest);
                        fails(id, item).then(|| (*id, item, Some(index.to_string())))
                    })
                }
                _ => None,
            };
            let Some((inner, at, step)) = next else { break };
            if let Some(step) = step {
                pointer.push('/');
                pointer.push_str(&step);
            }
            (id, value) = (inner, at);
        }
        (id, pointer)
    }

    fn within(&self, id: NodeId, value: &Json) -> Option<bool> {
        let composite = matches!(value, Json::Array(_) | Json::Object(_));
        let again = matches!(
            self.arena.node(id),
            Node::Any(_)
                | Node::One(_)
                | Node::All(_)
                | Node::Properties { .. }
                | Node::Items { .. }
        );
        if !composite || !again {
            return self.judge(id, value);
        }
        let key = (id, std::ptr::from_ref(value).addr());
        if let Some(known) = self.known.borrow().get(&key) {
            return *known;
        }
        let holds = self.judge(id, value);
        self.known.borrow_mut().insert(key, holds);
        holds
    }

    #[allow(clippy::too_many_lines)] // One arm an assertion.
    fn judge(&self, id: NodeId, value: &Json) -> Option<bool> {
        let node = self.arena.node(id);
        let types = value.types(self.arena.literal_integers);
        if node.about().is_some_and(|about| !about.meets(types)) {
            return Some(!node.is_existential());
        }
        match (node, value) {
            (Node::True, _) => Some(true),
            (Node::False, _) => Some(false),
            (Node::Types(wanted), _) if wanted.includes(types) => Some(true),
            (Node::Types(wanted), _) if !wanted.meets(types) => Some(false),
            (Node::Enum(values), value) => Some(values.binary_search(value).is_ok()),
            (Node::All(parts), value) => all(parts.iter().map(|id| self.within(*id, value))),
            (Node::Any(parts), value) => any(parts.iter().map(|id| self.within(*id, value))),
            (Node::One(parts), value) => {
                let (mut yes, mut unknown) = (0, 0);
                for id in parts {
                    match self.within(*id, value) {
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
            (Node::Not(inner), value) => self.within(*inner, value).map(|r| !r),
            (Node::Ref(number), value) => self.within(self.arena.definition(*number), value),
            (Node::Min { limit, strict }, Json::Number { value, .. }) => {
                Some(if *strict { value > limit } else { value >= limit })
            }
            (Node::Max { limit, strict }, Json::Number { value, .. }) => {
                Some(if *strict { value < limit } else { value <= limit })
            }
            (Node::MultipleOf(divisor), Json::Number { value, .. }) => {
                Some(number::is_multiple(value, divisor))
            }
            (Node::MinLength(min), Json::String(text)) => {
                Some(Count::from(text.chars().count()) >= *min)
            }
            (Node::MaxLength(max), Json::String(text)) => {
                Some(Count::from(text.chars().count()) <= *max)
            }
            (Node::Pattern(pattern), Json::String(text)) => {
                Some(self.arena.pattern(*pattern).is_match(text))
            }
            (Node::Format(format), Json::String(text)) => self.strings.has_format(format, text),
            (Node::Content(schema), Json::String(text)) => self.strings.has_content(schema, text),
            (Node::Items { prefix, rest }, Json::Array(items)) => all(items
                .iter()
                .enumerate()
                .map(|(index, item)| self.within(*prefix.get(index).unwrap_or(rest), item))),
            (Node::Contains { schema, min, max }, Json::Array(items)) => {
                let results: Vec<_> = items.iter().map(|item| self.within(*schema, item)).collect();
                let sure = results.iter().filter(|r| **r == Some(true)).count();
                let most = sure + results.iter().filter(|r| r.is_none()).count();
                let (sure, most) = (Count::from(sure), Count::from(most));
                let too_many = max.as_ref().is_some_and(|max| sure > *max);
                if sure == most {
                    Some(sure >= *min && !too_many)
                } else if most < *min || too_many {
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
            (Node::MinItems(min), Json::Array(items)) => Some(Count::from(items.len()) >= *min),
            (Node::MaxItems(max), Json::Array(items)) => Some(Count::from(items.len()) <= *max),
            (Node::ItemAt { index, schema }, Json::Array(items)) => {
                match usize::try_from(*index).ok().and_then(|index| items.get(index)) {
                    Some(item) => self.within(*schema, item),
                    None => Some(false),
                }
            }
            (Node::ItemFrom { from, schema }, Json::Array(items)) => {
                let from = usize::try_from(*from).unwrap_or(usize::MAX);
                any(items.iter().skip(from).map(|item| self.within(*schema, item)))
            }
            (Node::Properties { named, patterns, rest: NodeId::TRUE }, Json::Object(members))
                if patterns.is_empty() && named.len() < members.len() =>
            {
                all(named.iter().filter_map(|(key, id)| Some(self.within(*id, members.get(key)?))))
            }
            (Node::Properties { named, patterns, rest }, Json::Object(members)) => {
                all(members.iter().map(|(key, value)| {
                    let mut matched = false;
                    let mut results = Vec::new();
                    if let Some(id) = named.get(key) {
                        matched = true;
                        results.push(self.within(*id, value));
                    }
                    for (pattern, id) in patterns {
                        if self.arena.pattern(*pattern).is_match(key) {
                            matched = true;
                            results.push(self.within(*id, value));
                        }
                    }
                    if !matched {
                        results.push(self.within(*rest, value));
                    }
                    all(results.into_iter())
                }))
            }
            (Node::Names(names), Json::Object(members)) => {
                all(members.keys().map(|key| self.within(*names, &Json::String(key.clone()))))
            }
            (Node::Required(name), Json::Object(members)) => Some(members.contains_key(name)),
            (Node::MinProperties(min), Json::Object(members)) => {
                Some(Count::from(members.len()) >= *min)
            }
            (Node::MaxProperties(max), Json::Object(members)) => {
                Some(Count::from(members.len()) <= *max)
            }
            (Node::Exists { keys, schema }, Json::Object(members)) => {
                any(members.iter().map(|(key, value)| {
                    all([self.key(keys, key), self.within(*schema, value)].into_iter())
                }))
            }
            // No model; in draft 4 also the type of a number whose spelling is open.
            _ => None,
        }
    }

    /// Whether a property name is one of `keys`.
    pub(crate) fn key(&self, keys: &Keys, name: &str) -> Option<bool> {
        let matches = |pattern: &PatternId| self.arena.pattern(*pattern).is_match(name);
        if keys.name.as_deref().is_some_and(|wanted| wanted != name)
            || keys.except.iter().any(|key| **key == *name)
            || !keys.matching.iter().all(matches)
            || keys.unmatched.iter().any(matches)
        {
            return Some(false);
        }
        match keys.names {
            None => Some(true),
            Some(Literal { id, sign }) => {
                self.within(id, &Json::String(name.into())).map(|holds| holds == sign.holds())
            }
        }
    }
}
