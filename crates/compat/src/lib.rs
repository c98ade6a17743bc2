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
//! member by member, until it has one or has closed every case. A value is checked by the
//! `jsonschema` validator before it is shown ([`Witness`]); closed cases are the [`Proof`]. Where a
//! keyword is not modelled, `jsonschema::canonical` is asked, then a bounded search by mutation
//! ([`refute`]); what remains is [`Undecided`].
//!
//! The work is bounded by [`Options::budget`] steps, whatever the schemas.

mod canonical;
mod declared;
mod eval;
mod json;
mod lower;
mod node;
mod number;
mod pattern;
mod proof;
mod refute;
mod schema;
mod solve;

pub use declared::declared_only;
pub use jsonschema::Draft;
pub use proof::{Place, Proof, Side, Step};
pub use refute::{Violation, Witness};
pub use schema::{Error, Schema};

use node::Arena;
use refute::Refuter;
use solve::{Answer, Solver};

/// How schemas are read, and how long is searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The draft of both schemas; `None` takes it from `$schema`, else 2020-12.
    pub draft: Option<Draft>,
    /// Whether `format` asserts (`false`: it is an annotation).
    pub formats: bool,
    /// Steps of search before the answer is [`Verdict::Undecided`]. The default takes well below a
    /// second; the steps of one question are the same on every machine.
    pub budget: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { draft: None, formats: false, budget: 1_000_000 }
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
pub struct Undecided {
    /// What the engine does not model, or ran out of.
    pub reason: String,
    /// The keyword that stopped it, where one did.
    pub place: Option<Place>,
}

/// Stack for the walk over the schemas: its depth is bounded, its frames are not small.
const STACK: usize = 64 << 20;

/// Decides whether every instance of `sub` is an instance of `sup`.
///
/// # Errors
///
/// [`Error`] if a document is no valid schema of its draft, or the two are of different drafts.
pub fn included(sub: &Schema, sup: &Schema, options: &Options) -> Result<Verdict, Error> {
    let draft = schema::common_draft(sub, sup, options)?;
    let refuter = Refuter::new(sub, sup, draft, options.formats)?;
    if sub.is_same(sup) {
        return Ok(Verdict::Proved(Proof::leaf(Step::SameDocument, None)));
    }
    let run = move || decide(sub, sup, draft, options, &refuter);
    let decided = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run);
        thread.map(std::thread::ScopedJoinHandle::join)
    });
    Ok(match decided {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(panic)) => std::panic::resume_unwind(panic),
        Err(error) => undecided(format!("no thread to work in: {error}")),
    })
}

fn undecided(reason: String) -> Verdict {
    Verdict::Undecided(Undecided { reason, place: None })
}

fn decide(
    sub: &Schema,
    sup: &Schema,
    draft: Draft,
    options: &Options,
    refuter: &Refuter<'_>,
) -> Verdict {
    let mut arena = Arena::new(draft == Draft::Draft4);
    let mut roots = Vec::new();
    for (side, document) in [(0, sub), (1, sup)] {
        let reading =
            lower::Reading { draft, formats: options.formats, side, exact: document.exact() };
        match lower::lower(&mut arena, &reading, document.value()) {
            Ok(root) => roots.push(root),
            Err((reason, pointer)) => {
                let side = if side == 0 { Side::Sub } else { Side::Super };
                let place = Some(Place { side, pointer });
                return Verdict::Undecided(Undecided { reason, place });
            }
        }
    }
    let place = |(side, pointer): node::Origin| Place {
        side: if side == 0 { Side::Sub } else { Side::Super },
        pointer: pointer.to_string(),
    };
    if let Some(origin) = arena.endless.take() {
        return Verdict::Undecided(Undecided {
            reason: "the schema refers to itself for the same value".to_owned(),
            place: Some(place(origin)),
        });
    }
    let (left, right) = (roots[0], roots[1]);
    let format = |format: &str, text: &str| refuter.has_format(format, text);
    let mut solver = Solver::new(&mut arena, &format, options.budget);
    let answer = solver.state(vec![(left, true), (right, false)]);
    let mut candidates = std::mem::take(&mut solver.candidates);
    match answer {
        Answer::Empty(proof) => return Verdict::Proved(proof),
        Answer::Full(value) | Answer::Unknown(Some(value)) => candidates.insert(0, value),
        Answer::Unknown(None) => {}
    }
    let reason = solver.reason.take();
    let exact = sub.exact().is_empty() && sup.exact().is_empty();
    let example = match solver.state(vec![(left, true)]) {
        Answer::Full(value) | Answer::Unknown(Some(value)) => Some(value),
        _ => None,
    };
    let judge = eval::Judge { arena: &arena, format: &format };
    for value in &candidates {
        if let Some(witness) = refuter.check(&judge, left, right, value) {
            return Verdict::Refuted(witness);
        }
    }
    // A finite sub is decided by the validator, whatever the super is made of.
    if let (node::Node::Enum(values), false) = (arena.node(left), draft == Draft::Draft4) {
        if refuter.accepts_all(values) {
            return Verdict::Proved(Proof::leaf(Step::NoValueLeft(values.len()), None));
        }
    }
    if exact && canonical::covers(sub.value(), sup.value(), draft, options.formats) {
        return Verdict::Proved(Proof::leaf(Step::Canonical, None));
    }
    candidates.extend(example);
    if let Some(witness) = refuter.mutate(&judge, left, right, &candidates) {
        return Verdict::Refuted(witness);
    }
    let (reason, origin) = reason.unwrap_or_else(|| {
        let text = if candidates.iter().all(|value| value.to_value().is_some()) {
            "the validator did not confirm the value found"
        } else {
            "the value found has a number that no binary64 or 64-bit integer is equal to"
        };
        (text.to_owned(), None)
    });
    let place = origin.map(place);
    Verdict::Undecided(Undecided { reason, place })
}

/// The examples of the README run as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
