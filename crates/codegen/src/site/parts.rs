//! What the rooms of the page share: all that they read, and small parts of HTML.

use std::collections::BTreeMap;

use clip_events_contract::model::{Field, Schema, SchemaRef};
use clip_events_contract::{Contract, Sources};
use maud::{Markup, html};

use super::anchors::{self, set_anchor};
use super::extras::Extras;
use super::life::Life;
use crate::field_lines::{Line, lines};
use crate::samples::Samples;

/// All that the rooms of the page read.
pub(super) struct Site<'a> {
    pub(super) sources: &'a Sources,
    pub(super) contract: &'a Contract,
    pub(super) extras: &'a Extras,
    pub(super) samples: Vec<Samples>,
    pub(super) life: Life<'a>,
}

impl Site<'_> {
    /// The rows of `field`, and of those inside it.
    pub(super) fn rows(&self, field: &Field) -> Vec<Row> {
        let rows = lines(self.contract, field).into_iter().map(|Line { path, field }| Row {
            path,
            values: self.values(field),
            is_required: field.required,
            meaning: self.contract.description(field).to_owned(),
        });
        rows.collect()
    }

    /// The values that `field` takes.
    fn values(&self, field: &Field) -> Markup {
        let value = &field.value;
        let definition = match &value.schema {
            SchemaRef::Named(name) => self.contract.definitions.get(name),
            SchemaRef::Inline(_) => None,
        };
        let set = definition.filter(|definition| !definition.known_values.is_empty());
        // A format is a remark: no reader refuses a string for it.
        let (schema, format) = match self.contract.schema(value) {
            Schema::String { format: Some(format), limits } => {
                (Schema::String { format: None, limits: limits.clone() }, Some(format))
            }
            schema => (schema.clone(), None),
        };
        html! {
            (sentences(&schema.to_string()))
            @if let Some(format) = format { ", meant to be a " code { (format) } ": not checked" }
            @if let Some(set) = set {
                ", an " a href={ "#" (set_anchor(&set.name)) } { "open set" } ": "
                @for (at, value) in set.known_values.iter().enumerate() { @if at > 0 { ", " } code { (value) } }
            }
            @if let Some(unit) = definition.and_then(|it| it.unit.as_deref()) { ", " span.unit { (unit) } }
            @if value.nullable { ", or null" }
        }
    }
}

/// A line of a table of fields.
pub(super) struct Row {
    pub(super) path: String,
    pub(super) values: Markup,
    pub(super) is_required: bool,
    pub(super) meaning: String,
}

/// `rows`, each with a link of its own below `owner`.
pub(super) fn table(owner: &str, rows: impl Iterator<Item = Row>) -> Markup {
    let mut links = Links::default();
    let name = if owner.is_empty() {
        "Fields of the envelope".to_owned()
    } else {
        format!("Fields of {owner}")
    };
    html! {
        div.table tabindex="0" role="group" aria-label=(name) {
            table {
                thead { tr { th scope="col" { "Field" } th scope="col" { "Values" } th scope="col" { "Meaning" } } }
                tbody {
                    @for Row { path, values, is_required, meaning } in rows {
                        @let anchor = links.next(anchors::field(owner, &path));
                        tr id=(anchor) {
                            th scope="row" {
                                a href={ "#" (anchor) } { code { (visible(&path)) } }
                                @if !is_required { " " span.badge.optional { "optional" } }
                            }
                            td { (values) }
                            td { (sentences(&meaning)) }
                        }
                    }
                }
            }
        }
    }
}

/// The links of a table: of two alternatives, both may have a field of the same name.
#[derive(Default)]
struct Links(BTreeMap<String, usize>);

impl Links {
    fn next(&mut self, anchor: String) -> String {
        let count = self.0.entry(anchor.clone()).or_default();
        *count += 1;
        if *count == 1 { anchor } else { format!("{anchor}/{count}") }
    }
}

/// `path`; in quotes, if nobody would see it.
fn visible(path: &str) -> String {
    if path.trim().is_empty() { format!("{path:?}") } else { path.to_owned() }
}

/// The link to the part `anchor` of the page, to be copied.
pub(super) fn permalink(anchor: &str, name: &str) -> Markup {
    html! { a.permalink href={ "#" (anchor) } aria-label={ "Link to " (name) } { "#" } }
}

/// `asset-analysis` as a heading: `Asset analysis`.
pub(super) fn spoken(domain: &str) -> String {
    let text = domain.replace(['-', '_'], " ");
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// Text of the schemas, in which backticks mark code.
pub(super) fn sentences(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
