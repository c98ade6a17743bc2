//! `cargo xtask site`: the page about the contract, with the parser in it.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use clip_events_codegen::CodegenError;
use clip_events_codegen::site::{self, Change, Extras};
use clip_events_contract::{SchemaErrors, Sources, deliveries};
use schema_compat_gate::releases::ReleaseError;
use schema_compat_gate::report::{ChangeEntry, Kind, Summary};
use schema_compat_gate::{Document, Release};
use serde_json::Value;

use crate::compat;

/// What the playground is compiled for.
const TARGET: &str = "wasm32-unknown-unknown";
/// Annotations that say where an event type stands on the page: no receiver sees a change of them.
const OF_THE_PAGE: [&str; 2] = ["x-after", "x-domain"];
const PACKAGE: &str = "clip-events-playground";
/// The page, below the root of the workspace.
pub const PAGE: &str = "target/site/index.html";

/// Why the page could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The schemas are wrong, or an example delivery is.
    #[error(transparent)]
    Schemas(#[from] SchemaErrors),
    /// A release is not as it was released, or cannot be compared.
    #[error(transparent)]
    Release(#[from] ReleaseError),
    /// The page could not be rendered.
    #[error(transparent)]
    Render(#[from] CodegenError),
    /// The target is not installed.
    #[error(
        "the playground cannot be compiled: the target {TARGET} is not installed\n  help: rustup target add {TARGET}"
    )]
    NoTarget,
    /// The playground does not compile; the compiler has said why.
    #[error("the playground does not compile")]
    Playground,
    /// A file could not be read or written, or cargo could not be run.
    #[error("{what}: {error}")]
    Io {
        /// The file, or the program.
        what: String,
        /// Why.
        error: io::Error,
    },
}

/// Writes the page of the contract below `root` to [`PAGE`].
///
/// # Errors
///
/// When the schemas are not a contract, or the playground cannot be compiled.
pub fn write(root: &Path) -> Result<(), Error> {
    let sources = Sources::read(root)?;
    let mut extras = extras(root, &sources)?;
    let module = compile(root)?;
    let read = std::fs::read(&module);
    extras.playground = Some(read.map_err(|error| io_error(&module, error))?);
    let page = site::render(&sources, &extras)?;
    let path = root.join(PAGE);
    let folder = path.parent().unwrap_or(root);
    std::fs::create_dir_all(folder).map_err(|error| io_error(folder, error))?;
    std::fs::write(&path, page).map_err(|error| io_error(&path, error))
}

/// What the page shows besides `sources`, the schemas below `root`, but for the playground.
///
/// # Errors
///
/// When an example delivery or a release cannot be read, or a release is not as it was released.
pub fn extras(root: &Path, sources: &Sources) -> Result<Extras, Error> {
    let repository = Some(env!("CARGO_PKG_REPOSITORY").to_owned());
    let mut extras = Extras { repository, ..Extras::default() };
    for shape in &sources.data {
        let examples = deliveries::of(root, shape.stem())?;
        extras.deliveries.insert(shape.stem().to_owned(), examples);
    }
    extras.releases = releases(root, sources)?;
    Ok(extras)
}

/// What each release below `root` changed, newest first; and what has changed since, if that is anything.
fn releases(root: &Path, sources: &Sources) -> Result<Vec<site::Release>, Error> {
    let folder = compat::releases(root);
    folder.check_unedited()?;
    let mut told = Vec::new();
    let mut last: Option<Release> = None;
    for version in folder.versions()? {
        let release = compat::find(&folder, &version.to_string())?;
        let changes = last.map(|last| changes(&folder, &release.document, last)).transpose()?;
        told.push(site::Release { name: version.to_string(), is_to_come: false, changes });
        last = Some(release);
    }
    if let Some(last) = last {
        let changes = changes(&folder, &compat::document(sources)?, last)?;
        if !changes.is_empty() {
            let (name, changes) = ("Not yet released".to_owned(), Some(changes));
            told.push(site::Release { name, is_to_come: true, changes });
        }
    }
    told.reverse();
    Ok(told)
}

/// What `document` changed since `before`.
fn changes(
    folder: &schema_compat_gate::releases::Releases,
    document: &Document,
    before: Release,
) -> Result<Vec<Change>, Error> {
    let report = folder.gate.judge(document, before).map_err(ReleaseError::from)?;
    let reports = [report];
    let summary = Summary::new(document, &reports);
    let is_seen = |change: &&ChangeEntry<'_>| {
        let annotation = change.finding().rule().annotation.as_ref();
        !annotation.is_some_and(|annotation| OF_THE_PAGE.contains(&annotation.keyword.as_str()))
    };
    let changes = summary.changes().iter().filter(is_seen).map(|change| Change {
        title: change.finding().rule().title.clone(),
        what: change.finding().change.what.clone(),
        event_types: change.event_types().iter().map(|of| (*of).to_owned()).collect(),
        breaks: change.kind() == Kind::Breaking,
    });
    Ok(changes.collect())
}

/// Compiles the playground, and gives the path of its module.
fn compile(root: &Path) -> Result<PathBuf, Error> {
    let library =
        output(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    if !Path::new(library.trim()).is_dir() {
        return Err(Error::NoTarget);
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let messages = output(
        Command::new(cargo)
            .args(["build", "--locked", "--quiet", "--profile", "playground", "--package", PACKAGE])
            .args(["--target", TARGET, "--message-format", "json-render-diagnostics"])
            .current_dir(root),
    )?;
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let files = messages.flat_map(|message| match &message["filenames"] {
        Value::Array(files) => files.clone(),
        _ => Vec::new(),
    });
    let mut files = files.filter_map(|file| file.as_str().map(PathBuf::from));
    files.find(|file| file.extension().is_some_and(|it| it == "wasm")).ok_or(Error::Playground)
}

/// What `command` prints. What it complains of goes to the terminal.
fn output(command: &mut Command) -> Result<String, Error> {
    let ran = command.stderr(Stdio::inherit()).output();
    let ran = ran.map_err(|error| io_error(Path::new(command.get_program()), error))?;
    if !ran.status.success() {
        return Err(Error::Playground);
    }
    Ok(String::from_utf8_lossy(&ran.stdout).into_owned())
}

fn io_error(what: &Path, error: io::Error) -> Error {
    Error::Io { what: what.display().to_string(), error }
}
