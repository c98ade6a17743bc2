//! Lowers the schemas into the model: takes what every renderer honours, and refuses each other keyword by name and place.
//!
//! A place of the schemas is a [`conjunction`] of parts: `$ref` and `allOf` add to it. `value` makes one schema of all of them,
//! over `types`, `bounds`, `set`, `object` and `union`, none of which lowers what is inside; `context` walks and reports, `recursion` looks at what holds itself.
//! `definitions`, `envelope` and `event` (over `after` and `follow_up`) read one kind of file each.

mod after;
mod bounds;
mod conjunction;
mod context;
mod definitions;
mod envelope;
mod event;
mod follow_up;
mod object;
mod recursion;
mod set;
mod types;
mod union;
mod value;

use std::collections::BTreeMap;

use schema_source::{Location, SchemaErrors};

use crate::model::Contract;
use crate::sources::Sources;
use context::Context;
pub use context::TaggedUnion;

/// The model of `sources`.
///
/// # Errors
///
/// Each keyword that some renderer cannot honour, and each breach of a convention that the contract makes an error.
pub(crate) fn lower(sources: &Sources) -> Result<Contract, SchemaErrors> {
    let mut context = Context::new(sources);
    definitions::lower(&mut context);
    let mut envelope = envelope::lower(&mut context);
    let mut events = event::lower_all(&mut context);
    recursion::check_ends(&mut context);
    recursion::check_untagged(&mut context);
    recursion::check_alternatives(&mut context);
    let (mut definitions, advice) = context.finish()?;
    recursion::mark(&mut definitions, &mut envelope, &mut events);
    let manifest = sources.manifest.clone();
    Ok(Contract { manifest, envelope, definitions, events, advice })
}

/// The unions of `sources` whose alternatives a key tells apart, by the places of their `anyOf` or `oneOf`; also of a contract that
/// cannot be lowered as a whole.
pub fn tagged_unions(sources: &Sources) -> BTreeMap<Location, TaggedUnion> {
    let mut context = Context::new(sources);
    definitions::lower(&mut context);
    envelope::lower(&mut context);
    event::lower_all(&mut context);
    context.tagged
}
