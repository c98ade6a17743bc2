//! Why an inclusion holds: steps that close every case in which it could fail.
//!
//! A *lemma* says that no value meets a set of literals. Its steps speak about one value; what they
//! say of a member, an item or a property name, they take from other lemmas. Such a value is smaller,
//! so lemmas may refer to each other in circles: a smallest value that met the literals of one of
//! them would hold a smaller one that meets those of another.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use crate::node::{Arena, Id, Literal, Node, Types};

/// A proof that no instance of the sub is rejected by the super. It is shown as a tree, a step a
/// line; a long one is cut after 200 lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    lines: Vec<String>,
}

impl Proof {
    /// The proof that a schema includes itself.
    pub(crate) fn same_document() -> Self {
        Self { lines: vec!["both documents are the same schema".to_owned()] }
    }

    pub(crate) fn new(derivation: &Derivation, arena: &Arena) -> Self {
        let mut writer = Writer { derivation, arena, lines: Vec::new(), above: Vec::new() };
        writer.lemma(derivation.root, 0);
        Self { lines: writer.lines }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A lemma's number.
pub(crate) type LemmaId = u32;

/// No value meets these literals.
#[derive(Debug, Clone)]
pub(crate) struct Lemma {
    pub(crate) state: Arc<[Literal]>,
    pub(crate) step: Arc<Step>,
}

/// The lemmas that a proof rests on.
#[derive(Debug, Clone)]
pub(crate) struct Derivation {
    pub(crate) lemmas: HashMap<LemmaId, Lemma>,
    pub(crate) root: LemmaId,
}

/// The names of the members that lead to a value within an object.
pub(crate) type Path = Arc<[Arc<str>]>;

/// How it is shown that no value meets the literals known so far.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// They contradict each other.
    Clash(Why),
    /// Whatever the type of the value.
    EveryType(Vec<(Types, Arc<Step>)>),
    /// Whichever way a union is met.
    Cases(Cases),
    /// A union that must not hold: none of these parts of it may.
    Expand {
        union: Id,
        parts: Vec<Id>,
        then: Arc<Step>,
    },
    /// Whether a member has one of the values of `among`, by a case each, or none of them.
    ByValue {
        among: Id,
        cases: Vec<(Id, Arc<Step>)>,
        otherwise: Arc<Step>,
    },
    /// Each value of an enumeration (or each of a small type) fails a literal, in order.
    Values {
        listed: Option<Id>,
        failing: Vec<Literal>,
    },
    /// No number, no string ([`crate::scalar`]); for this reason.
    Scalar {
        text: String,
        place: Option<Id>,
    },
    Object(ObjectStep),
    Array(ArrayStep),
}

/// What contradicts what; for display only.
#[derive(Debug, Clone)]
pub(crate) enum Why {
    Schema(Option<Id>),
    Type(Types, Option<Id>),
    Absent(Arc<str>, Option<Id>),
    There(Arc<str>, Option<Id>),
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
    /// What is known in this case.
    pub(crate) add: Vec<Literal>,
    pub(crate) step: Arc<Step>,
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
    BadName(Id),
    /// All the properties that there may be have other names.
    Full,
    /// No value is left.
    NoValue(LemmaId),
}

/// The names that are not spoken of one by one, told apart by the patterns they match.
#[derive(Debug, Clone)]
pub(crate) enum Cell {
    Split {
        pattern: Id,
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
    BadName { name: Arc<str>, names: Id },
    /// More properties are required than allowed.
    Crowded,
    /// No property can be the one that must exist; the cells are left out where all the properties
    /// that there may be are required ones.
    Wanted { exists: Id, keys: Vec<(Arc<str>, NoMember)>, cells: Option<Cell> },
    /// There cannot be so many properties.
    TooFew { keys: Vec<(Arc<str>, NoMember)>, cells: Cell },
}

/// Why an array cannot be longer.
#[derive(Debug, Default, Clone)]
pub(crate) struct Longest {
    /// No value is left for the item at this index.
    pub(crate) blocked: Option<(u64, LemmaId)>,
    /// Items that cannot but be of a kind of which there may be so many.
    pub(crate) forced: Vec<(Id, Vec<(u64, LemmaId)>)>,
}

#[derive(Debug, Clone)]
pub(crate) enum ArrayStep {
    /// It must be longer than it can be.
    TooShort { longest: Longest },
    /// Too few items can be of a kind that must occur.
    Missing { wanted: Id, closed: Vec<(u64, LemmaId)>, longest: Longest },
    /// Those that must occur are too many of a kind that may not.
    Crowded { wanted: Id, limit: Id, closed: Vec<(u64, LemmaId)>, longest: Longest },
    /// No two items can be equal.
    NoRepeat { pairs: Vec<(u64, u64, LemmaId)>, longest: Longest },
    /// There are too few different values.
    FewValues { values: Id, lemma: LemmaId },
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
    fn parts(&self) -> Vec<&Arc<Step>> {
        match self {
            Self::EveryType(types) => types.iter().map(|(_, step)| step).collect(),
            Self::Cases(cases) => cases.cases.iter().map(|case| &case.step).collect(),
            Self::Expand { then, .. } => vec![then],
            Self::ByValue { cases, otherwise, .. } => {
                cases.iter().map(|(_, step)| step).chain([otherwise]).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The lemmas about smaller values that it takes, without those of its parts.
    fn lemmas(&self) -> Vec<LemmaId> {
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

    /// Whether all it says is that something contradicts what is known.
    fn is_plain(&self) -> bool {
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

/// Lines that a proof is shown in.
const MAX_LINES: usize = 200;

struct Writer<'a> {
    derivation: &'a Derivation,
    arena: &'a Arena,
    lines: Vec<String>,
    /// The lemmas around the current line.
    above: Vec<LemmaId>,
}

impl Writer<'_> {
    /// Whether there is room for another line.
    fn line(&mut self, indent: usize, text: &str, place: Option<Id>) -> bool {
        if self.lines.len() >= MAX_LINES {
            if self.lines.len() == MAX_LINES {
                self.lines.push("...".to_owned());
            }
            return false;
        }
        let place = place.and_then(|id| self.arena.place(id));
        let place = place.map_or(String::new(), |place| format!(" ({place})"));
        self.lines.push(format!("{:indent$}{text}{place}", ""));
        true
    }

    fn lemma(&mut self, id: LemmaId, indent: usize) {
        let derivation = self.derivation;
        let Some(lemma) = derivation.lemmas.get(&id) else { return };
        if self.above.contains(&id) {
            self.line(indent, "the same question as above, about a smaller value", None);
            return;
        }
        self.above.push(id);
        self.step(&lemma.step, indent);
        self.above.pop();
    }

    fn step(&mut self, step: &Step, indent: usize) {
        // Cases that contradict what is known are not worth a line; a single other one stands for
        // all of them.
        let parts = step.parts();
        let worth: Vec<_> = parts.iter().filter(|part| !part.is_plain()).collect();
        match (parts.as_slice(), worth.as_slice()) {
            (_, [only]) => return self.step(only, indent),
            ([first, ..], []) => return self.step(first, indent),
            _ => {}
        }
        let (text, place) = self.describe(step);
        if !self.line(indent, &text, place) {
            return;
        }
        for part in worth {
            self.step(part, indent + 2);
        }
        for lemma in step.lemmas() {
            if self.lines.len() > MAX_LINES {
                return;
            }
            self.lemma(lemma, indent + 2);
        }
    }

    fn describe(&self, step: &Step) -> (String, Option<Id>) {
        match step {
            Step::Clash(Why::Schema(id)) => ("the same schema on both sides".to_owned(), *id),
            Step::Clash(Why::Type(Types::NONE, id)) => ("no type of value is left".to_owned(), *id),
            Step::Clash(Why::Type(types, id)) => {
                (format!("the value is of type {}", types.name()), *id)
            }
            Step::Clash(Why::Absent(name, id)) => (format!("the property {name:?} is absent"), *id),
            Step::Clash(Why::There(name, id)) => (format!("the property {name:?} is there"), *id),
            Step::EveryType(_) => ("whatever the type of the value:".to_owned(), None),
            Step::Cases(Cases { union, cases, .. }) if cases.is_empty() => {
                ("no alternative is left".to_owned(), Some(union.0))
            }
            Step::Cases(Cases { union, cases, .. }) => {
                (format!("in each of {} cases:", cases.len()), Some(union.0))
            }
            Step::ByValue { among, cases, .. } => {
                (format!("whether one of {} values, or none:", cases.len()), Some(*among))
            }
            Step::Expand { union, .. } => ("no part of it holds:".to_owned(), Some(*union)),
            Step::Values { listed, failing } => {
                let text = match failing.len() {
                    1 => "the one listed value is ruled out".to_owned(),
                    count => format!("all {count} listed values are ruled out"),
                };
                (text, *listed)
            }
            Step::Scalar { text, place } => (text.clone(), *place),
            Step::Object(step) => match step {
                ObjectStep::Member { name, .. } => {
                    (format!("no value is left for the property {name:?}:"), None)
                }
                ObjectStep::BadName { name, names } => {
                    let text = format!("the property {name:?} is required, its name not allowed");
                    (text, Some(*names))
                }
                ObjectStep::Crowded => {
                    ("more properties are required than allowed".to_owned(), None)
                }
                ObjectStep::Wanted { exists, .. } => {
                    ("no property can be the one that is wanted:".to_owned(), Some(*exists))
                }
                ObjectStep::TooFew { .. } => {
                    ("so many properties are not possible:".to_owned(), None)
                }
            },
            Step::Array(step) => match step {
                ArrayStep::TooShort { longest } => {
                    let text = match longest.blocked {
                        Some((index, _)) => format!("no value is left for item {index}:"),
                        None => "more items are wanted than possible".to_owned(),
                    };
                    (text, None)
                }
                ArrayStep::Missing { wanted, .. } => {
                    ("too few items can be of the kind that is wanted:".to_owned(), Some(*wanted))
                }
                ArrayStep::Crowded { limit, .. } => {
                    ("more such items are wanted than allowed:".to_owned(), Some(*limit))
                }
                ArrayStep::NoRepeat { .. } => ("no two items can be equal:".to_owned(), None),
                ArrayStep::FewValues { values, .. } => {
                    let count = match self.arena.node(*values) {
                        Node::Enum(values) => values.len(),
                        _ => 0,
                    };
                    (format!("there are only {count} different items:"), None)
                }
            },
        }
    }
}
