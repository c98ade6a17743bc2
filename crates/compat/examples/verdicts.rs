//! Tries the engine's verdicts on random pairs of schemas, as long as you like.
//!
//! `cargo run --release -p schema-compat --example verdicts -- [PAIRS] [--seed S] [--only CASE]
//! [--effort N] [--trace] [--detail] [--fixtures DIRECTORY]`
//!
//! Prints a table of what came of the pairs, then each kind of fault once, its pair made as small
//! as it gets, as the files of a fixture; `--fixtures` also writes them. `--detail` tells kinds apart
//! by their keywords, even where a known trap explains them. `--only` repeats one case
//! of a run, `--trace` names each case before it is tried. The exit code is 1 if there are faults.
#![allow(clippy::print_stdout, clippy::print_stderr)] // Its output is the purpose.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

#[path = "../tests/engine/attack.rs"]
mod attack;
#[path = "../tests/engine/dense.rs"]
mod dense;
#[path = "../tests/engine/edit.rs"]
mod edit;
#[path = "../tests/engine/exact.rs"]
mod exact;
#[path = "../tests/engine/generate.rs"]
mod generate;
#[path = "../tests/engine/json.rs"]
mod json;
#[path = "../tests/engine/meaning.rs"]
mod meaning;
#[path = "../tests/engine/random.rs"]
mod random;
#[path = "../tests/engine/reading.rs"]
mod reading;
#[path = "../tests/engine/resources.rs"]
mod resources;
#[path = "../tests/engine/second.rs"]
#[allow(dead_code)] // The other example asks it once for each value.
mod second;
#[path = "../tests/engine/shrink.rs"]
mod shrink;
#[path = "../tests/engine/values.rs"]
mod values;
#[path = "../tests/engine/vocabulary.rs"]
mod vocabulary;

use attack::{Fault, Kind, Pair};
use generate::Generator;
use json::Json;
use random::Random;
use schema_compat::Draft;
use shrink::Find;

struct Arguments {
    pairs: u64,
    seed: u64,
    only: Option<u64>,
    effort: usize,
    trace: bool,
    detail: bool,
    fixtures: Option<String>,
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut arguments = Arguments {
        pairs: 100_000,
        seed: 1,
        only: None,
        effort: 300,
        trace: false,
        detail: false,
        fixtures: None,
    };
    let mut rest = std::env::args().skip(1);
    while let Some(argument) = rest.next() {
        let mut value = || rest.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--seed" => arguments.seed = value()?.parse()?,
            "--only" => arguments.only = Some(value()?.parse()?),
            "--effort" => arguments.effort = value()?.parse()?,
            "--trace" => arguments.trace = true,
            "--detail" => arguments.detail = true,
            "--fixtures" => arguments.fixtures = Some(value()?),
            _ => arguments.pairs = argument.parse()?,
        }
    }
    Ok(arguments)
}

/// The results for all pairs.
#[derive(Default)]
struct Summary {
    pairs: u64,
    proved: u64,
    refuted: u64,
    undecided: u64,
    invalid: u64,
    reasons: BTreeMap<String, u64>,
    refusals: BTreeMap<String, u64>,
    explained: BTreeMap<&'static str, u64>,
    faults: BTreeMap<Fault, u64>,
    by_draft: BTreeMap<String, [u64; 4]>,
    /// The slowest cases, the slowest first.
    slowest: Vec<(Duration, u64)>,
    finds: BTreeMap<String, (Find, u64, u64, Duration)>,
    raw: BTreeSet<String>,
}

/// The pair of a case, and the choices that follow.
fn case(seed: u64, case: u64) -> (Pair, Random) {
    let mut generator = Generator::new(Random::new(seed, case));
    let (sub, sup) = generator.pair();
    let (draft, sup_draft) = (generator.draft, generator.other_draft());
    (Pair { draft, sup_draft, meaning: generator.meaning, sub, sup }, generator.random)
}

fn run_case(arguments: &Arguments, index: u64, start: Instant, summary: &Mutex<Summary>) {
    let (pair, random) = case(arguments.seed, index);
    let outcome = attack::attack(&pair, arguments.effort, &mut random.clone());
    let mut finds = Vec::new();
    let mut seen = BTreeSet::new();
    for (fault, ..) in &outcome.faults {
        // The thousandth of a kind needs no shrinking.
        let many = summary.lock().is_ok_and(|s| s.faults.get(fault).is_some_and(|n| *n > 2_000));
        if !many && seen.insert(*fault) {
            finds.extend(shrink::shrink(&pair, *fault, arguments.effort, &random));
        }
    }
    let Ok(mut summary) = summary.lock() else { return };
    summary.pairs += 1;
    let column = match &outcome.verdict {
        Kind::Proved => 0,
        Kind::Refuted => 1,
        Kind::Undecided(reason) => {
            *summary.reasons.entry(reason.clone()).or_default() += 1;
            2
        }
        Kind::Invalid(why) => {
            let why: String = why.chars().filter(|c| !c.is_ascii_digit()).take(60).collect();
            *summary.refusals.entry(why).or_default() += 1;
            3
        }
        Kind::Panicked => 3,
    };
    let draft = if pair.draft == pair.sup_draft { name(pair.draft) } else { "two" };
    summary.by_draft.entry(draft.to_owned()).or_default()[column] += 1;
    match column {
        0 => summary.proved += 1,
        1 => summary.refuted += 1,
        2 => summary.undecided += 1,
        _ => summary.invalid += 1,
    }
    for why in outcome.explained {
        *summary.explained.entry(why).or_default() += 1;
    }
    for (fault, ..) in outcome.faults {
        *summary.faults.entry(fault).or_default() += 1;
    }
    for find in finds {
        let new = (find.pair.sub.to_string().len(), find.pair.sup.to_string().len());
        let signature = find.signature(arguments.detail);
        if summary.raw.insert(signature.clone()) {
            eprintln!("{:.1?} case {index}: {signature}", start.elapsed());
        }
        match summary.finds.get_mut(&signature) {
            Some((old, count, case, _)) => {
                *count += 1;
                let size = old.pair.sub.to_string().len() + old.pair.sup.to_string().len();
                if new.0 + new.1 < size {
                    *old = find;
                    *case = index;
                }
            }
            None => {
                summary.finds.insert(signature, (find, 1, index, start.elapsed()));
            }
        }
    }
    summary.slowest.push((outcome.took, index));
    summary.slowest.sort_unstable_by(|a, b| b.cmp(a));
    summary.slowest.truncate(5);
}

fn name(draft: Draft) -> &'static str {
    match draft {
        Draft::Draft4 => "4",
        Draft::Draft6 => "6",
        Draft::Draft7 => "7",
        Draft::Draft201909 => "2019-09",
        _ => "2020-12",
    }
}

/// The known answer for a pair, in the word of a fixture, and the value that shows it.
fn answer(pair: &Pair) -> (&'static str, Option<Json>) {
    let random = || Random::new(0, 0);
    let outcome = attack::attack(pair, 1_000, &mut random());
    let is_wrong = outcome.faults.iter().any(|(fault, ..)| *fault != Fault::Slow);
    match (&outcome.verdict, is_wrong) {
        (Kind::Proved, false) => ("proved", None),
        (Kind::Refuted, false) => ("refuted", None),
        _ => match attack::refutation(pair, 1_000, &mut random()) {
            Some(value) => ("not proved", Some(value)),
            None => ("not refuted", None),
        },
    }
}

/// The files of a find as a fixture: `new.json` is the sub.
fn files(find: &Find) -> [(&'static str, String); 3] {
    let Pair { draft, sup_draft, meaning, sub, sup } = &find.pair;
    let (there, value) = answer(&find.pair);
    let (back, _) = answer(&Pair {
        draft: *sup_draft,
        sup_draft: *draft,
        meaning: *meaning,
        sub: sup.clone(),
        sup: sub.clone(),
    });
    let mut expect = Json::object([
        ("draft", name(*draft).into()),
        ("reader_safe", there.into()),
        ("replay_safe", back.into()),
    ]);
    if let Json::Object(members) = &mut expect {
        let options = [
            ("two drafts: see --only", (draft != sup_draft).then_some(true)),
            ("formats", meaning.formats.then_some(true)),
            ("content", meaning.content),
            ("zero_fraction_is_integer", meaning.zero_fraction_is_integer),
        ];
        let set =
            options.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?.into())));
        members.extend(set);
    }
    if let (Json::Object(members), Some(value)) = (&mut expect, value) {
        members.insert("refuted_by".to_owned(), value);
    }
    [
        ("old.json", sup.to_string()),
        ("new.json", sub.to_string()),
        ("expect.json", expect.to_string()),
    ]
}

fn print(summary: &Summary, took: Duration) {
    println!("| draft | proved | refuted | undecided | invalid |\n|---|---|---|---|---|");
    for (draft, [proved, refuted, undecided, invalid]) in &summary.by_draft {
        println!("| {draft} | {proved} | {refuted} | {undecided} | {invalid} |");
    }
    let Summary { pairs, proved, refuted, undecided, invalid, .. } = summary;
    println!("| all {pairs} | {proved} | {refuted} | {undecided} | {invalid} |");
    let count = |fault| summary.faults.get(&fault).copied().unwrap_or_default();
    println!("\n| fault | pairs |\n|---|---|");
    for (fault, what) in [
        (Fault::FalseProof, "false proofs"),
        (Fault::DoubtfulProof, "proofs that only the validators refute"),
        (Fault::WrongWitness, "wrong witnesses"),
        (Fault::Unconfirmed, "witnesses unconfirmed, unexplained"),
        (Fault::Evaluator, "values on which both validators contradict the evaluator, unexplained"),
        (Fault::Panic, "panics"),
        (Fault::Slow, "slow"),
    ] {
        println!("| {what} | {} |", count(fault));
    }
    println!("\n| difference of opinion explained by | values |\n|---|---|");
    for (why, count) in &summary.explained {
        println!("| {why} | {count} |");
    }
    for (title, reasons, most) in
        [("undecided", &summary.reasons, 12), ("invalid", &summary.refusals, 5)]
    {
        let mut reasons: Vec<_> = reasons.iter().collect();
        reasons.sort_by(|a, b| b.1.cmp(a.1));
        println!("\n| {title} because | pairs |\n|---|---|");
        for (reason, count) in reasons.iter().take(most) {
            println!("| {reason} | {count} |");
        }
    }
    println!("\n| slowest | case |\n|---|---|");
    for (time, case) in &summary.slowest {
        println!("| {time:.1?} | {case} |");
    }
    println!("\n{took:.1?} in all, peak memory {}", memory().unwrap_or_default());
}

/// The most memory that the process has held.
fn memory() -> Option<String> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.trim_start_matches("VmHWM:").trim().to_owned())
}

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = arguments()?;
    let start = Instant::now();
    if let Some(index) = arguments.only {
        let (pair, _) = case(arguments.seed, index);
        println!(
            "drafts {} and {}\n{:?}\nsub   {}\nsuper {}",
            name(pair.draft),
            name(pair.sup_draft),
            pair.meaning,
            pair.sub,
            pair.sup
        );
    }
    // A panic is a find; its message is repeated by `--only`.
    if arguments.only.is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
    let summary = Mutex::new(Summary::default());
    let next = AtomicU64::new(0);
    let left = AtomicUsize::new(0);
    let done = AtomicBool::new(false);
    let workers = if arguments.only.is_some() {
        1
    } else {
        std::thread::available_parallelism().map_or(1, usize::from)
    };
    std::thread::scope(|scope| {
        for worker in 0..workers {
            left.fetch_add(1, Ordering::SeqCst);
            let (arguments, summary, next, left, done) =
                (&arguments, &summary, &next, &left, &done);
            let work = move || {
                loop {
                    let index = match arguments.only {
                        Some(index) if next.fetch_add(1, Ordering::SeqCst) == 0 => index,
                        Some(_) => break,
                        None => next.fetch_add(1, Ordering::SeqCst),
                    };
                    if arguments.only.is_none() && index >= arguments.pairs {
                        break;
                    }
                    if arguments.trace {
                        eprintln!("worker {worker}: case {index}");
                    }
                    run_case(arguments, index, start, summary);
                }
                if left.fetch_sub(1, Ordering::SeqCst) == 1 {
                    done.store(true, Ordering::SeqCst);
                }
            };
            let thread = std::thread::Builder::new().stack_size(64 << 20);
            thread.spawn_scoped(scope, work).expect("a thread");
        }
        let mut seconds = 0_u64;
        while !done.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(50));
            if start.elapsed().as_secs() >= seconds + 10 {
                seconds = start.elapsed().as_secs();
                if let Ok(summary) = summary.lock() {
                    let faults: u64 = summary.faults.values().sum();
                    eprintln!("{seconds} s: {} pairs, {faults} faults", summary.pairs);
                }
            }
        }
    });
    let summary = summary.into_inner()?;
    print(&summary, start.elapsed());
    for (number, (signature, (find, count, case, when))) in summary.finds.iter().enumerate() {
        println!("\n## {signature}\n");
        println!("{count} times, first after {when:.1?}; case {case} of seed {}", arguments.seed);
        if let Some(value) = &find.value {
            println!("value {value}; {}", find.note);
        }
        let directory = format!("find-{}-{number}", arguments.seed);
        for (file, text) in files(find) {
            println!("{file}: {text}");
            if let Some(root) = &arguments.fixtures {
                let directory = Path::new(root).join(&directory);
                fs::create_dir_all(&directory)?;
                fs::write(directory.join(file), format!("{text}\n"))?;
            }
        }
    }
    Ok(if summary.faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
