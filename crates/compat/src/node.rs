//! The nodes of the normal form: small typed assertions and the connectives between them.
//!
//! Every assertion about one type holds for every value of another type, as in JSON Schema.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::json::Json;
use crate::literal::Literal;
use crate::number::{Count, Rational};
use crate::primitives::{DefinitionId, NodeId, PatternId};
use crate::types::TypeSet;

/// Parts beyond which a union that must not hold is not taken apart at once.
pub(crate) const WIDE: usize = 8;

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
    /// The literal that the name, as a string, must meet.
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
    Types(TypeSet),
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
    /// The content keywords of drafts 6 and 7, as a schema, if they assert.
    Content(Arc<str>),
    Items {
        prefix: Vec<NodeId>,
        rest: NodeId,
    },
    Contains {
        schema: NodeId,
        min: Count,
        max: Option<Count>,
    },
    Unique,
    MinItems(Count),
    MaxItems(Count),
    Properties {
        named: BTreeMap<Arc<str>, NodeId>,
        patterns: Vec<(PatternId, NodeId)>,
        rest: NodeId,
    },
    Names(NodeId),
    Required(Arc<str>),
    MinProperties(Count),
    MaxProperties(Count),
    All(Vec<NodeId>),
    Any(Vec<NodeId>),
    One(Vec<NodeId>),
    Not(NodeId),
    /// A reference to a recursive definition.
    Ref(DefinitionId),
    /// Some property with such a name has such a value (the negation of a universal assertion).
    Exists {
        keys: Keys,
        schema: NodeId,
    },
    /// The item at this index exists and is such a value.
    ItemAt {
        index: u64,
        schema: NodeId,
    },
    /// Some item at or after this index is such a value.
    ItemFrom {
        from: u64,
        schema: NodeId,
    },
    /// A keyword without a model here: equal text means equal meaning, nothing else is known.
    Opaque {
        key: String,
        reason: String,
        help: String,
    },
}

impl Node {
    /// Adds the schemas within it: about the same value, or about a part of it.
    pub(crate) fn children(&self, out: &mut Vec<NodeId>) {
        match self {
            Self::All(parts) | Self::Any(parts) | Self::One(parts) => out.extend(parts),
            Self::Not(inner)
            | Self::Names(inner)
            | Self::Contains { schema: inner, .. }
            | Self::Exists { schema: inner, .. }
            | Self::ItemAt { schema: inner, .. }
            | Self::ItemFrom { schema: inner, .. } => out.push(*inner),
            Self::Items { prefix, rest } => out.extend(prefix.iter().chain([rest])),
            Self::Properties { named, patterns, rest } => {
                out.extend(named.values().chain(patterns.iter().map(|(_, id)| id)));
                out.push(*rest);
            }
            Self::True
            | Self::False
            | Self::Types(_)
            | Self::Enum(_)
            | Self::Min { .. }
            | Self::Max { .. }
            | Self::MultipleOf(_)
            | Self::MinLength(_)
            | Self::MaxLength(_)
            | Self::Pattern(_)
            | Self::Format(_)
            | Self::Content(_)
            | Self::Unique
            | Self::MinItems(_)
            | Self::MaxItems(_)
            | Self::Required(_)
            | Self::MinProperties(_)
            | Self::MaxProperties(_)
            | Self::Ref(_)
            | Self::Opaque { .. } => {}
        }
    }

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
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Enum(values) => values.iter().map(Json::bytes).sum(),
            Self::All(parts) | Self::Any(parts) | Self::One(parts) => {
                parts.len() * size_of::<NodeId>()
            }
            Self::Items { prefix, .. } => prefix.len() * size_of::<NodeId>(),
            Self::Properties { named, patterns, .. } => named.len() * 48 + patterns.len() * 8,
            Self::Exists { keys, .. } => {
                (keys.matching.len() + keys.unmatched.len()) * 4 + keys.except.len() * 16
            }
            _ => 0,
        }
    }

    /// The type an assertion is about; `None` for those about any value.
    pub(crate) fn about(&self) -> Option<TypeSet> {
        Some(match self {
            Self::Min { .. } | Self::Max { .. } | Self::MultipleOf(_) => TypeSet::NUMBER,
            Self::MinLength(_)
            | Self::MaxLength(_)
            | Self::Pattern(_)
            | Self::Format(_)
            | Self::Content(_) => TypeSet::STRING,
            Self::Items { .. }
            | Self::Contains { .. }
            | Self::Unique
            | Self::MinItems(_)
            | Self::MaxItems(_)
            | Self::ItemAt { .. }
            | Self::ItemFrom { .. } => TypeSet::ARRAY,
            Self::Properties { .. }
            | Self::Names(_)
            | Self::Required(_)
            | Self::MinProperties(_)
            | Self::MaxProperties(_)
            | Self::Exists { .. } => TypeSet::OBJECT,
            _ => return None,
        })
    }
}
