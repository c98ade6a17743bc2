//! The version that all crates of the workspace share: in the manifest of the workspace, in each lock file that names a crate,
//! since CI takes no lock file that is behind, and in the package for TypeScript.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use semver::Version;

/// Why the version of the crates cannot be read or raised.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file could not be read.
    #[error("{}: {error}", path.display())]
    File {
        /// The file, from the root of the workspace.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// The manifest of the workspace names no version.
    #[error(
        "Cargo.toml: no version in [workspace.package]\n  help: write it there, for all crates"
    )]
    None,
}

const MANIFEST: &str = "Cargo.toml";
const LOCK: &str = "Cargo.lock";
const NPM: &str = "bindings/typescript/package.json";
/// The manifest of the Python package, which has the version of the crates.
const PYTHON: &str = "bindings/python/pyproject.toml";

/// The version of the crates below `root`; none if there is no workspace beside the contract.
///
/// # Errors
///
/// When the manifest cannot be read, or has no version.
pub fn current(root: &Path) -> Result<Option<Version>, Error> {
    let Some(manifest) = read(root, Path::new(MANIFEST))? else { return Ok(None) };
    let (_, package) = manifest.split_once("[workspace.package]\n").ok_or(Error::None)?;
    let mut lines = package.lines().take_while(|line| !line.starts_with('['));
    let version = lines.find_map(|line| line.strip_prefix("version = "));
    let version = version.and_then(|text| Version::parse(text.trim_matches('"')).ok());
    version.map(Some).ok_or(Error::None)
}

/// Each file below `root` that names the crates' version, with `to` in place of `from`.
///
/// # Errors
///
/// When a file or folder cannot be read.
pub fn raised(root: &Path, from: &Version, to: &Version) -> Result<Vec<(PathBuf, String)>, Error> {
    let mut files = Vec::new();
    let mut raise = |path: PathBuf, change: &dyn Fn(&str) -> String| {
        let text = read(root, &path)?.unwrap_or_default();
        let changed = change(&text);
        if changed != text {
            files.push((path, changed));
        }
        Ok(())
    };
    raise(MANIFEST.into(), &|text| manifest(text, from, to))?;
    raise(NPM.into(), &|text| {
        text.replacen(&format!("\"version\": \"{from}\""), &format!("\"version\": \"{to}\""), 1)
    })?;
    let line = |version| format!("\nversion = \"{version}\"\n");
    raise(PYTHON.into(), &|text| text.replacen(&line(from), &line(to), 1))?;
    let lock = read(root, Path::new(LOCK))?.unwrap_or_default();
    let crates: BTreeSet<_> = own_packages(&lock, from).collect();
    let mut locks = Vec::new();
    find_locks(root, Path::new(""), &mut locks)?;
    for path in locks {
        raise(path, &|text| locked(text, &crates, from, to))?;
    }
    Ok(files)
}

fn manifest(text: &str, from: &Version, to: &Version) -> String {
    let mut section = "";
    let lines = text.split_inclusive('\n').map(|line| {
        if line.starts_with('[') {
            section = line.trim_end();
        }
        let is_crate = match section {
            "[workspace.package]" => line.starts_with("version = "),
            "[workspace.dependencies]" => line.contains("path = \""),
            _ => false,
        };
        let old = format!("version = \"{from}\"");
        if is_crate { line.replace(&old, &format!("version = \"{to}\"")) } else { line.to_owned() }
    });
    lines.collect()
}

/// What stands before each package of a lock file.
const PACKAGE: &str = "[[package]]\n";

/// The packages of a lock file that are folders, not downloads, and have this version.
fn own_packages<'a>(lock: &'a str, version: &'a Version) -> impl Iterator<Item = &'a str> {
    let packages = lock.split(PACKAGE).skip(1);
    packages.filter_map(move |package| own_package(package, version))
}

fn own_package<'a>(package: &'a str, version: &Version) -> Option<&'a str> {
    let value = |key| package.lines().find_map(|line: &str| line.strip_prefix(key));
    let is_own = value("source = ").is_none() && value("version = ")? == format!("\"{version}\"");
    value("name = ").filter(|_| is_own).map(|name| name.trim_matches('"'))
}

fn locked(lock: &str, crates: &BTreeSet<&str>, from: &Version, to: &Version) -> String {
    let packages = lock.split_inclusive(PACKAGE).map(|package| {
        let is_own = own_package(package, from).is_some_and(|name| crates.contains(name));
        let version = |version| format!("version = \"{version}\"\n");
        if is_own { package.replacen(&version(from), &version(to), 1) } else { package.to_owned() }
    });
    packages.collect()
}

/// Adds the lock files in `folder` and below; not those of builds and tools.
fn find_locks(root: &Path, folder: &Path, locks: &mut Vec<PathBuf>) -> Result<(), Error> {
    let failed = |error| Error::File { path: folder.into(), error };
    let mut entries: Vec<_> = fs::read_dir(root.join(folder))
        .and_then(Iterator::collect::<Result<_, _>>)
        .map_err(failed)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = folder.join(&name);
        if name == LOCK {
            locks.push(path);
        } else if entry.file_type().map_err(failed)?.is_dir()
            && !name.starts_with('.')
            && !["target", "node_modules"].contains(&name.as_str())
        {
            find_locks(root, &path, locks)?;
        }
    }
    Ok(())
}

fn read(root: &Path, path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(root.join(path)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::File { path: path.into(), error }),
    }
}
