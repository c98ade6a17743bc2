//! Schemas, their proofs, and the checker to hold them against.

use std::path::Path;

use serde_json::Value;

use crate::arena::Arena;
use crate::budget::Budget;
use crate::check::check;
use crate::draft::Draft;
use crate::eval::{Judge, StringJudge};
use crate::json::Json;
use crate::literal::Literal;
use crate::lower::{Reading, lower};
use crate::primitives::{DocumentId, NodeId};
use crate::proof::{Derivation, Lemmas};
use crate::scalar::StringSearch;
use crate::schema::Schema;
use crate::solve::{Decision, Memory, Solver};

/// Nothing is known of formats.
pub(super) struct NoFormats;

impl StringJudge for NoFormats {
    fn has_format(&self, _: &str, _: &str) -> Option<bool> {
        None
    }

    fn has_content(&self, _: &str, _: &str) -> Option<bool> {
        None
    }
}

/// Schemas in one arena.
pub(super) struct Bench {
    pub(super) arena: Arena,
    pub(super) roots: Vec<NodeId>,
}

impl Bench {
    /// `None` if one of them has no meaning.
    pub(super) fn new(draft: Draft, documents: &[&Value]) -> Option<Self> {
        let mut arena = Arena::new(draft == Draft::Draft4);
        let mut roots = Vec::new();
        for document in documents {
            let schema = Schema::from((*document).clone());
            let exact = schema.exact();
            let document = DocumentId::new(roots.len());
            let (formats, content) = (false, None);
            let reading = Reading { draft, formats, content, document, memory: 200_000_000, exact };
            roots.push(lower(&mut arena, &reading, schema.value()).ok()?);
        }
        arena.endless.is_none().then_some(Self { arena, roots })
    }

    pub(super) fn decide(&mut self, literals: &[Literal]) -> (Decision, Vec<Json>) {
        let mut search = StringSearch::default();
        let budget = Budget::new(1_000_000, 200_000_000);
        let mut solver =
            Solver::new(&mut self.arena, &NoFormats, &mut search, budget, Memory::default());
        let decision = solver.decide(literals.to_vec());
        let candidates = std::mem::take(&mut solver.candidates);
        (decision, candidates)
    }

    pub(super) fn proof(&mut self, literals: &[Literal]) -> Option<Derivation> {
        match self.decide(literals).0 {
            Decision::Empty(derivation) => Some(derivation),
            Decision::Open => None,
        }
    }

    /// Whether a value is found that meets the literals.
    pub(super) fn is_met(&mut self, literals: &[Literal]) -> bool {
        let (_, candidates) = self.decide(literals);
        let judge = self.judge();
        candidates.iter().any(|value| judge.literals(literals, value) == Some(true))
    }

    pub(super) fn judge(&self) -> Judge<'_> {
        Judge::new(&self.arena, &NoFormats)
    }

    pub(super) fn check(
        &self,
        derivation: &Derivation,
        literals: &[Literal],
    ) -> Result<(), String> {
        check(&self.judge(), derivation, &Lemmas::new(), literals)
    }
}

/// The subset without the superset, both by their number among the roots.
pub(super) fn question(bench: &Bench, sub: usize, sup: usize) -> [Literal; 2] {
    [Literal::holds(bench.roots[sub]), Literal::fails(bench.roots[sup])]
}

pub(super) fn fixtures() -> Vec<(String, Draft, Value, Value)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut all = Vec::new();
    for entry in std::fs::read_dir(root).expect("the fixtures are there") {
        let directory = entry.expect("an entry").path();
        let read = |file: &str| -> Value {
            let text = std::fs::read_to_string(directory.join(file)).expect("a file");
            serde_json::from_str(&text).expect("JSON")
        };
        let expect = read("expect.json");
        let draft = match expect["draft"].as_str() {
            Some("4") => Draft::Draft4,
            Some("6") => Draft::Draft6,
            Some("7") => Draft::Draft7,
            Some("2019-09") => Draft::Draft201909,
            _ => Draft::Draft202012,
        };
        let name = directory.display().to_string();
        for (key, sub, sup) in [("reader_safe", "new", "old"), ("replay_safe", "old", "new")] {
            // What is asked with options, or of numbers beyond binary64, is another question here.
            let options = ["formats", "content", "zero_fraction_is_integer"];
            let plain = options.iter().all(|option| expect[*option].is_null());
            if expect[key] == "proved" && plain && !name.contains("beyond") {
                let read = |file: &str| read(&format!("{file}.json"));
                all.push((format!("{name} {key}"), draft, read(sub), read(sup)));
            }
        }
    }
    assert!(all.len() > 20, "{} fixtures are proved", all.len());
    all
}
