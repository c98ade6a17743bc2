//! The normal form: small typed assertions and the connectives between them, stored once each.
//!
//! Every assertion about one type holds for every value of another type, as in JSON Schema. Equal
//! schemas get equal ids, in both documents, however they are spelled and wherever they are defined.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::{BitAnd, BitOr};
use std::rc::Rc;
use std::sync::Arc;

use crate::json::Json;
use crate::number::{Count, Rational};
use crate::place::{Place, Side};

/// A set of the seven types that partition all JSON values. Integers and the other numbers are
/// apart: by value since draft 6, by spelling in draft 4.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Types(pub(crate) u8);

impl Types {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOLEAN: Self = Self(2);
    pub(crate) const INTEGER: Self = Self(4);
    pub(crate) const FRACTION: Self = Self(8);
    pub(crate) const NUMBER: Self = Self(12);
    pub(crate) const STRING: Self = Self(16);
    pub(crate) const ARRAY: Self = Self(32);
    pub(crate) const OBJECT: Self = Self(64);
    pub(crate) const ALL: Self = Self(127);

    pub(crate) fn complement(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }

    pub(crate) fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The single types in the set, the simplest values first.
    pub(crate) fn each(self) -> impl Iterator<Item = Self> {
        (0..7).map(|bit| Self(1 << bit)).filter(move |t| self.meets(*t))
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NULL => "null",
            Self::BOOLEAN => "boolean",
            Self::INTEGER => "integer",
            Self::FRACTION => "number that is no integer",
            Self::STRING => "string",
            Self::ARRAY => "array",
            Self::OBJECT => "object",
            _ => "several types",
        }
    }
}

impl BitAnd for Types {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitOr for Types {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Parts beyond which a union that must not hold is not taken apart at once.
pub(crate) const WIDE: usize = 8;

/// A node's number in its [`Arena`].
pub(crate) type Id = u32;
/// A pattern's number in its [`Arena`].
pub(crate) type PatternId = u32;
/// A node that must hold (`true`) or must not.
pub(crate) type Literal = (Id, bool);

/// The property names an [`Node::Exists`] speaks about.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Keys {
    /// Exactly this name.
    pub(crate) name: Option<Arc<str>>,
    /// Names that match all of these...
    pub(crate) matching: Vec<PatternId>,
    /// ...none of these...
    pub(crate) unmatched: Vec<PatternId>,
    /// ...and are none of these.
    pub(crate) except: Vec<Arc<str>>,
    /// What the name, as a string, must satisfy.
    pub(crate) names: Option<Literal>,
}

impl Keys {
    /// The one name it speaks about, if that is all it says.
    pub(crate) fn only_name(&self) -> Option<&Arc<str>> {
        let Self { name, matching, unmatched, except, names } = self;
        let plain = matching.is_empty() && unmatched.is_empty() && except.is_empty();
        name.as_ref().filter(|_| plain && names.is_none())
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Node {
    True,
    False,
    Types(Types),
    /// One of these values; sorted.
    Enum(Vec<Json>),
    Min {
        limit: Rational,
        strict: bool,
    },
    Max {
        limit: Rational,
        strict: bool,
    },
    MultipleOf(Rational),
    MinLength(Count),
    MaxLength(Count),
    Pattern(PatternId),
    Format(Arc<str>),
    /// The content keywords of drafts 6 and 7, as a schema: an annotation to some validators, an
    /// assertion to others.
    Content(Arc<str>),
    Items {
        prefix: Vec<Id>,
        rest: Id,
    },
    Contains {
        schema: Id,
        min: Count,
        max: Option<Count>,
    },
    Unique,
    MinItems(Count),
    MaxItems(Count),
    Properties {
        named: BTreeMap<Arc<str>, Id>,
        patterns: Vec<(PatternId, Id)>,
        rest: Id,
    },
    Names(Id),
    Required(Arc<str>),
    MinProperties(Count),
    MaxProperties(Count),
    All(Vec<Id>),
    Any(Vec<Id>),
    One(Vec<Id>),
    Not(Id),
    /// A recursive definition, by its number in [`Arena::definitions`].
    Ref(u32),
    /// Some property with such a name has such a value (the negation of a universal assertion).
    Exists {
        keys: Keys,
        schema: Id,
    },
    /// The item at this index exists and is such a value.
    ItemAt {
        index: u64,
        schema: Id,
    },
    /// Some item at or after this index is such a value.
    ItemFrom {
        from: u64,
        schema: Id,
    },
    /// A keyword without a model here: equal text means equal meaning, nothing else is known.
    Opaque {
        key: String,
        reason: String,
        help: String,
    },
}

impl Node {
    /// Whether it asserts a member or an item of some kind, and with it the type of the value. Every
    /// other assertion about one type holds for all values of the other types.
    pub(crate) fn is_existential(&self) -> bool {
        matches!(self, Self::Exists { .. } | Self::ItemAt { .. } | Self::ItemFrom { .. })
    }

    /// The bound that holds exactly where this one fails, among values of its type.
    pub(crate) fn opposite(&self) -> Option<Self> {
        let less = |n: &Count| (*n != Count::ZERO).then(|| n - 1_u32);
        Some(match self {
            Self::Min { limit, strict } => Self::Max { limit: limit.clone(), strict: !strict },
            Self::Max { limit, strict } => Self::Min { limit: limit.clone(), strict: !strict },
            Self::MinLength(n) => Self::MaxLength(less(n)?),
            Self::MaxLength(n) => Self::MinLength(n + 1_u32),
            Self::MinItems(n) => Self::MaxItems(less(n)?),
            Self::MaxItems(n) => Self::MinItems(n + 1_u32),
            Self::MinProperties(n) => Self::MaxProperties(less(n)?),
            Self::MaxProperties(n) => Self::MinProperties(n + 1_u32),
            _ => return None,
        })
    }

    /// Roughly the memory it takes beside its place in the arena.
    fn bytes(&self) -> usize {
        match self {
            Self::Enum(values) => values.iter().map(Json::bytes).sum(),
            Self::All(parts) | Self::Any(parts) | Self::One(parts) => parts.len() * size_of::<Id>(),
            Self::Items { prefix, .. } => prefix.len() * size_of::<Id>(),
            Self::Properties { named, patterns, .. } => named.len() * 48 + patterns.len() * 8,
            Self::Exists { keys, .. } => {
                (keys.matching.len() + keys.unmatched.len()) * 4 + keys.except.len() * 16
            }
            _ => 0,
        }
    }

    /// The type an assertion is about; `None` for those about any value.
    pub(crate) fn about(&self) -> Option<Types> {
        Some(match self {
            Self::Min { .. } | Self::Max { .. } | Self::MultipleOf(_) => Types::NUMBER,
            Self::MinLength(_)
            | Self::MaxLength(_)
            | Self::Pattern(_)
            | Self::Format(_)
            | Self::Content(_) => Types::STRING,
            Self::Items { .. }
            | Self::Contains { .. }
            | Self::Unique
            | Self::MinItems(_)
            | Self::MaxItems(_)
            | Self::ItemAt { .. }
            | Self::ItemFrom { .. } => Types::ARRAY,
            Self::Properties { .. }
            | Self::Names(_)
            | Self::Required(_)
            | Self::MinProperties(_)
            | Self::MaxProperties(_)
            | Self::Exists { .. } => Types::OBJECT,
            _ => return None,
        })
    }
}

/// Where a node was first seen: the document and the JSON Pointer in it.
pub(crate) type Origin = (Side, Arc<str>);

/// All nodes of one question.
pub(crate) struct Arena {
    nodes: Vec<Rc<Node>>,
    ids: HashMap<Rc<Node>, Id>,
    bytes: usize,
    origins: Vec<Option<Origin>>,
    /// What each [`Node::Ref`] stands for.
    pub(crate) definitions: Vec<Id>,
    pub(crate) patterns: Vec<crate::pattern::Pattern>,
    pattern_ids: HashMap<String, PatternId>,
    /// A definition that refers to itself for the same value: what it means is not defined.
    pub(crate) endless: Option<Origin>,
    /// A schema with the id of another one in its document: what refers to it is ambiguous.
    pub(crate) twice: Option<Origin>,
    /// Whether a document has more in it than can be followed: a validator would be too slow too.
    pub(crate) intricate: bool,
    /// Draft 4: the spelling of a number decides whether it is an integer.
    pub(crate) literal_integers: bool,
}

impl Arena {
    pub(crate) const TRUE: Id = 0;
    pub(crate) const FALSE: Id = 1;

    pub(crate) fn new(literal_integers: bool) -> Self {
        let mut arena = Self {
            nodes: Vec::new(),
            ids: HashMap::new(),
            bytes: 0,
            origins: Vec::new(),
            definitions: Vec::new(),
            patterns: Vec::new(),
            pattern_ids: HashMap::new(),
            endless: None,
            twice: None,
            intricate: false,
            literal_integers,
        };
        arena.add(Node::True, None);
        arena.add(Node::False, None);
        arena
    }

    /// Roughly the memory that the nodes take.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn node(&self, id: Id) -> &Node {
        &self.nodes[id as usize]
    }

    /// How many nodes there are.
    #[cfg(test)]
    pub(crate) fn len(&self) -> Id {
        Id::try_from(self.nodes.len()).expect("fewer nodes than the budget")
    }

    /// The node, to be held while others are added.
    pub(crate) fn shared(&self, id: Id) -> Rc<Node> {
        Rc::clone(&self.nodes[id as usize])
    }

    /// The id of a node that is there already.
    pub(crate) fn find(&self, node: &Node) -> Option<Id> {
        self.ids.get(node).copied()
    }

    pub(crate) fn place(&self, id: Id) -> Option<Place> {
        self.origin(id).map(|(side, pointer)| Place { side: *side, pointer: pointer.to_string() })
    }

    /// The parts of the widest union in a definition that refers to itself; 1 if there is none.
    pub(crate) fn widest_recursion(&self) -> u64 {
        let (mut widest, mut seen) = (1, HashSet::new());
        let mut work = self.definitions.clone();
        while let Some(id) = work.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.node(id) {
                Node::Any(parts) | Node::One(parts) => {
                    widest = widest.max(parts.len() as u64);
                    work.extend(parts);
                }
                Node::All(parts) => work.extend(parts),
                Node::Not(inner)
                | Node::Names(inner)
                | Node::Contains { schema: inner, .. }
                | Node::Exists { schema: inner, .. }
                | Node::ItemAt { schema: inner, .. }
                | Node::ItemFrom { schema: inner, .. } => work.push(*inner),
                Node::Items { prefix, rest } => work.extend(prefix.iter().chain([rest])),
                Node::Properties { named, patterns, rest } => {
                    work.extend(named.values().chain(patterns.iter().map(|(_, id)| id)));
                    work.push(*rest);
                }
                _ => {}
            }
        }
        widest
    }

    /// Whether one of the two holds exactly where the other fails.
    pub(crate) fn are_opposite(&self, a: Id, b: Id) -> bool {
        match (self.node(a), self.node(b)) {
            (Node::True, Node::False) | (Node::False, Node::True) => true,
            (Node::Not(inner), _) if *inner == b => true,
            (_, Node::Not(inner)) => *inner == a,
            (Node::Types(a), Node::Types(b)) => a.complement() == *b,
            _ => false,
        }
    }

    /// Draft 4: whether a schema may hold for a value in one spelling of its numbers and fail in
    /// another.
    pub(crate) fn tells_spellings(&self, id: Id) -> bool {
        let (mut seen, mut work) = (HashSet::new(), vec![id]);
        while let Some(id) = work.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.node(id) {
                Node::Types(types)
                    if types.meets(Types::NUMBER) && *types & Types::NUMBER != Types::NUMBER =>
                {
                    return true;
                }
                Node::Opaque { .. } => return true,
                Node::All(parts) | Node::Any(parts) | Node::One(parts) => work.extend(parts),
                Node::Not(inner) | Node::Names(inner) => work.push(*inner),
                Node::Ref(number) => work.push(self.definitions[*number as usize]),
                Node::Items { prefix, rest } => work.extend(prefix.iter().chain([rest])),
                Node::Properties { named, patterns, rest } => {
                    work.extend(named.values().chain(patterns.iter().map(|(_, id)| id)));
                    work.push(*rest);
                }
                Node::Contains { schema, .. }
                | Node::Exists { schema, .. }
                | Node::ItemAt { schema, .. }
                | Node::ItemFrom { schema, .. } => work.push(*schema),
                _ => {}
            }
        }
        false
    }

    pub(crate) fn origin(&self, id: Id) -> Option<&Origin> {
        self.origins[id as usize].as_ref()
    }

    pub(crate) fn add(&mut self, node: Node, origin: Option<&Origin>) -> Id {
        if let Some(&id) = self.ids.get(&node) {
            if self.origins[id as usize].is_none() {
                self.origins[id as usize] = origin.cloned();
            }
            return id;
        }
        let id = Id::try_from(self.nodes.len()).expect("fewer nodes than the budget");
        let node = Rc::new(node);
        // The place itself, its origin, its entry in the table.
        self.bytes += 2 * size_of::<Node>() + 64 + node.bytes();
        self.nodes.push(Rc::clone(&node));
        self.origins.push(origin.cloned());
        self.ids.insert(node, id);
        id
    }

    pub(crate) fn pattern(&mut self, pattern: crate::pattern::Pattern) -> PatternId {
        if let Some(&id) = self.pattern_ids.get(pattern.source()) {
            return id;
        }
        let id = PatternId::try_from(self.patterns.len()).expect("fewer patterns than nodes");
        self.pattern_ids.insert(pattern.source().to_owned(), id);
        self.patterns.push(pattern);
        id
    }

    pub(crate) fn not(&mut self, id: Id) -> Id {
        match *self.node(id) {
            Node::True => Self::FALSE,
            Node::False => Self::TRUE,
            Node::Not(inner) => inner,
            Node::Types(types) => self.types(types.complement()),
            _ => {
                let origin = self.origin(id).cloned();
                self.add(Node::Not(id), origin.as_ref())
            }
        }
    }

    pub(crate) fn types(&mut self, types: Types) -> Id {
        match types {
            Types::NONE => Self::FALSE,
            Types::ALL => Self::TRUE,
            _ => self.add(Node::Types(types), None),
        }
    }

    pub(crate) fn all(&mut self, parts: Vec<Id>, origin: Option<&Origin>) -> Id {
        let parts = self.flatten(parts, true);
        if parts.contains(&Self::FALSE) {
            return Self::FALSE;
        }
        match parts.as_slice() {
            [] => Self::TRUE,
            [one] => *one,
            _ => self.add(Node::All(parts), origin),
        }
    }

    pub(crate) fn any(&mut self, parts: Vec<Id>, origin: Option<&Origin>) -> Id {
        let parts = self.flatten(parts, false);
        if parts.contains(&Self::TRUE) {
            return Self::TRUE;
        }
        // Enumerations and type sets of one union are one.
        let (mut values, mut types, mut rest) = (Vec::new(), Types::NONE, Vec::new());
        for id in parts {
            match self.node(id) {
                Node::Enum(more) => values.extend(more.iter().cloned()),
                Node::Types(more) => types = types | *more,
                _ => rest.push(id),
            }
        }
        if !values.is_empty() {
            rest.push(self.enumeration(values, origin));
        }
        rest.push(self.types(types));
        rest.retain(|id| *id != Self::FALSE);
        if rest.contains(&Self::TRUE) {
            return Self::TRUE;
        }
        rest.sort_unstable();
        rest.dedup();
        match rest.as_slice() {
            [] => Self::FALSE,
            [one] => *one,
            _ => self.add(Node::Any(rest), origin),
        }
    }

    /// Exactly one of the parts holds.
    pub(crate) fn one(&mut self, mut parts: Vec<Id>, origin: Option<&Origin>) -> Id {
        parts.sort_unstable();
        parts.retain(|id| *id != Self::FALSE);
        let mut listed: Vec<&Json> = Vec::new();
        let lists = parts.iter().all(|id| match self.node(*id) {
            Node::Enum(values) => {
                listed.extend(values);
                true
            }
            _ => false,
        });
        listed.sort();
        if lists && listed.windows(2).all(|pair| pair[0] != pair[1]) {
            return self.any(parts, origin);
        }
        match parts.as_slice() {
            [] => Self::FALSE,
            [one] => *one,
            _ => self.add(Node::One(parts), origin),
        }
    }

    pub(crate) fn enumeration(&mut self, mut values: Vec<Json>, origin: Option<&Origin>) -> Id {
        if self.literal_integers {
            // A listed number is equal to itself in its other spelling.
            values = values.into_iter().map(Json::respelled).collect();
        }
        values.sort();
        values.dedup();
        if values.is_empty() {
            return Self::FALSE;
        }
        self.add(Node::Enum(values), origin)
    }

    fn flatten(&self, parts: Vec<Id>, all: bool) -> Vec<Id> {
        let neutral = if all { Self::TRUE } else { Self::FALSE };
        let mut flat = Vec::new();
        for id in parts {
            match self.node(id) {
                Node::All(inner) if all => flat.extend_from_slice(inner),
                Node::Any(inner) if !all => flat.extend_from_slice(inner),
                _ if id == neutral => {}
                _ => flat.push(id),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        flat
    }
}
