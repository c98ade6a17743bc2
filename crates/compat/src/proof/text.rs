//! A proof as its reader sees it: a tree of steps, a line each.

use std::fmt;
use std::sync::Arc;

use super::step::{ArrayStep, Cases, Derivation, Lemmas, ObjectStep, Step, Why};
use crate::arena::Arena;
use crate::node::Node;
use crate::primitives::{LemmaId, NodeId};
use crate::types::TypeSet;

/// A proof that the superset rejects no instance of the subset. Displayed as a tree with a step on each
/// line, cut after 200 lines. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    lines: Arc<[String]>,
}

impl Proof {
    /// The proof that a schema includes itself.
    pub(crate) fn same_document() -> Self {
        Self { lines: ["both documents are the same schema".to_owned()].into() }
    }

    /// `theorems` has the lemmas that were shown before.
    pub(crate) fn new(derivation: &Derivation, theorems: &Lemmas, arena: &Arena) -> Self {
        let mut writer =
            Writer { derivation, theorems, arena, lines: Vec::new(), above: Vec::new() };
        writer.lemma(derivation.root, 0);
        Self { lines: writer.lines.into() }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// Lines that a proof is shown in.
const MAX_LINES: usize = 200;

struct Writer<'a> {
    derivation: &'a Derivation,
    theorems: &'a Lemmas,
    arena: &'a Arena,
    lines: Vec<String>,
    /// The lemmas around the current line.
    above: Vec<LemmaId>,
}

impl Writer<'_> {
    /// Whether there is room for another line.
    fn line(&mut self, indent: usize, text: &str, place: Option<NodeId>) -> bool {
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
        let shown = derivation.lemmas.get(&id).or_else(|| self.theorems.get(&id));
        let Some(lemma) = shown else { return };
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

    fn describe(&self, step: &Step) -> (String, Option<NodeId>) {
        match step {
            Step::Clash(Why::Schema(id)) => ("the same schema on both sides".to_owned(), *id),
            Step::Clash(Why::Type(TypeSet::NONE, id)) => {
                ("no type of value is left".to_owned(), *id)
            }
            Step::Clash(Why::Type(types, id)) => {
                (format!("the value is of type {}", types.name()), *id)
            }
            Step::Clash(Why::Absent(name, id)) => (format!("the property {name:?} is absent"), *id),
            Step::Clash(Why::There(name, id)) => (format!("the property {name:?} is there"), *id),
            Step::EveryType(_) => ("whatever the type of the value:".to_owned(), None),
            Step::Cases(Cases { union, cases, .. }) if cases.is_empty() => {
                ("no alternative is left".to_owned(), Some(union.id))
            }
            Step::Cases(Cases { union, cases, .. }) => {
                (format!("in each of {} cases:", cases.len()), Some(union.id))
            }
            Step::ByValue { among, cases, .. } => {
                (format!("whether one of {} values, or none:", cases.len()), Some(*among))
            }
            Step::Shared { wanted, cases } => {
                let text = format!(
                    "there is no room for {} properties beside the required ones, whichever of {} \
                     pairs are one:",
                    wanted.len(),
                    cases.len()
                );
                (text, wanted.first().copied())
            }
            Step::Expand { union, .. } => ("no part of it holds:".to_owned(), Some(*union)),
            Step::Values { listed, failing } => {
                let text = match failing.len() {
                    1 => "the one listed value is ruled out".to_owned(),
                    count => format!("all {count} listed values are ruled out"),
                };
                (text, *listed)
            }
            Step::Number { text, place } => (text.clone(), *place),
            Step::String { place, .. } => {
                ("no string meets the lengths and patterns".to_owned(), *place)
            }
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
                    let text = match self.arena.node(*values) {
                        Node::Enum(values) => {
                            format!("there are only {} different items:", values.len())
                        }
                        node => unreachable!("the checker found listed values, not {node:?}"),
                    };
                    (text, None)
                }
            },
        }
    }
}
