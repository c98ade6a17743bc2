//! What is known of the choices in a document that a field tells apart.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::keywords::Types;

/// By where it stands, a choice whose branches a field tells apart; none of any other. A value of a known branch is read in all its parts,
/// once for each branch, and would have all of them read each time otherwise.
#[derive(Debug, Default)]
pub(crate) struct ToldApart(Mutex<HashMap<String, Option<Arc<Told>>>>);

/// A choice whose branches a field tells apart.
#[derive(Debug)]
pub(crate) struct Told {
    /// The field.
    pub(crate) tag: String,
    /// The types of values that some branch takes.
    pub(crate) types: Types,
    /// By value of the field, where the branch stands.
    pub(crate) places: HashMap<String, String>,
    /// Branches of other types.
    pub(crate) apart: Vec<String>,
}

impl ToldApart {
    fn known(&self) -> MutexGuard<'_, HashMap<String, Option<Arc<Told>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The choice at `pointer`, which is read if nothing is known of it yet; where it leads back to itself, nothing is.
    pub(crate) fn or_read(
        &self,
        pointer: &str,
        read: impl FnOnce() -> Option<Told>,
    ) -> Option<Arc<Told>> {
        if let Some(told) = self.known().get(pointer) {
            return told.clone();
        }
        self.known().insert(pointer.to_owned(), None);
        let told = read().map(Arc::new);
        self.known().insert(pointer.to_owned(), told.clone());
        told
    }
}
