//! What was released, as the history of git has it: a checksum can be edited together with its file, a commit cannot.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::RELEASES;
use crate::release::{EXTENSION, ReleaseError};

/// A history that does not say what was released.
struct Unseen {
    reason: String,
    help: String,
}

/// Checks that every file of a release is what it was when it came in, and none is gone. What counts is the way to `base`:
/// its commits and their first parents, up to where `HEAD` left it. A release that a branch adds may still change there.
///
/// Without a `base` it is the default branch of `origin`, or else `main`, or else `HEAD`; then a history that says nothing is no error, and
/// the answer is a sentence about it.
///
/// # Errors
///
/// The files that have changed or are gone; with a `base`, also why the history cannot be seen, and what to fetch.
pub fn check(root: &Path, base: Option<&str>) -> Result<Option<String>, ReleaseError> {
    let git = Git { root };
    let name = base.map_or_else(|| git.default_base(), str::to_owned);
    let released = match git.released(&name) {
        Ok(released) => released,
        Err(Unseen { reason, help }) if base.is_some() => {
            return Err(ReleaseError::History { base: name, reason, help });
        }
        Err(Unseen { reason, help }) => {
            return Ok(Some(format!(
                "released files were compared with their checksums alone: {reason}\n  help: {help}"
            )));
        }
    };
    let changed = released.into_iter().filter_map(|(path, blob)| {
        let now = git.run(&["hash-object", "--", &path]).ok();
        let how = if now.is_some() { "changed" } else { "gone" };
        (now.as_ref() != Some(&blob)).then_some((path, how, blob))
    });
    let changed: Vec<_> = changed.collect();
    if changed.is_empty() {
        return Ok(None);
    }
    let files: Vec<_> = changed.iter().map(|(path, how, _)| format!("{path} ({how})")).collect();
    let restore = changed.iter().map(|(path, _, blob)| format!("git show {blob:.12} > {path}"));
    Err(ReleaseError::Changed {
        base: name,
        files: files.join(", "),
        restore: restore.collect::<Vec<_>>().join("\n    "),
    })
}

/// What git says, or why it does not.
fn answer(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("git: {error}"))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

struct Git<'a> {
    root: &'a Path,
}

impl Git<'_> {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.root).args(arguments);
        command
    }

    fn run(&self, arguments: &[&str]) -> Result<String, String> {
        answer(&mut self.command(arguments))
    }

    fn commit(&self, revision: &str) -> Result<String, String> {
        self.run(&["rev-parse", "--verify", "--end-of-options", &format!("{revision}^{{commit}}")])
    }

    fn default_base(&self) -> String {
        let mut known = ["origin/HEAD", "origin/main", "main"].into_iter();
        known.find(|name| self.commit(name).is_ok()).unwrap_or("HEAD").to_owned()
    }

    /// What the commits on the way to `start` did to releases, oldest first. A merge is told beside each of its parents:
    /// one that drops what only its second parent had changes nothing for the first. `git log` cannot tell both.
    fn changes(&self, start: &str) -> Result<String, String> {
        let failed = |error: std::io::Error| format!("git: {error}");
        let mut list = self.command(&["rev-list", "--first-parent", "--reverse", start]);
        let mut list = list.stdout(Stdio::piped()).spawn().map_err(failed)?;
        let commits = list.stdout.take().map_or_else(Stdio::null, Stdio::from);
        let options = ["--stdin", "-m", "-r", "--root", "--raw", "-z", "--no-abbrev"];
        let more = ["--no-renames", "--relative", "--no-commit-id", "--", RELEASES];
        let mut diff = self.command(&[&["diff-tree"][..], &options, &more].concat());
        let changes = answer(diff.stdin(commits));
        let listed = list.wait().map_err(failed)?;
        if listed.success() { changes } else { Err("git rev-list failed".to_owned()) }
    }

    /// The files of releases on the way to `base`, each with the blob that it was first.
    fn released(&self, base: &str) -> Result<BTreeMap<String, String>, Unseen> {
        let unseen = |reason: String, help: &str| Unseen { reason, help: help.to_owned() };
        let shallow = self
            .run(&["rev-parse", "--is-shallow-repository"])
            .map_err(|reason| unseen(reason, "run the command in a clone of the repository"))?;
        let base = self.commit(base).map_err(|reason| {
            let branch = base.strip_prefix("origin/").unwrap_or(base);
            let help = format!("fetch it: git fetch origin {branch}");
            unseen(format!("{base} is no revision here; git says: {reason}"), &help)
        })?;
        if shallow == "true" {
            let help = "fetch the history: git fetch --unshallow origin";
            return Err(unseen("the clone is shallow: it does not hold all commits".into(), help));
        }
        let start = self.run(&["merge-base", &base, "HEAD"]).map_err(|_| {
            let help = "name a branch that this one comes from";
            unseen("no commit is in both its history and that of HEAD".into(), help)
        })?;
        let log = self.changes(&start).map_err(|reason| unseen(reason, "mend the repository"))?;
        let mut released = BTreeMap::new();
        let mut tokens = log.split('\0').filter(|token| !token.is_empty());
        // `:100644 100644 <blob before> <blob after> M`, then the path.
        while let (Some(change), Some(path)) = (tokens.next(), tokens.next()) {
            let blobs = change.split(' ').skip(2).take(2);
            let is_release = path.ends_with(EXTENSION);
            for blob in blobs.filter(|blob| is_release && blob.contains(|digit| digit != '0')) {
                released.entry(path.to_owned()).or_insert_with(|| blob.to_owned());
            }
        }
        Ok(released)
    }
}
