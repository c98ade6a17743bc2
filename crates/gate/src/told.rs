//! What is known of the choices in a document that a field tells apart.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::keywords::Types;

/// What is known, by where it stands. A value of a known branch is read in all its parts, once for each branch, and would have all of them
/// read each time otherwise.
#[derive(Debug, Default)]
pub(crate) struct ToldApart {
    /// A choice whose branches a field tells apart; none of any other.
    choices: Mutex<HashMap<String, Option<Arc<Told>>>>,
    lists: Mutex<HashMap<String, Arc<OpenBranches>>>,
}

/// The parts of an `allOf`, of which some are branches of open unions.
#[derive(Debug, Default)]
pub(crate) struct OpenBranches {
    /// By the field that tells the branches apart, and by its value, the places in the list.
    by_tag: HashMap<String, HashMap<String, Vec<usize>>>,
    /// Those that are no branches.
    others: Vec<usize>,
}

impl OpenBranches {
    /// Adds a branch of an open union, for these values of a field.
    pub(crate) fn add(&mut self, place: usize, branch: Option<(&str, Vec<&str>)>) {
        let Some((tag, values)) = branch else { return self.others.push(place) };
        let by_value = self.by_tag.entry(tag.to_owned()).or_default();
        for value in values {
            by_value.entry(value.to_owned()).or_default().push(place);
        }
    }

    /// The places in the list, in order, of what says something of a value. `known` has the value of a field, if it is known of which
    /// branch it is; none for all that no branch has.
    pub(crate) fn of<'k>(&self, known: impl Fn(&str) -> Option<Option<&'k str>>) -> Vec<usize> {
        let mut places = self.others.clone();
        for (tag, by_value) in &self.by_tag {
            match known(tag) {
                None => places.extend(by_value.values().flatten()),
                Some(value) => {
                    places.extend(value.and_then(|it| by_value.get(it)).into_iter().flatten());
                }
            }
        }
        places.sort_unstable();
        places.dedup();
        places
    }
}

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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ToldApart {
    /// The parts of the `allOf` at `pointer`, which is read if nothing is known of it yet.
    pub(crate) fn parts_of(
        &self,
        pointer: &str,
        read: impl FnOnce() -> OpenBranches,
    ) -> Arc<OpenBranches> {
        let mut known = lock(&self.lists);
        if let Some(parts) = known.get(pointer) {
            return Arc::clone(parts);
        }
        let parts = Arc::new(read());
        known.insert(pointer.to_owned(), Arc::clone(&parts));
        parts
    }

    /// The choice at `pointer`, which is read if nothing is known of it yet; where it leads back to itself, nothing is.
    pub(crate) fn or_read(
        &self,
        pointer: &str,
        read: impl FnOnce() -> Option<Told>,
    ) -> Option<Arc<Told>> {
        if let Some(told) = lock(&self.choices).get(pointer) {
            return told.clone();
        }
        lock(&self.choices).insert(pointer.to_owned(), None);
        let told = read().map(Arc::new);
        lock(&self.choices).insert(pointer.to_owned(), told.clone());
        told
    }
}
