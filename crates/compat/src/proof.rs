//! Why an inclusion holds: a tree of steps that close every case in which it could fail.

use std::fmt;
use std::sync::Arc;

/// One of the two schemas of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// The schema that should be included.
    Sub,
    /// The schema that should include the other.
    Super,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sub => "sub",
            Self::Super => "super",
        })
    }
}

/// A place in one of the two schemas.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// Which schema.
    pub side: Side,
    /// The JSON Pointer (RFC 6901) of the keyword or subschema in that document.
    pub pointer: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} #{}", self.side, self.pointer)
    }
}

/// How a step of a [`Proof`] rules out an instance of the sub that the super rejects.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// The two documents are the same schema, annotations aside.
    SameDocument,
    /// One schema would have to hold and to fail for the same value.
    SameSchema,
    /// A value cannot meet these constraints at once; the text says which.
    Contradiction(String),
    /// None of the listed values (that many) is left.
    NoValueLeft(usize),
    /// Every type of value is ruled out, by a premise each.
    EveryType,
    /// Every alternative is ruled out, by a premise each.
    EveryCase,
    /// No value fits the property of this name.
    Property(String),
    /// No value fits the item at this index, nor any after it.
    Item(u64),
    /// The question is one that was asked further up, about a larger value: a smallest
    /// counterexample does not exist, so none does.
    Recursion,
    /// `jsonschema::canonical` covers it.
    Canonical,
}

/// A proof that no instance of the sub is rejected by the super.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What this step shows.
    pub step: Step,
    /// The place that decides it, if there is one.
    pub place: Option<Place>,
    /// What it rests on.
    pub premises: Vec<Arc<Proof>>,
}

impl Proof {
    pub(crate) fn leaf(step: Step, place: Option<Place>) -> Arc<Self> {
        Arc::new(Self { step, place, premises: Vec::new() })
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, indent: usize, lines: &mut usize) -> fmt::Result {
        if *lines == 0 {
            return Ok(());
        }
        *lines -= 1;
        // A chain of single premises reads better as the last of them.
        if let (Step::EveryCase | Step::EveryType, [only]) = (&self.step, self.premises.as_slice())
        {
            return only.write(f, indent, lines);
        }
        write!(f, "{:indent$}", "")?;
        match &self.step {
            Step::SameDocument => write!(f, "both documents are the same schema")?,
            Step::SameSchema => write!(f, "the same schema on both sides")?,
            Step::Contradiction(text) => write!(f, "{text}")?,
            Step::NoValueLeft(1) => write!(f, "the one listed value is ruled out")?,
            Step::NoValueLeft(count) => write!(f, "all {count} listed values are ruled out")?,
            Step::EveryType => write!(f, "whatever the type of the value:")?,
            Step::EveryCase => write!(f, "in each of {} cases:", self.premises.len())?,
            Step::Property(name) => write!(f, "no value is left for the property {name:?}:")?,
            Step::Item(index) => write!(f, "no value is left for item {index}:")?,
            Step::Recursion => write!(f, "the same question as above, about a smaller value")?,
            Step::Canonical => write!(f, "the canonical forms cover each other")?,
        }
        match &self.place {
            Some(place) => writeln!(f, " ({place})")?,
            None => writeln!(f)?,
        }
        for premise in &self.premises {
            premise.write(f, indent + 2, lines)?;
        }
        Ok(())
    }
}

/// The tree, a step a line; a long one is cut after 200 lines.
impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines = 200;
        self.write(f, 0, &mut lines)?;
        if lines == 0 { writeln!(f, "...") } else { Ok(()) }
    }
}
