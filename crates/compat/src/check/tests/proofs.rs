//! Proofs that the solver finds pass; damaged, they do not, or are true.

use std::collections::{BTreeMap, BTreeSet};

use super::bench::{Bench, fixtures, question};
use super::kinds::{KINDS, kinds};
use super::tamper::{self, damaged};
use super::{graft, pairs};

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

/// Damage is found out, each kind for some proof; whatever passes is true.
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
