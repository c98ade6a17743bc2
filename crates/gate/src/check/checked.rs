//! What a check has found of a schema.

use schema_source::SchemaErrors;

use crate::document::Document;
use crate::finding::{Outcome, Report};

/// A schema that was checked.
#[derive(Debug)]
#[non_exhaustive]
pub struct Checked {
    /// Its path now, or the older one if it is gone.
    pub path: String,
    /// JSON Pointer in the file; empty for the whole of it.
    pub pointer: String,
    /// Its older path, if it had another one.
    pub moved_from: Option<String>,
    /// What was found.
    pub found: Found,
}

/// What was found of a schema.
#[derive(Debug)]
#[non_exhaustive]
pub enum Found {
    /// Nothing has changed, in it or in what it refers to.
    Unchanged,
    /// It has changed, is new, or is gone.
    Changed {
        /// What it is now, or was.
        document: Box<Document>,
        /// How it has changed.
        report: Box<Report>,
    },
    /// It cannot be read or judged.
    Failed(SchemaErrors),
}

impl Checked {
    /// What it comes to, what is accepted aside; none if it cannot be read or judged.
    pub fn outcome(&self) -> Option<Outcome> {
        match &self.found {
            Found::Unchanged => Some(Outcome::Additive),
            Found::Changed { report, .. } => Some(report.outcome()),
            Found::Failed(_) => None,
        }
    }
}
