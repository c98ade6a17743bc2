//! `schema-compat`: may new versions of schemas replace the old ones?
#![allow(clippy::print_stderr)] // A command speaks through them.

mod check;
mod question;
mod report;
mod settings;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand, ValueEnum};
use schema_compat::{Answer, Draft, Options, Schema};
use schema_compat_gate::{Source, asserts};
use serde::Deserialize;
use serde_json::{Map, Value};

use question::{Question, READER_SAFE, REPLAY_SAFE, Versions};

/// Whether a new version of a JSON Schema breaks those who rely on the old one: a proof, or the
/// document that does.
///
/// Exit code: 0 compatible, 1 breaking, 2 undecided, 3 could not run.
#[derive(Parser)]
#[command(version, args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    pair: Option<Pair>,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Arguments),
    Accept(check::AcceptArguments),
    Init(settings::InitArguments),
}

/// One schema, in two files.
#[derive(Args)]
struct Pair {
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
    /// The draft of both schemas. By default each has that of its `$schema`, or else that of the other, or 2020-12.
    #[arg(long, value_enum)]
    draft: Option<DraftName>,
    /// Treat `format` as an assertion, not an annotation.
    #[arg(long)]
    assert_formats: bool,
    /// Drafts 6 and 7: whether `contentEncoding` and `contentMediaType` are assertions, on which validators differ. By default an answer
    /// holds either way.
    #[arg(long, value_name = "BOOL")]
    assert_content: Option<bool>,
    /// Draft 4: whether 1.0 is an integer, on which validators differ. By default a proof holds either way; it has to be said where only
    /// one of the schemas is of draft 4.
    #[arg(long, value_name = "BOOL")]
    zero_fraction_is_integer: Option<bool>,
    /// Show the proofs too.
    #[arg(long)]
    explain: bool,
    /// Steps of search for each question before it is undecided.
    #[arg(long, default_value_t = Options::default().budget)]
    budget: u64,
    /// Megabytes that the search for an answer may take, about, before it is undecided.
    #[arg(long, default_value_t = Options::default().memory / MEGABYTE)]
    memory: u64,
}

const MEGABYTE: u64 = 1_000_000;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mode {
    /// Old readers accept every document of the new schema.
    ReaderSafe,
    /// New readers accept every document of the old schema.
    ReplaySafe,
    /// Both of these.
    Both,
}

impl Mode {
    fn questions(self) -> &'static [Question] {
        match self {
            Self::ReaderSafe => &[READER_SAFE],
            Self::ReplaySafe => &[REPLAY_SAFE],
            Self::Both => &[READER_SAFE, REPLAY_SAFE],
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Human,
    /// One JSON object.
    Json,
}

#[derive(Clone, Copy, Deserialize, ValueEnum)]
enum DraftName {
    #[serde(rename = "4")]
    #[value(name = "4")]
    Draft4,
    #[serde(rename = "6")]
    #[value(name = "6")]
    Draft6,
    #[serde(rename = "7")]
    #[value(name = "7")]
    Draft7,
    #[serde(rename = "2019-09")]
    #[value(name = "2019-09")]
    Draft201909,
    #[serde(rename = "2020-12")]
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

/// The sum of the answers, the best first: a break outranks an undecided answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Compatibility {
    Compatible,
    Undecided,
    Breaking,
}

impl From<&Answer> for Compatibility {
    fn from(answer: &Answer) -> Self {
        match answer {
            Answer::Proved(_) => Self::Compatible,
            Answer::Refuted(_) => Self::Breaking,
            Answer::Undecided(_) => Self::Undecided,
        }
    }
}

impl From<Compatibility> for ExitCode {
    fn from(compatibility: Compatibility) -> Self {
        Self::from(match compatibility {
            Compatibility::Compatible => 0,
            Compatibility::Breaking => 1,
            Compatibility::Undecided => 2,
        })
    }
}

/// The exit code of a run without an answer.
const COULD_NOT_RUN: u8 = 3;

fn read(path: &Path) -> Result<Schema, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| format!("{shown}: {e}"))?;
    let schema: Schema = if path.extension().is_some_and(|it| it == "yaml" || it == "yml") {
        Source::parse(path.to_owned(), text).map_err(|errors| errors.to_string())?.value.into()
    } else {
        text.parse().map_err(|e| format!("{shown}: {e}"))?
    };
    if schema.value().as_object().is_some_and(says_nothing) {
        return Err(format!(
            "{shown}: this is no schema: none of its keywords asserts anything, so every change would pass\n  help: give a schema; of an OpenAPI or AsyncAPI document, or of a file of definitions, `schema-compat check {shown} --base OLD` compares all that it holds"
        ));
    }
    Ok(schema)
}

/// Whether a document is none that is worth comparing: the schemas in it, if there are some, are compared by nobody.
fn says_nothing(document: &Map<String, Value>) -> bool {
    let has = |keyword| document.contains_key(keyword);
    let is_schema = has("$schema") && !has("$defs") && !has("definitions");
    !document.is_empty() && !is_schema && !document.keys().any(|keyword| asserts(keyword))
}

fn run(arguments: &Pair) -> Result<Compatibility, String> {
    let versions = Versions { old: read(&arguments.old)?, new: read(&arguments.new)? };
    let mut options = Options::default()
        .with_assert_formats(arguments.assert_formats)
        .with_budget(arguments.budget)
        .with_memory(arguments.memory.saturating_mul(MEGABYTE));
    options.draft = arguments.draft.map(Draft::from);
    options.assert_content = arguments.assert_content;
    options.zero_fraction_is_integer = arguments.zero_fraction_is_integer;
    let mut compatibility = Compatibility::Compatible;
    let (mut text, mut answers) = (String::new(), Map::new());
    for question in arguments.mode.questions() {
        let answer = question
            .decide(&versions, &options)
            .map_err(|error| question.in_words_of_the_command(&error.to_string()))?;
        compatibility = compatibility.max(Compatibility::from(&answer));
        match arguments.format {
            Format::Human => text += &report::human(question, &answer, arguments.explain),
            Format::Json => {
                answers.insert(question.id.to_owned(), report::json(question, &answer));
            }
        }
    }
    if arguments.format == Format::Json {
        text = format!("{:#}\n", Value::Object(answers));
    }
    print(&text)?;
    Ok(compatibility)
}

fn print(text: &str) -> Result<(), String> {
    let written = std::io::stdout().write_all(text.as_bytes());
    written.map_err(|error| format!("cannot write the report: {error}"))
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { COULD_NOT_RUN.into() } else { ExitCode::SUCCESS };
        }
    };
    let compatibility = match arguments {
        Arguments { command: Some(Command::Check(arguments)), .. } => check::run(arguments),
        Arguments { command: Some(Command::Accept(arguments)), .. } => {
            check::accept(arguments).map(Some)
        }
        Arguments { command: Some(Command::Init(_)), .. } => {
            settings::init().map(|()| Some(Compatibility::Compatible))
        }
        Arguments { pair: Some(pair), .. } => run(&pair).map(Some),
        Arguments { command: None, pair: None } => unreachable!("clap asks for two files"),
    };
    match compatibility {
        Ok(None) => COULD_NOT_RUN.into(),
        Ok(Some(compatibility)) => compatibility.into(),
        Err(message) => {
            eprintln!("error: {message}");
            COULD_NOT_RUN.into()
        }
    }
}
