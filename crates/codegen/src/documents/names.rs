//! The names of types in the documents: letters and digits of ASCII, each once.

use std::collections::BTreeSet;

use crate::type_names::{Form, free_name, type_name};

/// The names that are taken.
#[derive(Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// A name like `wanted` that is free, and whose `further` forms are; of two that want one, the next has a number.
    pub(super) fn choose(&mut self, wanted: &str, further: &[Form]) -> String {
        let forms = |name: &str| {
            let further = further.iter().map(|form| form(name));
            std::iter::once(name.to_owned()).chain(further).collect::<Vec<_>>()
        };
        let is_free = |name: &str| forms(name).iter().all(|form| !self.0.contains(form));
        let name = free_name(&type_name(wanted), is_free);
        self.0.extend(forms(&name));
        name
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn names_are_free_in_all_their_forms_whatever_the_text() {
        let event: fn(&str) -> String = |name| format!("{name}Event");
        let mut names = Names::default();
        for (text, expected) in [
            ("AssetId", "AssetId"),
            ("asset-id", "AssetId2"),
            ("PDFFile", "PDFFile"),
            ("ThingEvent", "ThingEvent"),
            ("東京", "N"),
            ("1st", "N1st"),
        ] {
            assert_eq!(names.choose(text, &[]), expected, "{text}");
        }
        assert_eq!(names.choose("thing", &[event]), "Thing2");
        assert_eq!(names.choose("Thing2Event", &[]), "Thing2Event2");
    }
}
