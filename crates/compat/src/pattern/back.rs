//! Back references, spelled out: where a group can capture only a few strings, the pattern is an alternative for each.
//!
//! A group that is referred to and the reference stand in one *scope*: the pattern, or the body of a repetition or of a
//! look-ahead. In one pass through a scope the group captures once or not at all, and each way to do so is an alternative:
//! the group is the string, on every way to a match, or it is not passed. ECMA-262 says the rest. What a group has not
//! captured is the empty string; a repetition forgets what the groups within it have captured each time that it begins; a
//! negative look-around forgets it in the end. A positive one is never entered again to capture another string, and a
//! look-behind is read backwards: where that matters, and behind a repetition, the pattern is refused.

use std::collections::{BTreeSet, HashSet};

use super::error::Unsupported;
use super::syntax::{Classes, Term};

/// The most strings that a group may capture, and characters of one.
const MAX_VALUES: usize = 64;
const MAX_LENGTH: usize = 24;
/// The most terms that a pattern may come to.
const MAX_TERMS: usize = 20_000;

const REFUSED: Unsupported = Unsupported(
    "a back reference such as `\\1` in the pattern, to a group that can capture many strings or is repeated: \
     spell out what it can repeat",
);

/// The same pattern without back references but to what is not captured.
pub(super) fn spelled_out(mut term: Term, classes: &mut Classes) -> Result<Term, Unsupported> {
    simplify(&mut term);
    stay_in_scope(&term, &mut HashSet::new(), &HashSet::new())?;
    scope(term, classes, &mut MAX_TERMS.clone())
}

fn nothing() -> Term {
    Term::Concat(Vec::new())
}

fn never() -> Term {
    Term::Alternation(Vec::new())
}

/// Takes out what is never passed, and repetitions that repeat nothing.
fn simplify(term: &mut Term) {
    term.parts_mut().iter_mut().for_each(simplify);
    if let Term::Repeat { inner, min, max } = term {
        match (*min, *max) {
            (_, Some(0)) => *term = nothing(),
            (1, Some(1)) => *term = std::mem::replace(&mut **inner, nothing()),
            _ => {}
        }
    }
}

/// Whether it is passed more than once, or by another rule.
fn is_scope(term: &Term) -> bool {
    match term {
        Term::Repeat { max, .. } => *max != Some(1),
        Term::Look { .. } => true,
        _ => false,
    }
}

fn size(term: &Term) -> usize {
    1 + term.parts().iter().map(size).sum::<usize>()
}

fn is_never(term: &Term) -> bool {
    match term {
        Term::Alternation(branches) => branches.iter().all(is_never),
        Term::Concat(parts) => parts.iter().any(is_never),
        Term::Group(_, inner) => is_never(inner),
        Term::Repeat { inner, min, .. } => *min > 0 && is_never(inner),
        _ => false,
    }
}

/// Refuses references to what was captured in a scope that was left. `captured`: groups in such scopes; `reversed`: those in
/// the look-behinds around.
fn stay_in_scope(
    term: &Term,
    captured: &mut HashSet<usize>,
    reversed: &HashSet<usize>,
) -> Result<(), Unsupported> {
    match term {
        Term::Back(number) if captured.contains(number) || reversed.contains(number) => {
            return Err(REFUSED);
        }
        Term::Alternation(branches) => {
            // What one branch captures, another one does not know.
            let before = captured.clone();
            for branch in branches {
                let mut own = before.clone();
                stay_in_scope(branch, &mut own, reversed)?;
                captured.extend(own);
            }
        }
        Term::Look { ahead, negative, inner } => {
            let mut within = HashSet::new();
            groups(inner, &mut within);
            let backwards = if *ahead { HashSet::new() } else { within.clone() };
            let backwards = reversed.union(&backwards).copied().collect();
            stay_in_scope(inner, &mut captured.clone(), &backwards)?;
            if !*negative {
                captured.extend(within);
            }
        }
        Term::Repeat { inner, .. } if is_scope(term) => {
            stay_in_scope(inner, captured, reversed)?;
            groups(inner, captured);
        }
        _ => {
            for part in term.parts() {
                stay_in_scope(part, captured, reversed)?;
            }
        }
    }
    Ok(())
}

/// The numbers of all groups in a term.
fn groups(term: &Term, out: &mut HashSet<usize>) {
    if let Term::Group(number, _) = term {
        out.insert(*number);
    }
    term.parts().iter().for_each(|part| groups(part, out));
}

/// Spells out the references to groups of this scope, then those of the scopes within it.
fn scope(mut term: Term, classes: &mut Classes, left: &mut usize) -> Result<Term, Unsupported> {
    let (mut used, mut own) = (HashSet::new(), Vec::new());
    referred_to(&term, &mut HashSet::new(), &mut used);
    own_groups(&term, &mut own);
    own.retain(|(number, _)| used.contains(number));
    if own.is_empty() {
        return inner_scopes(term, classes, left);
    }
    // One that does not wait for another one.
    let ready = own.iter().find(|(number, inner)| !waits(inner, *number, &used));
    let (number, inner) = ready.ok_or(REFUSED)?;
    let number = *number;
    let values = values(inner, number, classes).ok_or(REFUSED)?;
    *left = left.checked_sub(size(&term) * (values.len() + 1)).ok_or(REFUSED)?;
    let mut ways = Vec::new();
    for value in values {
        let letters = value.iter().map(|c| Ok(Term::Class(classes.intern(vec![(*c, *c)])?)));
        let text = Term::Concat(letters.collect::<Result<_, Unsupported>>()?);
        let mut way = term.clone();
        pass(&mut way, number);
        put(&mut way, number, &text, &text, &mut false);
        ways.push(scope(way, classes, left)?);
    }
    put(&mut term, number, &never(), &nothing(), &mut false);
    if !is_never(&term) {
        ways.push(scope(term, classes, left)?);
    }
    Ok(Term::Alternation(ways))
}

fn inner_scopes(term: Term, classes: &mut Classes, left: &mut usize) -> Result<Term, Unsupported> {
    let mut boxed =
        |inner: Box<Term>| Ok::<_, Unsupported>(Box::new(scope(*inner, classes, left)?));
    Ok(match term {
        Term::Look { ahead: true, negative, inner } => {
            Term::Look { ahead: true, negative, inner: boxed(inner)? }
        }
        Term::Repeat { inner, min, max } => Term::Repeat { inner: boxed(inner)?, min, max },
        Term::Look { ahead: false, .. } => term,
        mut other => {
            for part in other.parts_mut() {
                let inner = std::mem::replace(part, nothing());
                *part = inner_scopes(inner, classes, left)?;
            }
            other
        }
    })
}

/// The numbers of groups that are referred to behind them.
fn referred_to(term: &Term, before: &mut HashSet<usize>, used: &mut HashSet<usize>) {
    if let Term::Back(number) = term {
        if before.contains(number) {
            used.insert(*number);
        }
    }
    term.parts().iter().for_each(|part| referred_to(part, before, used));
    if let Term::Group(number, _) = term {
        before.insert(*number);
    }
}

/// The groups of a scope that are in none within it.
fn own_groups<'t>(term: &'t Term, out: &mut Vec<(usize, &'t Term)>) {
    if is_scope(term) {
        return;
    }
    if let Term::Group(number, inner) = term {
        out.push((*number, &**inner));
    }
    term.parts().iter().for_each(|part| own_groups(part, out));
}

/// Whether what a group captures hangs on another group.
fn waits(inner: &Term, own: usize, used: &HashSet<usize>) -> bool {
    match inner {
        Term::Group(number, _) | Term::Back(number) if *number != own && used.contains(number) => {
            true
        }
        _ => inner.parts().iter().any(|part| waits(part, own, used)),
    }
}

/// The strings that a term matches, if it looks at nothing else and there are few.
fn values(term: &Term, own: usize, classes: &Classes) -> Option<BTreeSet<Vec<u32>>> {
    let empty = || BTreeSet::from([Vec::new()]);
    let join = |left: BTreeSet<Vec<u32>>, right: &BTreeSet<Vec<u32>>| {
        let pairs = left.iter().flat_map(|a| right.iter().map(move |b| [&a[..], &b[..]].concat()));
        few(pairs.collect())
    };
    match term {
        Term::Class(class) => {
            let ranges = &classes.all[class.index()];
            let count: u64 = ranges.iter().map(|(low, high)| u64::from(high - low) + 1).sum();
            let all = || ranges.iter().flat_map(|(low, high)| *low..=*high);
            (count <= MAX_VALUES as u64).then(|| all().map(|c| vec![c]).collect())
        }
        Term::Concat(parts) => {
            parts.iter().try_fold(empty(), |left, part| join(left, &values(part, own, classes)?))
        }
        Term::Alternation(parts) => {
            let mut all = BTreeSet::new();
            for part in parts {
                all.extend(values(part, own, classes)?);
            }
            few(all)
        }
        Term::Group(_, inner) => values(inner, own, classes),
        // It has not captured yet.
        Term::Back(number) if *number == own => Some(empty()),
        Term::Repeat { inner, min, max: Some(max) } => {
            let once = values(inner, own, classes)?;
            let (mut all, mut times) = (BTreeSet::new(), empty());
            for count in 0..=*max {
                if count >= *min {
                    all.extend(times.iter().cloned());
                }
                if count < *max {
                    times = join(times, &once)?;
                }
            }
            few(all)
        }
        _ => None,
    }
}

fn few(values: BTreeSet<Vec<u32>>) -> Option<BTreeSet<Vec<u32>>> {
    let short = values.iter().all(|value| value.len() <= MAX_LENGTH);
    (short && values.len() <= MAX_VALUES).then_some(values)
}

/// Leaves only those ways through a scope that pass a group; whether it is in the term.
fn pass(term: &mut Term, number: usize) -> bool {
    if is_scope(term) {
        return false;
    }
    match term {
        Term::Group(known, _) if *known == number => true,
        Term::Alternation(branches) => {
            let found = branches.iter_mut().position(|branch| pass(branch, number));
            if let Some(at) = found {
                *term = branches.swap_remove(at);
            }
            found.is_some()
        }
        Term::Repeat { inner, .. } => {
            let found = pass(inner, number);
            if found {
                *term = std::mem::replace(&mut **inner, nothing());
            }
            found
        }
        _ => term.parts_mut().iter_mut().any(|part| pass(part, number)),
    }
}

/// Puts a term in the place of a group, and one in that of the references behind it.
fn put(term: &mut Term, number: usize, group: &Term, back: &Term, passed: &mut bool) {
    match term {
        Term::Group(known, _) if *known == number => {
            *term = group.clone();
            *passed = true;
        }
        Term::Back(known) if *known == number => {
            *term = if *passed { back.clone() } else { nothing() };
        }
        _ => term.parts_mut().iter_mut().for_each(|part| put(part, number, group, back, passed)),
    }
}
