//! Is every instance of one JSON Schema an instance of another? A proof, or the instance that is
//! not.
//!
//! ```
//! use schema_compat::{Options, Schema, Verdict};
//! use serde_json::json;
//!
//! let old = Schema::from(json!({"type": "object", "properties": {"n": {"type": "integer"}}}));
//! let new = Schema::from(json!({"type": "object", "properties": {"n": {"type": "number"}}}));
//!
//! // What the old schema describes, the new one accepts...
//! assert!(matches!(schema_compat::included(&old, &new, &Options::default())?, Verdict::Proved(_)));
//!
//! // ...but not the other way round, and here is why.
//! let Verdict::Refuted(witness) = schema_compat::included(&new, &old, &Options::default())? else {
//!     panic!("a number need not be an integer");
//! };
//! assert!(witness.instance["n"].is_f64());
//! # Ok::<(), schema_compat::Error>(())
//! ```
//!
//! # How it works
//!
//! A counterexample is a value for which the sub holds and the super fails. Both schemas are read
//! into one normal form ([`node`], [`lower`]); [`solve`] looks for such a value, type by type and
//! member by member, until it has one or has closed every case. The closed cases are a derivation
//! ([`proof`]) that an independent checker ([`check`]) goes over before the answer is
//! [`Verdict::Proved`]. A value is judged by the normal form, with exact numbers, *and* by the
//! `jsonschema` validator before the answer is [`Verdict::Refuted`]. Where a keyword is not modelled,
//! a bounded search by mutation looks for a witness ([`refute`]); what remains is [`Undecided`].
//!
//! The work is bounded by [`Options::budget`] steps and [`Options::memory`] bytes, whatever the
//! schemas.

mod budget;
mod check;
mod eval;
mod json;
mod lower;
mod node;
mod number;
mod pattern;
mod place;
mod proof;
mod refute;
mod scalar;
mod schema;
mod solve;

pub use jsonschema::Draft;
pub use place::{Place, Side};
pub use proof::Proof;
pub use refute::{Violation, Witness};
pub use schema::{Error, Schema};

use budget::Budget;
use node::Arena;
use refute::Refuter;
use solve::{Decision, Solver};

/// How schemas are read, and how long is searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The draft of both schemas; `None` takes it from `$schema`, else 2020-12.
    pub draft: Option<Draft>,
    /// Whether `format` asserts (`false`: it is an annotation).
    pub formats: bool,
    /// Steps of search before the answer is [`Verdict::Undecided`]. The default takes about a
    /// second at most; the steps of one question are the same on every machine.
    pub budget: u64,
    /// Bytes that the search may take, about, before the answer is [`Verdict::Undecided`]; the
    /// documents and the validators built from them come on top.
    pub memory: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { draft: None, formats: false, budget: 4_000_000, memory: 200_000_000 }
    }
}

/// The answer to one question.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// Every instance of the sub is one of the super, for this reason.
    Proved(std::sync::Arc<Proof>),
    /// This is an instance of the sub, but none of the super.
    Refuted(Witness),
    /// Neither was found.
    Undecided(Undecided),
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Undecided {
    /// What the engine does not model, or ran out of.
    pub reason: String,
    /// What to write instead, or which option to set.
    pub help: String,
    /// The keyword that stopped it; for the whole question the root of the super.
    pub place: Place,
}

impl Undecided {
    /// An answer of that kind, for those who ask questions made of several of this library's.
    pub fn new(reason: impl Into<String>, help: impl Into<String>, place: Place) -> Self {
        Self { reason: reason.into(), help: help.into(), place }
    }
}

/// Stack for the walk over the schemas: its depth is bounded, its frames are not small.
const STACK: usize = 128 << 20;

/// Decides whether every instance of `sub` is an instance of `sup`. The work is done in a thread of
/// its own, for its stack.
///
/// # Errors
///
/// [`Error`] if a document is no valid schema of its draft, or the two are of different drafts.
pub fn included(sub: &Schema, sup: &Schema, options: &Options) -> Result<Verdict, Error> {
    let run = || {
        let draft = schema::common_draft(sub, sup, options)?;
        for (side, document) in [(Side::Sub, sub), (Side::Super, sup)] {
            refute::follows_meta_schema(document.value(), draft, side)?;
        }
        if sub.is_same(sup) {
            return Ok(Verdict::Proved(Proof::same_document().into()));
        }
        decide(sub, sup, draft, options)
    };
    let decided = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        thread.map(std::thread::ScopedJoinHandle::join)
    });
    match decided {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(error) => Ok(undecided(
            &format!("no thread to work in: {error}"),
            "let the process have more memory or threads",
            None,
        )),
    }
}

fn undecided(reason: &str, help: &str, origin: Option<node::Origin>) -> Verdict {
    let (side, pointer) =
        origin.map_or((Side::Super, String::new()), |(side, pointer)| (side, pointer.to_string()));
    Verdict::Undecided(Undecided::new(reason, help, Place { side, pointer }))
}

fn decide(sub: &Schema, sup: &Schema, draft: Draft, options: &Options) -> Result<Verdict, Error> {
    let mut arena = Arena::new(draft == Draft::Draft4);
    let mut roots = Vec::new();
    let mut unread = None;
    for (side, document) in [(Side::Sub, sub), (Side::Super, sup)] {
        let reading = lower::Reading {
            draft,
            formats: options.formats,
            side,
            memory: options.memory,
            exact: document.exact(),
        };
        match lower::lower(&mut arena, &reading, document.value()) {
            Ok(root) => roots.push(root),
            Err((reason, pointer)) => {
                let origin = Some((side, pointer.as_str().into()));
                unread.get_or_insert(undecided(&reason, "mend the `$id` or `$ref` there", origin));
            }
        }
    }
    if let Some(origin) = arena.twice.take() {
        let help = "give each schema an id of its own, or none";
        return Ok(undecided("two schemas of a document have the same `$id`", help, Some(origin)));
    }
    if arena.intricate {
        let help = "use fewer references, dynamic anchors or `unevaluated` keywords";
        let reason = "the references of a schema lead along too many ways to be followed";
        return Ok(undecided(reason, help, arena.origin(roots[roots.len() - 1]).cloned()));
    }
    let refuter = Refuter::new(sub, sup, draft, options.formats)?;
    if let Some(verdict) = unread {
        return Ok(verdict);
    }
    if let Some(origin) = arena.endless.take() {
        let help = "refer to it from a property or an item";
        let reason = "the schema refers to itself for the same value";
        return Ok(undecided(reason, help, Some(origin)));
    }
    Ok(search(arena, &refuter, (roots[0], roots[1]), options))
}

/// Searches for a proof, then for a witness.
fn search(
    mut arena: Arena,
    refuter: &Refuter<'_>,
    (left, right): (node::Id, node::Id),
    options: &Options,
) -> Verdict {
    let question = vec![(left, true), (right, false)];
    let mut scalars = scalar::Scalars::default();
    let mut budget = Budget::new(options.budget, options.memory);
    budget.hold(arena.bytes());
    let mut solver = Solver::new(&mut arena, refuter, &mut scalars, budget);
    let decision = solver.decide(question.clone());
    let reason = solver.reason.take();
    let exhaustion = solver.budget.exhaustion();
    let mut candidates = std::mem::take(&mut solver.candidates);
    let example = match decision {
        Decision::Empty(_) => None,
        Decision::Open => solver.example(vec![(left, true)]),
    };
    drop(solver);
    let judge = eval::Judge::new(&arena, refuter);
    if let Decision::Empty(derivation) = decision {
        return match check::check(&judge, &mut scalars, &derivation, &question) {
            Ok(()) => Verdict::Proved(Proof::new(&derivation, &arena).into()),
            Err(flaw) => undecided(
                &format!("a proof was found, but did not pass its check: {flaw}"),
                "report this, with both schemas: it is a defect of this library",
                None,
            ),
        };
    }
    for value in &candidates {
        if let Some(witness) = refuter.check(&judge, left, right, value) {
            return Verdict::Refuted(witness);
        }
    }
    candidates.extend(example);
    if let Some(witness) = refuter.mutate(&judge, left, right, &candidates) {
        return Verdict::Refuted(witness);
    }
    if let Some((text, help, origin)) = exhaustion {
        return undecided(&text, &help, origin);
    }
    if let Some(reason) = reason {
        return undecided(&reason.text, &reason.help, reason.origin);
    }
    let (text, help) = if refuter.was_slow() {
        (
            "a value was found, but the `jsonschema` validator would take too long to confirm it: a union refers to itself, and each level tries all its branches",
            "tell the branches apart by a property that comes before those that refer to the union",
        )
    } else if candidates.iter().all(|value| value.to_value().is_some()) {
        (
            "the value that was found is judged otherwise by the `jsonschema` validator",
            "avoid what validators read differently: numbers beyond 2^53, patterns that mean another thing outside ECMA-262",
        )
    } else {
        (
            "the value that was found has a number that no binary64 or 64-bit integer is equal to",
            "use bounds that a binary64 number holds exactly",
        )
    };
    undecided(text, help, arena.origin(right).cloned())
}

/// The examples of the README run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
