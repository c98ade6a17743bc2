//! The command `clip-events`: its arguments and exit status.

mod convert;
mod envelope;
mod failure;
mod listen;
mod record;
mod replay;
mod report;
mod sample;
mod schema;
mod secrets;
mod send;
mod sign;
mod stats;
mod trigger;
mod validate;
mod verify;

use std::ffi::OsString;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::UNIX_EPOCH;

use anstream::{AutoStream, ColorChoice};
use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use clip_events::{EventType, UnixMillis};

use crate::failure::Failure;
use crate::report::{Format, Printer};
use crate::sample::event_types;
use crate::validate::{Extract, Task};
use clip_events_input::{STDIN, printable};

/// Validate webhook deliveries of the clip API, send and receive them, generate samples, and print the contract.
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
        /// Write the matching deliveries to stdout, unchanged and with a line feed after each, and the verdicts to stderr.
        #[arg(long, value_name = "valid|invalid|EVENT_TYPE")]
        extract: Option<String>,
        /// Print no verdicts: only the exit status tells.
        #[arg(long, short)]
        quiet: bool,
        /// When to use colours in human output.
        #[arg(long, value_enum, default_value_t = Color::Auto)]
        color: Color,
        /// List the violations of this many deliveries at most; the others are judged and counted, too.
        #[arg(long, value_name = "COUNT")]
        max_errors: Option<u64>,
    },
    /// Count what is in an archive of deliveries: by type and day, failures, bursts, duplicates, and what the contract does not know.
    #[command(after_help = STATS_HELP)]
    Stats {
        /// Files, folders (searched for .json, .ndjson and .jsonl files at any depth), or - for stdin.
        #[arg(default_value = STDIN)]
        files: Vec<PathBuf>,
        /// How to print the counts: JSON has all of them.
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
        /// Write a picture of the deliveries by type and day to this file, too.
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
    },
    /// Convert deliveries to files of columns: Parquet, Arrow or CSV.
    ///
    /// A package of its own does this: see `clip-events convert --help` once it is installed.
    #[command(disable_help_flag = true)]
    Convert {
        /// Those of `clip-events-convert`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Print valid sample deliveries, one per line.
    Sample {
        /// The event type of the deliveries.
        #[arg(value_name = "EVENT_TYPE", value_parser = event_types(), required_unless_present = "all")]
        event_type: Option<String>,
        /// Print deliveries of each event type, one type after the other.
        #[arg(long, conflicts_with = "event_type")]
        all: bool,
        /// Seed of the generator: the same seed gives the same deliveries on every machine.
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// The number of deliveries of a type.
        #[arg(long, default_value_t = 1)]
        count: u64,
        /// When the deliveries were created: `now`, or milliseconds since 1970. Left to chance if it is not given.
        #[arg(long, value_name = "now|MILLISECONDS", value_parser = created)]
        created: Option<u64>,
    },
    /// Print the contract as one self-contained JSON Schema (draft 2020-12).
    Schema {
        /// Print only the schema for deliveries of this event type.
        #[arg(value_name = "EVENT_TYPE", value_parser = event_types())]
        event_type: Option<String>,
        /// Whether validators are to read it, or generators of code.
        #[arg(long, value_enum, default_value_t, conflicts_with = "event_type")]
        flavor: schema::Flavor,
    },
    /// Print the value of the signature's header for a delivery.
    #[command(after_help = sign::HELP)]
    Sign(sign::Arguments),
    /// Tell whether a delivery is genuine, and if not, by which mistake.
    #[command(after_help = verify::HELP)]
    Verify(verify::Arguments),
    /// Send signed samples to an endpoint, and tell whether it answers as it should.
    #[command(after_help = trigger::HELP)]
    Trigger(trigger::Arguments),
    /// Receive deliveries on this machine: verify, check, store and hand them on.
    #[command(after_help = listen::HELP)]
    Listen(listen::Arguments),
    /// Send stored deliveries again.
    #[command(after_help = replay::HELP)]
    Replay(replay::Arguments),
    /// Print completions for a shell.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Write the man pages into a folder: `clip-events.1`, and one for each command.
    Man {
        /// The folder, which has to be there.
        folder: PathBuf,
    },
}

const VALIDATE_HELP: &str = "\
Human output has a line for each violation, and a summary by event type; JSON has a line for each delivery: source, line, type, valid, \
violations.

Input can be NDJSON (one delivery per line, blank lines ignored), one or more JSON documents, or an array of \
deliveries. Files named .ndjson or .jsonl are read as NDJSON; for any other input the content decides. Input that is \
compressed with gzip or Zstandard is recognised by its first bytes. A delivery of more than 16 MiB is reported and skipped.

Exit status: 0 if all deliveries are valid (or there are none), 1 if some are not, 2 if the command could not do its \
work, for example because a file cannot be read (the other files are still judged).";

const STATS_HELP: &str = "\
failures: deliveries that report an error, as a share of those that are not high-volume (progress is).
lag: how much older a delivery is than one before it, of those that are older: deliveries are retried, and their order is not promised. \
Times after tomorrow are no measure.
bursts: the second in which the most high-volume deliveries were created.
duplicates: deliveries whose id came before, among the last two million at least.
undeclared keys: what the sender added before the contract did; `*` stands for any item or key.

Exit status: 0 if all inputs were read, whatever is in them; 2 if not.";

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Color {
    /// If the output is a terminal.
    Auto,
    Always,
    Never,
}

impl Color {
    fn is_on(self, output: &(impl anstream::stream::RawStream + IsTerminal)) -> bool {
        match self {
            Self::Auto => AutoStream::choice(output) != ColorChoice::Never,
            Self::Always => true,
            Self::Never => false,
        }
    }
}

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

/// The time, in milliseconds since 1970.
fn now() -> Result<u64, String> {
    let now = UNIX_EPOCH.elapsed().map_err(|error| error.to_string())?;
    u64::try_from(now.as_millis()).map_err(|error| error.to_string())
}

/// The time that `--created` asks for, in milliseconds since 1970.
fn created(text: &str) -> Result<u64, String> {
    if text == "now" {
        return now();
    }
    let time = text.parse().ok().and_then(|time| UnixMillis::new(time).ok());
    time.map(UnixMillis::get).ok_or_else(|| "expected `now`, or milliseconds since 1970".to_owned())
}

/// The arguments. What is wrong with them is told without acting on what is in them: a file's name may be an argument.
fn arguments() -> Arguments {
    Arguments::try_parse().unwrap_or_else(|error| {
        let arguments = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned());
        let shown = |text: &str| printable(text).to_string();
        let hidden: Vec<_> = arguments.filter(|argument| shown(argument) != *argument).collect();
        if !error.use_stderr() {
            let help = write!(anstream::stdout(), "{}", error.render().ansi());
            std::process::exit(help.err().map_or(0, |error| i32::from(cannot_write(&error))));
        }
        if hidden.is_empty() {
            error.exit();
        }
        let mut text = error.to_string();
        for argument in &hidden {
            // `--name=value` is told by its parts.
            let parts = argument.split('=').chain([&**argument]);
            for part in parts.filter(|part| shown(part) != **part) {
                text = text.replace(part, &shown(part));
            }
        }
        for line in text.lines() {
            tell(&shown(line));
        }
        std::process::exit(error.exit_code())
    })
}

/// Writes a line to stderr, if anybody still reads it.
fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Says that the command waits for somebody who may not know that it reads.
fn tell_of_terminal(files: &[PathBuf]) {
    if files.iter().any(|file| file.as_os_str() == STDIN) && io::stdin().is_terminal() {
        tell("reading deliveries from the terminal; Ctrl-D ends them");
    }
}

fn main() -> ExitCode {
    let arguments = arguments();
    let mut out = io::stdout().lock();
    let outcome = run(arguments.command, &mut out).and_then(|code| {
        out.flush()?;
        Ok(code)
    });
    outcome.unwrap_or_else(|error| ExitCode::from(cannot_write(&error)))
}

/// Reports that the output cannot be written. Returns the exit status.
fn cannot_write(error: &io::Error) -> u8 {
    // The reader of our output is gone: exit as if killed by SIGPIPE, as other commands do.
    if error.kind() == io::ErrorKind::BrokenPipe {
        return 128 + 13;
    }
    tell(&format!("error: cannot write the output: {error}"));
    2
}

/// The exit status of a command that tells whether all is well, or could not do its work.
fn status(outcome: Result<bool, Failure>) -> io::Result<ExitCode> {
    match outcome {
        Ok(true) => Ok(ExitCode::SUCCESS),
        Ok(false) => Ok(ExitCode::FAILURE),
        Err(Failure::Output(error)) => Err(error),
        Err(failure) => {
            tell(&format!("error: {failure}"));
            Ok(ExitCode::from(2))
        }
    }
}

fn run(command: Command, out: &mut impl Write) -> io::Result<ExitCode> {
    match command {
        Command::Validate { files, mode, format, extract, quiet, color, max_errors } => {
            tell_of_terminal(&files);
            let color = match extract {
                None => color.is_on(&io::stdout()),
                Some(_) => color.is_on(&io::stderr()),
            };
            let printer = Printer { format, color, quiet };
            let extract = extract.as_deref().map(Extract::from);
            let task = Task { mode: mode.into(), printer, extract, max_errors };
            let outcome = validate::validate(&files, &task, out)?;
            return Ok(match (outcome.all_read, outcome.all_valid) {
                (false, _) => ExitCode::from(2),
                (true, false) => ExitCode::FAILURE,
                (true, true) => ExitCode::SUCCESS,
            });
        }
        Command::Stats { files, format, svg } => {
            tell_of_terminal(&files);
            let now = now().map_err(io::Error::other)?;
            if !stats::stats(&files, format, svg.as_deref(), now, out)? {
                return Ok(ExitCode::from(2));
            }
        }
        Command::Convert { arguments } => {
            return match convert::convert(&arguments) {
                Ok(status) => Ok(ExitCode::from(status)),
                Err(failure) => status(Err(failure)),
            };
        }
        Command::Sample { event_type, all: _, seed, count, created } => {
            let all = || EventType::ALL.iter().map(|event_type| event_type.as_str().to_owned());
            let event_types = event_type.map_or_else(|| all().collect(), |one| vec![one]);
            let mut out = BufWriter::new(out);
            for event_type in event_types {
                sample::sample(&event_type, seed, count, created, &mut out)?;
            }
            out.flush()?;
        }
        Command::Schema { event_type: None, flavor } => {
            out.write_all(schema::whole(flavor).as_bytes())?;
        }
        Command::Schema { event_type: Some(event_type), flavor: _ } => {
            serde_json::to_writer_pretty(&mut *out, &schema::delivery(&event_type))?;
            writeln!(out)?;
        }
        Command::Sign(arguments) => {
            tell_of_terminal(std::slice::from_ref(&arguments.file));
            return status(sign::sign(&arguments, out).map(|()| true));
        }
        Command::Verify(arguments) => {
            tell_of_terminal(std::slice::from_ref(&arguments.file));
            return status(verify::verify(&arguments, out));
        }
        Command::Trigger(arguments) => {
            tell_of_terminal(arguments.body.as_slice());
            return status(trigger::trigger(&arguments, out));
        }
        Command::Listen(arguments) => {
            return status(listen::listen(&arguments, out).map(|()| true));
        }
        Command::Replay(arguments) => {
            tell_of_terminal(std::slice::from_ref(&arguments.file));
            return status(replay::replay(&arguments, out));
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "clip-events", &mut script);
            out.write_all(&script)?;
        }
        Command::Man { folder } => clap_mangen::generate_to(Arguments::command(), folder)?,
    }
    Ok(ExitCode::SUCCESS)
}
