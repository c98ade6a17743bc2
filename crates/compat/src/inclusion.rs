//! Decides a question: reads both schemas, searches, and has whatever was found checked.

use serde_json::Value;

use crate::answer::{Undecided, Verdict};
use crate::arena::Arena;
use crate::budget::Budget;
use crate::check::check;
use crate::draft::Draft;
use crate::error::Error;
use crate::eval::Judge;
use crate::literal::Literal;
use crate::lower::{Reading, lower};
use crate::options::Options;
use crate::place::Origin;
use crate::place::{Place, Side};
use crate::primitives::NodeId;
use crate::proof::Proof;
use crate::refute::{Refuter, follows_meta_schema};
use crate::scalar::Scalars;
use crate::schema::Schema;
use crate::solve::{Decision, Solver};

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
        sub.is_in_reach(Side::Sub)?;
        sup.is_in_reach(Side::Super)?;
        let draft = common_draft(sub, sup, options)?;
        for (side, document) in [(Side::Sub, sub), (Side::Super, sup)] {
            follows_meta_schema(document.value(), draft, side)?;
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

fn undecided(reason: &str, help: &str, origin: Option<Origin>) -> Verdict {
    let (side, pointer) =
        origin.map_or((Side::Super, String::new()), |(side, pointer)| (side, pointer.to_string()));
    Verdict::Undecided(Undecided::new(reason, help, Place { side, pointer }))
}

fn decide(sub: &Schema, sup: &Schema, draft: Draft, options: &Options) -> Result<Verdict, Error> {
    let mut arena = Arena::new(draft == Draft::Draft4);
    let mut roots = Vec::new();
    let mut unread = None;
    for (side, document) in [(Side::Sub, sub), (Side::Super, sup)] {
        let reading = Reading {
            draft,
            formats: options.formats,
            side,
            memory: options.memory,
            exact: document.exact(),
        };
        match lower(&mut arena, &reading, document.value()) {
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
    (left, right): (NodeId, NodeId),
    options: &Options,
) -> Verdict {
    let question = vec![Literal::holds(left), Literal::fails(right)];
    let mut scalars = Scalars::default();
    let mut budget = Budget::new(options.budget, options.memory);
    budget.hold(arena.bytes());
    let mut solver = Solver::new(&mut arena, refuter, &mut scalars, budget);
    let decision = solver.decide(question.clone());
    let reason = solver.reason.take();
    let exhaustion = solver.budget.exhaustion();
    let mut candidates = std::mem::take(&mut solver.candidates);
    let example = match decision {
        Decision::Empty(_) => None,
        Decision::Open => solver.example(vec![Literal::holds(left)]),
    };
    drop(solver);
    let judge = Judge::new(&arena, refuter);
    if let Decision::Empty(derivation) = decision {
        return match check(&judge, &mut scalars, &derivation, &question) {
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

/// The draft in which both schemas are read.
fn common_draft(sub: &Schema, sup: &Schema, options: &Options) -> Result<Draft, Error> {
    if let Some(draft) = options.draft {
        return Ok(draft);
    }
    let mut drafts = Vec::new();
    for (side, schema) in [(Side::Sub, sub), (Side::Super, sup)] {
        if let Some(Value::String(dialect)) = schema.value().get("$schema") {
            let draft = Draft::of_schema(schema.value());
            drafts.push(draft.ok_or_else(|| Error::Dialect { side, dialect: dialect.clone() })?);
        }
    }
    drafts.dedup();
    match drafts.as_slice() {
        [] => Ok(Draft::Draft202012),
        [draft] => Ok(*draft),
        _ => Err(Error::Drafts),
    }
}
