//! The programs of the check: those of `.ci/run` that a change of the schemas may fail.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::excerpt::excerpt;
use super::verdict::Verdict;

/// A program that CI runs, too.
#[derive(Debug)]
pub struct Program {
    /// The name of the step.
    pub name: &'static str,
    /// The line in `.ci/run`.
    pub line: &'static str,
    /// The variables before it.
    pub variables: &'static [(&'static str, &'static str)],
    /// What makes it take the changes: variables, and arguments.
    accept: (&'static [(&'static str, &'static str)], &'static [&'static str]),
    /// What to do when it fails.
    help: &'static str,
}

/// The programs, quickest first.
pub const PROGRAMS: &[Program] = &[
    Program {
        name: "lints",
        line: "cargo clippy --workspace --all-targets --locked -- -D warnings",
        variables: &[],
        accept: (&[], &[]),
        help: "what is wrong in a generated file is a mistake of crates/codegen",
    },
    Program {
        name: "docs",
        line: "cargo doc --workspace --no-deps --locked --quiet",
        variables: &[("RUSTDOCFLAGS", "-D warnings")],
        accept: (&[], &[]),
        help: "the texts of the schemas become documentation: mend them there",
    },
    Program {
        name: "instructions",
        line: "benches/instructions",
        variables: &[],
        accept: (&[], &[]),
        help: "benches/README.md says how to look into it, and how to accept it",
    },
    Program {
        name: "api",
        line: "cargo run --quiet --locked --manifest-path tools/public-api/Cargo.toml",
        variables: &[],
        accept: (&[], &["--", "--accept"]),
        help: "if semver allows the change, `cargo xtask check --accept` writes it down; read the diff",
    },
    Program {
        name: "tests",
        line: "cargo test --workspace --locked --no-fail-fast",
        variables: &[("INSTA_UPDATE", "no")],
        accept: (&[("INSTA_UPDATE", "always")], &[]),
        help: "if only snapshots differ, `cargo xtask check --accept` renews them; read the diff: an addition shows as \
               added lines",
    },
];

/// The folder of what the programs printed.
pub(super) const LOGS: &str = "target/check";

/// Runs `program`; the tests list the snapshots that they read in the file `references`.
pub(super) fn run(root: &Path, program: &Program, accept: bool, references: &Path) -> Verdict {
    let log = PathBuf::from(LOGS).join(program.name).with_extension("log");
    match run_into(root, program, accept, references, &root.join(&log)) {
        Ok((0, text)) => Verdict::Holds(note(program, &text)),
        // A script says by this code that it cannot run.
        Ok((2, text)) if text.lines().count() == 1 => Verdict::left_out(text.trim_end()),
        Ok((_, text)) => {
            let (told, help, log) = (excerpt(&text), program.help, log.display());
            Verdict::fails(format!("{told}\n  help: {help}\n  all output: {log}"))
        }
        Err(error) => Verdict::fails(format!("`{}` does not run: {error}", program.line)),
    }
}

/// Runs `program` with its output in the file `log`: its exit code, and the output.
fn run_into(
    root: &Path,
    program: &Program,
    accept: bool,
    references: &Path,
    log: &Path,
) -> io::Result<(i32, String)> {
    fs::create_dir_all(log.parent().unwrap_or(root))?;
    let output = File::create(log)?;
    let mut words = program.line.split(' ');
    let name = words.next().unwrap_or_default();
    // A script is named from the root.
    let path = if name.contains('/') { root.join(name) } else { name.into() };
    let mut command = Command::new(path);
    command.current_dir(root).args(words).envs(program.variables.iter().copied());
    command.env("CARGO_TERM_COLOR", "never").env("RUST_BACKTRACE", "0");
    if program.name == "tests" {
        let _ = fs::remove_file(references);
        command.env("INSTA_SNAPSHOT_REFERENCES_FILE", references);
    }
    if accept {
        let (variables, arguments) = program.accept;
        command.envs(variables.iter().copied()).args(arguments);
    }
    command.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output);
    let status = command.status()?;
    let text = String::from_utf8_lossy(&fs::read(log)?).into_owned();
    Ok((status.code().unwrap_or(-1), text))
}

/// A few words on the output of a program that found nothing wrong.
fn note(program: &Program, text: &str) -> String {
    match program.name {
        "tests" => {
            let passed = text.lines().filter_map(|line| line.strip_prefix("test result: ok. "));
            let passed = passed.filter_map(|line| line.split(' ').next()?.parse::<u64>().ok());
            format!("{} passed", passed.sum::<u64>())
        }
        "instructions" => text.lines().next().unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}
