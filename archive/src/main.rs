//! The command `clip-events-convert`, which `clip-events convert` runs: arguments, what is printed, and the exit status.

use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use clip_events_archive::{Columns, Format, Summary, Task, convert};

/// Converts webhook deliveries to files of columns.
///
/// One table, in a folder for each day on which deliveries were created. What was converted into the folder before is not converted again,
/// so the same command goes on after it was stopped, and takes in what has been added since.
///
/// Deliveries against the contract go into `_invalid/`, with what is wrong with each.
#[derive(Debug, Parser)]
#[command(
    name = "clip-events convert",
    version,
    after_help = "Exit status: 0 if all deliveries are valid, 1 if some are not, 2 if an \
input cannot be read or the folder not be written."
)]
struct Arguments {
    /// Files, folders, or `-` for stdin. Compressed or not; one delivery a line, or JSON documents.
    #[arg(default_value = "-")]
    files: Vec<PathBuf>,
    /// What to write.
    #[arg(long)]
    to: Format,
    /// The folder to write into; made if there is none.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// MiB of input from which on a file ends. Memory grows with it, for each core.
    #[arg(long, value_name = "MIB", default_value_t = 64, value_parser = clap::value_parser!(u64).range(1..=1024))]
    part_size: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let task = Task {
        inputs: &arguments.files,
        out: &arguments.out,
        format: arguments.to,
        columns: Columns::of_the_contract(),
        part_size: arguments.part_size << 20,
    };
    match convert(&task) {
        Ok(summary) => {
            let invalid = summary.total().invalid;
            // The files are written, whoever reads this.
            let _ = io::stdout().write_all(told(&summary).as_bytes());
            ExitCode::from(if summary.all_read { u8::from(invalid > 0) } else { 2 })
        }
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

/// The counts, for a person.
fn told(summary: &Summary) -> String {
    let total = summary.total();
    let side = if total.invalid > 0 { " (see _invalid/)" } else { "" };
    let before = match summary.found {
        0 => String::new(),
        found => format!("; {found} had been converted before"),
    };
    format!(
        "{} deliveries valid, {} invalid{side}\nparts: {} converted{before}\n",
        total.valid, total.invalid, summary.converted,
    )
}
