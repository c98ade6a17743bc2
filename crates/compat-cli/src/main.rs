//! `schema-compat OLD NEW`: may the new schema replace the old one?
#![allow(clippy::print_stdout, clippy::print_stderr)] // A command speaks through them.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use schema_compat::{Draft, Options, Schema, Side, Verdict, included};
use serde_json::{Value, json};

/// Whether a new version of a JSON Schema breaks those who rely on the old one: a proof, or the
/// document that does.
///
/// Exit code: 0 compatible, 1 breaking, 2 undecided, 3 could not run.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The schema that readers were built against.
    old: PathBuf,
    /// The schema that should replace it.
    new: PathBuf,
    /// Which documents must keep working.
    #[arg(long, value_enum, default_value_t = Mode::Both)]
    mode: Mode,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// The draft of both schemas; by default that of `$schema`, else 2020-12.
    #[arg(long, value_enum)]
    draft: Option<DraftName>,
    /// Take `format` for an assertion, not an annotation.
    #[arg(long)]
    assert_formats: bool,
    /// Show the proofs too.
    #[arg(long)]
    explain: bool,
    /// Steps of search for each question before it is undecided.
    #[arg(long, default_value_t = Options::default().budget)]
    budget: u64,
    /// Megabytes that the search for an answer may take, about, before it is undecided.
    #[arg(long, default_value_t = Options::default().memory / 1_000_000)]
    memory: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Old readers accept every document of the new schema.
    ReaderSafe,
    /// New readers accept every document of the old schema.
    ReplaySafe,
    /// Both of these.
    Both,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// One JSON object.
    Json,
}

#[derive(Clone, Copy, ValueEnum)]
enum DraftName {
    #[value(name = "4")]
    Draft4,
    #[value(name = "6")]
    Draft6,
    #[value(name = "7")]
    Draft7,
    #[value(name = "2019-09")]
    Draft201909,
    #[value(name = "2020-12")]
    Draft202012,
}

impl From<DraftName> for Draft {
    fn from(name: DraftName) -> Self {
        match name {
            DraftName::Draft4 => Self::Draft4,
            DraftName::Draft6 => Self::Draft6,
            DraftName::Draft7 => Self::Draft7,
            DraftName::Draft201909 => Self::Draft201909,
            DraftName::Draft202012 => Self::Draft202012,
        }
    }
}

/// A question that a mode asks.
struct Question {
    id: &'static str,
    /// Who is asked about which documents.
    text: &'static str,
    /// The sub is the new schema, not the old one.
    new_is_sub: bool,
}

const QUESTIONS: [Question; 2] = [
    Question {
        id: "reader-safe",
        text: "old readers accept every document of the new schema",
        new_is_sub: true,
    },
    Question {
        id: "replay-safe",
        text: "new readers accept every document of the old schema",
        new_is_sub: false,
    },
];

fn run(arguments: &Arguments) -> Result<u8, String> {
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
        text.parse::<Schema>().map_err(|e| format!("{}: {e}", path.display()))
    };
    let (old, new) = (read(&arguments.old)?, read(&arguments.new)?);
    let options = Options {
        draft: arguments.draft.map(Draft::from),
        formats: arguments.assert_formats,
        budget: arguments.budget,
        memory: arguments.memory.saturating_mul(1_000_000),
    };
    let mut code = 0;
    let mut report = serde_json::Map::new();
    for question in QUESTIONS.iter().filter(|question| match arguments.mode {
        Mode::ReaderSafe => question.new_is_sub,
        Mode::ReplaySafe => !question.new_is_sub,
        Mode::Both => true,
    }) {
        let (sub, sup) = if question.new_is_sub { (&new, &old) } else { (&old, &new) };
        let verdict = included(sub, sup, &options)
            .map_err(|error| in_words_of(question, &error.to_string()))?;
        code = code.max(match verdict {
            Verdict::Proved(_) => 0,
            // Breaking outranks undecided, though its code is the lower one.
            Verdict::Refuted(_) => 3,
            Verdict::Undecided(_) => 2,
        });
        match arguments.format {
            Format::Human => human(question, &verdict, arguments.explain),
            Format::Json => {
                report.insert(question.id.to_owned(), machine(question, &verdict));
            }
        }
    }
    if arguments.format == Format::Json {
        println!("{:#}", Value::Object(report));
    }
    Ok(if code == 3 { 1 } else { code })
}

/// What the library says, which knows no old and new schema and no options of a command.
fn in_words_of(question: &Question, text: &str) -> String {
    let [sub, sup] = [Side::Sub, Side::Super].map(|side| file(question, side));
    text.replace("the sub ", &format!("the {sub} schema "))
        .replace("the super ", &format!("the {sup} schema "))
        .replace("(sub #", &format!("({sub} #"))
        .replace("(super #", &format!("({sup} #"))
        .replace("`Options::budget`", "`--budget`")
        .replace("`Options::memory`", "`--memory`")
        .replace("`Options::draft`", "`--draft`")
}

/// What a side of the question is to the user.
fn file(question: &Question, side: Side) -> &'static str {
    if (side == Side::Sub) == question.new_is_sub { "new" } else { "old" }
}

fn human(question: &Question, verdict: &Verdict, explain: bool) {
    match verdict {
        Verdict::Proved(proof) => {
            println!("{}: yes, {}", question.id, question.text);
            if explain {
                for line in in_words_of(question, &proof.to_string()).lines() {
                    println!("  {line}");
                }
            }
        }
        Verdict::Refuted(witness) => {
            println!("{}: NO, not true that {}", question.id, question.text);
            let (good, bad) = (file(question, Side::Sub), file(question, Side::Super));
            println!("  the {good} schema allows, the {bad} one rejects:");
            for line in format!("{:#}", witness.instance).lines() {
                println!("    {line}");
            }
            for violation in &witness.violations {
                let at = if violation.instance.is_empty() {
                    "the document"
                } else {
                    &violation.instance
                };
                println!(
                    "  because of {bad} #{}, at {at}: {}",
                    violation.keyword, violation.message
                );
            }
        }
        Verdict::Undecided(undecided) => {
            println!("{}: UNDECIDED whether {}", question.id, question.text);
            println!("  {}", in_words_of(question, &undecided.reason));
            let place = &undecided.place;
            println!("  at {} #{}", file(question, place.side), place.pointer);
            println!("  {}", in_words_of(question, &undecided.help));
        }
    }
}

/// Keys in alphabetical order, which is the same whether or not `serde_json` keeps the order of insertion.
fn machine(question: &Question, verdict: &Verdict) -> Value {
    match verdict {
        Verdict::Proved(_) => json!({ "verdict": "compatible" }),
        Verdict::Refuted(witness) => json!({
            "verdict": "breaking",
            "violations": witness.violations.iter().map(|violation| json!({
                "instance": violation.instance,
                "keyword": violation.keyword,
                "message": violation.message,
                "schema": file(question, Side::Super),
            })).collect::<Vec<_>>(),
            "witness": witness.instance,
        }),
        Verdict::Undecided(undecided) => json!({
            "help": in_words_of(question, &undecided.help),
            "place": json!({
                "pointer": undecided.place.pointer,
                "schema": file(question, undecided.place.side),
            }),
            "reason": undecided.reason,
            "verdict": "undecided",
        }),
    }
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 3 } else { 0 });
        }
    };
    match run(&arguments) {
        Ok(code) => ExitCode::from(code),
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(3)
        }
    }
}
