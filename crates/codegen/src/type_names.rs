//! Names of types in languages that take letters and digits of ASCII, and the check that none is taken.

use std::collections::HashSet;

use clip_events_contract::model::EventShape;
use clip_events_contract::{Contract, Location, SchemaError, SchemaErrors, Sources, Weight};

/// Makes the name of a type from that of a thing.
pub(crate) type Form = fn(&str) -> String;

/// The names that are chosen so far in a language. Each is free: of two things that would have one name, the first keeps it, and the next
/// has a number.
pub(crate) struct Choice<'a> {
    sources: &'a Sources,
    language: &'static str,
    /// Whether a name that is taken is a mistake.
    is_strict: bool,
    taken: HashSet<String>,
    errors: Vec<SchemaError>,
}

impl<'a> Choice<'a> {
    /// A choice of names in `language` for `contract`, the model of `sources`; what is `reserved` nothing may be called.
    pub(crate) fn new(
        sources: &'a Sources,
        contract: &Contract,
        language: &'static str,
        reserved: &[&str],
    ) -> Self {
        let is_strict = contract.manifest.conventions.names == Weight::Error;
        let taken = reserved.iter().map(|name| (*name).to_owned()).collect();
        Self { sources, language, is_strict, taken, errors: Vec::new() }
    }

    /// A name that is free in all of its `forms`, for the thing that is called `told`.
    pub(crate) fn choose(
        &mut self,
        told: &str,
        forms: &[Form],
        location: &Location,
        help: &str,
    ) -> String {
        let wanted = type_name(told);
        let is_free = |name: &str| !forms.iter().any(|form| self.taken.contains(&form(name)));
        let name = free_name(&wanted, is_free);
        if self.is_strict && name != wanted {
            let all = forms.iter().map(|form| form(&wanted));
            let taken: Vec<_> = all.filter(|name| self.taken.contains(name)).collect();
            let (language, taken) = (self.language, taken.join("`, `"));
            let message = format!("`{told}` needs a name in {language} that is taken: `{taken}`");
            self.errors.push(self.sources.error(location, message, help));
        }
        self.taken.extend(forms.iter().map(|form| form(&name)));
        name
    }

    /// All names that were chosen, and the reserved ones.
    ///
    /// # Errors
    ///
    /// If the contract's convention for names makes them errors: each name that would have been taken.
    pub(crate) fn taken(self) -> Result<HashSet<String>, SchemaErrors> {
        if self.errors.is_empty() { Ok(self.taken) } else { Err(SchemaErrors(self.errors)) }
    }
}

/// The events of `contract` in the order of their files: of two that clash, the one in the later file is told.
pub(crate) fn in_order_of_files(contract: &Contract) -> Vec<&EventShape> {
    let mut events: Vec<_> = contract.events.iter().collect();
    events.sort_by(|a, b| a.location.cmp(&b.location));
    events
}

/// The name itself.
pub(crate) fn itself(name: &str) -> String {
    name.to_owned()
}

/// The type of the whole event whose `data` is of the type `name`.
pub(crate) fn event_of(name: &str) -> String {
    format!("{name}Event")
}

/// `text` as the name of a type: `asset.analysis_failed` is `AssetAnalysisFailed`, and `URL` stays what it is.
pub(crate) fn type_name(text: &str) -> String {
    let mut name = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let (first, rest) = word.split_at(1);
        name.push_str(&first.to_ascii_uppercase());
        name.push_str(rest);
    }
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("N{name}") }
}

/// `wanted`, or else with the first number with which it is free.
pub(crate) fn free_name(wanted: &str, is_free: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number: u32| format!("{wanted}{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| is_free(name)).expect("numbers do not end")
}

#[cfg(test)]
mod tests {
    use super::type_name;

    #[test]
    fn every_text_makes_a_name() {
        for (text, name) in [
            ("asset.analysis.progress", "AssetAnalysisProgress"),
            ("AssetId", "AssetId"),
            ("asset-id", "AssetId"),
            ("URL", "URL"),
            ("größe", "GrE"),
            ("1st", "N1st"),
            ("東京", "N"),
            ("", "N"),
        ] {
            assert_eq!(type_name(text), name, "{text}");
        }
    }
}
