//! The names of types in the documents: letters and digits of ASCII, each once.

use std::collections::BTreeSet;

use heck::ToUpperCamelCase as _;

/// The names that are taken.
#[derive(Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// A name like `wanted` that is free, and whose `further` forms are; of two that want one, the next has a number.
    pub(super) fn choose(&mut self, wanted: &str, further: &[fn(&str) -> String]) -> String {
        let wanted = camel(wanted);
        let numbered = (2..).map(|number: u32| format!("{wanted}{number}"));
        let forms = |name: &str| {
            let further = further.iter().map(|form| form(name));
            std::iter::once(name.to_owned()).chain(further).collect::<Vec<_>>()
        };
        let mut names = std::iter::once(wanted.clone()).chain(numbered);
        let is_free = |name: &String| forms(name).iter().all(|form| !self.0.contains(form));
        let name = names.find(is_free).expect("numbers do not end");
        self.0.extend(forms(&name));
        name
    }
}

/// `text` as the name of a type.
fn camel(text: &str) -> String {
    let is_name = |text: &str| text.starts_with(|c: char| c.is_ascii_uppercase());
    if is_name(text) && text.chars().all(|c| c.is_ascii_alphanumeric()) {
        return text.to_owned();
    }
    let words = text.replace(|c: char| !c.is_ascii_alphanumeric(), " ");
    let name = words.to_upper_camel_case();
    if is_name(&name) { name } else { format!("N{name}") }
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
