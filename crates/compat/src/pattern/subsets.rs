//! The deterministic automaton of a pattern, built as far as a search goes.
//!
//! A state is what is still open at a place between two characters. Assertions stay in it until the
//! next character, or the end, is known: only then is it known where they lead. A look-ahead becomes
//! a guard, which goes along with the states that depend on it; a look-behind is tried from every
//! position alongside the pattern, so that at each place it is known whether it has just matched.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::automaton::{After, Pattern, Position, State};
use crate::primitives::{LetterId, StateId, SubsetId};

/// The steps and bytes that a search may still spend.
pub(crate) struct Fuel {
    pub(crate) steps: u64,
    pub(crate) bytes: u64,
}

impl Fuel {
    pub(crate) fn burn(&mut self, steps: usize) -> Option<()> {
        self.steps = self.steps.checked_sub(steps as u64)?;
        Some(())
    }

    pub(crate) fn keep(&mut self, bytes: usize) -> Option<()> {
        self.bytes = self.bytes.checked_sub(bytes as u64)?;
        Some(())
    }
}

/// Some way on to a match: from a plain state, or from a guarded one if its guard has no way on.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Any {
    plain: Vec<StateId>,
    guarded: Vec<(StateId, Any)>,
}

impl Any {
    fn sure() -> Self {
        Self { plain: vec![StateId::MATCH], guarded: Vec::new() }
    }

    fn is_sure(&self) -> bool {
        self.plain.first() == Some(&StateId::MATCH)
    }

    fn is_empty(&self) -> bool {
        self.plain.is_empty() && self.guarded.is_empty()
    }

    fn push(&mut self, id: StateId, guard: Self) {
        if guard.is_empty() { self.plain.push(id) } else { self.guarded.push((id, guard)) }
    }

    fn not(self) -> Self {
        if self.is_sure() {
            return Self::default();
        }
        if self.is_empty() {
            return Self::sure();
        }
        match (self.plain.as_slice(), self.guarded.as_slice()) {
            ([], [(StateId::MATCH, guard)]) => guard.clone(),
            _ => Self { plain: Vec::new(), guarded: vec![(StateId::MATCH, self)] },
        }
    }

    fn or(mut self, other: Self) -> Self {
        self.plain.extend(other.plain);
        self.guarded.extend(other.guarded);
        self.normal()
    }

    /// The form that is the same for the same alternatives.
    fn normal(mut self) -> Self {
        self.plain.sort_unstable();
        self.plain.dedup();
        if self.is_sure() {
            return Self::sure();
        }
        self.guarded.retain(|(id, _)| self.plain.binary_search(id).is_err());
        self.guarded.sort_unstable();
        self.guarded.dedup();
        self
    }

    /// Whether it is a match if the string ends here.
    fn ends(&self) -> bool {
        self.is_sure()
            || self.guarded.iter().any(|(id, guard)| *id == StateId::MATCH && !guard.ends())
    }

    /// The guards that remain open once a look-around has matched.
    fn seen(self) -> Self {
        if self.plain.contains(&StateId::SEEN) {
            return Self::sure();
        }
        let seen = self.guarded.into_iter().filter(|(id, _)| *id == StateId::SEEN);
        Self {
            plain: Vec::new(),
            guarded: seen.map(|(_, guard)| (StateId::MATCH, guard)).collect(),
        }
    }

    /// The number of states and guards in it.
    fn size(&self) -> usize {
        self.plain.len() + self.guarded.iter().map(|(_, guard)| 2 + guard.size()).sum::<usize>()
    }
}

/// A state of the deterministic automaton.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Subset {
    first: bool,
    /// Whether the last character is a word character, if that matters.
    word: bool,
    open: Any,
    /// The look-behinds on the way, in the order of the pattern's look-arounds.
    behind: Vec<Any>,
}

impl Subset {
    fn settled(&self) -> Option<bool> {
        if self.open.is_sure() {
            return Some(true);
        }
        // A match may start anywhere, and the start is in `open` at every place: if it leads nowhere
        // here, it leads nowhere from now on. But `(?!^)` does from the second place on.
        (self.open.is_empty() && !self.first).then_some(false)
    }
}

/// A letter of the automaton: characters that no class of the patterns tells apart.
pub(super) trait Letter {
    fn is_word(&self) -> bool;
    /// Whether it is in the class with this number, counted through all patterns.
    fn is_in(&self, class: usize) -> bool;
}

pub(super) struct Subsets<'p> {
    pattern: &'p Pattern,
    /// The number of its first class.
    classes: usize,
    letters: usize,
    sets: Vec<Arc<Subset>>,
    accepting: Vec<bool>,
    ids: HashMap<Arc<Subset>, SubsetId>,
    /// By subset and letter; [`SubsetId::UNKNOWN`] where no search has gone yet.
    steps: Vec<SubsetId>,
}

impl<'p> Subsets<'p> {
    /// State 0 is the one before the first character.
    pub(super) fn new(
        pattern: &'p Pattern,
        classes: usize,
        letters: usize,
        fuel: &mut Fuel,
    ) -> Option<Self> {
        let mut new = Self {
            pattern,
            classes,
            letters,
            sets: Vec::new(),
            accepting: Vec::new(),
            ids: HashMap::new(),
            steps: Vec::new(),
        };
        let nothing = vec![Any::default(); pattern.looks.len()];
        let first = new.arrive(Any::default(), nothing, true, false, fuel)?;
        new.intern(first, fuel)?;
        Some(new)
    }

    /// The number of states so far.
    pub(super) fn len(&self) -> usize {
        self.sets.len()
    }

    pub(super) fn accepts(&self, state: SubsetId) -> bool {
        self.accepting[state.index()]
    }

    /// Whether no continuation can change the answer, and that answer.
    pub(super) fn settled(&self, state: SubsetId) -> Option<bool> {
        self.sets[state.index()].settled()
    }

    /// The least of what is known of the states that are open.
    pub(super) fn nearest(&self, state: SubsetId, of_states: &[u32]) -> u32 {
        let open = &self.sets[state.index()].open;
        let states = open.plain.iter().chain(open.guarded.iter().map(|(id, _)| id));
        states.map(|id| of_states[id.index()]).min().unwrap_or(u32::MAX)
    }

    /// `None` for want of fuel.
    pub(super) fn step<L: Letter>(
        &mut self,
        state: SubsetId,
        letter_id: LetterId,
        letter: &L,
        fuel: &mut Fuel,
    ) -> Option<SubsetId> {
        let at = state.index() * self.letters + letter_id.index();
        let known = self.steps[at];
        if known != SubsetId::UNKNOWN {
            return Some(known);
        }
        let subset = Arc::clone(&self.sets[state.index()]);
        let next = if self.settled(state).is_some() {
            Subset { first: false, ..(*subset).clone() }
        } else {
            let word = self.pattern.words && letter.is_word();
            let (open, behind) = self.resolve(&subset, After::Char { word }, fuel)?;
            let open = self.advance(open, letter);
            let behind = behind.into_iter().map(|any| self.advance(any, letter)).collect();
            self.arrive(open, behind, false, word, fuel)?
        };
        let next = self.intern(next, fuel)?;
        self.steps[at] = next;
        Some(next)
    }

    fn intern(&mut self, subset: Subset, fuel: &mut Fuel) -> Option<SubsetId> {
        if let Some(id) = self.ids.get(&subset) {
            return Some(*id);
        }
        let accepts = match subset.settled() {
            Some(answer) => answer,
            None => self.resolve(&subset, After::End, fuel)?.0.ends(),
        };
        let size = subset.open.size() + subset.behind.iter().map(Any::size).sum::<usize>();
        fuel.keep(200 + 56 * subset.behind.len() + 32 * size + 4 * self.letters)?;
        let id = SubsetId::new(self.sets.len());
        let subset = Arc::new(subset);
        self.sets.push(Arc::clone(&subset));
        self.accepting.push(accepts);
        self.ids.insert(subset, id);
        self.steps.extend(std::iter::repeat_n(SubsetId::UNKNOWN, self.letters));
        Some(id)
    }

    /// The subset at a place, from the states that the place before leads to.
    fn arrive(
        &self,
        mut open: Any,
        mut behind: Vec<Any>,
        first: bool,
        word: bool,
        fuel: &mut Fuel,
    ) -> Option<Subset> {
        let place = Position { first, word, after: After::Unknown };
        // A match may start anywhere.
        open.plain.push(self.pattern.start);
        let open = self.close(open, place, &[], fuel)?;
        let subset = Subset { first, word: false, open, behind: Vec::new() };
        if subset.settled().is_some() {
            return Some(subset);
        }
        for (any, look) in behind.iter_mut().zip(&self.pattern.looks) {
            if look.ahead.is_none() {
                any.plain.push(look.along);
                *any = self.close(std::mem::take(any), place, &[], fuel)?;
            }
        }
        Some(Subset { word, behind, ..subset })
    }

    /// Follows the assertions of a subset, now that it is known what comes next.
    fn resolve(&self, subset: &Subset, after: After, fuel: &mut Fuel) -> Option<(Any, Vec<Any>)> {
        let place = Position { first: subset.first, word: subset.word, after };
        let mut seen: Vec<Any> = Vec::with_capacity(subset.behind.len());
        let mut behind = Vec::with_capacity(subset.behind.len());
        for any in &subset.behind {
            let any = self.close(any.clone(), place, &seen, fuel)?;
            seen.push(any.clone().seen());
            behind.push(any);
        }
        Some((self.close(subset.open.clone(), place, &seen, fuel)?, behind))
    }

    fn advance<L: Letter>(&self, any: Any, letter: &L) -> Any {
        let step = |id: StateId| match &self.pattern.states[id.index()] {
            State::Match => Some(StateId::MATCH),
            State::Class(class, next) => {
                letter.is_in(self.classes + class.index()).then_some(*next)
            }
            _ => None,
        };
        let guarded = any.guarded.into_iter();
        Any {
            plain: any.plain.into_iter().filter_map(step).collect(),
            guarded: guarded
                .filter_map(|(id, guard)| Some((step(id)?, self.advance(guard, letter))))
                .collect(),
        }
    }

    /// Follows everything that reads no character, as far as the place is known. `seen` tells for
    /// each look-behind under which guards it has just matched; it is empty as long as that is open.
    fn close(&self, any: Any, place: Position, seen: &[Any], fuel: &mut Fuel) -> Option<Any> {
        let mut stack: Vec<(StateId, Any)> =
            any.plain.into_iter().map(|id| (id, Any::default())).collect();
        for (id, guard) in any.guarded {
            stack.push((id, self.close(guard, place, seen, fuel)?));
        }
        let mut plain = vec![0_u64; self.pattern.states.len() / 64 + 1];
        fuel.burn(plain.len() / 64)?;
        let mut guarded = HashSet::new();
        let mut closed = Any::default();
        while let Some((id, guard)) = stack.pop() {
            fuel.burn(1 + 2 * guard.size())?;
            let (word, bit) = (id.index() / 64, 1 << (id.index() % 64));
            let new = if guard.is_sure() || plain[word] & bit != 0 {
                false
            } else if guard.is_empty() {
                plain[word] |= bit;
                true
            } else {
                guarded.insert((id, guard.clone()))
            };
            if !new {
                continue;
            }
            let state = &self.pattern.states[id.index()];
            match state {
                State::Match if guard.is_empty() => return Some(Any::sure()),
                State::Class(class, _) if self.pattern.classes[class.index()].is_empty() => {}
                State::Split(next) => stack.extend(next.iter().map(|id| (*id, guard.clone()))),
                State::Look { index, negative, next } => {
                    let look = &self.pattern.looks[index.index()];
                    let inner = match (look.ahead, seen.get(index.index())) {
                        (Some(ahead), _) => {
                            let ahead = Any { plain: vec![ahead], guarded: Vec::new() };
                            Some(self.close(ahead, place, seen, fuel)?)
                        }
                        (None, seen) => seen.cloned(),
                    };
                    match inner {
                        Some(inner) => {
                            let inner = if *negative { inner } else { inner.not() };
                            stack.push((*next, guard.or(inner)));
                        }
                        None => closed.push(id, guard),
                    }
                }
                _ => match state.holds(place) {
                    Some((true, next)) => stack.push((next, guard)),
                    Some((false, _)) => {}
                    None => closed.push(id, guard),
                },
            }
        }
        Some(closed.normal())
    }
}
