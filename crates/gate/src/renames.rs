//! Which new fields one that is gone may have become.

use std::collections::HashMap;

use crate::node::{Field, Node};

/// As many pairs of a field that is gone and one that is new are compared to find out what was renamed. Of more, those are that differ in
/// how they are written alone.
const MAX_PAIRS: usize = 40_000;

/// So many fields of the same letters are compared with one that is gone, where fields are many.
const MAX_LIKE: usize = 16;

/// The letters of a name, however they are written.
pub(crate) fn letters(name: &str) -> String {
    name.to_lowercase().replace(['_', '-'], "")
}

/// The fields that are declared only now, without those that others have become.
pub(crate) struct Added<'f> {
    fields: Vec<Option<&'f Field>>,
    /// By letters, if the fields are too many to compare each with all that are gone.
    by_letters: Option<HashMap<String, Vec<usize>>>,
}

impl<'f> Added<'f> {
    pub(crate) fn between(released: &Node, new: &'f Node) -> Self {
        let is_new = |field: &&Field| released.fields.get(&field.name).is_none();
        let fields: Vec<_> = new.fields.iter().filter(is_new).collect();
        let is_gone = |field: &&Field| new.fields.get(&field.name).is_none();
        let gone = released.fields.iter().filter(is_gone).count();
        let by_letters = (gone.saturating_mul(fields.len()) > MAX_PAIRS).then(|| {
            let mut by_letters: HashMap<_, Vec<_>> = HashMap::new();
            for (index, field) in fields.iter().enumerate() {
                by_letters.entry(letters(&field.name)).or_default().push(index);
            }
            by_letters
        });
        Self { fields: fields.into_iter().map(Some).collect(), by_letters }
    }

    /// Those that `old` may have become, each with its place.
    pub(crate) fn like(&self, old: &Field) -> Vec<(usize, &'f Field)> {
        let at = |index: usize| Some((index, self.fields[index]?));
        match &self.by_letters {
            None => (0..self.fields.len()).filter_map(at).collect(),
            Some(by_letters) => {
                let like = by_letters.get(&letters(&old.name)).into_iter().flatten();
                like.copied().take(MAX_LIKE).filter_map(at).collect()
            }
        }
    }

    /// The field at `index`, which is new no more.
    pub(crate) fn take(&mut self, index: usize) -> Option<&'f Field> {
        self.fields[index].take()
    }

    pub(crate) fn rest(self) -> impl Iterator<Item = &'f Field> {
        self.fields.into_iter().flatten()
    }
}
