//! Programs for the page, in one language: to be copied.

use std::collections::BTreeMap;

/// Programs in one language. Each is a whole file, which a test of the page compiles.
pub(crate) struct Samples {
    /// The language, as people write it.
    pub(crate) language: &'static str,
    /// From a request to a typed event.
    pub(crate) receive: String,
    /// What handles an event, by event type.
    pub(crate) handle: BTreeMap<String, String>,
}
