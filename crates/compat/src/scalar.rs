//! Whether some number or string meets a set of literals: intervals and divisors, automata.

use std::collections::HashSet;
use std::sync::Arc;

use num_traits::{One, Signed, Zero};

use crate::json::Json;
use crate::node::{Arena, Literal, Node, Types};
use crate::number::{self, Rational, saturated};
use crate::pattern::{Found, Language};

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

/// What was found for a set of literals.
pub(crate) enum Picked {
    /// No value meets them, for this reason.
    Nothing(String),
    /// This value meets those that are about numbers or strings.
    Value(Json),
    /// A `format` among them leaves only the judgement of each of these.
    Perhaps(Vec<Json>),
    /// Neither a value nor a reason was found.
    Unknown,
}

/// The rules for numbers and strings. Proofs name them and the checker asks them again, so what they
/// call `Nothing` is trusted: their tests compare them with brute force.
#[derive(Default)]
pub(crate) struct Scalars {
    /// Literals that no string meets: an automaton is searched once.
    without_string: HashSet<Vec<Literal>>,
}

const NO_STRING: &str = "no string meets the lengths and patterns";

impl Scalars {
    /// A number of this type that meets the literals; those about other things are passed over.
    pub(crate) fn number(&self, arena: &Arena, types: Types, literals: &[Literal]) -> Picked {
        let mut numbers = Numbers::default();
        for (id, positive) in literals {
            match (arena.node(*id), positive) {
                (Node::Min { limit, strict }, true) => numbers.at_least(limit.clone(), *strict),
                (Node::Max { limit, strict }, true) => numbers.at_most(limit.clone(), *strict),
                (Node::Min { limit, strict }, false) => numbers.at_most(limit.clone(), !strict),
                (Node::Max { limit, strict }, false) => numbers.at_least(limit.clone(), !strict),
                (Node::MultipleOf(divisor), true) => numbers.multiple_of(divisor),
                (Node::MultipleOf(divisor), false) => numbers.not_steps.push(divisor.clone()),
                (Node::Enum(values), false) => {
                    numbers.excluded.extend(values.iter().filter_map(|v| match v {
                        Json::Number { value, .. } => Some(value.clone()),
                        _ => None,
                    }));
                }
                _ => {}
            }
        }
        let integer = types == Types::INTEGER;
        let literal = arena.literal_integers;
        if integer {
            numbers.multiple_of(&Rational::one());
        } else if !literal {
            numbers.not_steps.push(Rational::one());
        }
        let mut picked = numbers.pick();
        if literal && !integer && picked.is_ok() {
            // A number like 1.5 is no integer for anyone.
            numbers.not_steps.push(Rational::one());
            picked = numbers.pick().or(picked);
        }
        match picked {
            Ok(value) => Picked::Value(Json::Number { value, float: Some(literal && !integer) }),
            Err(Some(text)) => Picked::Nothing(text),
            Err(None) => Picked::Unknown,
        }
    }

    /// A string that meets the literals; those about other things are passed over. It takes from
    /// `steps` what it uses.
    pub(crate) fn string(
        &mut self,
        arena: &Arena,
        literals: &[Literal],
        steps: &mut u64,
    ) -> Picked {
        let mut key: Vec<Literal> = literals
            .iter()
            .copied()
            .filter(|(id, positive)| match arena.node(*id) {
                Node::MinLength(_) | Node::MaxLength(_) | Node::Pattern(_) => true,
                Node::Enum(_) => !positive,
                _ => false,
            })
            .collect();
        key.sort_unstable();
        key.dedup();
        if self.without_string.contains(&key) {
            return Picked::Nothing(NO_STRING.to_owned());
        }
        let mut language = Language::default();
        for (id, positive) in &key {
            let node = arena.node(*id);
            let opposite = node.opposite();
            let node = match (positive, &opposite, node) {
                (false, None, Node::MinLength(_)) => {
                    return Picked::Nothing("no length is below zero".to_owned());
                }
                (false, Some(opposite), _) => opposite,
                _ => node,
            };
            match node {
                Node::MinLength(min) => language.min = language.min.max(saturated(min)),
                Node::MaxLength(max) => match saturated(max) {
                    u64::MAX => {}
                    max => language.max = Some(language.max.map_or(max, |known| known.min(max))),
                },
                Node::Pattern(pattern) => {
                    let pattern = &arena.patterns[*pattern as usize];
                    if *positive {
                        language.matching.push(pattern);
                    } else {
                        language.unmatched.push(pattern);
                    }
                }
                Node::Enum(values) => {
                    language.except.extend(values.iter().filter_map(|v| match v {
                        Json::String(text) => Some(Arc::clone(text)),
                        _ => None,
                    }));
                }
                _ => {}
            }
        }
        let formats = literals.iter().any(|(id, _)| matches!(arena.node(*id), Node::Format(_)));
        let mut some = STRING_BUDGET.min(*steps);
        let before = some;
        let found = language.search(if formats { 20 } else { 1 }, &mut some);
        *steps -= before - some;
        match found {
            Found::Nothing => {
                self.without_string.insert(key);
                Picked::Nothing(NO_STRING.to_owned())
            }
            Found::Unknown => Picked::Unknown,
            Found::Strings(strings) => {
                let samples = FORMAT_SAMPLES.iter().map(|s| (*s).to_owned());
                let mut all =
                    samples.filter(|_| formats).chain(strings).map(|s| Json::String(s.into()));
                match (formats, all.next()) {
                    (false, Some(value)) => Picked::Value(value),
                    (_, first) => Picked::Perhaps(first.into_iter().chain(all).collect()),
                }
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
