//! Numbers and strings: intervals, divisors, automata.

use std::sync::Arc;

use num_traits::{One, Signed, Zero};

use super::{Answer, Facts, Solver};
use crate::json::Json;
use crate::node::{Id, Node, Types};
use crate::number::{self, Rational};
use crate::pattern::{Found, Language};
use crate::proof::{Proof, Step};

/// Multiples that are tried one by one.
const MAX_TRIES: u32 = 2_000;
/// Steps of one search for a string.
const STRING_BUDGET: u64 = 150_000;

/// A set of numbers: an interval, multiples of all of some, of none of others.
#[derive(Default)]
struct Numbers {
    low: Option<(Rational, bool)>,
    high: Option<(Rational, bool)>,
    step: Option<Rational>,
    not_steps: Vec<Rational>,
    excluded: Vec<Rational>,
}

impl Numbers {
    fn at_least(&mut self, limit: Rational, strict: bool) {
        if self.low.as_ref().is_none_or(|(low, s)| limit > *low || (limit == *low && strict && !s))
        {
            self.low = Some((limit, strict));
        }
    }

    fn at_most(&mut self, limit: Rational, strict: bool) {
        if self.high.as_ref().is_none_or(|(hi, s)| limit < *hi || (limit == *hi && strict && !s)) {
            self.high = Some((limit, strict));
        }
    }

    fn multiple_of(&mut self, divisor: &Rational) {
        self.step = Some(match self.step.take() {
            None => divisor.clone(),
            Some(step) => number::lcm(&step, divisor),
        });
    }

    fn admits(&self, value: &Rational) -> bool {
        self.low.as_ref().is_none_or(|(low, strict)| value > low || (value == low && !strict))
            && self.high.as_ref().is_none_or(|(hi, strict)| value < hi || (value == hi && !strict))
            && self.step.as_ref().is_none_or(|step| number::is_multiple(value, step))
            && !self.not_steps.iter().any(|step| number::is_multiple(value, step))
            && !self.excluded.contains(value)
    }

    /// A member, or the reason there is none; `Err(None)` when neither was found.
    fn pick(&self) -> Result<Rational, Option<String>> {
        match &self.step {
            Some(step) => self.pick_multiple(step),
            None => self.pick_any(),
        }
    }

    fn range(&self) -> String {
        let end = |bound: &Option<(Rational, bool)>, word: (&str, &str)| match bound {
            None => String::new(),
            Some((limit, strict)) => {
                format!(" {} {limit}", if *strict { word.0 } else { word.1 })
            }
        };
        format!("{}{}", end(&self.low, (">", ">=")), end(&self.high, ("<", "<=")))
    }

    fn pick_multiple(&self, step: &Rational) -> Result<Rational, Option<String>> {
        if let Some(other) = self.not_steps.iter().find(|other| number::is_multiple(step, other)) {
            return Err(Some(format!("every multiple of {step} is one of {other}")));
        }
        // Count in steps: the quotients from `first` to `last` are the candidates.
        let first = self.low.as_ref().map(|(low, strict)| {
            let quotient = (low / step).ceil();
            if *strict && &quotient * step == *low { quotient + Rational::one() } else { quotient }
        });
        let last = self.high.as_ref().map(|(high, strict)| {
            let quotient = (high / step).floor();
            if *strict && &quotient * step == *high { quotient - Rational::one() } else { quotient }
        });
        if let (Some(first), Some(last)) = (&first, &last) {
            if first > last {
                let what = if step.is_one() {
                    "no integer".to_owned()
                } else {
                    format!("no multiple of {step}")
                };
                return Err(Some(format!("{what} is{}", self.range())));
            }
        }
        // Upwards from the candidate nearest to zero, then downwards from below it.
        let zero = Rational::zero();
        let start = match (&first, &last) {
            (Some(first), _) if *first > zero => first.clone(),
            (_, Some(last)) if *last < zero => last.clone(),
            _ => zero,
        };
        let mut exhausted = true;
        for direction in [Rational::one(), -Rational::one()] {
            let mut at = if direction.is_negative() { &start + &direction } else { start.clone() };
            let mut tries = 0;
            while first.as_ref().is_none_or(|first| at >= *first)
                && last.as_ref().is_none_or(|last| at <= *last)
            {
                let value = &at * step;
                if self.admits(&value) {
                    return Ok(value);
                }
                at += &direction;
                tries += 1;
                if tries >= MAX_TRIES {
                    exhausted = false;
                    break;
                }
            }
        }
        Err(exhausted.then(|| format!("no number{} is left", self.range())))
    }

    fn pick_any(&self) -> Result<Rational, Option<String>> {
        let one = Rational::one();
        let (low, high) = match (&self.low, &self.high) {
            (Some((low, s)), Some((high, t))) => {
                if low > high || (low == high && (*s || *t)) {
                    return Err(Some(format!("no number is{}", self.range())));
                }
                if low == high {
                    return if self.admits(low) {
                        Ok(low.clone())
                    } else {
                        Err(Some(format!("{low} is ruled out")))
                    };
                }
                (low.clone(), high.clone())
            }
            (Some((low, _)), None) => (low.clone(), low + &one + &one),
            (None, Some((high, _))) => (high - &one - &one, high.clone()),
            (None, None) => (-&one, one),
        };
        for end in [&low, &high] {
            if self.admits(end) {
                return Ok(end.clone());
            }
        }
        // The divisors and values that are ruled out are isolated: some decimal is left.
        let mut top = high;
        for _ in 0..200 {
            let middle = number::between(&low, &top);
            if self.admits(&middle) {
                return Ok(middle);
            }
            top = middle;
        }
        Err(None)
    }
}

impl Solver<'_> {
    pub(super) fn number(&mut self, facts: &Facts) -> Answer {
        let integer = facts.types == Types::INTEGER.0;
        let literal = self.arena.literal_integers;
        let mut numbers = Numbers::default();
        let mut place: Option<Id> = None;
        for (id, positive) in &facts.atoms {
            match (self.arena.node(*id), positive) {
                (Node::Min { limit, strict }, true) => numbers.at_least(limit.clone(), *strict),
                (Node::Max { limit, strict }, true) => numbers.at_most(limit.clone(), *strict),
                (Node::MultipleOf(divisor), true) => numbers.multiple_of(divisor),
                (Node::MultipleOf(divisor), false) => numbers.not_steps.push(divisor.clone()),
                (Node::Enum(values), false) => {
                    numbers.excluded.extend(values.iter().filter_map(|v| match v {
                        Json::Number { value, .. } => Some(value.clone()),
                        _ => None,
                    }));
                }
                _ => continue,
            }
            place = place.max(Some(*id));
        }
        if integer {
            numbers.multiple_of(&Rational::one());
        } else if !literal {
            numbers.not_steps.push(Rational::one());
        }
        let mut picked = numbers.pick();
        if literal && !integer {
            // A number like 1.5 is no integer for anyone.
            numbers.not_steps.push(Rational::one());
            picked = numbers.pick().or(picked);
        }
        match picked {
            Ok(value) => Answer::Full(Json::Number { value, float: literal && !integer }),
            Err(Some(text)) => {
                let place = place.and_then(|id| self.place(id));
                Answer::Empty(Proof::leaf(Step::Contradiction(text), place))
            }
            Err(None) => self.unknown("no number was found, nor a reason against one", place),
        }
    }

    pub(super) fn string(&mut self, facts: &Facts) -> Answer {
        let mut language = Language::default();
        let (mut formats, mut place) = (Vec::new(), None);
        for (id, positive) in &facts.atoms {
            match (self.arena.node(*id), positive) {
                (Node::MinLength(min), true) => language.min = language.min.max(*min),
                (Node::MaxLength(max), true) => {
                    language.max = Some(language.max.map_or(*max, |known| known.min(*max)));
                }
                (Node::Pattern(pattern), positive) => {
                    let pattern = &self.arena.patterns[*pattern as usize];
                    if *positive {
                        language.matching.push(pattern);
                    } else {
                        language.unmatched.push(pattern);
                    }
                }
                (Node::Enum(values), false) => {
                    language.except.extend(values.iter().filter_map(|v| match v {
                        Json::String(text) => Some(Arc::clone(text)),
                        _ => None,
                    }));
                }
                (Node::Format(_), _) => formats.push(*id),
                _ => continue,
            }
            place = place.max(Some(*id));
        }
        let mut steps = STRING_BUDGET.min(self.budget);
        let before = steps;
        let wanted = if formats.is_empty() { 1 } else { 20 };
        let found = language.search(wanted, &mut steps);
        self.budget -= before - steps;
        match found {
            Found::Nothing => {
                let text = "no string meets the lengths and patterns".to_owned();
                let place = place.and_then(|id| self.place(id));
                Answer::Empty(Proof::leaf(Step::Contradiction(text), place))
            }
            Found::Unknown => self.unknown("no string was found, nor a reason against one", place),
            Found::Strings(mut strings) if formats.is_empty() => {
                Answer::Full(Json::String(strings.remove(0).into()))
            }
            Found::Strings(strings) => {
                let mut candidate = None;
                let samples = FORMAT_SAMPLES.iter().map(|s| (*s).to_owned());
                for text in samples.chain(strings) {
                    let value = Json::String(text.into());
                    match self.judge().literals(&facts.atoms, &value) {
                        Some(true) => return Answer::Full(value),
                        Some(false) => {}
                        None => candidate = candidate.or(Some(value)),
                    }
                }
                self.note("`format` is compared by name only", formats.first().copied());
                Answer::Unknown(candidate)
            }
        }
    }
}

/// Strings that have a format, or nearly.
const FORMAT_SAMPLES: &[&str] = &[
    "a",
    "1",
    "a@b.co",
    "\u{e9}@b.co",
    "a.co",
    "\u{e9}.co",
    "1.2.3.4",
    "::1",
    "2000-01-01",
    "2000-01-01T00:00:00Z",
    "2000-01-01T00:00:00.5+01:00",
    "00:00:00Z",
    "P1D",
    "00000000-0000-0000-0000-000000000000",
    "http://a.co/",
    "http://\u{e9}.co/",
    "/a",
    "#a",
    "a/{b}",
    "http://a.co/{b}",
    "1/a",
    "0#",
    "^a$",
    "[",
    "~",
    " ",
    "",
];
