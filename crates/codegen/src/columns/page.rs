//! `docs/generated/columns.md`: the columns as a person reads them.

use std::fmt::Write as _;

use clip_events_contract::Contract;
use clip_events_contract::model::{Field, SchemaRef};

use super::assign::Columns;
use super::kind::Kind;
use crate::header::generated_from;

pub(super) fn render(contract: &Contract, columns: &Columns) -> String {
    let mut page = format!(
        "<!-- {} -->\n\n# Columns of an archive\n\n\
         What `clip-events convert` makes of deliveries: one table. Any column may be null. [How to use it](../archives.md).\n\n\
         | column | type | unit | meaning | of |\n|---|---|---|---|---|\n",
        generated_from("schema/")
    );
    for column in &columns.all {
        let sources = sources(contract, columns, &column.name);
        let field = sources.iter().find_map(|source| source.field);
        let unit = field.and_then(|field| match &field.value.schema {
            SchemaRef::Named(name) => contract.definitions[name].unit.as_deref(),
            SchemaRef::Inline(_) => None,
        });
        let unit = unit.filter(|_| column.kind != Kind::Timestamp).unwrap_or_default();
        let meaning = match field {
            Some(field) => contract.description(field),
            None if !sources.is_empty() => &contract.envelope.type_description,
            None => "Not sent any more.",
        };
        let of: Vec<_> = sources.iter().map(|source| source.of.as_str()).collect();
        let all = columns.events.len();
        let of = if of.len() == all && all > 1 { "all event types".into() } else { of.join(", ") };
        let _ = writeln!(
            page,
            "| `{}` | {} | {unit} | {} | {of} |",
            column.name,
            told(&column.kind),
            cell(meaning),
        );
    }
    page.push_str(
        "| `rest` | JSON | | What no column holds, at the place that it has in the delivery: undeclared fields, all `data` of an unknown \
         event type, `null` that was written, a number that its column cannot hold exactly, a time after the year 9999. | |\n",
    );
    page
}

/// Where the values of a column come from.
struct Place<'a> {
    of: String,
    /// None for the event type.
    field: Option<&'a Field>,
}

fn sources<'a>(contract: &'a Contract, columns: &Columns, name: &str) -> Vec<Place<'a>> {
    let envelope = columns.envelope.iter().filter(|(_, column)| *column == name).map(|(key, _)| {
        let field = contract.envelope.fields().find(|field| field.name == *key);
        Place { of: "envelope".into(), field }
    });
    let events = contract.events.iter().filter_map(|shape| {
        let data = columns.events.get(&shape.event_type)?.entries();
        let (key, _) = *data.iter().find(|(_, column)| *column == name)?;
        let mut fields = shape.fields.iter();
        let field = fields.find(|field| shape.is_whole || field.name == key);
        Some(Place { of: format!("`{}`", shape.event_type), field })
    });
    envelope.chain(events).collect()
}

/// A type as a person writes it.
fn told(kind: &Kind) -> String {
    match kind {
        Kind::Integer => "64-bit integer".into(),
        Kind::Number => "double".into(),
        Kind::Timestamp => "timestamp, ms, UTC".into(),
        Kind::Category => "string, dictionary".into(),
        Kind::Json => "JSON".into(),
        Kind::List(inside) => format!("list of: {}", told(inside)),
        Kind::Map(inside) => format!("map to: {}", told(inside)),
        Kind::Struct(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(name, kind)| format!("`{name}` {}", told(kind))).collect();
            format!("struct ({})", fields.join(", "))
        }
        plain => plain.word().into(),
    }
}

/// `text` in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}
