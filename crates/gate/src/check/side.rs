//! The files of one side of a check: those of the working tree, of a folder, or of a git revision.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use globset::GlobSet;
use schema_source::{SchemaError, SchemaErrors, Source};
use serde_json::Value;

use super::dialects::{Said, of_file};
use crate::engine::Draft;
use crate::git::{self, Git};

/// How the names of files end that may have a schema.
pub(super) const EXTENSIONS: &[&str] = &["json", "yaml", "yml"];

/// The files of one side, by path from the root of it. Nothing is read before it is asked for.
#[derive(Debug)]
pub(crate) struct Side {
    store: Store,
    /// With the name that git gives to the bytes, where that is known.
    files: BTreeMap<String, Option<String>>,
    /// Files by what they have as `$id` and `id`, once somebody asks for one.
    ids: OnceLock<HashMap<String, Vec<Named>>>,
    /// Files that were read at once.
    read: HashMap<String, Vec<u8>>,
}

/// A file that has an id.
#[derive(Debug)]
struct Named {
    path: String,
    keyword: &'static str,
    said: Said,
}

#[derive(Debug)]
enum Store {
    Folder(PathBuf),
    Commit { repository: PathBuf, commit: String },
}

impl Side {
    /// The files of a working tree: those that git does not ignore, or if there is no git, all that are not hidden.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub(crate) fn of_working_tree(folder: &Path) -> Result<Self, String> {
        let git = Git { folder };
        match git.run(&["ls-files", "-z", "--cached", "--others", "--exclude-standard"]) {
            Ok(listed) => {
                Ok(Self::of_files(folder, git::paths(&listed).map(str::to_owned).collect()))
            }
            Err(_) => Self::of_folder(folder),
        }
    }

    /// All files below a folder, hidden ones left out.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub(crate) fn of_folder(folder: &Path) -> Result<Self, String> {
        let files = below(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self::of_files(folder, files))
    }

    fn of_files(folder: &Path, files: Vec<String>) -> Self {
        let files = files.into_iter().filter(|file: &String| folder.join(file).is_file());
        let files = files.map(|file| (file, None)).collect();
        Self {
            store: Store::Folder(folder.to_owned()),
            files,
            ids: OnceLock::new(),
            read: HashMap::new(),
        }
    }

    /// All files of a commit below the folder that `git` stands in.
    ///
    /// # Errors
    ///
    /// Git's own message.
    pub(crate) fn of_commit(git: &Git<'_>, commit: &str) -> Result<Self, String> {
        let files = git.blobs(commit)?;
        let files = files.into_iter().map(|(path, blob)| (path, Some(blob))).collect();
        let repository = git.folder.to_owned();
        let store = Store::Commit { repository, commit: commit.to_owned() };
        Ok(Self { store, files, ids: OnceLock::new(), read: HashMap::new() })
    }

    /// The paths of all files, in order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    pub(crate) fn is_of_commit(&self) -> bool {
        matches!(self.store, Store::Commit { .. })
    }

    /// Has git name the bytes of the `chosen` files.
    ///
    /// # Errors
    ///
    /// Git's own message.
    pub(crate) fn name_blobs(&mut self, chosen: &GlobSet) -> Result<(), String> {
        let Store::Folder(folder) = &self.store else { return Ok(()) };
        let paths =
            self.files.keys().filter(|path| chosen.is_match(path) && !path.contains(['\n', '"']));
        let paths: Vec<String> = paths.cloned().collect();
        let blobs = Git { folder }.hash(paths.iter().map(String::as_str))?;
        self.files.extend(paths.into_iter().zip(blobs.into_iter().map(Some)));
        Ok(())
    }

    /// Reads these files at once, where one by one takes longer.
    ///
    /// # Errors
    ///
    /// Git's own message.
    pub(crate) fn read(&mut self, paths: &[&str]) -> Result<(), String> {
        let Store::Commit { repository, .. } = &self.store else { return Ok(()) };
        let blobs = paths.iter().copied();
        let blobs = blobs.filter_map(|path| Some((path, self.files.get(path)?.as_deref()?)));
        let blobs: Vec<_> = blobs.collect();
        let bytes = Git { folder: repository }.read(blobs.iter().map(|(_, blob)| *blob))?;
        self.read = blobs.iter().map(|(path, _)| (*path).to_owned()).zip(bytes).collect();
        Ok(())
    }

    /// Whether a file is known to have the same bytes as one of another side.
    pub(crate) fn has_same(&self, path: &str, other: &Self, there: &str) -> bool {
        let name = |side: &Self, path: &str| side.files.get(path).cloned().flatten();
        name(self, path).is_some_and(|here| name(other, there) == Some(here))
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    /// The paths of the files with this id, in order. If `draft` is that of all files, it says which keyword is one; or else what the file
    /// says, if it says anything.
    pub(super) fn of_id(&self, id: &str, draft: Option<Draft>) -> Vec<&str> {
        let ids = self.ids.get_or_init(|| {
            let is_data = |path: &&str| {
                let extension = Path::new(path).extension().and_then(|it| it.to_str());
                extension.is_some_and(|it| EXTENSIONS.contains(&it))
            };
            let mut ids: HashMap<String, Vec<Named>> = HashMap::new();
            for path in self.paths().filter(is_data) {
                let Ok(source) = self.source(path) else { continue };
                for keyword in ["$id", "id"] {
                    let Some(id) = source.value.get(keyword).and_then(Value::as_str) else {
                        continue;
                    };
                    let (path, said) = (path.to_owned(), of_file(&source.value));
                    let id = id.trim_end_matches('#').to_owned();
                    ids.entry(id).or_default().push(Named { path, keyword, said });
                }
            }
            ids
        });
        let is_named = |named: &&Named| {
            let draft = match (draft, &named.said) {
                (Some(draft), _) => draft,
                (None, Said::Draft(draft)) => *draft,
                _ => return true,
            };
            named.keyword == if draft == Draft::Draft4 { "id" } else { "$id" }
        };
        let named = ids.get(id).into_iter().flatten().filter(is_named);
        let mut paths: Vec<_> = named.map(|named| named.path.as_str()).collect();
        paths.dedup();
        paths
    }

    /// The bytes of a file.
    ///
    /// # Errors
    ///
    /// When it cannot be read.
    pub(crate) fn bytes(&self, path: &str) -> Result<Vec<u8>, SchemaErrors> {
        if let Some(bytes) = self.read.get(path) {
            return Ok(bytes.clone());
        }
        let bytes = match &self.store {
            Store::Folder(folder) => fs::read(folder.join(path)).map_err(|it| it.to_string()),
            Store::Commit { repository, commit } => Git { folder: repository }.show(commit, path),
        };
        bytes.map_err(|error| {
            SchemaError::of_file(
                path,
                format!("cannot be read: {error}"),
                "it must be there and readable",
            )
            .into()
        })
    }

    /// A file, parsed.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is neither JSON nor YAML.
    pub(crate) fn source(&self, path: &str) -> Result<Source, SchemaErrors> {
        let text = String::from_utf8(self.bytes(path)?);
        let text = text.map_err(|_| {
            SchemaErrors::from(SchemaError::of_file(
                path,
                "the file is not UTF-8",
                "save it as UTF-8",
            ))
        })?;
        Source::parse(path.into(), text)
    }

    /// The `$id` of a file, without an empty fragment.
    pub(crate) fn id(&self, path: &str) -> Option<String> {
        let source = self.source(path).ok()?;
        let id = source.value.get("$id").or_else(|| source.value.get("id"))?.as_str()?;
        Some(id.trim_end_matches('#').to_owned())
    }
}

/// The files below a folder, hidden ones left out: their paths from there.
fn below(folder: &Path) -> io::Result<Vec<String>> {
    let mut files = Vec::new();
    let mut work = vec![folder.to_owned()];
    while let Some(inside) = work.pop() {
        for entry in fs::read_dir(&inside)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                work.push(path);
            } else if let Some(path) = path.strip_prefix(folder).ok().and_then(Path::to_str) {
                files.push(path.replace('\\', "/"));
            }
        }
    }
    Ok(files)
}
