//! A document as the gate reads it: its parts, its event types, and what it says of one value.

use serde_json::{Map, Value};

use crate::keywords::is_annotation;
use crate::layout::Layout;
use crate::pointer::of_reference;
use crate::told::ToldApart;

/// A document, with the layout of its deliveries.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) layout: &'a Layout,
    pub(crate) document: &'a Value,
    pub(crate) told_apart: &'a ToldApart,
}

/// Where a document speaks of one value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Spot {
    /// JSON Pointers of subschemas, all of which hold.
    pub(crate) pointers: Vec<String>,
    /// The branches of unions that the value is known to be of.
    pub(crate) cases: Vec<Case>,
}

/// A branch of a tagged union.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Case {
    /// The field that tells the branches apart.
    pub(crate) tag: String,
    /// Its value; none for all that no branch has.
    pub(crate) value: Option<String>,
}

impl Spot {
    /// The value that is described at `pointers`.
    pub(crate) fn at(pointers: impl IntoIterator<Item = String>) -> Self {
        let mut spot = Self::default();
        for pointer in pointers {
            if !spot.pointers.contains(&pointer) {
                spot.pointers.push(pointer);
            }
        }
        spot
    }

    /// The same value, where its field `tag` is `value`.
    pub(crate) fn of_case(&self, tag: &str, value: Option<&str>) -> Self {
        let case = Case { tag: tag.to_owned(), value: value.map(str::to_owned) };
        let mut cases: Vec<_> = self.cases.iter().cloned().chain([case]).collect();
        cases.sort();
        Self { pointers: self.pointers.clone(), cases }
    }
}

impl<'a> View<'a> {
    /// The part of the document at a JSON Pointer.
    pub(crate) fn part(self, pointer: &str) -> Option<&'a Value> {
        self.document.pointer(pointer)
    }

    /// The part of the document that `reference`, the value of a `$ref`, leads to.
    pub(crate) fn referred(self, reference: &str) -> Option<&'a Value> {
        self.part(&of_reference(reference)?)
    }

    /// The event types that the document tells apart.
    pub(crate) fn event_types(self) -> Vec<&'a str> {
        self.layout.event_types(self.document)
    }
}

/// Tag and values of the branch of an open union that `schema` is: `if` a field has one of the values, `then` more holds, and
/// nothing else.
pub(crate) fn open_branch(schema: &Map<String, Value>) -> Option<(&str, Vec<&str>)> {
    let mut keywords = schema.keys().filter(|keyword| !is_annotation(keyword));
    if !keywords.all(|keyword| ["if", "then"].contains(&keyword.as_str())) {
        return None;
    }
    schema.get("then")?;
    let condition = schema.get("if")?.as_object()?;
    let properties = condition.get("properties")?.as_object()?;
    let [required] = condition.get("required")?.as_array()?.as_slice() else { return None };
    let mut fields = properties.iter();
    let (Some((tag, field)), None) = (fields.next(), fields.next()) else { return None };
    let field = field.as_object()?;
    let is_bare =
        condition.len() == 2 + usize::from(condition.get("type").is_some_and(|it| it == "object"));
    let values = match (field.get("const"), field.get("enum")) {
        (Some(value), None) => std::slice::from_ref(value),
        (None, Some(Value::Array(values))) => values.as_slice(),
        _ => return None,
    };
    let values = values.iter().map(Value::as_str).collect::<Option<Vec<_>>>()?;
    (is_bare && field.len() == 1 && *required == **tag).then_some((tag, values))
}

/// Whether `schema` accepts every value, as far as can be seen.
pub(crate) fn says_nothing(schema: &Value) -> bool {
    match schema {
        Value::Bool(true) => true,
        Value::Object(keywords) => keywords.keys().all(|keyword| is_annotation(keyword)),
        _ => false,
    }
}
