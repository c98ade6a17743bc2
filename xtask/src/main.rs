//! `cargo xtask`: see `cargo xtask --help`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::codegen::{self, Mode};

/// Derives every artifact from schema/ and guards its releases.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Derives the types crate and every other artifact from schema/.
    Codegen {
        /// Write nothing: print what is stale and fail if anything is.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Codegen { check } => codegen(&root(), check),
    };
    result.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    })
}

/// The workspace that this command belongs to.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

fn codegen(root: &Path, check: bool) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let changes = codegen::run(root, if check { Mode::Check } else { Mode::Write })?;
    for change in &changes {
        if check {
            print!("{}", change.diff);
        } else {
            println!("wrote {}", change.path.display());
        }
    }
    if !check || changes.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "error: {} generated file(s) are stale\n  help: run `{}` and commit the result",
        changes.len(),
        codegen::COMMAND
    );
    Ok(ExitCode::FAILURE)
}
