//! What has been converted into a folder: written so that a program that is killed leaves nothing half done, and that what was done is not
//! done again.
//!
//! Files are made in `_tmp/`. Then a record of the part appears in `_done/`, which decides: from then on its files belong to the archive,
//! and whoever comes next moves those that are still in `_tmp/`. Without a record, they are thrown away.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use twox_hash::xxhash3_128;

use crate::files::Format;

/// What is not part of the table starts with `_`, which most readers pass over.
const DONE: &str = "_done";
const TEMPORARY: &str = "_tmp";
const LOCK: &str = "_lock";
const SETTINGS: &str = "_settings.json";
const RECORD: &str = "json";
/// The place of what was read from no file.
const NOWHERE: &str = "nowhere";

/// Why a folder cannot be converted into.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FolderError {
    /// A file in it cannot be read or written.
    #[error("{}: {error}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// It has files of another kind, or of parts of another size.
    #[error(
        "{} has been made with {there}: go on with that, or choose another folder", folder.display()
    )]
    Settings {
        /// The folder.
        folder: PathBuf,
        /// The options.
        there: String,
    },
    /// A file that this program did not write as it is.
    #[error("{}: not as it was written: {reason}; convert into another folder", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

/// What all parts in a folder have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) format: Format,
    /// The bytes of input from which on a part ends.
    pub(crate) part_size: u64,
}

/// Of one event type, or of all whose event type cannot be read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Deliveries in the table.
    pub valid: u64,
    /// Deliveries in the side files.
    pub invalid: u64,
}

/// What became of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// The input that it was read from.
    pub(crate) source: String,
    /// How many parts of the input came before it.
    pub(crate) index: u64,
    /// Its files, from the folder on.
    pub(crate) files: Vec<String>,
    /// The record of a part that this one begins with, and takes the place of.
    pub(crate) instead_of: Option<String>,
    /// By event type; of those whose event type cannot be read, under an empty name.
    pub(crate) counts: BTreeMap<String, Count>,
}

/// The text that a part is known by, in pieces.
pub(crate) struct Content<'a> {
    pub(crate) pieces: Vec<Cow<'a, [u8]>>,
    /// Whether the last piece only says that the input ends too early.
    pub(crate) ends_open: bool,
}

/// The identity of a part. It is the name of its record: `<content>-<number>.<place>-<start>-<size>`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Name {
    content: String,
    /// How many parts with this content came before.
    number: u64,
    /// The input and the index.
    place: String,
    /// The sum of what the input still begins with when it has grown, and its length.
    start: String,
    size: u64,
}

impl Name {
    fn read(file: &str) -> Option<Self> {
        let (identity, place) = file.strip_suffix(".json")?.split_once('.')?;
        let (content, number) = identity.split_once('-')?;
        let (place, size) = place.rsplit_once('-')?;
        let (place, start) = place.rsplit_once('-')?;
        Some(Self {
            start: start.into(),
            content: content.into(),
            number: number.parse().ok()?,
            place: place.into(),
            size: size.parse().ok()?,
        })
    }

    fn identity(&self) -> String {
        format!("{}-{}", self.content, self.number)
    }

    fn file(&self) -> String {
        format!("{}.{}-{}-{}.{RECORD}", self.identity(), self.place, self.start, self.size)
    }
}

/// A folder that is being converted into, by this program alone.
#[derive(Debug)]
pub(crate) struct Folder {
    root: PathBuf,
    /// Of earlier runs, and not yet met again in this one.
    waiting: Mutex<Waiting>,
    _lock: File,
}

#[derive(Debug, Default)]
struct Waiting {
    names: Vec<Name>,
    by_content: HashMap<String, Vec<usize>>,
    by_place: HashMap<String, Vec<usize>>,
    taken: Vec<bool>,
    /// By content, the number that the next part has.
    next: HashMap<String, u64>,
}

/// What is to be done with a part.
pub(crate) enum Claim {
    /// Nothing: it was converted before.
    Done(Record),
    /// It is to be converted.
    New(Part),
}

/// A part that is being converted.
pub(crate) struct Part {
    name: Name,
    instead_of: Option<Name>,
    /// Where its files are made.
    pub(crate) folder: PathBuf,
}

impl Part {
    /// What its files are named by.
    pub(crate) fn identity(&self) -> String {
        self.name.identity()
    }
}

/// Does `what` with the file at `path`, and tells which it was.
fn on<T>(path: &Path, what: impl FnOnce(&Path) -> io::Result<T>) -> Result<T, FolderError> {
    what(path).map_err(|error| FolderError::Io { path: path.to_owned(), error })
}

/// As [`on`]; that there is none is no error.
fn if_there<T>(
    path: &Path,
    what: impl FnOnce(&Path) -> io::Result<T>,
) -> Result<Option<T>, FolderError> {
    on(path, |path| match what(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        other => other.map(Some),
    })
}

impl Folder {
    /// Opens the folder `root`, waits until no other program converts into it, and ends what one that was killed has left.
    pub(crate) fn open(root: &Path, settings: Settings) -> Result<Self, FolderError> {
        on(root, |path| fs::create_dir_all(path))?;
        on(&root.join(DONE), |path| fs::create_dir_all(path))?;
        on(&root.join(TEMPORARY), |path| fs::create_dir_all(path))?;
        let lock = on(&root.join(LOCK), |path| File::create(path))?;
        on(&root.join(LOCK), |_| lock.lock())?;
        let path = root.join(SETTINGS);
        match if_there(&path, |path| fs::read_to_string(path))? {
            None => write(&path, &settings)?,
            Some(text) => {
                let there: Settings = parse(&path, &text)?;
                if there != settings {
                    let there = format!(
                        "--to {} --part-size {}",
                        there.format.extension(),
                        there.part_size >> 20
                    );
                    return Err(FolderError::Settings { folder: root.to_owned(), there });
                }
            }
        }
        let mut this = Self { root: root.to_owned(), waiting: Mutex::default(), _lock: lock };
        let mut names = this.names()?;
        if this.recover(&names)? {
            names = this.names()?;
        }
        this.waiting = Mutex::new(Waiting::of(names));
        Ok(this)
    }

    fn names(&self) -> Result<Vec<Name>, FolderError> {
        let path = self.root.join(DONE);
        let mut names = Vec::new();
        for entry in on(&path, |path| fs::read_dir(path))? {
            let entry = on(&path, |_| entry)?;
            names.extend(entry.file_name().to_str().and_then(Name::read));
        }
        names.sort_by_key(Name::file);
        Ok(names)
    }

    /// Ends each part that has a record, and throws away the others. Returns whether there were any.
    fn recover(&self, names: &[Name]) -> Result<bool, FolderError> {
        let temporary = self.root.join(TEMPORARY);
        let mut any = false;
        for entry in on(&temporary, |path| fs::read_dir(path))? {
            let path = on(&temporary, |_| entry)?.path();
            any = true;
            let identity = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            match names.iter().find(|name| name.identity() == identity) {
                Some(name) => self.settle(&path, &self.record(name)?)?,
                None if path.is_dir() => on(&path, |path| fs::remove_dir_all(path))?,
                None => on(&path, |path| fs::remove_file(path))?,
            }
        }
        Ok(any)
    }

    fn record(&self, name: &Name) -> Result<Record, FolderError> {
        let path = self.root.join(DONE).join(name.file());
        let text = on(&path, |path| fs::read_to_string(path))?;
        parse(&path, &text)
    }

    /// Moves the files of a part with a record to their places, and removes those of the part that it takes the place of.
    fn settle(&self, folder: &Path, record: &Record) -> Result<(), FolderError> {
        let mut parents = BTreeSet::from([self.root.clone()]);
        for file in &record.files {
            let (from, to) = (folder.join(file), self.root.join(file));
            if let Some(parent) = to.parent() {
                on(parent, |path| fs::create_dir_all(path))?;
                parents.insert(parent.to_owned());
            }
            if if_there(&from, |from| fs::rename(from, &to))?.is_none() && !to.exists() {
                let reason = "a file that has a record in _done/ is missing".to_owned();
                return Err(FolderError::Broken { path: to, reason });
            }
        }
        for parent in parents {
            sync(&parent);
        }
        if let Some(old) = record.instead_of.as_deref().and_then(Name::read) {
            let path = self.root.join(DONE).join(old.file());
            if let Some(text) = if_there(&path, |path| fs::read_to_string(path))? {
                for file in parse::<Record>(&path, &text)?.files {
                    if_there(&self.root.join(file), |path| fs::remove_file(path))?;
                }
                on(&path, |path| fs::remove_file(path))?;
            }
        }
        on(folder, |path| fs::remove_dir_all(path))
    }

    /// What to do with the part number `index` of the input at `path`, whose text is `content`.
    pub(crate) fn claim(
        &self,
        path: Option<&Path>,
        index: u64,
        content: &Content<'_>,
    ) -> Result<Claim, FolderError> {
        let length = |pieces: &[Cow<'_, [u8]>]| pieces.iter().map(|piece| piece.len() as u64).sum();
        let start = content.pieces.len() - usize::from(content.ends_open);
        let size: u64 = length(&content.pieces[..start]);
        let whole: u64 = length(&content.pieces);
        let sum = hash(&content.pieces, whole);
        // The same file, by whatever path. What is no file is nowhere: nothing that comes from there later is the same grown.
        let real = path.filter(|path| path.is_file()).and_then(|path| fs::canonicalize(path).ok());
        let place = real.map(|real| {
            let sum = xxhash3_128::Hasher::oneshot(real.as_os_str().as_encoded_bytes());
            format!("{sum:032x}-{index}")
        });
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(mut name) = waiting.take_by_content(&sum, place.as_deref()) {
            if let Some(place) = place.filter(|place| *place != name.place) {
                let here = Name { place, ..name.clone() };
                let [old, new] = [&name, &here].map(|name| self.root.join(DONE).join(name.file()));
                on(&old, |old| fs::rename(old, &new))?;
                name = here;
            }
            return Ok(Claim::Done(self.record(&name)?));
        }
        let next = waiting.next.entry(sum.clone()).or_default();
        let number = *next;
        *next += 1;
        let instead_of = place.as_deref().and_then(|place| {
            waiting.take_by_place(place, |old| {
                old.size <= whole && old.start == hash(&content.pieces, old.size)
            })
        });
        drop(waiting);
        let place = place.unwrap_or_else(|| format!("{NOWHERE}-{index}"));
        let start = if size == whole { sum.clone() } else { hash(&content.pieces, size) };
        let name = Name { content: sum, number, place, start, size };
        let folder = self.root.join(TEMPORARY).join(name.identity());
        on(&folder, |path| fs::create_dir_all(path))?;
        Ok(Claim::New(Part { name, instead_of, folder }))
    }

    /// Makes the files of `part` those of the archive. It waits for the disk.
    pub(crate) fn finish(&self, part: &Part, mut record: Record) -> Result<(), FolderError> {
        record.instead_of = part.instead_of.as_ref().map(Name::file);
        // The record must not be on the disk before what it speaks of.
        let mut folders = BTreeSet::from([self.root.join(TEMPORARY), part.folder.clone()]);
        for file in &record.files {
            let path = part.folder.join(file);
            on(&path, |path| File::options().write(true).open(path)?.sync_all())?;
            folders.extend(path.parent().map(Path::to_owned));
        }
        for folder in folders {
            sync(&folder);
        }
        write(&self.root.join(DONE).join(part.name.file()), &record)?;
        self.settle(&part.folder, &record)
    }
}

impl Waiting {
    fn of(names: Vec<Name>) -> Self {
        let mut this = Self { taken: vec![false; names.len()], ..Self::default() };
        for (at, name) in names.iter().enumerate() {
            this.by_content.entry(name.content.clone()).or_default().push(at);
            this.by_place.entry(name.place.clone()).or_default().push(at);
            let next = this.next.entry(name.content.clone()).or_default();
            *next = (*next).max(name.number + 1);
        }
        this.names = names;
        this
    }

    /// A part with this content, if there is one of the same place.
    fn take_by_content(&mut self, content: &str, place: Option<&str>) -> Option<Name> {
        let all = self.by_content.get(content)?;
        let mut free = all.iter().filter(|at| !self.taken[**at]);
        let of_place = free.clone().find(|at| Some(self.names[**at].place.as_str()) == place);
        let at = *of_place.or_else(|| free.next())?;
        self.taken[at] = true;
        Some(self.names[at].clone())
    }

    fn take_by_place(&mut self, place: &str, is_it: impl Fn(&Name) -> bool) -> Option<Name> {
        let all = self.by_place.get(place)?;
        let at = *all.iter().find(|at| !self.taken[**at] && is_it(&self.names[**at]))?;
        self.taken[at] = true;
        Some(self.names[at].clone())
    }
}

/// The sum of the first `size` bytes of `content`.
fn hash(content: &[Cow<'_, [u8]>], size: u64) -> String {
    let mut hasher = xxhash3_128::Hasher::new();
    let mut left = usize::try_from(size).unwrap_or(usize::MAX);
    for piece in content {
        let piece = &piece[..piece.len().min(left)];
        hasher.write(piece);
        left -= piece.len();
    }
    format!("{:032x}", hasher.finish_128())
}

/// Writes a file that is there as a whole or not at all, whatever happens.
fn write(path: &Path, value: &impl Serialize) -> Result<(), FolderError> {
    let beside = path.with_extension("new");
    on(&beside, |beside| {
        let mut file = File::create(beside)?;
        serde_json::to_writer_pretty(&mut file, value)?;
        file.write_all(b"\n")?;
        file.sync_all()?;
        fs::rename(beside, path)
    })?;
    path.parent().map(sync);
    Ok(())
}

/// Sees to it that the names in `folder` are on the disk. Where folders cannot be synchronised, the system does so before long.
fn sync(folder: &Path) {
    let _ = File::open(folder).map(|folder| folder.sync_all());
}

fn parse<'a, T: Deserialize<'a>>(path: &Path, text: &'a str) -> Result<T, FolderError> {
    serde_json::from_str(text)
        .map_err(|error| FolderError::Broken { path: path.to_owned(), reason: error.to_string() })
}
