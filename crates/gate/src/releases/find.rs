//! Finding a release by the name a person gives: a version, a path, a git revision.

use std::fs;
use std::path::{Path, PathBuf};

use schema_source::{SchemaErrors, Source};

use super::error::ReleaseError;
use super::folder::{EXTENSION, Releases};
use crate::document::Release;
use crate::git::Git;

impl Releases {
    /// The release that `name` stands for: that of a version, the document at a path, or the contract at a git revision.
    ///
    /// For a revision its schema files are laid into a folder, and `bundle` makes one document of those below it.
    ///
    /// # Errors
    ///
    /// When it is none of these, a release was edited, or a schema is wrong.
    pub fn find(
        &self,
        name: &str,
        bundle: impl FnOnce(&Path) -> Result<Source, SchemaErrors>,
    ) -> Result<Release, ReleaseError> {
        self.check_unedited()?;
        let versions = self.versions()?;
        if let Some(version) = versions.iter().find(|version| version.to_string() == name) {
            return self.read(version);
        }
        let path = PathBuf::from(name);
        if path.is_file() {
            return self.release(name.to_owned(), Source::read(Path::new(""), path)?);
        }
        let (revision, releases) = (name.to_owned(), versions);
        let not_found =
            |reason| ReleaseError::NotFound { name: revision.clone(), reason, releases };
        let io = |path: &Path, error| ReleaseError::Io { path: path.to_owned(), error };
        let folder =
            tempfile::tempdir().map_err(|error| io(Path::new("a temporary folder"), error))?;
        for (file, content) in self.files_at(&revision).map_err(not_found)? {
            let path = folder.path().join(file);
            let parent = path.parent().unwrap_or(folder.path());
            fs::create_dir_all(parent)
                .and_then(|()| fs::write(&path, content))
                .map_err(|error| io(&path, error))?;
        }
        let document = bundle(folder.path());
        let document = document
            .map_err(|errors| ReleaseError::Revision { revision: revision.clone(), errors })?;
        self.release(revision, document)
    }

    /// The schema files at a git revision: path and content.
    fn files_at(&self, revision: &str) -> Result<Vec<(String, Vec<u8>)>, String> {
        let git = Git { folder: &self.root };
        let commit = git.commit(revision)?;
        let files = git.files(&commit, &self.schemas)?.into_iter();
        let files = files.filter(|file| file.ends_with(EXTENSION));
        files.map(|file| git.show(&commit, &file).map(|content| (file, content))).collect()
    }
}
