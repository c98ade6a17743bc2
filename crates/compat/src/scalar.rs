//! Whether some number or string meets a set of literals: intervals and divisors, automata.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use num_bigint::BigInt;
use num_integer::Integer;
use num_traits::{One, Signed, Zero};

use crate::arena::Arena;
use crate::json::Json;
use crate::literal::Literal;
use crate::literal::Sign::{Fails, Holds};
use crate::node::Node;
use crate::number::{self, Count, Rational, saturated};
use crate::pattern::{Language, Sample};
use crate::proof::NoString;
use crate::types::TypeSet;

/// Multiples that are tried one by one, in each direction.
const MAX_TRIES: u64 = 2_000;
/// Divisions of one machine word that they may take, all together.
const MAX_DIVISIONS: u64 = 1_000_000;
/// Ever shorter intervals in which a decimal is tried.
const MAX_DECIMALS: usize = 200;
/// Binary digits of divisors that are reckoned with.
const MAX_BITS: u64 = 16_000;
/// Steps of one search for a string, or this share of those that are left.
const STRING_BUDGET: u64 = 150_000;
const STRING_SHARE: u64 = 3;

/// An end of an interval.
struct Bound {
    limit: Rational,
    /// Whether the limit itself is left out.
    strict: bool,
}

/// A set of numbers: an interval, multiples of all of some, of none of others.
#[derive(Default)]
struct NumberSet {
    low: Option<Bound>,
    high: Option<Bound>,
    step: Option<Rational>,
    not_steps: Vec<Rational>,
    /// As fractions in lowest terms.
    excluded: HashSet<(BigInt, BigInt)>,
    /// A divisor with too many digits was left out: there may be fewer numbers in the set.
    rough: bool,
}

impl NumberSet {
    fn at_least(&mut self, limit: &Rational, strict: bool) {
        let is_higher =
            |low: &Bound| *limit > low.limit || (*limit == low.limit && strict && !low.strict);
        if self.low.as_ref().is_none_or(is_higher) {
            self.low = Some(Bound { limit: limit.clone(), strict });
        }
    }

    fn at_most(&mut self, limit: &Rational, strict: bool) {
        let is_lower =
            |high: &Bound| *limit < high.limit || (*limit == high.limit && strict && !high.strict);
        if self.high.as_ref().is_none_or(is_lower) {
            self.high = Some(Bound { limit: limit.clone(), strict });
        }
    }

    fn multiple_of(&mut self, divisor: &Rational) {
        let is_long = |n: &Rational| n.numer().bits() > MAX_BITS || n.denom().bits() > MAX_BITS;
        let step = match &self.step {
            _ if is_long(divisor) => return self.rough = true,
            None => divisor.clone(),
            Some(step) => number::lcm(step, divisor),
        };
        if is_long(&step) {
            self.rough = true;
        } else {
            self.step = Some(step);
        }
    }

    fn no_multiple_of(&mut self, divisor: &Rational) {
        if divisor.numer().bits() > MAX_BITS || divisor.denom().bits() > MAX_BITS {
            self.rough = true;
        } else if !self.not_steps.contains(divisor) {
            self.not_steps.push(divisor.clone());
        }
    }

    fn excludes(&self, value: &Rational) -> bool {
        self.not_steps.iter().any(|step| number::is_multiple(value, step))
            || (!self.excluded.is_empty()
                && self.excluded.contains(&(value.numer().clone(), value.denom().clone())))
    }

    /// A member, or the reason there is none; `Err(None)` when neither was found.
    fn pick(&self) -> Result<Rational, Option<String>> {
        let picked = match &self.step {
            Some(step) => self.pick_multiple(step),
            None => self.pick_any(),
        };
        if self.rough { picked.and(Err(None)) } else { picked }
    }

    fn range(&self) -> String {
        let end = |bound: &Option<Bound>, word: (&str, &str)| match bound {
            None => String::new(),
            Some(Bound { limit, strict }) => {
                format!(" {} {limit}", if *strict { word.0 } else { word.1 })
            }
        };
        format!("{}{}", end(&self.low, (">", ">=")), end(&self.high, ("<", "<=")))
    }

    /// A member among the multiples of `step`, counted in steps: the `n`th is `n * step`.
    fn pick_multiple(&self, step: &Rational) -> Result<Rational, Option<String>> {
        // Multiples of another divisor are every so many.
        let mut every = Vec::new();
        for other in &self.not_steps {
            let ratio = step / other;
            if ratio.is_integer() {
                return Err(Some(format!("every multiple of {step} is one of {other}")));
            }
            every.push(ratio.denom().clone());
        }
        let excluded: HashSet<BigInt> = self
            .excluded
            .iter()
            .map(|(numer, denom)| (numer * step.denom()).div_rem(&(denom * step.numer())))
            .filter(|(_, rest)| rest.is_zero())
            .map(|(quotient, _)| quotient)
            .collect();
        let first = self.low.as_ref().map(|Bound { limit: low, strict }| {
            let (n, d) = (low.numer() * step.denom(), low.denom() * step.numer());
            if *strict { n.div_floor(&d) + 1 } else { -(-n).div_floor(&d) }
        });
        let last = self.high.as_ref().map(|Bound { limit: high, strict }| {
            let (n, d) = (high.numer() * step.denom(), high.denom() * step.numer());
            if *strict { -(-n).div_floor(&d) - 1 } else { n.div_floor(&d) }
        });
        if let (Some(first), Some(last)) = (&first, &last) {
            if first > last {
                let multiple = format!("multiple of {step}");
                let what = if step.is_one() { "integer" } else { &multiple };
                return Err(Some(format!("no {what} is{}", self.range())));
            }
        }
        // Upwards from the one nearest to zero, then downwards from below it.
        let start = match (&first, &last) {
            (Some(first), _) if first.is_positive() => first.clone(),
            (_, Some(last)) if last.is_negative() => last.clone(),
            _ => BigInt::zero(),
        };
        let words: u64 = every.iter().map(|every| 1 + every.bits().max(start.bits()) / 64).sum();
        let most = (MAX_DIVISIONS / (1 + words)).clamp(1, MAX_TRIES + self.excluded.len() as u64);
        let mut exhausted = true;
        for direction in [1, -1] {
            let mut at = if direction < 0 { &start - 1 } else { start.clone() };
            let mut tries = 0;
            while first.as_ref().is_none_or(|first| at >= *first)
                && last.as_ref().is_none_or(|last| at <= *last)
            {
                if tries == most {
                    exhausted = false;
                    break;
                }
                if !every.iter().any(|every| at.is_multiple_of(every)) && !excluded.contains(&at) {
                    return Ok(step * at);
                }
                at += direction;
                tries += 1;
            }
        }
        Err(exhausted.then(|| format!("no number{} is left", self.range())))
    }

    fn pick_any(&self) -> Result<Rational, Option<String>> {
        let two = Rational::from_integer(2.into());
        let (low, high) = match (&self.low, &self.high) {
            (Some(Bound { limit: low, strict: s }), Some(Bound { limit: high, strict: t })) => {
                if low > high || (low == high && (*s || *t)) {
                    return Err(Some(format!("no number is{}", self.range())));
                }
                if low == high && self.excludes(low) {
                    return Err(Some(format!("{low} is ruled out")));
                }
                (low.clone(), high.clone())
            }
            (Some(low), None) => (low.limit.clone(), &low.limit + two),
            (None, Some(high)) => (&high.limit - two, high.limit.clone()),
            (None, None) => (-Rational::one(), Rational::one()),
        };
        let is_out = |bound: &Option<Bound>| bound.as_ref().is_some_and(|bound| bound.strict);
        for (end, strict) in [(&low, is_out(&self.low)), (&high, is_out(&self.high))] {
            if !strict && !self.excludes(end) {
                return Ok(end.clone());
            }
        }
        // The divisors and values that are ruled out are isolated: some decimal is left.
        let mut top = high;
        for _ in 0..MAX_DECIMALS {
            let middle = number::between(&low, &top);
            if !self.excludes(&middle) {
                return Ok(middle);
            }
            top = middle;
        }
        Err(None)
    }
}

/// The result of looking for a value that meets a set of literals.
pub(crate) enum Picked {
    /// No number meets them, for this reason.
    Nothing(String),
    /// No string meets them, as can be checked.
    NoString(Arc<NoString>),
    /// This value meets those that are about numbers or strings.
    Value(Json),
    /// A `format` or content among them leaves only the judgement of each of these.
    Perhaps(Vec<Json>),
    /// Neither a value nor a reason was found.
    Unknown,
}

/// A number of this type that meets the literals; those about other things are passed over. Proofs name this rule and the
/// checker asks it again, so what it calls `Nothing` is trusted: its tests compare it with brute force.
pub(crate) fn number(arena: &Arena, types: TypeSet, literals: &[Literal]) -> Picked {
    let mut numbers = NumberSet::default();
    for Literal { id, sign } in literals {
        match (arena.node(*id), sign) {
            (Node::Min { limit, strict }, Holds) => numbers.at_least(limit, *strict),
            (Node::Max { limit, strict }, Holds) => numbers.at_most(limit, *strict),
            (Node::Min { limit, strict }, Fails) => numbers.at_most(limit, !strict),
            (Node::Max { limit, strict }, Fails) => numbers.at_least(limit, !strict),
            (Node::MultipleOf(divisor), Holds) => numbers.multiple_of(divisor),
            (Node::MultipleOf(divisor), Fails) => numbers.no_multiple_of(divisor),
            (Node::Enum(values), Fails) => {
                numbers.excluded.extend(values.iter().filter_map(|v| match v {
                    Json::Number { value, .. } => Some(value.clone().into_raw()),
                    _ => None,
                }));
            }
            _ => {}
        }
    }
    let integer = types == TypeSet::INTEGER;
    let literal = arena.literal_integers;
    if integer {
        numbers.multiple_of(&Rational::one());
    } else if !literal {
        numbers.no_multiple_of(&Rational::one());
    }
    let mut picked = numbers.pick();
    if literal && !integer && picked.is_ok() {
        // No validator takes a number like 1.5 for an integer.
        numbers.no_multiple_of(&Rational::one());
        picked = numbers.pick().or(picked);
    }
    match picked {
        Ok(value) => Picked::Value(Json::Number { value, float: Some(literal && !integer) }),
        Err(Some(text)) => Picked::Nothing(text),
        Err(None) => Picked::Unknown,
    }
}

/// The search for strings. Whoever needs to be sure that there are none has [`NoString`] checked.
#[derive(Default)]
pub(crate) struct StringSearch {
    /// Literals that no string meets: the automata are searched once.
    none: HashMap<Vec<Literal>, Arc<NoString>>,
}

impl StringSearch {
    /// A string that meets the literals; those about other things are passed over. It takes from
    /// `steps` what it uses.
    pub(crate) fn pick(&mut self, arena: &Arena, literals: &[Literal], steps: &mut u64) -> Picked {
        let mut key: Vec<Literal> = literals
            .iter()
            .copied()
            .filter(|Literal { id, sign }| match arena.node(*id) {
                Node::MinLength(_) | Node::MaxLength(_) | Node::Pattern(_) => true,
                Node::Enum(_) => *sign == Fails,
                _ => false,
            })
            .collect();
        key.sort_unstable();
        key.dedup();
        if let Some(known) = self.none.get(&key) {
            return Picked::NoString(Arc::clone(known));
        }
        let mut none = |key: Vec<Literal>, parts| {
            let none = Arc::new(NoString { literals: key.clone(), parts });
            self.none.insert(key, Arc::clone(&none));
            Picked::NoString(none)
        };
        let mut language = Language::default();
        // Counts that the automata need not know apart.
        let (mut least, mut most) = (Count::ZERO, None);
        for Literal { id, sign } in &key {
            let node = arena.node(*id);
            let opposite = node.opposite();
            let node = match (sign, &opposite, node) {
                (Fails, None, Node::MinLength(_)) => return none(key, Vec::new()),
                (Fails, Some(opposite), _) => opposite,
                _ => node,
            };
            match node {
                Node::MinLength(min) => least = least.max(min.clone()),
                Node::MaxLength(max) => {
                    most = Some(most.map_or(max.clone(), |most: Count| most.min(max.clone())));
                }
                Node::Pattern(pattern) => {
                    let pattern = arena.pattern(*pattern);
                    if sign.holds() {
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
        if most.as_ref().is_some_and(|most| least > *most) {
            return none(key, Vec::new());
        }
        language.min = saturated(&least);
        language.max = most.as_ref().map(saturated).filter(|max| *max < u64::MAX);
        let formats = literals.iter().any(|Literal { id, .. }| {
            matches!(arena.node(*id), Node::Format(_) | Node::Content(_))
        });
        let mut some = (*steps / STRING_SHARE).max(STRING_BUDGET).min(*steps);
        let before = some;
        let found = language.search(if formats { 20 } else { 1 }, &mut some);
        *steps -= before - some;
        match found {
            Sample::Nothing(parts) => none(key, parts),
            Sample::Unknown => Picked::Unknown,
            Sample::Strings(strings) => {
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

/// Strings that have a format, or hold something, or nearly.
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

#[cfg(test)]
mod tests;
