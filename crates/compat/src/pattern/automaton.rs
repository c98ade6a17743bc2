//! The nondeterministic automaton of a pattern, and whether it finds a match in one string.

use std::collections::VecDeque;

use super::ast::Ast;
use super::back::spelled_out;
use super::error::Unsupported;
use super::ranges::Ranges;
use super::syntax::{Syntax, read};
use crate::primitives::{ClassId, LookId, StateId};

pub(super) const MAX_STATES: usize = 20_000;
pub(super) const TOO_LARGE: Unsupported = Unsupported(
    "more than 20000 states in the automaton of the pattern: lower the counts of its repetitions",
);

#[derive(Debug)]
pub(super) enum State {
    Match,
    Seen,
    /// One character of the class with this index, then the next state.
    Class(ClassId, StateId),
    Split(Vec<StateId>),
    Start(StateId),
    End(StateId),
    Word {
        boundary: bool,
        next: StateId,
    },
    Look {
        index: LookId,
        negative: bool,
        next: StateId,
    },
}

#[derive(Debug)]
pub(super) struct Look {
    /// Tried from every position, it ends in [`StateId::SEEN`]; a look-ahead is read backwards for that.
    pub(super) along: StateId,
    /// Where a look-ahead begins when it is read forwards. It ends in [`StateId::MATCH`].
    pub(super) ahead: Option<StateId>,
}

/// The language of the strings in which a regular expression finds a match.
#[derive(Debug)]
pub(crate) struct Pattern {
    source: String,
    pub(super) states: Vec<State>,
    pub(super) start: StateId,
    pub(super) classes: Vec<Ranges>,
    /// Inner ones stand before those around them.
    pub(super) looks: Vec<Look>,
    /// Whether it matters which characters are word characters.
    pub(super) words: bool,
}

/// A place between two characters, as far as it is known.
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub(super) first: bool,
    /// Whether the character before is a word character.
    pub(super) word: bool,
    pub(super) after: After,
}

#[derive(Clone, Copy)]
pub(super) enum After {
    Unknown,
    End,
    Char { word: bool },
}

impl State {
    /// Whether this assertion holds, and where it leads; `None` while that is unknown.
    pub(super) fn holds(&self, place: Position) -> Option<(bool, StateId)> {
        match (self, place.after) {
            (Self::Start(next), _) => Some((place.first, *next)),
            (Self::End(next), After::End) => Some((true, *next)),
            (Self::End(next), After::Char { .. }) => Some((false, *next)),
            (Self::Word { boundary, next }, After::End) => Some((place.word == *boundary, *next)),
            (Self::Word { boundary, next }, After::Char { word }) => {
                Some(((place.word != word) == *boundary, *next))
            }
            _ => None,
        }
    }
}

impl Pattern {
    pub(crate) fn new(source: &str) -> Result<Self, Unsupported> {
        let Syntax { term, mut classes, refers } = read(source)?;
        let term = if refers { spelled_out(term, &mut classes)? } else { term };
        let mut looks = Vec::new();
        let ast = Ast::of(term, &mut looks);
        // A look-ahead is built in both directions.
        let size = looks
            .iter()
            .map(|look| size(&look.ast).saturating_mul(2))
            .fold(size(&ast), u64::saturating_add);
        if size > MAX_STATES as u64 {
            return Err(TOO_LARGE);
        }
        let mut pattern = Self {
            source: source.to_owned(),
            states: vec![State::Match, State::Seen],
            start: StateId::MATCH,
            classes: classes.all,
            looks: Vec::with_capacity(looks.len()),
            words: false,
        };
        for look in &looks {
            let along = pattern.compile(&look.ast, StateId::SEEN, look.ahead);
            let ahead = look.ahead.then(|| pattern.compile(&look.ast, StateId::MATCH, false));
            pattern.looks.push(Look { along, ahead });
        }
        pattern.start = pattern.compile(&ast, StateId::MATCH, false);
        Ok(pattern)
    }

    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    fn push(&mut self, state: State) -> StateId {
        self.states.push(state);
        StateId::new(self.states.len() - 1)
    }

    /// Adds the states that match `ast`, from its end if it is read backwards, and then go on at
    /// `next`.
    fn compile(&mut self, ast: &Ast, next: StateId, backwards: bool) -> StateId {
        match ast {
            Ast::Class(class) => self.push(State::Class(*class, next)),
            Ast::Start => self.push(State::Start(next)),
            Ast::End => self.push(State::End(next)),
            Ast::Word { boundary } => {
                self.words = true;
                self.push(State::Word { boundary: *boundary, next })
            }
            Ast::Look { index, negative } => {
                self.push(State::Look { index: *index, negative: *negative, next })
            }
            Ast::Concat(items) if backwards => {
                items.iter().fold(next, |next, item| self.compile(item, next, backwards))
            }
            Ast::Concat(items) => {
                items.iter().rev().fold(next, |next, item| self.compile(item, next, backwards))
            }
            Ast::Alternation(branches) => {
                let starts = branches.iter().map(|b| self.compile(b, next, backwards)).collect();
                self.push(State::Split(starts))
            }
            Ast::Repeat { inner, min, max } => {
                let end = next;
                let mut next = next;
                if let Some(max) = max {
                    for _ in *min..*max {
                        let body = self.compile(inner, next, backwards);
                        next = self.push(State::Split(vec![body, end]));
                    }
                } else {
                    next = self.push(State::Split(Vec::new()));
                    let body = self.compile(inner, next, backwards);
                    self.states[next.index()] = State::Split(vec![body, end]);
                }
                for _ in 0..*min {
                    next = self.compile(inner, next, backwards);
                }
                next
            }
        }
    }

    /// Whether the pattern finds a match in `text`.
    pub(crate) fn is_match(&self, text: &str) -> bool {
        let text: Vec<u32> = text.chars().map(u32::from).collect();
        let mut looks = Vec::with_capacity(self.looks.len());
        for look in &self.looks {
            looks.push(self.matches(look.along, look.ahead.is_some(), &text, &looks));
        }
        self.matches(self.start, false, &text, &looks).contains(&true)
    }

    /// The places of `text` at which some match ends, wherever it starts, given the results of the
    /// look-arounds within.
    fn matches(
        &self,
        start: StateId,
        backwards: bool,
        text: &[u32],
        looks: &[Vec<bool>],
    ) -> Vec<bool> {
        let is_word = |at: usize| {
            text.get(at).is_some_and(|c| {
                char::from_u32(*c).is_some_and(|c| c.is_ascii_alphanumeric() || c == '_')
            })
        };
        let mut found = vec![false; text.len() + 1];
        let mut visited = vec![usize::MAX; self.states.len()];
        let (mut stack, mut moved) = (Vec::new(), Vec::new());
        for step in 0..=text.len() {
            let at = if backwards { text.len() - step } else { step };
            let place = Position {
                first: at == 0,
                word: self.words && at > 0 && is_word(at - 1),
                after: if at == text.len() {
                    After::End
                } else {
                    After::Char { word: self.words && is_word(at) }
                },
            };
            let read = if backwards { at.checked_sub(1) } else { Some(at) };
            let read = read.and_then(|at| text.get(at));
            stack.push(start);
            while let Some(id) = stack.pop() {
                if std::mem::replace(&mut visited[id.index()], at) == at {
                    continue;
                }
                match &self.states[id.index()] {
                    State::Seen => found[at] = true,
                    State::Match => {
                        // The pattern itself: one match is enough.
                        found[at] = true;
                        return found;
                    }
                    State::Class(class, next) => {
                        if read.is_some_and(|c| contains(&self.classes[class.index()], *c)) {
                            moved.push(*next);
                        }
                    }
                    State::Split(next) => stack.extend(next),
                    State::Look { index, negative, next } => {
                        if looks[index.index()][at] != *negative {
                            stack.push(*next);
                        }
                    }
                    assertion => {
                        if let Some((true, next)) = assertion.holds(place) {
                            stack.push(next);
                        }
                    }
                }
            }
            std::mem::swap(&mut stack, &mut moved);
        }
        found
    }

    /// How many characters a match takes at least from each state on; assertions take none.
    pub(super) fn fewest(&self) -> Vec<u32> {
        let mut sources = vec![Vec::new(); self.states.len()];
        for (id, state) in self.states.iter().enumerate() {
            match state {
                State::Match | State::Seen => {}
                State::Class(_, next) => sources[next.index()].push((id, 1)),
                State::Split(next) => {
                    for next in next {
                        sources[next.index()].push((id, 0));
                    }
                }
                State::Start(next)
                | State::End(next)
                | State::Word { next, .. }
                | State::Look { next, .. } => sources[next.index()].push((id, 0)),
            }
        }
        let mut fewest = vec![u32::MAX; self.states.len()];
        let mut work = VecDeque::from([(StateId::MATCH.index(), 0)]);
        while let Some((id, distance)) = work.pop_front() {
            if fewest[id] <= distance {
                continue;
            }
            fewest[id] = distance;
            for (source, step) in &sources[id] {
                if *step == 0 {
                    work.push_front((*source, distance));
                } else {
                    work.push_back((*source, distance + step));
                }
            }
        }
        fewest
    }

    /// About how many bytes of memory it takes.
    pub(crate) fn bytes(&self) -> usize {
        let splits = self.states.iter().map(|state| match state {
            State::Split(next) => next.len() * size_of::<StateId>(),
            _ => 0,
        });
        size_of::<Self>()
            + self.source.len()
            + self.states.len() * size_of::<State>()
            + splits.sum::<usize>()
            + self.classes.iter().map(|c| c.len() * size_of::<(u32, u32)>()).sum::<usize>()
            + self.looks.len() * size_of::<Look>()
    }
}

/// At least the number of states that `compile` adds, and of its calls but for a constant factor.
fn size(ast: &Ast) -> u64 {
    let sum = |items: &[Ast]| items.iter().map(size).fold(0, u64::saturating_add);
    match ast {
        Ast::Concat(items) => sum(items).max(1),
        Ast::Alternation(items) => sum(items).saturating_add(1),
        Ast::Repeat { inner, min, max } => {
            let copies = u64::from(max.unwrap_or(min.saturating_add(1)));
            let splits = max.map_or(1, |max| u64::from(max - min));
            size(inner).saturating_mul(copies).saturating_add(splits).max(1)
        }
        _ => 1,
    }
}

fn contains(ranges: &Ranges, c: u32) -> bool {
    let after = ranges.partition_point(|(low, _)| *low <= c);
    after > 0 && c <= ranges[after - 1].1
}
