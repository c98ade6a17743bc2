//! Why a command could not do its work: what, where, and what to do next.

use std::io;
use std::path::PathBuf;

use clip_events_receiver::{InboxError, SecretError};

use clip_events_input::{CannotRead, printable};

/// The reason why a command ends with the status 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("cannot write the output: {0}")]
    Output(#[from] io::Error),
    #[error(transparent)]
    Input(#[from] CannotRead),
    #[error("{}", printable(&.0.to_string()))]
    Secret(#[from] SecretError),
    /// Its name is not told: it may be the secret itself, given by mistake.
    #[error(
        "what --secret-env names is no environment variable that is set: give the name of the variable, not the secret"
    )]
    NoVariable,
    /// As [`Self::NoVariable`].
    #[error(
        "what --secret-file names is no file that is here: give the path of the file, not the secret"
    )]
    NoFile,
    #[error(
        "no secret is given: name the environment variable that holds it by --secret-env, or the file by --secret-file"
    )]
    NoSecret,
    #[error("the scenario {name} is broken: {reason}")]
    Scenario { name: String, reason: String },
    #[error("cannot set {}: {reason}", printable(path))]
    Set { path: String, reason: &'static str },
    #[error("cannot listen on 127.0.0.1:{port}: {error}; another port is chosen by --port")]
    Listen { port: u16, error: io::Error },
    #[error("cannot write {}: {error}", printable(&path.to_string_lossy()))]
    Save { path: PathBuf, error: io::Error },
    #[error(
        "{}:{line}: neither a delivery nor a request that `clip-events listen --save` has written: {}",
        printable(&path.to_string_lossy()),
        printable(reason)
    )]
    Line { path: PathBuf, line: u64, reason: String },
    #[error(
        "{}:{line}: a delivery without its signature: sign it anew, by --resign and --secret-env or --secret-file",
        printable(&path.to_string_lossy())
    )]
    Unsigned { path: PathBuf, line: u64 },
    #[error("{}: {}", printable(&path.to_string_lossy()), printable(&error.to_string()))]
    Inbox { path: PathBuf, error: InboxError },
    #[error("a database on stdin cannot be read: give the name of its file")]
    PipedInbox,
    #[error(
        "{}: a database, and not an inbox of clip-events-receiver: name the file that SqliteInbox was opened with",
        printable(&path.to_string_lossy())
    )]
    NoInbox { path: PathBuf },
    #[error(
        "{program} is not installed: in a checkout, `cargo install --path archive` does it (docs/archives.md)"
    )]
    NotInstalled { program: &'static str },
    #[error("cannot run {program}: {error}")]
    Program { program: &'static str, error: io::Error },
}
