//! `cargo xtask check`: all that CI says about a change of the schemas, quickest first. A step that cannot say anything
//! useful after an earlier one failed is left out; every other one is taken, and a summary comes last.

mod excerpt;
mod programs;
mod verdict;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use clip_events_codegen::files::{Stale, update};
use clip_events_contract::{Sources, scaffold};
use schema_compat_gate::Outcome;
use schema_compat_gate::releases::ReleaseError;
use schema_compat_gate::report::{Format, Style, render};

pub use programs::{PROGRAMS, Program};
pub use verdict::{Step, Verdict};

use crate::{codegen, compat};
use programs::{LOGS, run};

/// The step after [`PROGRAMS`] that reads which snapshots the tests have read.
const SNAPSHOTS: &str = "snapshots";

/// What is asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options<'a> {
    /// The revision whose history says what was released.
    pub base: Option<&'a str>,
    /// Renew the snapshots and the written-down APIs.
    pub accept: bool,
}

/// Takes all steps for the contract below `root`. Before each, `begin` is told its name, and `end` its result after it.
pub fn check(
    root: &Path,
    options: Options<'_>,
    mut begin: impl FnMut(&str),
    mut end: impl FnMut(&Step),
) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut step = |name: &'static str, take: &mut dyn FnMut() -> Verdict| {
        begin(name);
        let start = Instant::now();
        let verdict = take();
        let step = Step { name, verdict, time: start.elapsed() };
        end(&step);
        let holds = matches!(step.verdict, Verdict::Holds(_));
        steps.push(step);
        holds
    };
    step("schemas", &mut || schemas(root));
    step("gate", &mut || gate(root, options.base));
    let fresh = step("generated", &mut || generated(root));
    let references = root.join(LOGS).join(SNAPSHOTS);
    let mut tested = false;
    for program in PROGRAMS {
        let holds = step(program.name, &mut || {
            if fresh {
                run(root, program, options.accept, &references)
            } else {
                Verdict::left_out("it would be about the contract before the change")
            }
        });
        tested |= holds && program.name == "tests";
    }
    step(SNAPSHOTS, &mut || {
        if tested {
            snapshots(root, &references)
        } else {
            Verdict::left_out("only the tests know which are read")
        }
    });
    steps
}

/// The last lines: what failed, or that all is well.
pub fn summary(steps: &[Step]) -> String {
    let names = |is: fn(&Verdict) -> bool| {
        let names = steps.iter().filter(|step| is(&step.verdict)).map(|step| step.name);
        names.collect::<Vec<_>>().join(", ")
    };
    let failed = names(|verdict| matches!(verdict, Verdict::Fails(_)));
    let left_out = names(|verdict| matches!(verdict, Verdict::LeftOut(_)));
    let mut text = match failed.as_str() {
        "" if left_out.is_empty() => "all is well".to_owned(),
        "" => "nothing failed".to_owned(),
        failed => format!("failed: {failed}"),
    };
    if !left_out.is_empty() {
        let _ = write!(text, "; not run: {left_out}");
    }
    text
}

/// Whether artifacts can be made of the schemas, and all texts are written.
fn schemas(root: &Path) -> Verdict {
    if let Err(error) = codegen::render(root) {
        return Verdict::fails(error);
    }
    let sources = Sources::read(root);
    match sources.and_then(|sources| scaffold::check_written(&sources).map(|()| sources)) {
        Ok(sources) => Verdict::Holds(format!("event types: {}", sources.data.len())),
        Err(errors) => Verdict::fails(errors),
    }
}

fn gate(root: &Path, base: Option<&str>) -> Verdict {
    let comparison = match compat::compare(root, None, base) {
        Ok(comparison) => comparison,
        Err(compat::Error::Release(ReleaseError::Schemas(_))) => {
            return Verdict::left_out("it cannot read the schemas");
        }
        Err(error) => return Verdict::fails(error),
    };
    let mut style = Style::new(Format::Human);
    style.tool = "clip-events compat".into();
    let summary = comparison.summary();
    let told = render(&summary, &style);
    if summary.outcome() == Outcome::Additive {
        Verdict::Holds(told.lines().last().unwrap_or_default().to_owned())
    } else {
        Verdict::fails(told)
    }
}

fn generated(root: &Path) -> Verdict {
    let Ok(artifacts) = codegen::render(root) else {
        return Verdict::left_out("nothing can be generated from the schemas");
    };
    match update(root, &artifacts, Stale::Check) {
        Ok(changes) if changes.is_empty() => {
            Verdict::Holds(format!("{} files are fresh", artifacts.len()))
        }
        Ok(changes) => Verdict::fails(codegen::stale(&changes)),
        Err(error) => Verdict::fails(error),
    }
}

/// A snapshot that no test reads any more is a result that nobody checks.
fn snapshots(root: &Path, references: &Path) -> Verdict {
    let read = fs::read_to_string(references).unwrap_or_default();
    let read: BTreeSet<_> = read.lines().collect();
    let listed = Command::new("git").current_dir(root).args(["ls-files", "*.snap"]).output();
    let listed = match listed {
        Ok(output) if output.status.success() => output.stdout,
        _ => return Verdict::left_out("git does not list the snapshots"),
    };
    let listed = String::from_utf8_lossy(&listed).into_owned();
    let unread = listed.lines().filter(|path| {
        let path = root.join(path);
        path.exists() && !read.contains(path.to_string_lossy().as_ref())
    });
    let unread: Vec<_> = unread.collect();
    if unread.is_empty() {
        return Verdict::Holds(format!("{} are read by a test", listed.lines().count()));
    }
    Verdict::fails(format!("no test reads these:\n{}\n  help: remove them", unread.join("\n")))
}
