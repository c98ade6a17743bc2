//! Tries the evaluator of the tests on the official JSON-Schema-Test-Suite.
//!
//! `cargo run --release -p schema-compat --example suite -- [--verbose] SUITE/tests`
//!
//! Read are the required tests of each draft and the optional ones that are not about formats. A
//! test is *unread* if the evaluator gives no answer: references out of the document (to a remote
//! or a meta-schema), a dialect of its own, another draft inside.
#![allow(clippy::print_stdout)] // Its output is the purpose.

use std::error::Error;
use std::fs;
use std::path::Path;

use schema_compat::Draft;

#[path = "../tests/engine/exact.rs"]
mod exact;
#[path = "../tests/engine/json.rs"]
#[allow(dead_code)] // The generators use more of it.
mod json;
#[path = "../tests/engine/meaning.rs"]
#[allow(dead_code)] // The official suite has no formats here.
mod meaning;
#[path = "../tests/engine/reading.rs"]
mod reading;
#[path = "../tests/engine/resources.rs"]
mod resources;

use json::Json;

const DRAFTS: &[(&str, Draft)] = &[
    ("draft4", Draft::Draft4),
    ("draft6", Draft::Draft6),
    ("draft7", Draft::Draft7),
    ("draft2019-09", Draft::Draft201909),
    ("draft2020-12", Draft::Draft202012),
];

/// Right, wrong and unread tests of a file, with a note for each that is not right.
fn try_file(file: &Path, draft: Draft, notes: &mut Vec<String>) -> Option<[usize; 3]> {
    let Json::Array(groups) = Json::read(&fs::read_to_string(file).ok()?)? else { return None };
    let stem = file.file_stem()?.to_string_lossy();
    let mut counts = [0; 3];
    for group in &groups {
        let schema = exact::Schema::read(group.get("schema")?, draft);
        let Json::Array(tests) = group.get("tests")? else { return None };
        for test in tests {
            let expected = test.get("valid")? == &Json::Bool(true);
            let got = schema.as_ref().and_then(|schema| schema.accepts(test.get("data")?));
            let (place, what) = match got {
                Some(got) if got == expected => (0, "right"),
                Some(_) => (1, "wrong"),
                None => (2, "unread"),
            };
            counts[place] += 1;
            if place > 0 {
                let text = |of: &Json| of.get("description").map(Json::to_string);
                let (group, test) = (text(group)?, text(test)?);
                notes.push(format!("{what}: {draft:?} {stem}: {group}: {test}"));
            }
        }
    }
    Some(counts)
}

fn main() -> Result<(), Box<dyn Error>> {
    let (flags, paths): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let root = paths.first().ok_or("which directory?")?;
    let mut notes = Vec::new();
    println!("| draft | tests | right | wrong | unread |");
    println!("|---|---|---|---|---|");
    for (name, draft) in DRAFTS {
        for directory in [(*name).to_owned(), format!("{name}/optional")] {
            let mut files: Vec<_> = fs::read_dir(Path::new(root).join(&directory))?
                .filter_map(|entry| Some(entry.ok()?.path()))
                .filter(|path| path.extension().is_some_and(|ext| ext == "json"))
                // There `format` asserts, and draft 7's `content` keywords.
                .filter(|path| !path.ends_with("format-assertion.json"))
                .filter(|path| !path.ends_with("optional/content.json"))
                .collect();
            files.sort();
            let mut sum = [0; 3];
            for file in files {
                let counts = try_file(&file, *draft, &mut notes);
                let counts = counts.ok_or_else(|| format!("cannot read {}", file.display()))?;
                sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            }
            let [right, wrong, unread] = sum;
            println!("| {directory} | {} | {right} | {wrong} | {unread} |", right + wrong + unread);
        }
    }
    for note in notes {
        if note.starts_with("wrong") || flags.iter().any(|flag| flag == "--verbose") {
            println!("{note}");
        }
    }
    Ok(())
}
