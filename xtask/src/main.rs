//! `cargo xtask`: see `cargo xtask --help`.

use std::error::Error;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use clip_events_codegen::files::Stale;
use clip_events_contract::Sources;
use schema_compat_gate::Outcome;
use schema_compat_gate::releases::Terms;
use schema_compat_gate::report::{Format, Style, render};
use xtask::check::{self, Options, Verdict};
use xtask::release::{self, Request};
use xtask::watch::Watch;
use xtask::{codegen, compat, new, site};

/// Derives every artifact from schema/ and guards its releases.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Writes the shape and an example delivery of a new event type, valid from the start, for you to fill in.
    New {
        /// The event type: dotted words such as post.draft.created.
        event_type: String,
    },
    /// Derives the types crate and every other artifact from schema/.
    Codegen {
        /// Write nothing: print what is stale and fail if anything is.
        #[arg(long)]
        check: bool,
        /// Take the contract in this folder, which is laid out as schema/, instead; with --out.
        #[arg(long, value_name = "DIR", requires = "out", conflicts_with_all = ["check", "watch"])]
        schema: Option<PathBuf>,
        /// Write a complete types crate into this folder.
        #[arg(long, value_name = "DIR", requires = "schema")]
        out: Option<PathBuf>,
        /// Stay, and do it again whenever a file of schema/ changes.
        #[arg(long, conflicts_with = "check")]
        watch: bool,
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
    /// Runs all that CI says about a change of the schemas, quickest first, and ends with a summary.
    ///
    /// Exit code 0: nothing failed; 1: something did.
    Check {
        /// Renew the snapshots and the written-down APIs, to be read in `git diff`.
        #[arg(long)]
        accept: bool,
        /// As for compat.
        #[arg(long, value_name = "GIT_REV")]
        base: Option<String>,
    },
    /// Writes the page about the contract to target/site/index.html: one file, to be opened as it is or put on any server.
    ///
    /// It holds the parser, compiled to WebAssembly: rustup target add wasm32-unknown-unknown.
    Site,
    /// Freezes the contract into schema/releases/VERSION.schema.json, drafts its section of the changelog, and raises the
    /// version of the crates, also in every lock file.
    ///
    /// Exit code 0: done; 1: refused; 3: could not run.
    Release {
        /// The version, higher than every release before it; or major, minor, patch: the next one of this kind.
        version: String,
        /// The version of the crates, where the change is another one to the Rust API than to deliveries. Otherwise that of
        /// the contract, or if they are ahead, their next one of the same kind.
        #[arg(long, value_name = "VERSION")]
        crates: Option<String>,
        /// Why the contract must break; only with a higher major version.
        #[arg(long, value_name = "REASON")]
        breaking: Option<String>,
        /// Take a higher major version though nothing breaks.
        #[arg(long)]
        major: bool,
        /// Write nothing: say what would be written.
        #[arg(long)]
        dry_run: bool,
    },
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

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
        Command::New { event_type } => (scaffold(&root, &event_type), 1),
        Command::Codegen { watch: true, .. } => (watch(&root), 2),
        Command::Codegen { check, .. } => (generate(&root, check), 2),
        Command::Compat { against, base, format, proof } => {
            let color = anstream::stdout().current_choice() != anstream::ColorChoice::Never;
            let mut style = Style::new(format);
            (style.color, style.proofs) = (color, proof);
            style.tool = "clip-events compat".into();
            (compare(&root, against.as_deref(), base.as_deref(), &style), 3)
        }
        Command::Check { accept, base } => {
            (Ok(check_all(&root, Options { base: base.as_deref(), accept })), 1)
        }
        Command::Site => (page(&root), 1),
        Command::Release { version, crates, breaking, major, dry_run } => {
            let mut terms = Terms::default();
            (terms.breaking, terms.major) = (breaking.as_deref(), major);
            let request = Request { version: &version, crates: crates.as_deref(), terms };
            (release(&root, &request, dry_run), 3)
        }
    };
    result.unwrap_or_else(|error| {
        tell(&*error);
        ExitCode::from(could_not_run)
    })
}

/// The workspace that this command belongs to.
fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    package.parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

fn tell(error: &dyn Error) {
    let text = error.to_string();
    // Errors in schemas are many, each with a head of its own.
    let head = if text.starts_with("error: ") { "" } else { "error: " };
    eprintln!("{head}{text}");
}

fn scaffold(root: &Path, event_type: &str) -> Result<ExitCode> {
    let paths = new::write(root, event_type)?;
    for path in &paths {
        println!("wrote {}", path.display());
    }
    println!(
        "\nNext: write their texts, declare the fields in both, then\n  cargo xtask codegen\n  cargo xtask compat\n  cargo xtask check --accept"
    );
    Ok(ExitCode::SUCCESS)
}

fn generate(root: &Path, check: bool) -> Result<ExitCode> {
    let changes = codegen::run(root, if check { Stale::Check } else { Stale::Write })?;
    eprint!("{}", codegen::advice(&Sources::read(root)?)?);
    if !check || changes.is_empty() {
        print!("{}", codegen::told(&changes));
        return Ok(ExitCode::SUCCESS);
    }
    for change in &changes {
        print!("{}", change.diff);
    }
    eprintln!("error: {}", codegen::stale(&changes));
    Ok(ExitCode::FAILURE)
}

fn codegen_elsewhere(root: &Path, schema: &Path, out: &Path) -> Result<ExitCode> {
    let changes = codegen::run_elsewhere(root, schema, out)?;
    eprint!("{}", codegen::advice(&Sources::read_folder(Path::new(""), schema)?)?);
    println!("wrote {} files below {}", changes.len(), out.display());
    Ok(ExitCode::SUCCESS)
}

fn watch(root: &Path) -> Result<ExitCode> {
    let mut watch = Watch::new(root.join("schema"));
    println!("watching schema/, until it is stopped (Ctrl-C)");
    loop {
        match codegen::run(root, Stale::Write) {
            Ok(changes) => {
                eprint!("{}", codegen::advice(&Sources::read(root)?)?);
                print!("{}", codegen::told(&changes));
            }
            Err(error) => tell(&error),
        }
        std::io::stdout().flush()?;
        watch.wait();
        println!();
    }
}

fn compare(
    root: &Path,
    against: Option<&str>,
    base: Option<&str>,
    style: &Style,
) -> Result<ExitCode> {
    let comparison = compat::compare(root, against, base)?;
    let mut summary = comparison.summary();
    summary.remarks.extend(compat::remarks(root));
    anstream::print!("{}", render(&summary, style));
    if let Some(note) = &comparison.note {
        eprintln!("note: {note}");
    }
    Ok(match summary.outcome() {
        Outcome::Additive => ExitCode::SUCCESS,
        Outcome::Breaking => ExitCode::from(1),
        Outcome::Undecided => ExitCode::from(2),
    })
}

fn page(root: &Path) -> Result<ExitCode> {
    eprintln!("compiling the parser for the page: some minutes at the first time");
    site::write(root)?;
    println!("wrote {}: open it in a browser", site::PAGE);
    Ok(ExitCode::SUCCESS)
}

fn check_all(root: &Path, options: Options<'_>) -> ExitCode {
    // On a terminal, what is being done stands where its result will.
    let is_terminal = std::io::stdout().is_terminal();
    let begin = |name: &str| {
        if is_terminal {
            print!("{name} ...\r");
            let _ = std::io::stdout().flush();
        }
    };
    let steps = check::check(root, options, begin, |step| println!("{step}"));
    println!("\n{}", check::summary(&steps));
    let failed = steps.iter().any(|step| matches!(step.verdict, Verdict::Fails(_)));
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn release(root: &Path, request: &Request<'_>, dry_run: bool) -> Result<ExitCode> {
    let plan = match release::plan(root, request) {
        Ok(plan) => plan,
        Err(error) if error.is_refusal() => {
            tell(&error);
            return Ok(ExitCode::FAILURE);
        }
        Err(error) => return Err(error.into()),
    };
    if dry_run {
        print!("{}", plan.told("would write"));
    } else {
        plan.frozen.write(root)?;
        print!("{}{}", plan.told("wrote"), plan.next());
    }
    Ok(ExitCode::SUCCESS)
}
