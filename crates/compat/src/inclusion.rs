//! Decides a question: reads both schemas, searches for a counterexample, and has the result checked.

use std::panic::resume_unwind;
use std::thread;

use serde_json::Value;

use crate::answer::{Answer, Undecided};
use crate::arena::Arena;
use crate::budget::Budget;
use crate::check::check;
use crate::draft::Draft;
use crate::error::Error;
use crate::eval::Judge;
use crate::json::Json;
use crate::literal::Literal;
use crate::lower::{Reading, lower};
use crate::options::Options;
use crate::place::{Place, Side};
use crate::primitives::NodeId;
use crate::proof::Proof;
use crate::reason::Reason;
use crate::refute::{Refuter, follows_meta_schema};
use crate::scalar::Scalars;
use crate::schema::Schema;
use crate::solve::{Decision, Solver};

/// The stack of the deciding thread. The depth of its recursion is bounded, but the frames are large.
const STACK: usize = 128 << 20;

/// The question whether every instance of one schema is an instance of another.
///
/// ```
/// use schema_compat::{Answer, Inclusion, Options, Schema};
///
/// let whole: Schema = r#"{"type": "integer"}"#.parse()?;
/// let any: Schema = r#"{"type": "number"}"#.parse()?;
/// let answer = Inclusion { subset: &whole, superset: &any }.decide(&Options::default())?;
/// assert!(matches!(answer, Answer::Proved(_)));
/// # Ok::<(), schema_compat::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Inclusion<'s> {
    /// The schema whose instances should all be instances of the other.
    pub subset: &'s Schema,
    /// The schema that should accept them.
    pub superset: &'s Schema,
}

impl<'s> Inclusion<'s> {
    /// Decides the question.
    ///
    /// The search takes at most [`Options::budget`] steps and about [`Options::memory`] bytes beside
    /// the documents and their validators; the answer is [`Answer::Undecided`] if that is not enough.
    /// It runs in a thread of its own with a stack of 128 MiB, of which the system provides what is
    /// used; the calling thread waits and needs no more stack than usual. If no thread can be started,
    /// the answer is [`Answer::Undecided`] too. Questions share nothing: ask as many at once as you like.
    ///
    /// # Errors
    ///
    /// [`Error`] if a document is not a valid schema of its draft, or the two are of different drafts.
    pub fn decide(self, options: &Options) -> Result<Answer, Error> {
        let decided = thread::scope(|scope| {
            let builder = thread::Builder::new().stack_size(STACK);
            let worker = builder.spawn_scoped(scope, || self.decide_here(options));
            worker.map(thread::ScopedJoinHandle::join)
        });
        match decided {
            Ok(Ok(answer)) => answer,
            Ok(Err(panic)) => resume_unwind(panic),
            Err(error) => Ok(undecided(Reason::new(
                format!("no thread to work in: {error}"),
                "let the process have more memory or threads",
                None,
            ))),
        }
    }

    fn sides(self) -> [(Side, &'s Schema); 2] {
        [(Side::Subset, self.subset), (Side::Superset, self.superset)]
    }

    fn decide_here(self, options: &Options) -> Result<Answer, Error> {
        for (side, schema) in self.sides() {
            schema.check_reach(side)?;
        }
        let draft = self.draft(options)?;
        for (side, schema) in self.sides() {
            follows_meta_schema(schema.value(), draft, side)?;
        }
        if self.subset.is_same(self.superset) {
            return Ok(Answer::Proved(Proof::same_document()));
        }
        let mut arena = Arena::new(draft == Draft::Draft4);
        let roots = match self.read(&mut arena, draft, options) {
            Ok(roots) => roots,
            Err(Unread::Broken(reason)) => {
                // The validator may have more to say on what is wrong.
                Refuter::new(self.subset, self.superset, draft, options.assert_formats)?;
                return Ok(undecided(reason));
            }
            Err(Unread::Beyond(reason)) => return Ok(undecided(reason)),
        };
        let refuter = Refuter::new(self.subset, self.superset, draft, options.assert_formats)?;
        if let Some(origin) = arena.endless.take() {
            return Ok(undecided(Reason::new(
                "the schema refers to itself for the same value",
                "refer to it from a property or an item",
                Some(origin),
            )));
        }
        Ok(search(arena, &refuter, roots, options))
    }

    /// The draft in which both schemas are read.
    fn draft(self, options: &Options) -> Result<Draft, Error> {
        if let Some(draft) = options.draft {
            return Ok(draft);
        }
        let mut drafts = Vec::new();
        for (side, schema) in self.sides() {
            if let Some(Value::String(dialect)) = schema.value().get("$schema") {
                let draft = Draft::of_schema(schema.value());
                drafts
                    .push(draft.ok_or_else(|| Error::Dialect { side, dialect: dialect.clone() })?);
            }
        }
        drafts.dedup();
        match drafts.as_slice() {
            [] => Ok(Draft::Draft202012),
            [draft] => Ok(*draft),
            _ => Err(Error::Drafts),
        }
    }

    /// Reads both schemas into the arena.
    fn read(self, arena: &mut Arena, draft: Draft, options: &Options) -> Result<Roots, Unread> {
        let [subset, superset] = self.sides().map(|(side, schema)| {
            let reading = Reading {
                draft,
                formats: options.assert_formats,
                side,
                memory: options.memory,
                exact: schema.exact(),
            };
            lower(arena, &reading, schema.value())
        });
        if let Some(origin) = arena.twice.take() {
            return Err(Unread::Beyond(Reason::new(
                "two schemas of a document have the same `$id`",
                "give each schema an id of its own, or none",
                Some(origin),
            )));
        }
        if arena.intricate {
            let root = superset.as_ref().or(subset.as_ref()).ok();
            return Err(Unread::Beyond(Reason::new(
                "the references of a schema lead along too many ways to be followed",
                "use fewer references, dynamic anchors or `unevaluated` keywords",
                root.and_then(|root| arena.origin(*root).cloned()),
            )));
        }
        match (subset, superset) {
            (Ok(subset), Ok(superset)) => Ok(Roots { subset, superset }),
            (Err(reason), _) | (_, Err(reason)) => Err(Unread::Broken(reason)),
        }
    }
}

/// The nodes that the two documents are.
#[derive(Clone, Copy)]
struct Roots {
    subset: NodeId,
    superset: NodeId,
}

/// Why the documents have no normal form.
enum Unread {
    /// An id or a reference is broken.
    Broken(Reason),
    /// The references are too many, or ambiguous.
    Beyond(Reason),
}

fn undecided(reason: Reason) -> Answer {
    let root = || Place::new(Side::Superset, "");
    let place = reason.origin.as_ref().map_or_else(root, Place::from);
    Answer::Undecided(Undecided::new(reason.text, reason.help, place))
}

/// Searches for a proof, then for a witness.
fn search(mut arena: Arena, refuter: &Refuter<'_>, roots: Roots, options: &Options) -> Answer {
    let question = vec![Literal::holds(roots.subset), Literal::fails(roots.superset)];
    let mut scalars = Scalars::default();
    let mut budget = Budget::new(options.budget, options.memory);
    budget.hold(arena.bytes());
    let mut solver = Solver::new(&mut arena, refuter, &mut scalars, budget);
    let decision = solver.decide(question.clone());
    let reason = solver.budget.exhaustion().or(solver.reason.take());
    let mut candidates = std::mem::take(&mut solver.candidates);
    let example = match decision {
        Decision::Empty(_) => None,
        Decision::Open => solver.example(vec![Literal::holds(roots.subset)]),
    };
    drop(solver);
    let judge = Judge::new(&arena, refuter);
    if let Decision::Empty(derivation) = decision {
        return match check(&judge, &mut scalars, &derivation, &question) {
            Ok(()) => Answer::Proved(Proof::new(&derivation, &arena)),
            Err(flaw) => undecided(Reason::new(
                format!("a proof was found, but did not pass its check: {flaw}"),
                "report this, with both schemas: it is a defect of this library",
                None,
            )),
        };
    }
    let (subset, superset) = (roots.subset, roots.superset);
    let mut confirmed =
        candidates.iter().filter_map(|value| refuter.check(&judge, subset, superset, value));
    if let Some(witness) = confirmed.next() {
        return Answer::Refuted(witness);
    }
    drop(confirmed);
    candidates.extend(example);
    if let Some(witness) = refuter.mutate(&judge, subset, superset, &candidates) {
        return Answer::Refuted(witness);
    }
    undecided(reason.unwrap_or_else(|| unconfirmed(&arena, refuter, superset, &candidates)))
}

/// The reason why the values that were found are not witnesses.
fn unconfirmed(
    arena: &Arena,
    refuter: &Refuter<'_>,
    superset: NodeId,
    candidates: &[Json],
) -> Reason {
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
    Reason::new(text, help, arena.origin(superset).cloned())
}
