//! The command `clip-events`: its arguments and exit status.

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

use crate::report::{Format, Printer};
use crate::source::STDIN;

/// Validate webhook deliveries of the clip API, generate samples, and print the contract.
#[derive(Debug, Parser)]
#[command(name = "clip-events", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Check deliveries and report everything that is wrong with them.
    #[command(after_help = VALIDATE_HELP)]
    Validate {
        /// Files, folders (searched for .json, .ndjson and .jsonl files at any depth), or - for stdin.
        #[arg(default_value = STDIN)]
        files: Vec<PathBuf>,
        /// How strictly to judge.
        #[arg(long, value_enum, default_value_t = Mode::Reader)]
        mode: Mode,
        /// How to print the verdicts.
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
    },
    /// Print valid sample deliveries, one per line.
    Sample {
        /// The event type of the deliveries.
        #[arg(value_name = "EVENT_TYPE", value_parser = event_types())]
        event_type: String,
        /// Seed of the generator: the same seed gives the same deliveries on every machine.
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// The number of deliveries.
        #[arg(long, default_value_t = 1)]
        count: u64,
    },
    /// Print the contract as one self-contained JSON Schema (draft 2020-12).
    Schema {
        /// Print only the schema for deliveries of this event type.
        #[arg(value_name = "EVENT_TYPE", value_parser = event_types())]
        event_type: Option<String>,
    },
    /// Print completions for a shell.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
}

const VALIDATE_HELP: &str = "\
Input can be NDJSON (one delivery per line, blank lines ignored), one or more JSON documents, or an array of \
deliveries. Files named .ndjson or .jsonl are read as NDJSON; for any other input the content decides. A delivery of \
more than 16 MiB is reported and skipped.

Exit status: 0 if all deliveries are valid (or there are none), 1 if some are not, 2 if the command could not do its \
work, for example because a file cannot be read (the other files are still judged).";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Mode {
    /// For code that receives deliveries: accepts undeclared fields, unknown event types and new values.
    Reader,
    /// For the team that sends them: reports all of these, and checks formats.
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
        // The reader of our output is gone: exit as if killed by SIGPIPE, as other commands do.
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
