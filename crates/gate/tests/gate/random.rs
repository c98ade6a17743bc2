//! Random edits, several at once, of which it is known by construction what they are: the gate must say exactly that.

mod contract;
mod edits;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use clip_events_contract::Sources;
use fastrand::Rng;
use schema_compat_gate::Report;
use schema_compat_gate::rules::Breaks;
use serde_json::Value;

use self::contract::{Contract, Label};
use self::edits::EDITS;
use super::{document, judge, released, verify};

/// Contracts that are edited and judged. `COMPAT_EDITS` asks for more.
const CONTRACTS: u64 = 600;
/// Edits of one contract at the most.
const MAX_EDITS: usize = 4;

/// An edited contract, or nothing where the dice fell badly.
fn edited(seed: u64) -> Option<Contract> {
    let mut rng = Rng::with_seed(seed);
    let mut contract = Contract::base();
    let edits = rng.usize(1..=MAX_EDITS);
    for index in 0..edits {
        // The first by turns, so that each kind has its share.
        let turn = usize::try_from(seed % EDITS.len() as u64).expect("an index");
        let (name, edit) = if index == 0 { EDITS[turn] } else { *rng.choice(EDITS)? };
        if !edit(&mut contract, &mut rng) {
            return None;
        }
        contract.done.push(name.to_owned());
    }
    Some(contract)
}

fn found(report: &Report) -> BTreeSet<Label> {
    let changes = report.findings.iter().flat_map(|finding| finding.change.all());
    let findings = changes
        .map(|change| (change.rule.id.clone(), change.event_type.clone(), change.instance.clone()));
    findings.collect()
}

/// Checks one contract; how many edits it has, or what is wrong.
fn check(seed: u64, base: &Sources) -> Option<usize> {
    let contract = edited(seed)?;
    let new = document(&contract.sources());
    let report = judge(&new, released("1.0.0", base));
    let (found, labels) = (found(&report), &contract.labels);
    let told = format!(
        "seed {seed}, {:?}
missed: {:?}
false: {:?}
schemas: {}",
        contract.done,
        labels.difference(&found).collect::<Vec<_>>(),
        found.difference(labels).collect::<Vec<_>>(),
        Value::from(contract.files.clone()),
    );
    assert!(report.open.is_empty(), "{told}\nundecided: {:?}", report.open);
    assert!(found == *labels, "{told}");
    for finding in &report.findings {
        let shown = finding.breaking_delivery.is_some() || finding.rule().breaks == Breaks::Nobody;
        // What may be missing anyway, and cannot come under its old name since the object is closed now, breaks no set.
        let closed = labels.iter().any(|(rule, ..)| rule == "object-closed");
        let gone = closed && ["field-removed", "field-renamed"].contains(&&*finding.rule().id);
        let unseen = ["unit-changed", "meaning-changed"].contains(&&*finding.rule().id);
        assert!(shown || gone || unseen, "{told}");
    }
    verify(&report, &new);
    Some(contract.done.len())
}

#[test]
fn edits_known_by_construction_get_exactly_their_outcome() {
    let contracts =
        std::env::var("COMPAT_EDITS").map_or(CONTRACTS, |count| count.parse().expect("a number"));
    let (next, judged, edits) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let base = Contract::base().sources();
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while judged.load(Ordering::Relaxed) < contracts {
                    if let Some(count) = check(next.fetch_add(1, Ordering::Relaxed), &base) {
                        judged.fetch_add(1, Ordering::Relaxed);
                        edits.fetch_add(count as u64, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let edits = edits.into_inner();
    println!("{edits} edits in {} contracts", judged.into_inner());
    assert!(edits >= contracts, "{edits}");
}
