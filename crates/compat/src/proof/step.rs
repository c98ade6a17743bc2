//! The steps of a proof, and the lemmas that each of them rests on.

use std::collections::HashMap;
use std::sync::Arc;

use crate::literal::Literal;
use crate::pattern::Part;
use crate::primitives::{LemmaId, NodeId};
use crate::types::TypeSet;

/// No value meets these literals.
#[derive(Debug, Clone)]
pub(crate) struct Lemma {
    pub(crate) state: Arc<[Literal]>,
    pub(crate) step: Arc<Step>,
}

/// Lemmas by their numbers.
pub(crate) type Lemmas = HashMap<LemmaId, Lemma>;

/// The lemmas that a proof rests on.
#[derive(Debug, Clone)]
pub(crate) struct Derivation {
    pub(crate) lemmas: Lemmas,
    pub(crate) root: LemmaId,
}

/// The names of the members that lead to a value within an object.
pub(crate) type Path = Arc<[Arc<str>]>;

/// A way to show that no value meets the literals known so far.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// They contradict each other.
    Clash(Why),
    /// For every type that the value may have.
    EveryType(Vec<(TypeSet, Arc<Step>)>),
    /// For every way to meet a union.
    Cases(Cases),
    /// A union that must not hold: none of these parts of it may.
    Expand {
        union: NodeId,
        parts: Vec<NodeId>,
        then: Arc<Step>,
    },
    /// Whether a member has one of the values of `among`, by a case each, or none of them.
    ByValue {
        among: NodeId,
        cases: Vec<(NodeId, Arc<Step>)>,
        otherwise: Arc<Step>,
    },
    /// More properties must exist than there may be: two of the wanted are one, or one of them is
    /// required anyway. A case for each.
    Shared {
        wanted: Vec<NodeId>,
        cases: Vec<Sharing>,
    },
    /// Each value of an enumeration (or each of a small type) fails a literal, in order.
    Values {
        listed: Option<NodeId>,
        failing: Vec<Literal>,
    },
    /// No number ([`crate::scalar`]); for this reason.
    Number {
        text: String,
        place: Option<NodeId>,
    },
    /// No string.
    String {
        none: Arc<NoString>,
        place: Option<NodeId>,
    },
    Object(ObjectStep),
    Array(ArrayStep),
}

/// No string has these lengths, matches these patterns and not those, and is none of those listed: a walk along the parts
/// meets none. A part is about patterns by their numbers: those that hold, then those that fail, both in the order of the
/// literals.
#[derive(Debug, Clone)]
pub(crate) struct NoString {
    pub(crate) literals: Vec<Literal>,
    pub(crate) parts: Vec<Part>,
}

impl NoString {
    /// Roughly the memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        let tables = self.parts.iter().map(|part| match part {
            Part::Alone(_) => 0,
            Part::Joined(tables) => tables.iter().map(|(_, table)| table.bytes()).sum(),
        });
        self.literals.len() * size_of::<Literal>() + tables.sum::<usize>()
    }
}

/// The contradiction; for display only.
#[derive(Debug, Clone)]
pub(crate) enum Why {
    Schema(Option<NodeId>),
    Type(TypeSet, Option<NodeId>),
    Absent(Arc<str>, Option<NodeId>),
    There(Arc<str>, Option<NodeId>),
}

/// A union and the ways to meet it, each closed by a step of its own. A way that is not among the
/// cases contradicts what is known, or is ruled out by the discriminator.
#[derive(Debug, Clone)]
#[allow(clippy::struct_field_names)]
pub(crate) struct Cases {
    pub(crate) union: Literal,
    /// Of an enumeration that must not hold: the value that is looked at. Of a `oneOf` that must not
    /// hold: the part that does.
    pub(crate) part: Option<usize>,
    /// Where the parts of the union that are no cases have another value than the one that is known.
    pub(crate) by: Option<Path>,
    pub(crate) cases: Vec<Case>,
}

#[derive(Debug, Clone)]
pub(crate) struct Case {
    /// Its number among the ways of the union.
    pub(crate) way: usize,
    /// The literals that are known in this case.
    pub(crate) add: Vec<Literal>,
    pub(crate) step: Arc<Step>,
}

/// Two properties that must exist are one.
#[derive(Debug, Clone)]
pub(crate) struct Sharing {
    /// Its number among the wanted.
    pub(crate) one: usize,
    pub(crate) other: Other,
    /// What is known in this case: a property exists that is both.
    pub(crate) both: NodeId,
    pub(crate) step: Arc<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Other {
    /// Its number among the wanted.
    Wanted(usize),
    Required(Arc<str>),
}

/// Why no member of a name can be the one that is sought.
#[derive(Debug, Clone)]
pub(crate) enum NoMember {
    /// It can.
    Possible,
    /// The property must be absent.
    Forbidden,
    /// The name is not one of those.
    NotAmong,
    /// The schema for names rejects it.
    BadName(NodeId),
    /// All the properties that there may be have other names.
    Full,
    /// No value is left.
    NoValue(LemmaId),
}

/// The names that are not spoken of one by one, told apart by the patterns they match.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    Split {
        pattern: NodeId,
        without: Box<Cell>,
        with: Box<Cell>,
    },
    /// There is no such name.
    NoName(LemmaId),
    /// Such names are not sought.
    NotAmong,
    /// No member of such a name has a value.
    NoValue(LemmaId),
}

#[derive(Debug, Clone)]
pub(crate) enum ObjectStep {
    /// A required property without a value.
    Member { name: Arc<str>, lemma: LemmaId },
    /// A required property with a name that is rejected.
    BadName { name: Arc<str>, names: NodeId },
    /// More properties are required than allowed.
    Crowded,
    /// No property can be the one that must exist; the cells are left out where all the properties
    /// that there may be are required ones.
    Wanted { exists: NodeId, keys: Vec<(Arc<str>, NoMember)>, cells: Option<Cell> },
    /// There cannot be so many properties.
    TooFew { keys: Vec<(Arc<str>, NoMember)>, cells: Cell },
}

/// Why an array cannot be longer.
#[derive(Debug, Default, Clone)]
pub(crate) struct Longest {
    /// No value is left for the item at this index.
    pub(crate) blocked: Option<(u64, LemmaId)>,
    /// Items that are necessarily of a kind of which only so many may occur.
    pub(crate) forced: Vec<(NodeId, Vec<(u64, LemmaId)>)>,
}

#[derive(Debug, Clone)]
pub(crate) enum ArrayStep {
    /// It must be longer than it can be.
    TooShort { longest: Longest },
    /// Too few items can be of a kind that must occur.
    Missing { wanted: NodeId, closed: Vec<(u64, LemmaId)>, longest: Longest },
    /// Those that must occur are too many of a kind that may not.
    Crowded { wanted: NodeId, limit: NodeId, closed: Vec<(u64, LemmaId)>, longest: Longest },
    /// No two items can be equal.
    NoRepeat { pairs: Vec<(u64, u64, LemmaId)>, longest: Longest },
    /// There are too few different values.
    FewValues { values: NodeId, lemma: LemmaId },
}

impl NoMember {
    fn lemma(&self) -> Option<LemmaId> {
        if let Self::NoValue(lemma) = self { Some(*lemma) } else { None }
    }
}

impl Cell {
    fn lemmas(&self, out: &mut Vec<LemmaId>) {
        match self {
            Self::Split { without, with, .. } => {
                without.lemmas(out);
                with.lemmas(out);
            }
            Self::NoName(lemma) | Self::NoValue(lemma) => out.push(*lemma),
            Self::NotAmong => {}
        }
    }
}

impl Longest {
    fn lemmas(&self, out: &mut Vec<LemmaId>) {
        out.extend(self.blocked.iter().map(|(_, lemma)| *lemma));
        out.extend(self.forced.iter().flat_map(|(_, closed)| closed).map(|(_, lemma)| *lemma));
    }
}

impl Step {
    /// The steps about the same value that it consists of.
    pub(super) fn parts(&self) -> Vec<&Arc<Step>> {
        match self {
            Self::EveryType(types) => types.iter().map(|(_, step)| step).collect(),
            Self::Cases(cases) => cases.cases.iter().map(|case| &case.step).collect(),
            Self::Expand { then, .. } => vec![then],
            Self::ByValue { cases, otherwise, .. } => {
                cases.iter().map(|(_, step)| step).chain([otherwise]).collect()
            }
            Self::Shared { cases, .. } => cases.iter().map(|case| &case.step).collect(),
            _ => Vec::new(),
        }
    }

    /// The lemmas about smaller values that it takes, without those of its parts.
    pub(super) fn lemmas(&self) -> Vec<LemmaId> {
        let mut out = Vec::new();
        match self {
            Self::Object(ObjectStep::Member { lemma, .. })
            | Self::Array(ArrayStep::FewValues { lemma, .. }) => out.push(*lemma),
            Self::Object(ObjectStep::Wanted { keys, cells, .. }) => {
                out.extend(keys.iter().filter_map(|(_, no)| no.lemma()));
                if let Some(cells) = cells {
                    cells.lemmas(&mut out);
                }
            }
            Self::Object(ObjectStep::TooFew { keys, cells }) => {
                out.extend(keys.iter().filter_map(|(_, no)| no.lemma()));
                cells.lemmas(&mut out);
            }
            Self::Array(ArrayStep::TooShort { longest }) => longest.lemmas(&mut out),
            Self::Array(
                ArrayStep::Missing { closed, longest, .. }
                | ArrayStep::Crowded { closed, longest, .. },
            ) => {
                out.extend(closed.iter().map(|(_, lemma)| *lemma));
                longest.lemmas(&mut out);
            }
            Self::Array(ArrayStep::NoRepeat { pairs, longest }) => {
                out.extend(pairs.iter().map(|(_, _, lemma)| *lemma));
                longest.lemmas(&mut out);
            }
            _ => {}
        }
        out
    }

    /// Whether it consists of contradictions alone.
    pub(super) fn is_plain(&self) -> bool {
        let parts = self.parts();
        matches!(self, Self::Clash(_))
            || (!parts.is_empty() && parts.iter().all(|part| part.is_plain()))
    }

    /// All lemmas that it takes.
    pub(crate) fn premises(&self) -> Vec<LemmaId> {
        let (mut out, mut work) = (Vec::new(), vec![self]);
        while let Some(step) = work.pop() {
            out.extend(step.lemmas());
            work.extend(step.parts().into_iter().map(AsRef::as_ref));
        }
        out
    }
}
