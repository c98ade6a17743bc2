//! `schema-compat check`: many schemas beside those that they came from.

use std::env;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use schema_compat_gate::check::{Base, Check, Checked};
use schema_compat_gate::report::{Format, Style, render_check};
use schema_compat_gate::{Direction, Gate, Layout, Outcome};

use crate::{Compatibility, DraftName};

/// Compares the schemas of the working tree with those that they came from, and names each change that breaks somebody.
///
/// References between files are followed, and nothing is fetched. Files that have moved are found again by their `$id`, or else by their
/// content.
///
/// Exit code: 0 compatible, 1 breaking, 2 undecided, 3 if a schema or all of it could not be judged.
///
/// Example: schema-compat check 'schemas/**/*.json' --base origin/main --direction produce
#[derive(Args)]
pub(crate) struct Arguments {
    /// The schemas: files, folders, or patterns such as 'schemas/**/*.json'.
    #[arg(default_value = "**/*.schema.json")]
    paths: Vec<String>,
    /// What they are compared with: a git revision (of a branch, where HEAD left it), a folder or a file. By default the branch that a
    /// pull request on GitHub goes to, or else HEAD.
    #[arg(long)]
    base: Option<String>,
    /// Who must not break.
    #[arg(long, value_enum, default_value_t = Who::Both)]
    direction: Who,
    /// The draft of all schemas; by default that of `$schema`, else 2020-12.
    #[arg(long, value_enum)]
    draft: Option<DraftName>,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Show the proofs too.
    #[arg(long)]
    explain: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Who {
    /// We send, others read: what we may send now has to be readable for those who were built against the old schema.
    Produce,
    /// Others send, we read: what they were allowed to send has to be readable still.
    Consume,
    /// Both, as for events that are read again from archives.
    Both,
}

impl From<Who> for Direction {
    fn from(who: Who) -> Self {
        match who {
            Who::Produce => Self::Produce,
            Who::Consume => Self::Consume,
            Who::Both => Self::Both,
        }
    }
}

/// The worst of all; none if something could not be judged.
pub(crate) fn run(arguments: &Arguments) -> Result<Option<Compatibility>, String> {
    let mut gate = Gate::new(Layout::Whole);
    gate.direction = arguments.direction.into();
    gate.draft = arguments.draft.map(Into::into);
    let check = Check::new(".", arguments.paths.clone(), base(arguments.base.as_deref()), gate);
    let checked = check.run().map_err(|error| error.to_string())?;
    let mut style = Style::new(arguments.format);
    style.color = std::io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none();
    style.proofs = arguments.explain;
    style.tool = "schema-compat".into();
    let written = std::io::stdout().write_all(render_check(&checked, &style).as_bytes());
    written.map_err(|error| format!("cannot write the report: {error}"))?;
    let compatibility = |schema: &Checked| match schema.outcome()? {
        Outcome::Additive => Some(Compatibility::Compatible),
        Outcome::Undecided => Some(Compatibility::Undecided),
        Outcome::Breaking => Some(Compatibility::Breaking),
    };
    checked
        .iter()
        .try_fold(Compatibility::Compatible, |worst, schema| {
            Some(worst.max(compatibility(schema)?))
        })
        .map_or(Ok(None), |worst| Ok(Some(worst)))
}

fn base(named: Option<&str>) -> Base {
    match named {
        Some(name) if Path::new(name).is_dir() => Base::Folder(PathBuf::from(name)),
        Some(name) if Path::new(name).is_file() => Base::File(PathBuf::from(name)),
        Some(name) => Base::Revision(name.to_owned()),
        None => match env::var("GITHUB_BASE_REF") {
            Ok(branch) if !branch.is_empty() => Base::Revision(format!("origin/{branch}")),
            _ => Base::Revision("HEAD".to_owned()),
        },
    }
}
