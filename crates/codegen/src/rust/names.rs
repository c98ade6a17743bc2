//! The Rust names of things in the contract, and the check that none is taken.

use clip_events_contract::model::{Definition, EventShape, Field};
use clip_events_contract::{Contract, SchemaError, SchemaErrors, Sources};
use heck::{ToShoutySnakeCase as _, ToUpperCamelCase as _};
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
    "InvalidUnknownError",
    "Line",
    "OutOfRangeError",
    "ParseError",
    "Payload",
    "PayloadRef",
    "Rejection",
    "Text",
    "Unknown",
    "UnknownEventTypeError",
    "UnknownRef",
];

/// The list of all known values of a definition, beside the constants that they are.
const KNOWN: &str = "KNOWN";

/// The member of an event that holds `type` and `data`.
const PAYLOAD: &str = "payload";

/// The struct of a shape, and the variant of it: `AssetAnalysisProgress`.
pub(super) fn shape(event: &EventShape) -> Ident {
    format_ident!("{}", shape_name(event))
}

/// The borrowing struct of a shape: `AssetAnalysisProgressRef`.
pub(super) fn borrowed_shape(event: &EventShape) -> Ident {
    format_ident!("{}", borrowed_name(&shape_name(event)))
}

/// The builder of the struct `name`.
pub(super) fn builder(name: &Ident) -> Ident {
    format_ident!("{}", builder_name(&name.to_string()))
}

/// The type of a definition.
pub(super) fn definition(definition: &Definition) -> Ident {
    format_ident!("{}", definition.name)
}

/// The variant of a domain: `SocialPosts`.
pub(super) fn domain(domain: &str) -> Ident {
    format_ident!("{}", domain.to_upper_camel_case())
}

/// The constant of a known value or of a key: `NEW_PLATFORM`, `_4K`.
pub(super) fn constant(text: &str) -> Ident {
    format_ident!("{}", constant_name(text))
}

/// The field of a struct: its key, raw if that is a keyword.
pub(super) fn field(field: &Field) -> Ident {
    identifier(&field.name)
}

/// `name` as an identifier, raw if it is a keyword.
pub(super) fn identifier(name: &str) -> Ident {
    if is_keyword(name) { format_ident!("r#{name}") } else { format_ident!("{name}") }
}

/// Whether `name` is a keyword. `syn` does not know `gen`, which is one since edition 2024.
pub(super) fn is_keyword(name: &str) -> bool {
    name == "gen" || syn::parse_str::<Ident>(name).is_err()
}

fn shape_name(event: &EventShape) -> String {
    event.event_type.to_upper_camel_case()
}

fn borrowed_name(shape: &str) -> String {
    format!("{shape}Ref")
}

fn builder_name(built: &str) -> String {
    format!("{built}Builder")
}

fn constant_name(value: &str) -> String {
    let name = value.to_shouty_snake_case();
    if name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// Checks that everything in `contract`, the model of `sources`, has a name of its own.
///
/// # Errors
///
/// Each event type, definition and known value that would take the name of something else.
pub(super) fn check(sources: &Sources, contract: &Contract) -> Result<(), SchemaErrors> {
    let mut errors = Vec::new();
    if let Some(field) = contract.envelope.fields().find(|field| field.name == PAYLOAD) {
        let message = format!("an event in Rust has `type` and `data` as its `{PAYLOAD}`");
        let help = "leave it undeclared: objects are open, and readers pass over it";
        errors.push(sources.error(&field.location, message, help));
    }
    errors
        .extend(contract.events.iter().filter_map(|event| domain_clash(sources, contract, event)));
    errors.extend(contract.events.iter().filter_map(|event| event_clash(sources, contract, event)));
    for (at, definition) in contract.definitions.iter().enumerate() {
        // Definitions are sorted by name.
        let before = at.checked_sub(1).map(|before| &contract.definitions[before]);
        if is_reserved(&definition.name)
            || is_parameter(&definition.name)
            || before.is_some_and(|before| before.name == definition.name)
        {
            let message = format!("the name `{}` is taken", definition.name);
            errors.push(sources.error(&definition.location, message, "rename it"));
        }
        errors.extend(known_value_clashes(sources, definition));
    }
    if errors.is_empty() { Ok(()) } else { Err(SchemaErrors(errors)) }
}

fn is_reserved(name: &str) -> bool {
    PRELUDE.contains(&name) || RESERVED.contains(&name)
}

/// Whether `name` is that of a builder's type parameter: `F0`.
fn is_parameter(name: &str) -> bool {
    name.strip_prefix('F').is_some_and(|at| at.parse::<usize>().is_ok())
}

/// The clash of the domain of an event with that of one in an earlier file.
fn domain_clash(sources: &Sources, contract: &Contract, event: &EventShape) -> Option<SchemaError> {
    let name = domain(&event.domain);
    let twin = contract.events.iter().find(|other| {
        other.location < event.location
            && other.domain != event.domain
            && domain(&other.domain) == name
    });
    let message = match twin {
        Some(twin) => format!("`{}` and `{}` are both {name} in Rust", event.domain, twin.domain),
        None if name == "Self" => format!("the name `{name}` is taken"),
        None => return None,
    };
    Some(sources.error(&event.location.key("x-domain"), message, "rename it"))
}

/// The first clash among the types of an event: its owned struct, its borrowing struct and its builder.
fn event_clash(sources: &Sources, contract: &Contract, event: &EventShape) -> Option<SchemaError> {
    let names = |event| {
        let name = shape_name(event);
        [name.clone(), borrowed_name(&name), builder_name(&name)]
    };
    names(event).into_iter().find_map(|name| {
        // Of two that clash, the one in the later file is told.
        let twin = contract
            .events
            .iter()
            .find(|other| other.location < event.location && names(other).contains(&name));
        let (message, help) = if let Some(twin) = twin {
            let (event, twin) = (&event.event_type, &twin.event_type);
            (format!("`{event}` and `{twin}` are both {name} in Rust"), "rename one")
        } else if is_reserved(&name)
            || contract.definitions.iter().any(|definition| definition.name == name)
        {
            (format!("the name `{name}` is taken"), "rename the file")
        } else {
            return None;
        };
        Some(sources.error(&event.location, message, help))
    })
}

/// The known values of `definition` that make no constant of their own.
fn known_value_clashes(sources: &Sources, definition: &Definition) -> Vec<SchemaError> {
    let mut names = vec![KNOWN.to_owned()];
    let mut errors = Vec::new();
    for (index, value) in definition.known_values.iter().enumerate() {
        let name = constant_name(value);
        let is_name =
            name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_') && name.is_ascii();
        if is_name && !names.contains(&name) {
            names.push(name);
            continue;
        }
        let location = definition.location.key("x-known-values").key(&index.to_string());
        errors.push(sources.error(
            &location,
            format!("{value:?} makes no Rust constant of its own"),
            "use strings of ASCII letters, digits, `-` and `_` that differ in more than case and punctuation",
        ));
    }
    errors
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
