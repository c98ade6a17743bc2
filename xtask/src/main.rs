//! `cargo xtask`: see `cargo xtask --help`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use clip_events_codegen::files::Stale;
use clip_events_codegen::{COMMAND, CodegenError};
use clip_events_contract::Sources;
use schema_compat_gate::Outcome;
use schema_compat_gate::releases::{ReleaseError, Terms};
use schema_compat_gate::report::{Format, Style, Summary, render};
use schema_source::SchemaErrors;
use xtask::compat::FreezeError;
use xtask::{codegen, compat};

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
        /// Take the contract in this folder, which is laid out as schema/, instead; with --out.
        #[arg(long, value_name = "DIR", requires = "out", conflicts_with = "check")]
        schema: Option<PathBuf>,
        /// Write a complete types crate into this folder.
        #[arg(long, value_name = "DIR", requires = "schema")]
        out: Option<PathBuf>,
    },
    /// Proves that the contract may change like this, or shows the delivery that breaks.
    ///
    /// Exit code 0: additive or equal; 1: breaking; 2: undecided; 3: could not run.
    Compat {
        /// Compare with this alone: a release's version, a bundle's path, or a git revision. Otherwise with all releases of
        /// the newest major version.
        #[arg(long, value_name = "VERSION|PATH|GIT_REV")]
        against: Option<String>,
        /// Hold the released files to the history of this revision: none may have changed or be gone since it came in.
        /// Otherwise to the default branch of origin, to main, or to HEAD, as far as the clone has their history.
        #[arg(long, value_name = "GIT_REV")]
        base: Option<String>,
        /// How the report is written.
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
        /// Show the proofs too (formats human and json).
        #[arg(long)]
        proof: bool,
    },
    /// Freezes the contract into schema/releases/VERSION.schema.json and drafts its section of the changelog.
    ///
    /// Exit code 0: done; 1: refused; 3: could not run.
    Release {
        /// The version, higher than every release before it.
        version: String,
        /// Why the contract must break; only with a higher major version.
        #[arg(long, value_name = "REASON")]
        breaking: Option<String>,
        /// Take a higher major version though nothing breaks.
        #[arg(long)]
        major: bool,
    },
}

fn main() -> ExitCode {
    let root = root();
    let arguments = Arguments::try_parse().unwrap_or_else(|error| {
        let _ = error.print();
        // To `compat`, 2 is an outcome.
        let name = std::env::args().nth(1);
        let has_outcomes = matches!(name.as_deref(), Some("compat" | "release"));
        std::process::exit(if has_outcomes && error.use_stderr() { 3 } else { error.exit_code() })
    });
    let (result, could_not_run) = match arguments.command {
        Command::Codegen { schema: Some(schema), out: Some(out), .. } => {
            (codegen_elsewhere(&root, &schema, &out), 2)
        }
        Command::Codegen { check, .. } => (codegen(&root, check), 2),
        Command::Compat { against, base, format, proof } => {
            let color = anstream::stdout().current_choice() != anstream::ColorChoice::Never;
            let mut style = Style::new(format);
            (style.color, style.proofs) = (color, proof);
            style.tool = "clip-events compat".into();
            (compare(&root, against.as_deref(), base.as_deref(), &style), 3)
        }
        Command::Release { version, breaking, major } => {
            let mut terms = Terms::default();
            (terms.breaking, terms.major) = (breaking.as_deref(), major);
            (release(&root, &version, terms), 3)
        }
    };
    result.unwrap_or_else(|error| {
        let schemas = error.is::<SchemaErrors>()
            || matches!(
                error.downcast_ref(),
                Some(codegen::Error::Schemas(_) | codegen::Error::Render(CodegenError::Schemas(_)))
            )
            || matches!(error.downcast_ref(), Some(ReleaseError::Schemas(_)));
        // Errors in schemas are many, each with a head of its own.
        eprintln!("{}{error}", if schemas { "" } else { "error: " });
        ExitCode::from(could_not_run)
    })
}

/// The workspace that this command belongs to.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

fn codegen(root: &Path, check: bool) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let changes = codegen::run(root, if check { Stale::Check } else { Stale::Write })?;
    for change in &changes {
        if check {
            print!("{}", change.diff);
        } else {
            let done = if change.removed { "removed" } else { "wrote" };
            println!("{done} {}", change.path.display());
        }
    }
    if !check || changes.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("error: stale generated files:");
    for change in &changes {
        eprintln!("  {}", change.path.display());
    }
    eprintln!("  help: run `{COMMAND}` and commit the result");
    Ok(ExitCode::FAILURE)
}

fn codegen_elsewhere(
    root: &Path,
    schema: &Path,
    out: &Path,
) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let changes = codegen::run_elsewhere(root, schema, out)?;
    println!("wrote {} files below {}", changes.len(), out.display());
    Ok(ExitCode::SUCCESS)
}

fn compare(
    root: &Path,
    against: Option<&str>,
    base: Option<&str>,
    style: &Style,
) -> Result<ExitCode, Box<dyn std::error::Error>> {
    let sources = Sources::read(root)?;
    let releases = compat::releases(root);
    let against = match against {
        Some(name) => vec![compat::find(&releases, name)?],
        None => releases.current()?,
    };
    let note = releases.check_history(base)?;
    if against.is_empty() {
        return Err("there is no release to compare with\n  help: `cargo xtask release 1.0.0` makes the first".into());
    }
    let document = compat::document(&sources)?;
    let reports = against.into_iter().map(|release| releases.gate.judge(&document, release));
    let reports = reports.collect::<Result<Vec<_>, _>>()?;
    let summary = Summary::new(&document, &reports);
    anstream::print!("{}", render(&summary, style));
    if let Some(note) = note {
        eprintln!("note: {note}");
    }
    Ok(match summary.outcome() {
        Outcome::Additive => ExitCode::SUCCESS,
        Outcome::Breaking => ExitCode::from(1),
        Outcome::Undecided => ExitCode::from(2),
    })
}

fn release(
    root: &Path,
    version: &str,
    terms: Terms<'_>,
) -> Result<ExitCode, Box<dyn std::error::Error>> {
    match compat::freeze(root, version, terms) {
        Ok(frozen) => {
            println!(
                "wrote {}\n\nDrafted in CHANGELOG.md:\n\n{}",
                frozen.path.display(),
                frozen.changelog
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(FreezeError::Release(error)) if error.is_refusal() => {
            eprintln!("error: {error}");
            Ok(ExitCode::FAILURE)
        }
        Err(FreezeError::Render(error)) => Err(error.into()),
        Err(FreezeError::Release(error)) => Err(error.into()),
    }
}
