//! The budget of a question: steps of search and memory, and which work used them.

use crate::place::Origin;
use crate::reason::Reason;

/// The purpose of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Work {
    Unions,
    Objects,
    Arrays,
    Strings,
    Values,
}

impl Work {
    const ALL: [Self; 5] = [Self::Unions, Self::Objects, Self::Arrays, Self::Strings, Self::Values];

    fn name(self) -> &'static str {
        match self {
            Self::Unions => "alternatives (`anyOf`, `oneOf`, `if`, `not`)",
            Self::Objects => "properties of objects",
            Self::Arrays => "items of arrays",
            Self::Strings => "patterns of strings",
            Self::Values => "listed values",
        }
    }
}

/// Steps and bytes that are left.
#[derive(Debug)]
pub(crate) struct Budget {
    steps: u64,
    bytes: u64,
    /// Steps that some other case still needs.
    reserved: u64,
    spent: [u64; Work::ALL.len()],
    /// The limits at the start.
    all: Limits,
    /// Where it ran out, and of what.
    exhausted: Option<(Ran, Option<Origin>)>,
}

#[derive(Clone, Copy, Debug)]
struct Limits {
    steps: u64,
    bytes: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ran {
    OutOfSteps,
    OutOfMemory,
}

impl Budget {
    pub(crate) fn new(steps: u64, bytes: u64) -> Self {
        Self {
            steps,
            bytes,
            reserved: 0,
            spent: [0; Work::ALL.len()],
            all: Limits { steps, bytes },
            exhausted: None,
        }
    }

    /// Steps that may be taken now.
    pub(crate) fn steps(&self) -> u64 {
        self.steps.saturating_sub(self.reserved)
    }

    /// Uses up steps; `false` if too few are left.
    pub(crate) fn spend(&mut self, work: Work, steps: u64) -> bool {
        self.spent[work as usize] += steps;
        let enough = self.steps() >= steps;
        self.steps = self.steps.saturating_sub(steps).max(self.reserved);
        enough
    }

    /// Uses up memory; `false` if too little is left.
    pub(crate) fn hold(&mut self, bytes: usize) -> bool {
        let bytes = bytes as u64;
        let enough = self.bytes >= bytes;
        self.bytes = self.bytes.saturating_sub(bytes);
        enough
    }

    /// Keeps all but `share` of the remaining steps for later; pass the result to [`Budget::restore`].
    pub(crate) fn reserve(&mut self, share: u64) -> u64 {
        let before = self.reserved;
        self.reserved = self.steps.saturating_sub(share).max(before);
        before
    }

    pub(crate) fn restore(&mut self, reserved: u64) {
        self.reserved = reserved;
    }

    /// Remembers where it first ran out.
    pub(crate) fn ran_out(&mut self, origin: Option<Origin>) {
        if self.exhausted.is_none() {
            let ran = if self.bytes == 0 { Ran::OutOfMemory } else { Ran::OutOfSteps };
            self.exhausted = Some((ran, origin));
        }
    }

    /// Which limit was reached, where, and which work used most steps.
    pub(crate) fn exhaustion(&self) -> Option<Reason> {
        let (ran, origin) = self.exhausted.clone()?;
        let most = Work::ALL.into_iter().max_by_key(|work| self.spent[*work as usize]);
        let most = most.map_or("nothing", Work::name);
        let (what, option) = match ran {
            Ran::OutOfSteps => (format!("{} steps", self.all.steps), "Options::budget"),
            Ran::OutOfMemory => (format!("{} MB", self.all.bytes / 1_000_000), "Options::memory"),
        };
        Some(Reason::new(
            format!("the search used up its {what}, most steps for {most}"),
            format!("raise `{option}`, or write the schema at this place in a simpler way"),
            origin,
        ))
    }
}
