//! The checker against proofs that are none: those of false statements, and damaged ones.

mod graft;
mod hand;
mod kinds;
mod pairs;
mod tamper;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jsonschema::Draft;
use serde_json::Value;

use super::check;
use crate::budget::Budget;
use crate::eval::{Judge, Strings};
use crate::json::Json;
use crate::lower::{Reading, lower};
use crate::node::{Arena, Id, Literal};
use crate::place::Side;
use crate::proof::Derivation;
use crate::scalar::Scalars;
use crate::schema::Schema;
use crate::solve::{Decision, Solver};

use kinds::{KINDS, kinds};
use tamper::damaged;

/// Nothing is known of formats.
struct NoFormats;

impl Strings for NoFormats {
    fn has_format(&self, _: &str, _: &str) -> Option<bool> {
        None
    }

    fn has_content(&self, _: &str, _: &str) -> Option<bool> {
        None
    }
}

/// Schemas in one arena.
struct Bench {
    arena: Arena,
    roots: Vec<Id>,
}

impl Bench {
    /// `None` if one of them has no meaning.
    fn new(draft: Draft, documents: &[&Value]) -> Option<Self> {
        let mut arena = Arena::new(draft == Draft::Draft4);
        let mut roots = Vec::new();
        for document in documents {
            let schema = Schema::from((*document).clone());
            let exact = schema.exact();
            let side = Side::Sub;
            let reading = Reading { draft, formats: false, side, memory: 200_000_000, exact };
            roots.push(lower(&mut arena, &reading, schema.value()).ok()?);
        }
        arena.endless.is_none().then_some(Self { arena, roots })
    }

    fn decide(&mut self, literals: &[Literal]) -> (Decision, Vec<Json>) {
        let mut scalars = Scalars::default();
        let budget = Budget::new(200_000, 200_000_000);
        let mut solver = Solver::new(&mut self.arena, &NoFormats, &mut scalars, budget);
        let decision = solver.decide(literals.to_vec());
        let candidates = std::mem::take(&mut solver.candidates);
        (decision, candidates)
    }

    fn proof(&mut self, literals: &[Literal]) -> Option<Derivation> {
        match self.decide(literals).0 {
            Decision::Empty(derivation) => Some(derivation),
            Decision::Open => None,
        }
    }

    /// Whether a value is found that meets the literals.
    fn is_met(&mut self, literals: &[Literal]) -> bool {
        let (_, candidates) = self.decide(literals);
        let judge = self.judge();
        candidates.iter().any(|value| judge.literals(literals, value) == Some(true))
    }

    fn judge(&self) -> Judge<'_> {
        Judge::new(&self.arena, &NoFormats)
    }

    fn check(&self, derivation: &Derivation, literals: &[Literal]) -> Result<(), String> {
        check(&self.judge(), &mut Scalars::default(), derivation, literals)
    }
}

/// The sub without the super, both by their number among the roots.
fn question(bench: &Bench, sub: usize, sup: usize) -> [Literal; 2] {
    [(bench.roots[sub], true), (bench.roots[sup], false)]
}

fn fixtures() -> Vec<(String, Draft, Value, Value)> {
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
            // What is asked with formats, or of numbers beyond binary64, is another question here.
            if expect[key] == "proved" && expect["formats"].is_null() && !name.contains("beyond") {
                let read = |file: &str| read(&format!("{file}.json"));
                all.push((format!("{name} {key}"), draft, read(sub), read(sup)));
            }
        }
    }
    assert!(all.len() > 20, "{} fixtures are proved", all.len());
    all
}

#[test]
fn the_fixtures_proofs_pass() {
    for (name, draft, sub, sup) in fixtures() {
        let mut bench = Bench::new(draft, &[&sub, &sup]).expect("schemas");
        let literals = question(&bench, 0, 1);
        let derivation = bench.proof(&literals).unwrap_or_else(|| panic!("{name}: no proof"));
        assert_eq!(bench.check(&derivation, &literals), Ok(()), "{name}");
    }
}

#[test]
fn proofs_of_every_kind_pass() {
    let (mut seen, mut failed) = (BTreeSet::new(), Vec::new());
    for (draft, sub, sup) in pairs::proved() {
        let mut bench = Bench::new(draft, &[&sub, &sup]).expect("schemas");
        let literals = question(&bench, 0, 1);
        let derivation = bench.proof(&literals);
        match derivation.as_ref().map(|proof| (proof, bench.check(proof, &literals))) {
            Some((derivation, Ok(()))) => seen.extend(kinds(derivation)),
            other => failed.push(format!("{sub} {sup}: {:?}", other.map(|(_, checked)| checked))),
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
    assert!(
        seen.iter().eq(KINDS),
        "{:?} are not seen",
        KINDS.iter().filter(|k| !seen.contains(*k)).collect::<Vec<_>>()
    );
}

/// What is damaged in some way is found out, in each way for some proof; what passes is true.
#[test]
fn damaged_proofs_are_rejected() {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (draft, sub, sup) in pairs::proved() {
        let mut bench = Bench::new(draft, &[&sub, &sup]).expect("schemas");
        let literals = question(&bench, 0, 1);
        let derivation = bench.proof(&literals).expect("a proof");
        let values = graft::values(&sub, &sup);
        for (kind, damaged) in damaged(&bench, &derivation) {
            let (rejected, passed) = counts.entry(kind).or_default();
            if bench.check(&damaged, &literals).is_err() {
                *rejected += 1;
                continue;
            }
            *passed += 1;
            for lemma in damaged.lemmas.values() {
                let met = values
                    .iter()
                    .find(|value| bench.judge().literals(&lemma.state, value) == Some(true));
                assert!(met.is_none(), "{kind}: {sub} {sup}: {met:?} meets {:?}", lemma.state);
            }
        }
    }
    for (kind, (rejected, passed)) in &counts {
        eprintln!("{kind}: {rejected} of {} rejected", rejected + passed);
    }
    let kinds: Vec<&str> =
        counts.iter().filter(|(_, (no, _))| *no > 0).map(|(kind, _)| *kind).collect();
    assert_eq!(kinds, tamper::KINDS, "{counts:?}");
    // A damage that always does harm always shows.
    for kind in tamper::HARMFUL {
        assert_eq!(counts[kind].1, 0, "{kind}");
    }
}
