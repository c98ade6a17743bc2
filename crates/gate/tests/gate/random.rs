//! Random contracts and random edits, several at once, of which it is known by construction what they are: the gate must say
//! exactly that, and random deliveries must bear it out.

mod contract;
mod deliveries;
mod edits;
mod reference;
mod shapes;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use clip_events_test_support::second::Formats;
use fastrand::Rng;
use schema_compat_gate::rules::{Audience, Breaks, Effect};
use schema_compat_gate::{Document, Outcome, Report};
use serde_json::Value;

use self::contract::{Contract, Label};
use self::deliveries::Sampler;
use self::edits::{EDITS, REFACTORINGS};
use self::reference::has_something_new;
use super::{Judges, document, judge, released, verify};

/// Contracts that are edited and judged. `COMPAT_EDITS` asks for more, from the seed `COMPAT_SEED` on.
const CONTRACTS: u64 = 48;
/// Edits of one contract at the most.
const MAX_EDITS: usize = 4;
/// Deliveries of each side.
const DELIVERIES: usize = 30;

pub(crate) fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |count| count.parse().expect("a number"))
}

/// A contract before and after its edits, or nothing where the dice fell badly.
fn edited(seed: u64) -> Option<(Contract, Contract)> {
    let mut rng = Rng::with_seed(seed);
    let base = shapes::contract(&mut rng);
    let mut contract = base.clone();
    for _ in 0..rng.usize(..3) {
        let (_, refactor) = *rng.choice(REFACTORINGS)?;
        refactor(&mut contract, &mut rng)?;
    }
    contract.forget_edits();
    let edits = rng.usize(1..=MAX_EDITS);
    for index in 0..edits {
        // The first by turns, so that each kind has its share.
        let turn = usize::try_from(seed % EDITS.len() as u64).expect("an index");
        let (name, edit) = if index == 0 { EDITS[turn] } else { *rng.choice(EDITS)? };
        edit(&mut contract, &mut rng)?;
        contract.done.push(name);
    }
    Some((base, contract))
}

/// What is told of a change: rule, event type, and where it is in the files, or what it is called if it is there no more.
fn found(report: &Report, document: &Document) -> BTreeSet<Label> {
    let changes = report.findings.iter().flat_map(|finding| finding.change.all());
    let findings = changes.map(|change| {
        let known = match &*change.rule.id {
            "field-removed" | "field-renamed" => {
                change.instance.rsplit('/').next().unwrap_or_default().to_owned()
            }
            "branch-removed" => {
                let tag = change.what.rsplit_once("[kind=").unwrap_or_default().1;
                tag.trim_end_matches(']').to_owned()
            }
            "event-type-added" | "event-type-removed" => String::new(),
            _ => {
                let place = document.locate(&change.new);
                let path = place.path.strip_prefix("schema").expect("a schema file");
                format!("{}{}", path.display(), place.pointer)
            }
        };
        (change.rule.id.clone(), change.event_type.clone(), known)
    });
    findings.collect()
}

/// Checks one contract; how many edits it has, unless the dice fell badly.
fn check(seed: u64) -> Option<usize> {
    let (base, contract) = edited(seed)?;
    let (old, sources) = (base.sources(), contract.sources());
    clip_events_contract::lower(&old).unwrap_or_else(|errors| panic!("seed {seed}: {errors}"));
    // Unions are open in the bundle of what can be rendered.
    if contract.has_unions && clip_events_contract::lower(&sources).is_err() {
        return None;
    }
    let new = document(&sources);
    let report = judge(&new, released("1.0.0", &old));
    let (found, labels) = (found(&report, &new), contract.labels());
    let told = || {
        format!(
            "seed {seed}, {:?}
missed: {:?}
false: {:?}
before: {}
after: {}",
            contract.done,
            labels.difference(&found).collect::<Vec<_>>(),
            found.difference(&labels).collect::<Vec<_>>(),
            Value::from(base.files.clone()),
            Value::from(contract.files.clone()),
        )
    };
    assert!(report.open.is_empty(), "{}\nundecided: {:?}", told(), report.open);
    assert!(found == labels, "{}", told());
    for finding in &report.findings {
        let shown = finding.breaking_delivery.is_some() || finding.rule().breaks == Breaks::Nobody;
        // No delivery shows that what had any value is gone.
        assert!(shown || finding.rule().effect == Effect::TakesAway, "{}\n{finding:?}", told());
    }
    verify(&report, &new);
    bear_out(&report, &new, seed).unwrap_or_else(|wrong| panic!("{}\n{wrong}", told()));
    Some(contract.done.len())
}

/// Holds random deliveries against the report.
fn bear_out(report: &Report, new: &Document, seed: u64) -> Result<(), String> {
    let (old, new) = (report.release.document.value(), new.value());
    let [old_judges, new_judges] = [old, new].map(|schema| Judges::new(schema, Formats::Described));
    let is_told = |audience: Audience, event_type: &Value| {
        report.findings.iter().any(|finding| {
            let of = &finding.change.event_type;
            // One finding stands for an edit that breaks both.
            let both = ["type-changed", "values-changed", "event-type-removed", "field-renamed"];
            let rule = finding.rule();
            (rule.audience() == Some(audience) || both.contains(&&*rule.id))
                && (of.is_none() || of.as_deref() == event_type.as_str())
        })
    };
    let mut rng = Rng::with_seed(seed);
    for (document, other) in [(old, new), (new, old)] {
        let sampler = Sampler::new(document, other);
        for _ in 0..DELIVERIES {
            let delivery = sampler.delivery(&mut rng);
            let (was, is) = (old_judges.accept(&delivery), new_judges.accept(&delivery));
            if is && !was && !is_told(Audience::Readers, &delivery["type"]) {
                return Err(format!("readers reject {delivery}"));
            }
            let is_old = was && !has_something_new(old, new, &delivery);
            if is_old && !is && !is_told(Audience::Archives, &delivery["type"]) {
                return Err(format!("no longer accepted: {delivery}"));
            }
        }
    }
    for finding in &report.findings {
        let Some(shown) = &finding.breaking_delivery else { continue };
        let is_of_archive = finding.rule().audience() == Some(Audience::Archives);
        if is_of_archive && has_something_new(old, new, &shown.delivery) {
            return Err(format!("it has something new: {}", shown.delivery));
        }
    }
    let breaks = report.findings.iter().any(|finding| finding.rule().breaks != Breaks::Nobody);
    let outcome = if breaks { Outcome::Breaking } else { Outcome::Additive };
    if report.outcome() == outcome { Ok(()) } else { Err(report.outcome().to_string()) }
}

#[test]
fn edits_known_by_construction_get_exactly_their_outcome() {
    let contracts = number("COMPAT_EDITS", CONTRACTS);
    let next = AtomicU64::new(number("COMPAT_SEED", 0));
    let (judged, edits) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while judged.load(Ordering::Relaxed) < contracts {
                    if let Some(count) = check(next.fetch_add(1, Ordering::Relaxed)) {
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
