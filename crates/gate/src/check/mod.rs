//! A check of many schemas at once: those of a working tree beside those that it came from.

mod accepted;
mod below;
mod bundle;
mod checked;
mod dialects;
mod library;
mod pairs;
mod referred;
mod roots;
mod side;
mod translate;
mod unevaluated;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use schema_source::{SchemaError, SchemaErrors};

use crate::change::Change;
use crate::differences::Difference;
use crate::document::{Document, Release};
use crate::finding::{Finding, Report};
use crate::fingerprint::fingerprint;
use crate::git::Git;
use crate::judge::{Broken, Gate};
use crate::path;
use crate::rules::known;
pub use accepted::{Acceptance, Accepted};
pub use checked::{Checked, Found};
use pairs::{Pairing, pairs};
use roots::{Root, roots};
use side::{EXTENSIONS, Side};

/// What the schemas are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Base {
    /// A git revision. Of a branch, the commit at which `HEAD` left it.
    Revision(String),
    /// A folder that holds the older files, each at the same path.
    Folder(PathBuf),
    /// The older file of the one schema that is checked.
    File(PathBuf),
}

/// Which schemas are compared, and with what.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Check {
    /// The folder that all paths start from.
    pub folder: PathBuf,
    /// Patterns of the files that have schemas: `schemas/**/*.json`. Others are read where these refer to them. A JSON Pointer after `#`
    /// names one schema in a file: `all.json#/$defs/order`.
    pub files: Vec<String>,
    /// What they are compared with.
    pub base: Base,
    /// How each is judged.
    pub gate: Gate,
    /// What somebody has accepted.
    pub accepted: Accepted,
}

/// Why a check could not be made at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CheckError {
    /// The files of one side cannot be listed.
    #[error("the files cannot be listed: {0}")]
    Files(String),
    /// There is no such revision here.
    #[error("{revision} is no revision that is here: {reason}\n  help: {help}")]
    #[non_exhaustive]
    Revision {
        /// The revision that was asked for.
        revision: String,
        /// Git's own message.
        reason: String,
        /// What to do about it.
        help: String,
    },
    /// A pattern is none.
    #[error("{0}")]
    Pattern(#[from] globset::Error),
    /// There is one older file, and more than one new one.
    #[error("several files are to be compared with {}\n  help: name one of them", .0.display())]
    Several(PathBuf),
    /// The folder of older files has none of those that are meant.
    #[error("{} has no file that is compared\n  help: each older file stands there at the path that it has here", .0.display())]
    NoneOlder(PathBuf),
    /// No file of either side is meant.
    #[error("no file matches {}\n  help: name files, folders, or patterns such as 'schemas/**/*.json'", .0.join(", "))]
    Nothing(Vec<String>),
}

impl Check {
    /// A check of `files` below `folder` beside `base`, for all that send and read.
    pub fn new(folder: impl Into<PathBuf>, files: Vec<String>, base: Base, gate: Gate) -> Self {
        Self { folder: folder.into(), files, base, gate, accepted: Accepted::default() }
    }

    /// Compares all of them, those of different files at the same time: in the order of paths.
    ///
    /// # Errors
    ///
    /// When no comparison can be made at all. What is wrong with a single file is told of that one.
    pub fn run(&self) -> Result<Vec<Checked>, CheckError> {
        self.run_with(&|_| ())
    }

    /// The same, and tells how many files are left, each time that one is done.
    ///
    /// # Errors
    ///
    /// Those of [`Check::run`].
    pub fn run_with(&self, left: &(dyn Fn(usize) + Sync)) -> Result<Vec<Checked>, CheckError> {
        let (mut old, name) = self.old_side()?;
        let mut new = Side::of_working_tree(&self.folder).map_err(CheckError::Files)?;
        let chosen = self.chosen()?;
        if old.is_of_commit() {
            new.name_blobs(&chosen).map_err(CheckError::Files)?;
        }
        let pairings = match &self.base {
            Base::File(file) => vec![self.one_pair(file, &new, &chosen)?],
            Base::Revision(_) | Base::Folder(_) => pairs(&old, &new, &chosen),
        };
        if pairings.is_empty() {
            return Err(CheckError::Nothing(self.files.clone()));
        }
        let changed = pairings.iter().filter_map(|pairing| match pairing {
            Pairing::Both { old: from, new: to } => (!new.has_same(to, &old, from)).then_some(from),
            Pairing::Removed(path) => Some(path),
            Pairing::Added(_) => None,
        });
        let changed: Vec<&str> = changed.map(String::as_str).collect();
        old.read(&changed).map_err(CheckError::Files)?;
        let (old, new) = (Arc::new(old), Arc::new(new));
        let still = AtomicUsize::new(pairings.len());
        left(pairings.len());
        let judge = |pairing: &Pairing| {
            let judged = self.judged(pairing, [&old, &new], &name);
            left(still.fetch_sub(1, Ordering::Relaxed) - 1);
            judged
        };
        Ok(in_parallel(&pairings, judge).into_iter().flatten().collect())
    }

    fn one_pair(
        &self,
        file: &Path,
        new: &Side,
        chosen: &globset::GlobSet,
    ) -> Result<Pairing, CheckError> {
        let old = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut matching = new.paths().filter(|path| chosen.is_match(path));
        match (matching.next(), matching.next()) {
            (Some(only), None) => Ok(Pairing::Both { old, new: only.to_owned() }),
            (None, _) => Err(CheckError::Nothing(self.files.clone())),
            (Some(_), Some(_)) => Err(CheckError::Several(file.to_owned())),
        }
    }

    /// The older side, and its name.
    fn old_side(&self) -> Result<(Side, String), CheckError> {
        match &self.base {
            Base::Folder(folder) => {
                let side = Side::of_folder(folder).map_err(CheckError::Files)?;
                let chosen = self.chosen()?;
                if !side.paths().any(|path| chosen.is_match(path)) {
                    return Err(CheckError::NoneOlder(folder.clone()));
                }
                Ok((side, folder.display().to_string()))
            }
            Base::File(file) => {
                let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
                let folder = folder.unwrap_or(Path::new("."));
                let side = Side::of_folder(folder).map_err(CheckError::Files)?;
                Ok((side, file.display().to_string()))
            }
            Base::Revision(revision) => {
                let git = Git { folder: &self.folder };
                let commit = start(&git, revision)?;
                let side = Side::of_commit(&git, &commit).map_err(CheckError::Files)?;
                Ok((side, revision.clone()))
            }
        }
    }

    /// Whether a path is of a file that is to be checked.
    fn chosen(&self) -> Result<globset::GlobSet, CheckError> {
        let mut patterns = globset::GlobSetBuilder::new();
        for file in &self.files {
            patterns.add(self.pattern(file)?);
        }
        Ok(patterns.build()?)
    }

    /// The schemas in a file that are to be checked; none if all are.
    fn pointers(&self, path: &str) -> Vec<String> {
        let mut pointers = Vec::new();
        if self.files.iter().all(|file| split_pointer(file).1.is_none()) {
            return pointers;
        }
        for file in &self.files {
            if self.pattern(file).is_ok_and(|pattern| pattern.compile_matcher().is_match(path)) {
                match split_pointer(file).1 {
                    Some(pointer) => pointers.push(pointer.to_owned()),
                    None => return Vec::new(),
                }
            }
        }
        pointers
    }

    /// The pattern of the paths that `file` stands for.
    fn pattern(&self, file: &str) -> Result<globset::Glob, globset::Error> {
        let (file, _) = split_pointer(file);
        let file = file.trim_start_matches("./").trim_end_matches('/');
        let names = format!("**/*.{{{}}}", EXTENSIONS.join(","));
        let pattern = match file {
            "" | "." => names,
            folder if self.folder.join(folder).is_dir() => {
                format!("{}/{names}", globset::escape(folder))
            }
            pattern => pattern.to_owned(),
        };
        globset::GlobBuilder::new(&pattern).literal_separator(true).build()
    }

    /// The schemas in a file, or in both files of a pair.
    fn judged(&self, pairing: &Pairing, [old, new]: [&Arc<Side>; 2], name: &str) -> Vec<Checked> {
        let (from, to) = match pairing {
            Pairing::Added(path) => (None, Some(path.as_str())),
            Pairing::Removed(path) => (Some(path.as_str()), None),
            Pairing::Both { old, new } => (Some(old.as_str()), Some(new.as_str())),
        };
        let path = to.or(from).unwrap_or_default();
        let checked = |pointer: &str, found| Checked {
            path: path.to_owned(),
            pointer: pointer.to_owned(),
            moved_from: from.filter(|from| *from != path).map(str::to_owned),
            found,
        };
        if let (Some(from), Some(to)) = (from, to)
            && new.has_same(to, old, from)
            && new.bytes(to).is_ok_and(|bytes| referred::is_alone(to, &bytes))
        {
            return vec![checked("", Found::Unchanged)];
        }
        let pointers = self.pointers(path);
        let read = |side: &Side, path| roots(side, &side.source(path)?, &pointers);
        let before = from.map(|path| read(old, path).map_err(|errors| of_side(errors, name)));
        let after = to.map(|path| read(new, path));
        let (before, after) = match (before.transpose(), after.transpose()) {
            (Ok(before), Ok(after)) => (before.unwrap_or_default(), after.unwrap_or_default()),
            (Err(broken), Ok(Some(after))) => {
                let not_comparable = |root: &Root| {
                    let found = self.not_comparable(&broken, root, new, path, name);
                    checked(&root.name, found.unwrap_or_else(Found::Failed))
                };
                return after.iter().map(not_comparable).collect();
            }
            (_, Err(errors)) | (Err(errors), _) => return vec![checked("", Found::Failed(errors))],
        };
        let is_there =
            |pointer: &&String| before.iter().chain(&after).any(|root| root.name == **pointer);
        if let Some(pointer) = pointers.iter().find(|pointer| !is_there(pointer)) {
            let help = "name a schema by a JSON Pointer that leads to it, on one side at least";
            let error = SchemaError::of_file(path, format!("#{pointer} leads nowhere"), help);
            return vec![checked(pointer, Found::Failed(error.into()))];
        }
        let gone = before.iter().filter(|root| after.iter().all(|other| other.name != root.name));
        let of_both = after
            .iter()
            .map(|root| (before.iter().find(|other| other.name == root.name), Some(root)));
        let all = of_both.chain(gone.map(|root| (Some(root), None)));
        let found = |(before, after): (Option<&Root>, Option<&Root>)| {
            let pointer = after.or(before).map_or("", |root| root.name.as_str());
            let found = self.found((before, old), (after, new), name, path);
            checked(pointer, found.unwrap_or_else(Found::Failed))
        };
        all.map(found).collect()
    }

    fn found(
        &self,
        (before, old): (Option<&Root>, &Arc<Side>),
        (after, new): (Option<&Root>, &Arc<Side>),
        name: &str,
        path: &str,
    ) -> Result<Found, SchemaErrors> {
        let what = after.or(before).map_or_else(|| path.to_owned(), |root| root.named(path));
        let released = |root| {
            bundle::document(old, root, after, &self.gate).map_err(|errors| of_side(errors, name))
        };
        let document = |root| bundle::document(new, root, before, &self.gate);
        match (before, after) {
            (Some(before), Some(after)) => {
                if after.is_told_by_others(before) {
                    return Ok(Found::Unchanged);
                }
                let mut gate = self.gate.clone();
                gate.direction = after.direction_since(before).unwrap_or(gate.direction);
                let before = match released(before) {
                    Ok(before) => before,
                    Err(broken) => return self.not_comparable(&broken, after, new, path, name),
                };
                let document = document(after)?;
                if before.value() == document.value() && before.draft()? == document.draft()? {
                    return Ok(Found::Unchanged);
                }
                let accepts = |finding: &mut Finding| self.mark(finding);
                match gate.judge_all(&document, Release::new(name, before), &accepts) {
                    Ok(report) => {
                        Ok(Found::Changed { document: document.into(), report: report.into() })
                    }
                    Err(Broken::Released(broken)) => {
                        self.not_comparable(&of_side(broken, name), after, new, path, name)
                    }
                    Err(Broken::New(errors)) => Err(errors),
                }
            }
            (None, Some(after)) => {
                let document = document(after)?;
                self.gate.check(&document)?;
                Ok(self.whole("schema-added", &what, document, after, name))
            }
            (Some(before), None) => {
                Ok(self.whole("schema-removed", &what, released(before)?, before, name))
            }
            (None, None) => Ok(Found::Unchanged),
        }
    }

    /// Gives a break its fingerprint, and the reason why it is accepted, if it is.
    fn mark(&self, finding: &mut Finding) {
        if finding.breaks() {
            let fingerprint = fingerprint(finding);
            finding.accepted = self.accepted.reason(&fingerprint).map(str::to_owned);
            finding.fingerprint = Some(fingerprint);
        }
    }

    /// What is found of a schema whose older version could not be judged, as `broken` says.
    fn not_comparable(
        &self,
        broken: &SchemaErrors,
        root: &Root,
        new: &Arc<Side>,
        path: &str,
        name: &str,
    ) -> Result<Found, SchemaErrors> {
        let document = bundle::document(new, root, None, &self.gate)?;
        self.gate.check(&document)?;
        let what = match broken.0.first() {
            Some(SchemaError { path, line, column, message, .. }) => {
                format!("{}:{line}:{column}: {message}", path.display())
            }
            None => root.named(path),
        };
        Ok(self.whole("older-not-judged", &what, document, root, name))
    }

    /// What is found of a schema that is there on one side only.
    fn whole(&self, rule: &str, what: &str, document: Document, root: &Root, name: &str) -> Found {
        let difference = Difference {
            rule: known(rule),
            step: None,
            became: None,
            released: (rule == "schema-removed").then(String::new),
            new: String::new(),
            cause: what.to_owned(),
            brief: None,
            tells_cause: true,
        };
        let change = Change::new(&self.gate.layout, None, &path::Path::default(), difference);
        let mut finding = Finding {
            change,
            location: document.locate(""),
            breaking_delivery: None,
            direction: root.direction.unwrap_or(self.gate.direction),
            fingerprint: None,
            accepted: None,
        };
        self.mark(&mut finding);
        let report = Report {
            release: Release::new(name, document.clone()),
            findings: vec![finding],
            open: Vec::new(),
            proved: Vec::new(),
            tells_types: false,
        };
        Found::Changed { document: document.into(), report: report.into() }
    }
}

/// A pattern of files, and the JSON Pointer behind it.
fn split_pointer(file: &str) -> (&str, Option<&str>) {
    match file.split_once('#') {
        Some((file, pointer)) if pointer.is_empty() || pointer.starts_with('/') => {
            (file, Some(pointer))
        }
        _ => (file, None),
    }
}

/// Errors of the older side, whose files lie elsewhere.
fn of_side(errors: SchemaErrors, name: &str) -> SchemaErrors {
    let named = |mut error: SchemaError| {
        error.path = format!("{name}:{}", error.path.display()).into();
        error
    };
    SchemaErrors(errors.0.into_iter().map(named).collect())
}

/// The commit that `revision` stands for: of a branch, the one at which `HEAD` left it.
fn start(git: &Git<'_>, revision: &str) -> Result<String, CheckError> {
    let unknown = |reason: String, help: &str| {
        let (revision, help) = (revision.to_owned(), help.to_owned());
        CheckError::Revision { revision, reason, help }
    };
    let commit = git.commit(revision).map_err(|reason| {
        unknown(reason, "fetch it first; in a workflow of GitHub, check out with `fetch-depth: 0`")
    })?;
    let name = git.run(&["rev-parse", "--symbolic-full-name", "--end-of-options", revision]);
    let is_branch = name.is_ok_and(|name| {
        name.lines()
            .any(|name| name.starts_with("refs/heads/") || name.starts_with("refs/remotes/"))
    });
    if !is_branch {
        return Ok(commit);
    }
    git.merge_base(&commit, "HEAD").map_err(|reason| {
        let reason =
            if reason.is_empty() { "HEAD has no commit in common with it".into() } else { reason };
        unknown(
            reason,
            "a shallow clone lacks it: `git fetch --unshallow`, or check out with `fetch-depth: 0`",
        )
    })
}

/// What `work` makes of each item, in their order.
fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, R)>> = Mutex::default();
    let threads = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((at, item)) = take(items, &next) {
                    let result = work(item);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push((at, result));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}

fn take<'i, T>(items: &'i [T], next: &AtomicUsize) -> Option<(usize, &'i T)> {
    let at = next.fetch_add(1, Ordering::Relaxed);
    Some((at, items.get(at)?))
}
