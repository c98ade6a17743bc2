//! Decides questions about documents: reads each once, searches for a counterexample, and has the result checked.

use std::cell::OnceCell;
use std::io;
use std::panic::resume_unwind;
use std::thread;

use jsonschema::Validator;

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
use crate::place::{Origin, Place, Side};
use crate::primitives::{DocumentId, NodeId};
use crate::proof::Proof;
use crate::reason::Reason;
use crate::refute::{Refuter, document_validator, follows_meta_schema};
use crate::scalar::StringSearch;
use crate::schema::Schema;
use crate::solve::{Decision, Memory, Solver};
use crate::width::too_wide;

/// The stack of a deciding thread. The depth of its recursion is bounded, but the frames are large.
const STACK: usize = 128 << 20;

/// Any number of questions about the same documents. Each document is read once, and what was shown for one question is known
/// in the next.
///
/// ```
/// use schema_compat::{Answer, Options, Questions, Schema};
/// use serde_json::json;
///
/// let schema = |text: &str| text.parse::<Schema>();
/// let (old, new) = (schema(r#"{"maximum": 7}"#)?, schema(r#"{"maximum": 9}"#)?);
/// let small = schema(r#"{"maximum": 3}"#)?;
/// let answers = Questions::ask(&Options::default(), |questions| {
///     let [old, new] = [questions.read(old)?, questions.read(new)?];
///     let small = questions.read(small)?;
///     Ok::<_, schema_compat::Error>([
///         questions.decide(&[old], new)?,
///         questions.decide(&[new], old)?,
///         questions.decide(&[new, small], old)?,
///     ])
/// })??;
/// assert!(matches!(answers, [Answer::Proved(_), Answer::Refuted(_), Answer::Proved(_)]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Questions<'s> {
    options: Options,
    draft: Draft,
    arena: Arena,
    string_search: StringSearch,
    memory: Memory,
    documents: Vec<DocumentRead<'s>>,
}

/// A document that was read for some [`Questions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Document(DocumentId);

/// A document, and what reading it came to.
struct DocumentRead<'s> {
    schema: Held<'s>,
    draft: Draft,
    /// The node that it is, or why its ids and references are broken.
    root: Result<NodeId, Reason>,
    /// Why nothing is decided about it, though it may be a schema.
    beyond: Option<Reason>,
    /// Why it has no meaning, though it is a schema.
    endless: Option<Reason>,
    /// `None` where it would not fit the stack.
    validator: OnceCell<Option<Validator>>,
}

enum Held<'s> {
    Borrowed(&'s Schema),
    Owned(Schema),
}

impl Held<'_> {
    fn get(&self) -> &Schema {
        match self {
            Self::Borrowed(schema) => schema,
            Self::Owned(schema) => schema,
        }
    }
}

impl<'s> Questions<'s> {
    /// Asks questions, in a thread of its own with a stack of 128 MiB, of which the system provides what is used. The calling
    /// thread waits and needs no more stack than usual.
    ///
    /// Documents are read by [`Options::draft`], or else by 2020-12, whatever their `$schema` says. The options hold for each
    /// question.
    ///
    /// # Errors
    ///
    /// When no thread can be started.
    pub fn ask<R: Send>(
        options: &Options,
        ask: impl FnOnce(&mut Self) -> R + Send,
    ) -> io::Result<R> {
        let work = || ask(&mut Self::new(options.draft.unwrap_or(Draft::Draft202012), options));
        let answered = thread::scope(|scope| {
            let builder = thread::Builder::new().stack_size(STACK);
            builder.spawn_scoped(scope, work).map(thread::ScopedJoinHandle::join)
        });
        answered.map(|answered| answered.unwrap_or_else(|panic| resume_unwind(panic)))
    }

    pub(crate) fn new(draft: Draft, options: &Options) -> Self {
        let integers = options.zero_fraction_is_integer;
        let mut arena = Arena::new(draft == Draft::Draft4 && integers != Some(true));
        arena.surely_literal = integers == Some(false);
        Self {
            options: options.clone(),
            draft,
            arena,
            string_search: StringSearch::default(),
            memory: Memory::default(),
            documents: Vec::new(),
        }
    }

    /// Reads a document.
    ///
    /// # Errors
    ///
    /// When it is not a valid schema of the draft. What shows only when it is used, a question says.
    pub fn read(&mut self, schema: Schema) -> Result<Document, Error> {
        self.hold(Held::Owned(schema), self.draft, Side::Subset)
    }

    /// Reads a document by a draft of its own, whatever the others are read by.
    ///
    /// # Errors
    ///
    /// Those of [`Questions::read`]. And [`Error::Drafts`], when only one of the drafts is draft 4, unless
    /// [`Options::zero_fraction_is_integer`] is true: what an integer is would depend on who asks.
    pub fn read_by(&mut self, draft: Draft, schema: Schema) -> Result<Document, Error> {
        self.hold(Held::Owned(schema), draft, Side::Subset)
    }

    /// Reads a document which is to be `side` of a question.
    pub(crate) fn read_as(
        &mut self,
        schema: &'s Schema,
        draft: Draft,
        side: Side,
    ) -> Result<Document, Error> {
        self.hold(Held::Borrowed(schema), draft, side)
    }

    fn hold(&mut self, schema: Held<'s>, draft: Draft, side: Side) -> Result<Document, Error> {
        let mixes_integers = (draft == Draft::Draft4) != (self.draft == Draft::Draft4);
        if mixes_integers && self.options.zero_fraction_is_integer != Some(true) {
            return Err(Error::Drafts);
        }
        schema.get().check_reach(side)?;
        follows_meta_schema(schema.get().value(), draft, side)?;
        let is_same = |known: &DocumentRead<'_>| {
            known.draft == draft && known.schema.get().is_same(schema.get())
        };
        if let Some(known) = self.documents.iter().position(is_same) {
            return Ok(Document(DocumentId::new(known)));
        }
        let id = DocumentId::new(self.documents.len());
        let reading = Reading {
            draft,
            formats: self.options.assert_formats,
            content: self.options.assert_content,
            document: id,
            memory: self.options.memory,
            exact: schema.get().exact(),
        };
        let arena = &mut self.arena;
        let root = lower(arena, &reading, schema.get().value());
        let twice = arena.twice.take().map(|origin| {
            Reason::new(
                "two schemas of a document have the same `$id`",
                "give each schema an id of its own, or none",
                Some(origin),
            )
        });
        let intricate = std::mem::take(&mut arena.intricate).then(|| {
            Reason::new(
                "the references of a schema lead along too many ways to be followed",
                "use fewer references, dynamic anchors or `unevaluated` keywords",
                root.as_ref().ok().and_then(|root| arena.origin(*root).cloned()),
            )
        });
        let endless = arena.endless.take().map(|origin| {
            Reason::new(
                "the schema refers to itself for the same value",
                "refer to it from a property or an item",
                Some(origin),
            )
        });
        let wide = too_wide(schema.get().value()).map(|wide| {
            let origin = Origin { document: id, pointer: wide.pointer.into() };
            Reason::new(wide.message, wide.help, Some(origin))
        });
        let (beyond, validator) = (wide.or(twice).or(intricate), OnceCell::new());
        self.documents.push(DocumentRead { schema, draft, root, beyond, endless, validator });
        Ok(Document(id))
    }

    /// Decides whether every instance of all schemas of `subset` is an instance of `superset`.
    ///
    /// In the answer, the first of them stands for the subset: no other is named.
    ///
    /// # Errors
    ///
    /// When one of them cannot judge, though it follows its meta-schema.
    ///
    /// # Panics
    ///
    /// When one of the documents was read for other questions and there is none of its number here.
    pub fn decide(&mut self, subset: &[Document], superset: Document) -> Result<Answer, Error> {
        if subset.contains(&superset) {
            return Ok(Answer::Proved(Proof::same_document()));
        }
        let first = subset.first().map(|document| (document.0, Side::Subset));
        self.arena.sides = first.into_iter().chain([(superset.0, Side::Superset)]).collect();
        let Self { options, arena, string_search, memory, documents, .. } = self;
        let question = Question { subset, superset, documents };
        if let Some(reason) = question.first(|document| document.beyond.as_ref()) {
            return Ok(undecided(arena, reason.clone()));
        }
        let broken = question.first(|document| document.root.as_ref().err());
        // The validator may have more to say on what is wrong.
        let refuter = question.refuter(options)?;
        let endless = || question.first(|document| document.endless.as_ref());
        if let Some(reason) = broken.or_else(endless) {
            return Ok(undecided(arena, reason.clone()));
        }
        Ok(search(arena, string_search, memory, &refuter, &question.roots(), options))
    }
}

/// Documents, and what they are in a question.
struct Question<'a, 's> {
    subset: &'a [Document],
    superset: Document,
    documents: &'a [DocumentRead<'s>],
}

/// The nodes of a question.
struct Roots {
    subset: Vec<NodeId>,
    superset: NodeId,
}

impl<'a, 's> Question<'a, 's> {
    fn all(&self) -> impl Iterator<Item = &'a DocumentRead<'s>> {
        let documents = self.documents;
        let all = self.subset.iter().copied().chain([self.superset]);
        all.map(move |Document(id)| &documents[id.index()])
    }

    fn first<T>(&self, of: impl Fn(&'a DocumentRead<'s>) -> Option<T>) -> Option<T> {
        self.all().find_map(of)
    }

    fn roots(&self) -> Roots {
        let mut roots: Vec<_> =
            self.all().filter_map(|document| document.root.as_ref().ok().copied()).collect();
        let superset = roots.pop().unwrap_or(NodeId::FALSE);
        Roots { subset: roots, superset }
    }

    fn refuter(&self, options: &Options) -> Result<Refuter<'a>, Error> {
        let mut validators = Vec::new();
        let last = self.subset.len();
        for (index, document) in self.all().enumerate() {
            let side = if index == last { Side::Superset } else { Side::Subset };
            let value = document.schema.get().value();
            if document.validator.get().is_none() {
                let built = document_validator(value, document.draft, options, side)?;
                document.validator.get_or_init(|| built);
            }
            let validator = document.validator.get().and_then(Option::as_ref);
            validators.push(validator);
        }
        let schemas = self.all().map(|document| document.schema.get()).collect();
        Ok(Refuter::new(validators, schemas))
    }
}

fn undecided(arena: &Arena, reason: Reason) -> Answer {
    let place = reason.origin.as_ref().and_then(|origin| arena.place_of(origin));
    let place = place.unwrap_or_else(|| Place::new(Side::Superset, ""));
    Answer::Undecided(Undecided::new(reason.text, reason.help, place))
}

/// Searches for a proof, then for a witness.
fn search(
    arena: &mut Arena,
    string_search: &mut StringSearch,
    memory: &mut Memory,
    refuter: &Refuter<'_>,
    roots: &Roots,
    options: &Options,
) -> Answer {
    let holds: Vec<_> = roots.subset.iter().map(|root| Literal::holds(*root)).collect();
    let question = [&*holds, &[Literal::fails(roots.superset)]].concat();
    let mut budget = Budget::new(options.budget, options.memory);
    budget.hold(arena.bytes());
    let mut solver = Solver::new(arena, refuter, string_search, budget, std::mem::take(memory));
    let decision = solver.decide(question.clone());
    let reason = solver.budget.exhaustion().or(solver.reason.take());
    let mut candidates = std::mem::take(&mut solver.candidates);
    let example = match decision {
        Decision::Empty(_) => None,
        Decision::Open => solver.example(holds),
    };
    *memory = solver.into_memory();
    let judge = Judge::new(arena, refuter);
    if let Decision::Empty(derivation) = decision {
        return match check(&judge, &derivation, memory.theorems(), &question) {
            Ok(()) => {
                let proof = Proof::new(&derivation, memory.theorems(), arena);
                memory.learn(derivation);
                Answer::Proved(proof)
            }
            Err(flaw) => undecided(
                arena,
                Reason::new(
                    format!("a proof was found, but did not pass its check: {flaw}"),
                    "report this, with both schemas: it is a defect of this library",
                    None,
                ),
            ),
        };
    }
    let (subset, superset) = (&*roots.subset, roots.superset);
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
    undecided(arena, reason.unwrap_or_else(|| unconfirmed(arena, refuter, superset, &candidates)))
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
