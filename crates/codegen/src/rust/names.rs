//! The Rust names of things in the contract, and the check that none is taken.

use std::collections::{BTreeMap, HashSet};

use clip_events_contract::model::{Definition, Schema};
use clip_events_contract::{Contract, Location, SchemaError, SchemaErrors, Sources, Weight};
use heck::{ToShoutySnakeCase as _, ToSnakeCase as _, ToUpperCamelCase as _};
use proc_macro2::Span;
use quote::format_ident;
use syn::Ident;

/// Names of types and traits that every Rust program uses: those of the prelude. Users may take all of the crate's names
/// into their scope, as the generated code does.
const PRELUDE: &[&str] = &[
    "AsMut",
    "AsRef",
    "AsyncFn",
    "AsyncFnMut",
    "AsyncFnOnce",
    "Box",
    "Clone",
    "Copy",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// Names of types that the generated code and the crate around it use themselves; a test of the contract holds
/// that all names that the crate exports are among them.
const RESERVED: &[&str] = &[
    "AnyEventType",
    "Bound",
    "Constraint",
    "Cow",
    "Data",
    "DataShape",
    "Deliveries",
    "Delivery",
    "Domain",
    "ErrorKind",
    "Event",
    "EventBuilder",
    "EventRef",
    "EventType",
    "FromStr",
    "Integer",
    "IntegerLimits",
    "IntegerRef",
    "InvalidUnknownError",
    "Judged",
    "Line",
    "List",
    "ListIter",
    "Map",
    "MapIter",
    "MissingFieldError",
    "OutOfRangeError",
    "ParseError",
    "Pattern",
    "Payload",
    "Printable",
    "PayloadRef",
    "RawJson",
    "RawJsonRef",
    "Rejection",
    "Steps",
    "Text",
    "TextLimits",
    "Unknown",
    "UnknownEventTypeError",
    "UnknownRef",
    "View",
];

/// The list of all known values of a definition, beside the constants that they are.
const KNOWN: &str = "KNOWN";

/// The names that are chosen for the whole contract. Each is free: of two things that would have one name, the first keeps it,
/// and the next has a number.
#[derive(Debug)]
pub(super) struct Names {
    shapes: BTreeMap<String, String>,
    definitions: BTreeMap<String, String>,
    shape_tables: BTreeMap<String, String>,
    tables: BTreeMap<String, String>,
    domains: BTreeMap<String, String>,
}

impl Names {
    /// Chooses the names of `contract`, the model of `sources`.
    ///
    /// # Errors
    ///
    /// If the contract's convention for names makes them errors: each name that would be taken.
    pub(super) fn of(sources: &Sources, contract: &Contract) -> Result<Self, SchemaErrors> {
        let mut choice = Choice {
            sources,
            is_strict: contract.manifest.conventions.names == Weight::Error,
            types: HashSet::new(),
            errors: Vec::new(),
        };
        let mut shapes = BTreeMap::new();
        // In the order of their files: of two that clash, the one in the later file is told.
        let mut events: Vec<_> = contract.events.iter().collect();
        events.sort_by(|a, b| a.location.cmp(&b.location));
        for event in events {
            let told = format!("`{}`", event.event_type);
            let forms = [Form::Owned, Form::Borrowed, Form::Builder];
            let name = choice.choose(
                &camel(&event.event_type),
                &forms,
                &told,
                &event.location,
                "rename the file",
            );
            shapes.insert(event.event_type.clone(), name);
        }
        let mut definitions = BTreeMap::new();
        for definition in contract.definitions.values() {
            let forms: &[Form] = match definition.schema {
                Schema::Object(_) => &[Form::Owned, Form::Borrowed, Form::Builder],
                Schema::Tagged { .. } | Schema::ByType(_) => &[Form::Owned, Form::Borrowed],
                _ => &[Form::Owned],
            };
            let told = format!("`{}`", definition.name);
            let name =
                choice.choose(&definition.name, forms, &told, &definition.location, "rename it");
            if choice.is_strict {
                choice.errors.extend(known_value_clashes(sources, definition));
            }
            definitions.insert(definition.name.clone(), name);
        }
        let domains = choice.domains(contract);
        let mut taken = HashSet::new();
        let mut table = |(key, name): (&String, &String)| {
            let table = free(&name.to_shouty_snake_case(), |name| !taken.contains(name));
            taken.insert(table.clone());
            (key.clone(), table)
        };
        let shape_tables = shapes.iter().map(&mut table).collect();
        let tables = definitions.iter().map(&mut table).collect();
        if choice.errors.is_empty() {
            Ok(Self { shapes, definitions, shape_tables, tables, domains })
        } else {
            Err(SchemaErrors(choice.errors))
        }
    }

    /// The struct of the shape of `event_type`.
    pub(super) fn shape(&self, event_type: &str) -> &str {
        &self.shapes[event_type]
    }

    /// The type of a definition.
    pub(super) fn definition(&self, name: &str) -> &str {
        &self.definitions[name]
    }

    /// The parser's table of the shape of `event_type`.
    pub(super) fn shape_table(&self, event_type: &str) -> &str {
        &self.shape_tables[event_type]
    }

    /// The parser's table of a definition.
    pub(super) fn table(&self, name: &str) -> &str {
        &self.tables[name]
    }

    /// The variant of a domain: `SocialPosts`.
    pub(super) fn domain(&self, domain: &str) -> Ident {
        identifier(&self.domains[domain])
    }
}

/// The types that one name stands for.
#[derive(Clone, Copy)]
enum Form {
    Owned,
    Borrowed,
    Builder,
}

impl Form {
    fn of(self, name: &str) -> String {
        match self {
            Self::Owned => name.to_owned(),
            Self::Borrowed => format!("{name}Ref"),
            Self::Builder => format!("{name}Builder"),
        }
    }
}

/// The names that are chosen so far.
struct Choice<'a> {
    sources: &'a Sources,
    /// Whether a name that is taken is a mistake.
    is_strict: bool,
    types: HashSet<String>,
    errors: Vec<SchemaError>,
}

impl Choice<'_> {
    /// A free name for a thing that would be called `wanted`, in all of its `forms`.
    fn choose(
        &mut self,
        wanted: &str,
        forms: &[Form],
        told: &str,
        location: &Location,
        help: &str,
    ) -> String {
        let is_free = |name: &str| {
            !is_parameter(name)
                && forms.iter().all(|form| {
                    let name = form.of(name);
                    !is_reserved(&name) && !self.types.contains(&name)
                })
        };
        let wanted = if is_word(wanted) { wanted.to_owned() } else { format!("N{wanted}") };
        // With a number after it, the name of a parameter is another one.
        let base = if is_parameter(&wanted) { format!("N{wanted}") } else { wanted.clone() };
        let name = free(&base, is_free);
        if self.is_strict && name != wanted {
            let taken = forms.iter().map(|form| form.of(&wanted));
            let taken = taken.filter(|name| {
                is_reserved(name) || is_parameter(name) || self.types.contains(name)
            });
            let taken = taken.collect::<Vec<_>>().join("`, `");
            let message = format!("{told} needs a name in Rust that is taken: `{taken}`");
            self.errors.push(self.sources.error(location, message, help));
        }
        self.types.extend(forms.iter().map(|form| form.of(&name)));
        name
    }

    fn domains(&mut self, contract: &Contract) -> BTreeMap<String, String> {
        let mut events: Vec<_> = contract.events.iter().collect();
        events.sort_by(|a, b| a.location.cmp(&b.location));
        let mut domains: BTreeMap<String, String> = BTreeMap::new();
        for event in events {
            if domains.contains_key(&event.domain) {
                continue;
            }
            let wanted = variant(&event.domain);
            let twin = domains.iter().find(|(_, name)| **name == wanted);
            let twin = twin.map(|(domain, _)| domain.clone());
            let name = free(&wanted, |name| !domains.values().any(|known| known == name));
            if self.is_strict && name != camel(&event.domain) {
                let message = match twin {
                    Some(twin) => {
                        format!("`{}` and `{twin}` are both {wanted} in Rust", event.domain)
                    }
                    None => format!("the name `{}` is taken", camel(&event.domain)),
                };
                let location = event.location.key("x-domain");
                self.errors.push(self.sources.error(&location, message, "rename it"));
            }
            domains.insert(event.domain.clone(), name);
        }
        domains
    }
}

/// `wanted`, or with the first number that makes it free.
fn free(wanted: &str, is_free: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number: u32| format!("{wanted}{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| is_free(name)).expect("numbers do not end")
}

/// The borrowing form of the type `name`: `AssetAnalysisProgressRef`.
pub(super) fn borrowed(name: &Ident) -> Ident {
    format_ident!("{name}Ref")
}

/// The builder of the struct `name`.
pub(super) fn builder(name: &Ident) -> Ident {
    format_ident!("{name}Builder")
}

/// The names of the fields with these keys: the key itself if it is one, or else one that is made of its words. Of two that would
/// be the same, the first keeps it, and the next has a number.
pub(super) fn fields<'a>(
    keys: impl Iterator<Item = &'a str> + Clone,
    taken: &[&str],
) -> Vec<Ident> {
    let is_name = |key: &str| is_snake(key) && !taken.contains(&key);
    // A key that is a name keeps it, wherever it stands.
    let mut used: HashSet<String> =
        keys.clone().filter(|key| is_name(key)).map(str::to_owned).collect();
    used.extend(taken.iter().map(|name| (*name).to_owned()));
    keys.map(|key| {
        if is_name(key) {
            return identifier(key);
        }
        let mut words = spoken(key).to_snake_case();
        if key.starts_with('_') && !words.is_empty() {
            words.insert(0, '_');
        }
        let words = match &words[..] {
            "" => "empty".to_owned(),
            words if words.starts_with(|c: char| c.is_numeric()) => format!("_{words}"),
            "self" | "super" | "crate" => format!("{words}_"),
            words => words.to_owned(),
        };
        let words = if is_word(&words) { words } else { "field".to_owned() };
        let numbered = (2..).map(|number: u32| format!("{words}_{number}"));
        let mut names = std::iter::once(words.clone()).chain(numbered);
        let name = names.find(|name| !used.contains(name)).expect("numbers do not end");
        used.insert(name.clone());
        identifier(&name)
    })
    .collect()
}

/// Whether `key` is a name of a field as it stands.
fn is_snake(key: &str) -> bool {
    let is_snake = key.starts_with(|c: char| c.is_ascii_lowercase() || c == '_')
        && key.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && key.chars().any(|c| c != '_');
    is_snake && !["self", "super", "crate"].contains(&key)
}

/// `text` with its signs in words: `+1` is `plus 1`.
fn spoken(text: &str) -> String {
    let mut spoken = String::new();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let before_digit = chars.peek().is_some_and(char::is_ascii_digit);
        match c {
            '+' => spoken.push_str(" plus "),
            '-' if spoken.is_empty() && before_digit => spoken.push_str(" minus "),
            c if c.is_alphanumeric() => spoken.push(c),
            _ => spoken.push(' '),
        }
    }
    spoken
}

/// The names of variants for these texts, each a name of its own, and none of `taken`.
pub(super) fn variants<'a>(texts: impl Iterator<Item = &'a str>, taken: &[&str]) -> Vec<Ident> {
    let mut used: HashSet<String> = taken.iter().map(|name| (*name).to_owned()).collect();
    texts
        .map(|text| {
            let name = free(&variant(text), |name| !used.contains(name));
            used.insert(name.clone());
            identifier(&name)
        })
        .collect()
}

/// `text` as the name of a variant.
fn variant(text: &str) -> String {
    match camel(text) {
        name if name.is_empty() => "Empty".to_owned(),
        name if name == "Self" => "Self_".to_owned(),
        name if !is_word(&name) => format!("N{name}"),
        name => name,
    }
}

/// `text` as the name of a type.
fn camel(text: &str) -> String {
    spoken(text).to_upper_camel_case()
}

/// The constants of these known values: `NEW_PLATFORM`, `_4K`; none for a value that makes none of its own.
pub(super) fn constants<'a>(values: impl Iterator<Item = &'a String>) -> Vec<Option<Ident>> {
    let mut used: HashSet<String> = [KNOWN.to_owned()].into();
    values
        .map(|value| {
            let name = constant_name(value);
            let is_name = name.is_ascii() && is_word(&name);
            (is_name && used.insert(name.clone())).then(|| format_ident!("{name}"))
        })
        .collect()
}

/// `name` as an identifier, raw if it is a keyword.
pub(super) fn identifier(name: &str) -> Ident {
    if is_keyword(name) {
        Ident::new_raw(name, Span::call_site())
    } else {
        Ident::new(name, Span::call_site())
    }
}

/// Whether `name` is a keyword. `syn` does not know `gen`, which is one since edition 2024.
fn is_keyword(name: &str) -> bool {
    name == "gen" || syn::parse_str::<Ident>(name).is_err()
}

/// Whether `name` could be an identifier, keyword or not.
fn is_word(name: &str) -> bool {
    // With a letter after it, no word is a keyword.
    !name.is_empty() && name != "_" && syn::parse_str::<Ident>(&format!("{name}x")).is_ok()
}

pub(super) fn constant_name(value: &str) -> String {
    let name = value.to_shouty_snake_case();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

fn is_reserved(name: &str) -> bool {
    PRELUDE.contains(&name) || RESERVED.contains(&name)
}

/// Whether `name` is that of a builder's type parameter: `F0`.
fn is_parameter(name: &str) -> bool {
    name.strip_prefix('F').is_some_and(|at| at.parse::<usize>().is_ok())
}

/// The known values of `definition` that make no constant of their own.
fn known_value_clashes(sources: &Sources, definition: &Definition) -> Vec<SchemaError> {
    let constants = constants(definition.known_values.iter());
    let clashes = constants.iter().zip(&definition.known_values).enumerate();
    let clashes = clashes.filter(|(_, (constant, _))| constant.is_none());
    clashes
        .map(|(index, (_, value))| {
            let location = definition.location.key("x-known-values").key(&index.to_string());
            sources.error(
                &location,
                format!("{value:?} makes no Rust constant of its own"),
                "use strings of ASCII letters, digits, `-` and `_` that differ in more than case and punctuation",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{constant_name, identifier};

    #[test]
    fn keywords_are_raw() {
        for (name, written) in
            [("type", "r#type"), ("gen", "r#gen"), ("async", "r#async"), ("kind", "kind")]
        {
            assert_eq!(identifier(name).to_string(), written);
        }
    }

    #[test]
    fn constants_are_identifiers() {
        for (value, name) in [("new-platform", "NEW_PLATFORM"), ("4k", "_4K"), ("a b", "A_B")] {
            assert_eq!(constant_name(value), name);
        }
    }
}
