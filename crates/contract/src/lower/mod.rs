//! Lowers the schemas into the model: takes what every renderer honours, and refuses each other keyword by name and place.
//!
//! `context` walks and reports; `scalar` (over `bounds`) reads the values of a field, `fields` the fields of an object;
//! `definitions`, `envelope` and `event` (over `follow_up`) read one kind of file each.

mod bounds;
mod context;
mod definitions;
mod envelope;
mod event;
mod fields;
mod follow_up;
mod scalar;

use schema_source::SchemaErrors;

use crate::model::Contract;
use crate::sources::Sources;
use context::Context;

/// The model of `sources`.
///
/// # Errors
///
/// Each keyword that some renderer cannot honour, and each breach of `schema/README.md`.
pub(crate) fn lower(sources: &Sources) -> Result<Contract, SchemaErrors> {
    let mut context = Context::new(sources);
    definitions::lower(&mut context);
    let envelope = envelope::lower(&mut context);
    let events = event::lower_all(&mut context);
    context.finish(|mut definitions| {
        definitions.sort_by(|a, b| a.name.cmp(&b.name));
        Contract { envelope, definitions, events }
    })
}
