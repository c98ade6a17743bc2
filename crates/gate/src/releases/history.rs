//! Released files against the history of git: a checksum can be edited together with its file, a commit cannot.

use std::collections::BTreeMap;

use super::error::ReleaseError;
use super::folder::{EXTENSION, Releases};
use crate::git::Git;

/// A history that does not say what was released.
struct Unseen {
    reason: String,
    help: String,
}

impl Releases {
    /// Checks that every released file is as it was when it came in, and none is gone. The history that counts is that of
    /// `base`: its commits and their first parents, up to where `HEAD` left it. A release that a branch adds may still
    /// change there.
    ///
    /// Without a `base` it is the default branch of `origin`, or else `main`, or else `HEAD`; then a history that cannot
    /// be seen is not an error, and the answer is a sentence about it.
    ///
    /// # Errors
    ///
    /// The files that have changed or are gone; with a `base`, also why the history cannot be seen, and what to fetch.
    pub fn check_history(&self, base: Option<&str>) -> Result<Option<String>, ReleaseError> {
        let git = Git { folder: &self.root };
        let name = base.map_or_else(|| default_base(&git), str::to_owned);
        let released = match self.in_history(&git, &name) {
            Ok(released) => released,
            Err(Unseen { reason, help }) if base.is_some() => {
                return Err(ReleaseError::History { base: name, reason, help });
            }
            Err(Unseen { reason, help }) => {
                return Ok(Some(format!(
                    "released files were compared with their checksums only: {reason}\n  help: {help}"
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
        let files: Vec<_> =
            changed.iter().map(|(path, how, _)| format!("{path} ({how})")).collect();
        let restore = changed.iter().map(|(path, _, blob)| format!("git show {blob:.12} > {path}"));
        Err(ReleaseError::Changed {
            base: name,
            files: files.join(", "),
            checksums: self.checksums(),
            restore: restore.collect::<Vec<_>>().join("\n    "),
        })
    }

    /// The released files on the way to `base`, each with the blob that it was first.
    fn in_history(&self, git: &Git<'_>, base: &str) -> Result<BTreeMap<String, String>, Unseen> {
        let unseen = |reason: String, help: &str| Unseen { reason, help: help.to_owned() };
        let shallow = git
            .run(&["rev-parse", "--is-shallow-repository"])
            .map_err(|reason| unseen(reason, "run the command in a clone of the repository"))?;
        let base = git.commit(base).map_err(|reason| {
            let branch = base.strip_prefix("origin/").unwrap_or(base);
            let help = format!("fetch it: git fetch origin {branch}");
            unseen(format!("{base} is not a revision here; git says: {reason}"), &help)
        })?;
        if shallow == "true" {
            let help = "fetch the history: git fetch --unshallow origin";
            return Err(unseen("the clone is shallow: it does not have all commits".into(), help));
        }
        let start = git.run(&["merge-base", &base, "HEAD"]).map_err(|_| {
            let help = "name a branch that this one comes from";
            unseen("its history and that of HEAD have no commit in common".into(), help)
        })?;
        let changes = git.changes(&start, &self.folder);
        let changes = changes.map_err(|reason| unseen(reason, "repair the repository"))?;
        let mut released = BTreeMap::new();
        let mut tokens = changes.split('\0').filter(|token| !token.is_empty());
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

fn default_base(git: &Git<'_>) -> String {
    let mut known = ["origin/HEAD", "origin/main", "main"].into_iter();
    known.find(|name| git.commit(name).is_ok()).unwrap_or("HEAD").to_owned()
}
