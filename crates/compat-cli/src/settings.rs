//! `schema-compat.toml`: what is compared where the command line does not say it; and `schema-compat init`, which writes one.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use clap::{Args, ValueEnum};
use schema_compat_gate::{Direction, Gate, Layout};
use serde::Deserialize;

use crate::DraftName;

/// Writes a `schema-compat.toml` with comments, for `schema-compat check` without arguments.
///
/// Example: schema-compat init && schema-compat check
#[derive(Args)]
pub(crate) struct InitArguments {}

const FILE: &str = "schema-compat.toml";
const TEMPLATE: &str = include_str!("schema-compat.toml");

/// The file, or what is so without one.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) base: Option<String>,
    pub(crate) accepted: Option<String>,
    #[serde(default)]
    pub(crate) schemas: Vec<Schemas>,
}

/// Schemas that are compared in one way.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Schemas {
    pub(crate) paths: Vec<String>,
    pub(crate) direction: Option<Who>,
    pub(crate) draft: Option<DraftName>,
    #[serde(default)]
    pub(crate) assert_formats: bool,
    pub(crate) assert_content: Option<bool>,
    pub(crate) zero_fraction_is_integer: Option<bool>,
}

impl Schemas {
    /// Those at `paths`, of which nothing else is said.
    pub(crate) fn new(paths: Vec<String>) -> Self {
        Self {
            paths,
            direction: None,
            draft: None,
            assert_formats: false,
            assert_content: None,
            zero_fraction_is_integer: None,
        }
    }

    /// How they are judged.
    pub(crate) fn gate(&self) -> Gate {
        let mut gate = Gate::new(Layout::Whole);
        gate.direction = self.direction.unwrap_or(Who::Both).into();
        gate.draft = self.draft.map(Into::into);
        gate.assert_formats = self.assert_formats;
        gate.assert_content = self.assert_content;
        gate.zero_fraction_is_integer = self.zero_fraction_is_integer;
        gate
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Who {
    /// We send, others read: what we may send now has to be readable for those who were built against the old schema.
    Produce,
    /// Others send, we read: what they were allowed to send has to be readable still.
    Consume,
    /// Both, as for events that are read again from archives.
    Both,
}

impl From<Who> for Direction {
    fn from(who: Who) -> Self {
        match who {
            Who::Produce => Self::Produce,
            Who::Consume => Self::Consume,
            Who::Both => Self::Both,
        }
    }
}

impl Settings {
    /// Those of the working folder.
    pub(crate) fn read() -> Result<Self, String> {
        match fs::read_to_string(FILE) {
            Ok(text) => toml::from_str(&text).map_err(|error| format!("{FILE}: {error}")),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(format!("{FILE}: {error}")),
        }
    }
}

pub(crate) fn init() -> Result<(), String> {
    let written =
        File::create_new(Path::new(FILE)).and_then(|mut file| file.write_all(TEMPLATE.as_bytes()));
    written.map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => format!("{FILE} is there already"),
        _ => format!("{FILE}: {error}"),
    })
}
