//! Judges corpora of schema pairs with known answers, beside `jsoncompat`.
//!
//! `cargo run --release -p schema-compat --example corpus -- [--verbose] FILE.ndjson...`
//!
//! A line of a file: `{"name", "draft", "formats", "sub", "super", "expected"}`. A verdict is wrong
//! if it is not the expected one; a witness is unconfirmed if `boon` does not share it.
#![allow(clippy::print_stdout)] // Its output is the purpose.

use std::collections::BTreeMap;
use std::error::Error;
use std::process::Command;
use std::time::{Duration, Instant};

use schema_compat::{Answer, Draft, Options, Schema};
use serde_json::value::RawValue;

#[path = "../tests/engine/second.rs"]
mod second;

/// The results of one engine on a file.
#[derive(Default)]
struct Column {
    proved: usize,
    refuted: usize,
    undecided: usize,
    wrong: usize,
    /// Witnesses that `boon` does not share.
    unconfirmed: usize,
    times: Vec<Duration>,
}

impl Column {
    fn print(&mut self, engine: &str, file: &str) {
        self.times.sort_unstable();
        let median = self.times.get(self.times.len() / 2).copied().unwrap_or_default();
        let max = self.times.last().copied().unwrap_or_default();
        println!(
            "| {file} | {engine} | {} | {} | {} | {} | {} | {} | {:.3} ms | {:.1} ms |",
            self.times.len(),
            self.proved,
            self.refuted,
            self.undecided,
            self.wrong,
            self.unconfirmed,
            median.as_secs_f64() * 1e3,
            max.as_secs_f64() * 1e3,
        );
    }
}

struct Row {
    name: String,
    draft: String,
    formats: bool,
    sub: String,
    sup: String,
    expected: bool,
}

fn row(line: &str) -> Result<Row, Box<dyn Error>> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(line)?;
    let text = |key: &str| {
        members.get(key).map(|raw| raw.get()).ok_or_else(|| format!("a row has no `{key}`"))
    };
    Ok(Row {
        name: serde_json::from_str(text("name")?)?,
        draft: serde_json::from_str(text("draft")?)?,
        formats: serde_json::from_str(text("formats").unwrap_or("false"))?,
        sub: text("sub")?.to_owned(),
        sup: text("super")?.to_owned(),
        expected: serde_json::from_str(text("expected")?)?,
    })
}

fn draft(name: &str) -> Option<Draft> {
    Some(match name.trim_start_matches("draft") {
        "4" | "04" | "-04" => Draft::Draft4,
        "6" | "06" | "-06" => Draft::Draft6,
        "7" | "07" | "-07" => Draft::Draft7,
        "2019-09" => Draft::Draft201909,
        "2020-12" => Draft::Draft202012,
        _ => return None,
    })
}

/// The peer's answers and times for a file, from the program in `peer/`: `Some(true)` included,
/// `Some(false)` refuted, `None` unknown. No answers if it cannot be built.
fn peer_answers(file: &str) -> Vec<(Option<bool>, Duration)> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/peer/Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--release", "--manifest-path", manifest, "--", file])
        .output();
    let text = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&text)
        .lines()
        .filter_map(|line| {
            let (answer, nanoseconds) = line.split_once(' ')?;
            let answer = match answer {
                "included" => Some(true),
                "refuted" => Some(false),
                _ => None,
            };
            Some((answer, Duration::from_nanos(nanoseconds.parse().ok()?)))
        })
        .collect()
}

/// Judges one row with the engine.
fn judge(row: &Row, ours: &mut Column, notes: &mut Vec<String>) -> Result<(), Box<dyn Error>> {
    let draft = draft(&row.draft).ok_or_else(|| format!("unknown draft {}", row.draft))?;
    let start = Instant::now();
    let options = Options::default().with_draft(draft).with_assert_formats(row.formats);
    let verdict = row.sub.parse::<Schema>().and_then(|sub| {
        let sup = row.sup.parse::<Schema>()?;
        schema_compat::Inclusion { subset: &sub, superset: &sup }.decide(&options)
    });
    let took = start.elapsed();
    ours.times.push(took);
    let mut wrong = |ours: &mut Column, why: String| {
        ours.wrong += 1;
        notes.push(format!("wrong: {}: {why}\n  sub   {}\n  super {}", row.name, row.sub, row.sup));
    };
    match verdict {
        Ok(Answer::Proved(proof)) => {
            ours.proved += 1;
            if !row.expected {
                wrong(ours, format!("proved\n{proof}"));
            }
        }
        Ok(Answer::Refuted(witness)) => {
            ours.refuted += 1;
            if row.expected {
                wrong(ours, format!("refuted by {}", witness.instance));
            }
            let accepts = |schema: &str| {
                let schema = serde_json::from_str(schema).ok()?;
                second::accepts(&schema, &witness.instance, draft, row.formats)
            };
            if accepts(&row.sub) == Some(false) || accepts(&row.sup) == Some(true) {
                ours.unconfirmed += 1;
                notes.push(format!(
                    "unconfirmed: {} (expected {}): boon is not convinced by {}\n  sub   {}\n  super {}",
                    row.name, row.expected, witness.instance, row.sub, row.sup
                ));
            }
        }
        Ok(Answer::Undecided(undecided)) => {
            ours.undecided += 1;
            let place = undecided.place;
            notes.push(format!(
                "undecided ({:.1} ms): {} (expected {}): {} {place}\n  sub   {}\n  super {}",
                took.as_secs_f64() * 1e3,
                row.name,
                row.expected,
                undecided.reason,
                row.sub,
                row.sup
            ));
        }
        Err(error) => {
            ours.undecided += 1;
            notes.push(format!("undecided: {}: {error}", row.name));
        }
    }
    if took > Duration::from_millis(100) {
        notes.push(format!("slow: {}: {took:?}", row.name));
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut verbose = false;
    let mut peer = true;
    let mut files = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--verbose" => verbose = true,
            "--no-peer" => peer = false,
            _ => files.push(argument),
        }
    }
    println!(
        "| corpus | engine | pairs | proved | refuted | undecided | wrong | unconfirmed | median | max |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    let mut notes = Vec::new();
    for file in files {
        let (mut ours, mut theirs) = (Column::default(), Column::default());
        let stem = std::path::Path::new(&file)
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let answers = if peer { peer_answers(&file) } else { Vec::new() };
        let text = std::fs::read_to_string(&file)?;
        for (index, line) in text.lines().filter(|line| !line.trim().is_empty()).enumerate() {
            let row = row(line)?;
            judge(&row, &mut ours, &mut notes)?;
            if let Some((answer, took)) = answers.get(index).copied() {
                theirs.times.push(took);
                match answer {
                    Some(true) => theirs.proved += 1,
                    Some(false) => theirs.refuted += 1,
                    None => theirs.undecided += 1,
                }
                if answer.is_some_and(|answer| answer != row.expected) {
                    theirs.wrong += 1;
                    notes.push(format!("jsoncompat is wrong: {}", row.name));
                }
            }
        }
        ours.print("schema-compat", &stem);
        if !answers.is_empty() {
            theirs.print("jsoncompat 0.5.0", &stem);
        }
    }
    if verbose {
        for note in notes {
            println!("\n{note}");
        }
    }
    Ok(())
}
