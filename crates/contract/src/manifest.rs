//! `schema/contract.json`: what the contract is called, and how strict it is in matters of taste.

use std::path::Path;

use schema_source::{SchemaError, SchemaErrors, Source};
use serde_json::{Map, Value};

/// The file's name in the folder of the schemas.
const FILE: &str = "contract.json";

/// What the contract is called, and how strict it is in matters of taste.
///
/// Each key of the file may be left out, and so may the file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Manifest {
    /// A name for people.
    pub title: String,
    /// The name of the package of Rust types.
    pub package: String,
    /// The start of every `$id`. A name, not a place: nothing is fetched from it.
    pub base_id: String,
    /// Matters of taste.
    pub conventions: Conventions,
    /// Further keywords that constrain nothing.
    pub annotations: Vec<String>,
    /// The licence of the contract, as SPDX writes it.
    pub license: Option<String>,
    /// How deliveries are sent; nothing if the contract does not say.
    pub delivery: Option<Delivery>,
}

/// How deliveries are sent: what a receiver needs to know that no schema says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delivery {
    /// How they are sent, for a person.
    pub description: String,
    /// The header that shows who sent one.
    pub signature_header: String,
    /// What stands in it, for a person.
    pub signature_description: String,
    /// What an answer means to the sender, by its status: `2XX`.
    pub answers: Vec<(String, String)>,
}

impl Delivery {
    /// What `value` says, if it says all of it and nothing else.
    fn read(value: &Map<String, Value>) -> Option<Self> {
        let text = |key: &str| value.get(key)?.as_str().filter(|text| !text.is_empty());
        let answers = value.get("answers")?.as_object()?.iter();
        let answers = answers.map(|(status, meaning)| {
            let digits = status.bytes().filter(|digit| matches!(digit, b'0'..=b'9' | b'X')).count();
            let is_status = digits == 3 && status.len() == 3;
            Some((status.clone(), meaning.as_str()?.to_owned())).filter(|_| is_status)
        });
        (value.len() == 4).then_some(())?;
        Some(Self {
            description: text("description")?.to_owned(),
            signature_header: text("signatureHeader")?.to_owned(),
            signature_description: text("signatureDescription")?.to_owned(),
            answers: answers.collect::<Option<_>>()?,
        })
    }
}

/// Matters of taste, each with its weight.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Conventions {
    /// Fields and event types are in `snake_case`, definitions in `UpperCamelCase`, domains in kebab-case.
    pub names: Weight,
    /// Whatever has a name has a title, a description and examples.
    pub documentation: Weight,
    /// An event has an `id` and a time at which it was `created`.
    pub identity: Weight,
    /// Integers have both bounds, within 2^53 - 1.
    pub bounded_integers: Weight,
    /// What there is not is absent, never `null`.
    pub no_null: Weight,
    /// Sets are open: `x-known-values` instead of `enum`.
    pub open_sets: Weight,
}

/// How much a convention weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Weight {
    /// Nothing is said.
    #[default]
    Off,
    /// A breach is told, and does not stop anything.
    Advice,
    /// A breach is a mistake.
    Error,
}

impl Weight {
    fn named(name: &str) -> Option<Self> {
        match name {
            "off" => Some(Self::Off),
            "advice" => Some(Self::Advice),
            "error" => Some(Self::Error),
            _ => None,
        }
    }
}

impl Manifest {
    /// What holds without the file, in a contract whose envelope has the `$id` `envelope_id`.
    pub(crate) fn without_file(envelope_id: &str) -> Self {
        let base_id = envelope_id.strip_suffix("envelope.schema.json").unwrap_or_default();
        Self {
            title: "Events".into(),
            package: "events".into(),
            base_id: base_id.into(),
            conventions: Conventions::default(),
            annotations: Vec::new(),
            license: None,
            delivery: None,
        }
    }

    /// What `source` says, over `defaults`.
    ///
    /// # Errors
    ///
    /// Each key that means nothing, and each value of the wrong kind.
    pub(crate) fn read(source: &Source, defaults: Self) -> Result<Self, SchemaErrors> {
        let mut manifest = defaults;
        let mut errors = Vec::new();
        let keys = source.value.as_object().into_iter().flatten();
        for (key, value) in keys {
            let told = match (key.as_str(), value) {
                ("$comment", Value::String(_)) => Ok(()),
                ("title", Value::String(text)) if !text.is_empty() => {
                    manifest.title.clone_from(text);
                    Ok(())
                }
                ("package", Value::String(name)) if is_package(name) => {
                    manifest.package.clone_from(name);
                    Ok(())
                }
                ("baseId", Value::String(id)) if id.ends_with('/') => {
                    manifest.base_id.clone_from(id);
                    Ok(())
                }
                ("annotations", Value::Array(keywords))
                    if keywords.iter().all(Value::is_string) =>
                {
                    let keywords = keywords.iter().filter_map(Value::as_str);
                    manifest.annotations = keywords.map(str::to_owned).collect();
                    Ok(())
                }
                ("license", Value::String(expression)) if !expression.is_empty() => {
                    manifest.license = Some(expression.clone());
                    Ok(())
                }
                ("delivery", Value::Object(facts)) => match Delivery::read(facts) {
                    Some(delivery) => {
                        manifest.delivery = Some(delivery);
                        Ok(())
                    }
                    None => Err(DELIVERY),
                },
                ("conventions", Value::Object(weights)) => {
                    for (name, weight) in weights {
                        let place = format!("/conventions/{}", schema_source::escape_token(name));
                        let weight = weight.as_str().and_then(Weight::named);
                        match (manifest.conventions.get_mut(name), weight) {
                            (Some(convention), Some(weight)) => *convention = weight,
                            (None, _) => {
                                let help = format!("one of {}", NAMES.join(", "));
                                errors.push(source.error(&place, "no such convention", help));
                            }
                            (_, None) => {
                                let help = "write \"off\", \"advice\" or \"error\"";
                                errors.push(source.error(&place, "not a weight", help));
                            }
                        }
                    }
                    Ok(())
                }
                ("title", _) => Err("write a text"),
                ("package", _) => Err("write a name of lower-case letters, digits and dashes"),
                ("baseId", _) => Err("write a URI that ends with `/`"),
                ("annotations", _) => Err("write a list of keywords: [\"x-owner\"]"),
                ("license", _) => Err("write an SPDX expression: \"MIT\""),
                ("delivery", _) => Err(DELIVERY),
                ("conventions", _) => Err("write {\"names\": \"advice\"}"),
                _ => Err(
                    "remove it: title, package, baseId, conventions, annotations, license and delivery mean something here",
                ),
            };
            if let Err(help) = told {
                let place = format!("/{}", schema_source::escape_token(key));
                errors.push(source.error(
                    &place,
                    format!("`{key}` is not what it should be"),
                    help,
                ));
            }
        }
        if !source.value.is_object() {
            errors.push(source.error("", "not an object", "write {}"));
        }
        if errors.is_empty() { Ok(manifest) } else { Err(SchemaErrors(errors)) }
    }

    /// Reads the file in `folder` below `root`, if there is one.
    pub(crate) fn source(root: &Path, folder: &Path) -> Result<Option<Source>, SchemaErrors> {
        let path = folder.join(FILE);
        match root.join(&path).try_exists() {
            Ok(false) => Ok(None),
            Ok(true) => Source::read(root, path).map(Some),
            Err(error) => {
                let help = "the file must be readable";
                Err(SchemaError::of_file(path, format!("cannot be read: {error}"), help).into())
            }
        }
    }
}

/// What `delivery` should be.
const DELIVERY: &str = "write texts as description, signatureHeader and signatureDescription, and answers: {\"2XX\": \"Received.\"}";

/// The names of the conventions, as the file spells them.
const NAMES: [&str; 6] =
    ["names", "documentation", "identity", "bounded-integers", "no-null", "open-sets"];

impl Conventions {
    fn get_mut(&mut self, name: &str) -> Option<&mut Weight> {
        Some(match name {
            "names" => &mut self.names,
            "documentation" => &mut self.documentation,
            "identity" => &mut self.identity,
            "bounded-integers" => &mut self.bounded_integers,
            "no-null" => &mut self.no_null,
            "open-sets" => &mut self.open_sets,
            _ => return None,
        })
    }
}

fn is_package(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
}
