//! `clip-events`: the command line of the contract.

mod report;
mod sample;
mod schema;
mod source;
mod split;
mod validate;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use clap::builder::PossibleValuesParser;
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use clip_events::EventType;

use crate::report::Printer;
use crate::source::STDIN;

/// Validates webhook deliveries of the clip API, makes samples, prints the contract.
#[derive(Debug, Parser)]
#[command(name = "clip-events", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Judges deliveries and says what is wrong with each.
    #[command(after_help = VALIDATE_HELP)]
    Validate {
        /// Files, folders (their .json, .ndjson and .jsonl files at any depth), or - for stdin.
        #[arg(default_value = STDIN)]
        files: Vec<PathBuf>,
        /// Who judges.
        #[arg(long, value_enum, default_value_t = Mode::Reader)]
        mode: Mode,
        /// What to print.
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
    /// Prints valid deliveries, one a line.
    Sample {
        #[arg(value_name = "EVENT_TYPE", value_parser = event_types())]
        event_type: String,
        /// The same seed gives the same deliveries, on every machine.
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// How many.
        #[arg(long, default_value_t = 1)]
        count: u64,
    },
    /// Prints the contract as one self-contained JSON Schema (draft 2020-12).
    Schema {
        /// Only what a delivery of this event type must be.
        #[arg(value_name = "EVENT_TYPE", value_parser = event_types())]
        event_type: Option<String>,
    },
    /// Prints the completions for a shell.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
}

const VALIDATE_HELP: &str = "\
Input is NDJSON (one delivery a line; blank lines are passed over), a JSON document or several, or an \
array of deliveries. Files named .ndjson or .jsonl are NDJSON; of others the content tells. A delivery of \
more than 16 MiB is reported and passed over.

Exit status: 0 when all deliveries are valid (also when there are none), 1 when some are not, 2 when the \
command could not do its work, such as read a file (the others are judged nevertheless).";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Mode {
    /// Code that receives deliveries: undeclared fields, unknown event types and new values pass.
    Reader,
    /// The team that sends them: all of these are reported, and formats are checked.
    Producer,
}

impl From<Mode> for clip_events_validator::Mode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Reader => Self::Reader,
            Mode::Producer => Self::Producer,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each violation, and a summary by event type.
    Human,
    /// A line of JSON for each delivery: source, line, type, valid, violations.
    Json,
}

fn event_types() -> PossibleValuesParser {
    EventType::ALL.iter().map(|event_type| event_type.as_str()).collect::<Vec<_>>().into()
}

fn main() -> ExitCode {
    let mut out = io::stdout().lock();
    let outcome = run(Arguments::parse().command, &mut out).and_then(|code| {
        out.flush()?;
        Ok(code)
    });
    match outcome {
        Ok(code) => code,
        // Who reads our output has seen enough: end as if by SIGPIPE, as others do.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::from(128 + 13),
        Err(error) => {
            eprintln!("error: cannot write the output: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(command: Command, out: &mut impl Write) -> io::Result<ExitCode> {
    match command {
        Command::Validate { files, mode, format } => {
            let color = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
            let printer = Printer { format, color };
            let outcome = validate::validate(&files, mode.into(), printer, out)?;
            return Ok(match (outcome.all_read, outcome.all_valid) {
                (false, _) => ExitCode::from(2),
                (true, false) => ExitCode::FAILURE,
                (true, true) => ExitCode::SUCCESS,
            });
        }
        Command::Sample { event_type, seed, count } => {
            sample::sample(&event_type, seed, count, out)?;
        }
        Command::Schema { event_type: None } => {
            out.write_all(clip_events_validator::SCHEMA.as_bytes())?;
        }
        Command::Schema { event_type: Some(event_type) } => {
            serde_json::to_writer_pretty(&mut *out, &schema::delivery(&event_type))?;
            writeln!(out)?;
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "clip-events", &mut script);
            out.write_all(&script)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
