//! `schema-compat check`: many schemas beside those that they came from; and `schema-compat accept`, for what breaks all the same.

use std::env;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::ProgressBar;
use schema_compat_gate::Outcome;
use schema_compat_gate::check::{Accepted, Base, Check, Checked};
use schema_compat_gate::report::{Format, Style, changelog_of_check, render_check};

use crate::settings::{Schemas, Settings, Who};
use crate::{Compatibility, DraftName, print};

/// Compares the schemas of the working tree with those that they came from, and names each change that breaks somebody.
///
/// References between files are followed, and nothing is fetched. Files that have moved are found again by their `$id`, or else by their
/// content. What is not said here is read from `schema-compat.toml`, which `schema-compat init` writes.
///
/// Exit code: 0 compatible, 1 breaking, 2 undecided, 3 if a schema or all of it could not be judged.
///
/// Example: schema-compat check 'schemas/**/*.json' --base origin/main --direction produce
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    compared: Compared,
    /// How the answer is written.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Show the proofs too.
    #[arg(long)]
    explain: bool,
    /// Print what has changed as a section of a changelog, in Markdown, instead of the report.
    #[arg(long, conflicts_with_all = ["format", "explain"])]
    changelog: bool,
}

/// Accepts a break: it is reported as accepted from then on, and does not fail. Another break of the same field does.
///
/// What is accepted stands in a file, with the reason and the document that shows it. Commit that file. Once nothing breaks any more as was
/// accepted, the check fails and says how to take it back.
///
/// Example: schema-compat accept 1f2e3d4c5b6a --reason "nobody reads it yet, says the team of billing" --base origin/main
#[derive(Args)]
pub(crate) struct AcceptArguments {
    /// What the check says of the break, or the beginning of it.
    #[arg(required_unless_present = "remove")]
    fingerprint: Option<String>,
    /// Why it is accepted.
    #[arg(long, required_unless_present = "remove")]
    reason: Option<String>,
    /// Take back what was accepted under this fingerprint.
    #[arg(long, value_name = "FINGERPRINT", conflicts_with_all = ["fingerprint", "reason"])]
    remove: Option<String>,
    #[command(flatten)]
    compared: Compared,
}

/// What is compared with what.
#[derive(Args)]
struct Compared {
    /// The schemas: files, folders, or patterns such as 'schemas/**/*.json'. JSON or YAML; of an OpenAPI 3.1 or AsyncAPI 3 document the
    /// schemas of its operations, each with its own direction. One schema of a file is named by its JSON Pointer: 'all.json#/$defs/order'.
    /// By default those of `schema-compat.toml`, else '**/*.schema.{json,yaml,yml}'.
    paths: Vec<String>,
    /// What they are compared with: a git revision (of a branch, where HEAD left it), a folder or a file. By default the branch that a
    /// pull request on GitHub goes to, or else HEAD.
    #[arg(long)]
    base: Option<String>,
    /// Who must not break. By default both.
    #[arg(long, value_enum)]
    direction: Option<Who>,
    /// The draft of all schemas. By default that of `$schema`, or else that of the same schema on the other side, or 2020-12.
    #[arg(long, value_enum)]
    draft: Option<DraftName>,
    /// Take `format` for an assertion, which rejects values, in all schemas. By default it only describes them.
    #[arg(long)]
    assert_formats: bool,
    /// Drafts 6 and 7: whether `contentEncoding` and `contentMediaType` are assertions, on which validators differ, in all schemas. By default
    /// a verdict holds either way.
    #[arg(long, value_name = "BOOL")]
    assert_content: Option<bool>,
    /// Draft 4: whether 1.0 is an integer, on which validators differ, in all schemas. By default a proof holds either way; beside a
    /// later draft, in the other version or another file, it is one.
    #[arg(long, value_name = "BOOL")]
    zero_fraction_is_integer: Option<bool>,
    /// The file of accepted breaks. By default schema-compat.accepted.json.
    #[arg(long, value_name = "FILE")]
    accepted: Option<String>,
}

/// Where nothing says which schemas are meant.
const ALL: &str = "**/*.schema.{json,yaml,yml}";

impl Compared {
    /// The same with what the settings say where the command line does not.
    fn with(self, settings: Settings) -> Comparison {
        let Self {
            paths,
            base,
            direction,
            draft,
            assert_formats,
            assert_content,
            zero_fraction_is_integer,
            accepted,
        } = self;
        let mut sets = if paths.is_empty() { settings.schemas } else { Vec::new() };
        if sets.is_empty() {
            let paths = if paths.is_empty() { vec![ALL.to_owned()] } else { paths };
            sets.push(Schemas::new(paths));
        }
        for set in &mut sets {
            set.direction = direction.or(set.direction);
            set.draft = draft.or(set.draft);
            set.assert_formats |= assert_formats;
            set.assert_content = assert_content.or(set.assert_content);
            set.zero_fraction_is_integer =
                zero_fraction_is_integer.or(set.zero_fraction_is_integer);
        }
        let accepted = accepted.or(settings.accepted);
        Comparison {
            sets,
            base: base.or(settings.base),
            accepted: accepted.unwrap_or_else(|| "schema-compat.accepted.json".to_owned()),
        }
    }
}

/// What is compared with what, in which ways.
struct Comparison {
    sets: Vec<Schemas>,
    base: Option<String>,
    accepted: String,
}

impl Comparison {
    /// In the order of paths.
    fn check(&self, accepted: &Accepted) -> Result<Vec<Checked>, String> {
        let mut all = Vec::new();
        for set in &self.sets {
            let (paths, base) = (set.paths.clone(), base(self.base.as_deref()));
            let mut check = Check::new(".", paths, base, set.gate());
            check.accepted = accepted.clone();
            let bar = ProgressBar::new(0);
            let left = |files: usize| match bar.length() {
                Some(0) => bar.set_length(files as u64),
                _ => bar.inc(1),
            };
            let checked = check.run_with(&left);
            bar.finish_and_clear();
            all.extend(checked.map_err(|error| error.to_string())?);
        }
        all.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(all)
    }

    fn accepted(&self) -> Result<Accepted, String> {
        Accepted::read(Path::new("."), &self.accepted).map_err(|errors| errors.to_string())
    }
}

/// The worst of all; none if something could not be judged.
pub(crate) fn run(arguments: Arguments) -> Result<Option<Compatibility>, String> {
    let comparison = arguments.compared.with(Settings::read()?);
    let accepted = comparison.accepted()?;
    let checked = comparison.check(&accepted)?;
    let stale = accepted.stale(Path::new("."), &checked);
    let mut style = Style::new(arguments.format);
    style.color = std::io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none();
    style.proofs = arguments.explain;
    style.tool = "schema-compat".into();
    let report = if arguments.changelog {
        changelog_of_check(&checked)
    } else {
        render_check(&checked, &stale, &style)
    };
    print(&report)?;
    let best = if stale.is_empty() { Compatibility::Compatible } else { Compatibility::Breaking };
    let compatibility = |schema: &Checked| match schema.outcome()? {
        Outcome::Additive => Some(Compatibility::Compatible),
        Outcome::Undecided => Some(Compatibility::Undecided),
        Outcome::Breaking => Some(Compatibility::Breaking),
    };
    Ok(checked.iter().try_fold(best, |worst, schema| Some(worst.max(compatibility(schema)?))))
}

/// Writes the file of accepted breaks anew.
pub(crate) fn accept(arguments: AcceptArguments) -> Result<Compatibility, String> {
    let AcceptArguments { fingerprint, reason, remove, compared } = arguments;
    let comparison = compared.with(Settings::read()?);
    let mut accepted = comparison.accepted()?;
    if let Some(fingerprint) = remove {
        if !accepted.remove(&fingerprint) {
            let file = comparison.accepted;
            return Err(format!("{file} has nothing with the fingerprint {fingerprint}"));
        }
    } else {
        let fingerprint = fingerprint.as_deref().unwrap_or_default();
        let reason = reason.as_deref().unwrap_or_default().trim();
        if reason.is_empty() {
            return Err("say why it is accepted: --reason \"...\"".into());
        }
        if !accepted.add(&comparison.check(&accepted)?, fingerprint, reason) {
            return Err(format!(
                "nothing breaks that has the fingerprint {fingerprint}\n  help: the check says it of each break; give the same files, --base and --direction"
            ));
        }
    }
    let written = accepted.write(Path::new(&comparison.accepted));
    written.map_err(|error| format!("{}: {error}", comparison.accepted))?;
    Ok(Compatibility::Compatible)
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
