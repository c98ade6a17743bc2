//! The layout of deliveries: whether they name their event type, where, and how a document describes each type.

use schema_source::escape_token;
use serde_json::{Value, json};

use crate::path::{Path, Step};
use crate::words::anything;

/// The layout of deliveries: whether they name their event type, and where.
///
/// ```
/// use schema_compat_gate::Layout;
/// use serde_json::json;
///
/// let layout = Layout::Tagged { tag: "type".into(), content: "data".into() };
/// let document = json!({
///     "allOf": [{
///         "if": { "properties": { "type": { "const": "order.paid" } }, "required": ["type"] },
///         "then": { "properties": { "data": { "$ref": "#/$defs/order.paid" } } }
///     }],
///     "$defs": { "order.paid": { "type": "object" } }
/// });
/// assert_eq!(layout.event_types(&document), ["order.paid"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layout {
    /// Nothing tells deliveries apart: all that a document describes are compared at once.
    Whole,
    /// Each delivery is an object with a member that names its event type and one that holds the content.
    ///
    /// The document has a branch of `allOf` for each event type, in exactly the form of the example above, and the schema
    /// of the content under `$defs` by the name of the event type. A document without such branches has no event types:
    /// all its deliveries are compared at once.
    Tagged {
        /// The member that names the event type.
        tag: String,
        /// The member that holds the content.
        content: String,
    },
}

impl Layout {
    /// The event types that `document` tells apart, in its order.
    pub fn event_types<'a>(&self, document: &'a Value) -> Vec<&'a str> {
        let branches = document.get("allOf").and_then(Value::as_array);
        branches.into_iter().flatten().filter_map(|branch| self.event_type(branch)).collect()
    }

    /// The event type that `branch`, one of `allOf`, is about, if giving its content a schema is all that it does.
    pub(crate) fn event_type<'a>(&self, branch: &'a Value) -> Option<&'a str> {
        let Self::Tagged { tag, content } = self else { return None };
        let pointer = format!("/if/properties/{}/const", escape_token(tag));
        let event_type = branch.pointer(&pointer)?.as_str()?;
        let reference = format!("#{}", self.content_schema(event_type));
        let whole = json!({
            "if": self.is_of_type(event_type),
            "then": { "properties": { content: { "$ref": reference } } }
        });
        (*branch == whole).then_some(event_type)
    }

    /// The schema of all deliveries of `event_type`.
    pub(crate) fn is_of_type(&self, event_type: &str) -> Value {
        let Some(tag) = self.tag() else { return anything() };
        json!({ "properties": { tag: { "const": event_type } }, "required": [tag] })
    }

    /// JSON Pointer of the schema of the content of `event_type`, in a document.
    #[allow(clippy::unused_self)] // Of this layout it is so.
    pub(crate) fn content_schema(&self, event_type: &str) -> String {
        format!("/$defs/{}", escape_token(event_type))
    }

    /// The member that names the event type, if one does.
    pub(crate) fn tag(&self) -> Option<&str> {
        match self {
            Self::Whole => None,
            Self::Tagged { tag, .. } => Some(tag),
        }
    }

    /// The member that holds the content, unless that is the whole.
    pub(crate) fn content_member(&self) -> Option<&str> {
        match self {
            Self::Whole => None,
            Self::Tagged { content, .. } => Some(content),
        }
    }

    /// The way to the content in a delivery.
    pub(crate) fn content_path(&self) -> Path {
        let member = self.content_member().map(str::to_owned);
        member.map(Step::Field).map_or_else(Path::default, |step| Path::default().below(step))
    }

    /// Whether a path leads to the delivery or its content, and not to a field.
    pub(crate) fn is_whole(&self, path: &Path) -> bool {
        *path == Path::default() || *path == self.content_path()
    }

    /// The field at `path` as a person calls it: by its name, or within another field of the content by the way to it.
    pub(crate) fn named(&self, path: &Path) -> String {
        path.named(&self.content_path())
    }
}
