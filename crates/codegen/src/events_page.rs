//! `docs/generated/events.md`: the contract as a person reads it: the envelope, the event types by domain, the open sets.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use clip_events_contract::model::{
    Definition, EventShape, Field, Member, SchemaRef, Value as ContractValue,
};
use clip_events_contract::{Contract, Sources, sample};
use schema_source::pretty_json;

use crate::field_lines::{Line, lines};
use crate::header::generated_from;

/// The page. The examples in it are those of the schemas.
pub(crate) fn render(sources: &Sources, contract: &Contract) -> String {
    let outline = Outline::of(contract);
    let mut page = format!(
        "<!-- {} -->\n\n# Event types\n\n\
         Every delivery is an envelope with `data`, whose shape `type` chooses.\n",
        generated_from("schema/")
    );
    contents(&mut page, &outline);
    envelope(&mut page, contract, &outline);
    for Domain { name, events, .. } in &outline.domains {
        let _ = write!(page, "\n## {name}\n");
        for Entry { of: shape, .. } in events {
            event(&mut page, sources, contract, shape, &outline);
        }
    }
    open_sets(&mut page, &outline);
    page
}

/// What the page has headings of, with the anchors that they get.
struct Outline<'a> {
    envelope: String,
    domains: Vec<Domain<'a>>,
    open_sets: Vec<Entry<&'a Definition>>,
}

/// The event types of one domain.
struct Domain<'a> {
    name: &'a str,
    anchor: String,
    events: Vec<Entry<&'a EventShape>>,
}

struct Entry<T> {
    of: T,
    anchor: String,
}

const CONTENTS: &str = "Contents";
const ENVELOPE: &str = "The envelope";
const OPEN_SETS: &str = "Open sets";

impl<'a> Outline<'a> {
    fn of(contract: &'a Contract) -> Self {
        let mut anchors = Anchors::default();
        // In the order of the page, since a heading that occurs again gets another anchor.
        anchors.next("Event types");
        anchors.next(CONTENTS);
        let envelope = anchors.next(ENVELOPE);
        let mut by_domain: BTreeMap<&str, Vec<&EventShape>> = BTreeMap::new();
        for shape in &contract.events {
            by_domain.entry(&shape.domain).or_default().push(shape);
        }
        let domains = by_domain.into_iter().map(|(name, events)| {
            let anchor = anchors.next(name);
            let events = events.into_iter();
            let events = events.map(|of| Entry { of, anchor: anchors.next(&of.event_type) });
            Domain { name, anchor, events: events.collect() }
        });
        let domains = domains.collect();
        anchors.next(OPEN_SETS);
        let open_sets = contract.definitions.values().filter(|set| !set.known_values.is_empty());
        let open_sets = open_sets.map(|of| Entry { of, anchor: anchors.next(&of.name) });
        Self { envelope, domains, open_sets: open_sets.collect() }
    }

    /// The anchor of an open set.
    fn open_set(&self, definition: &Definition) -> Option<&str> {
        let set = self.open_sets.iter().find(|set| set.of.name == definition.name)?;
        Some(&set.anchor)
    }
}

/// The anchors that GitHub and most other renderers of Markdown give to headings.
#[derive(Default)]
struct Anchors(BTreeMap<String, usize>);

impl Anchors {
    fn next(&mut self, heading: &str) -> String {
        let lower = heading.to_lowercase();
        let kept = lower.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        let anchor = kept.collect::<String>().replace(' ', "-");
        let count = self.0.entry(anchor.clone()).or_default();
        *count += 1;
        if *count == 1 { anchor } else { format!("{anchor}-{}", *count - 1) }
    }
}

fn contents(page: &mut String, outline: &Outline<'_>) {
    let _ = write!(page, "\n## {CONTENTS}\n\n- [{ENVELOPE}](#{})\n", outline.envelope);
    for Domain { name, anchor, events } in &outline.domains {
        let _ = writeln!(page, "- [{name}](#{anchor})");
        for Entry { of, anchor } in events {
            let _ = writeln!(page, "  - [`{}`](#{anchor}): {}", of.event_type, one_line(&of.title));
        }
    }
    if !outline.open_sets.is_empty() {
        let sets = outline.open_sets.iter();
        let sets = sets.map(|Entry { of, anchor }| format!("[`{}`](#{anchor})", of.name));
        let _ = writeln!(page, "- {OPEN_SETS}: {}", sets.collect::<Vec<_>>().join(", "));
    }
}

fn envelope(page: &mut String, contract: &Contract, outline: &Outline<'_>) {
    let _ = write!(page, "\n## {ENVELOPE}\n\n{}\n\n", contract.envelope.description);
    let rows = contract.envelope.members.iter().flat_map(|member| match member {
        Member::Field(field) => rows(contract, field, outline),
        Member::Type => {
            let meaning = contract.envelope.type_description.clone();
            vec![Row { field: member.key().into(), values: "string".into(), meaning }]
        }
        Member::Data => {
            let meaning = "What happened: see the event types.".to_owned();
            vec![Row { field: member.key().into(), values: "object".into(), meaning }]
        }
    });
    table(page, rows);
}

fn event(
    page: &mut String,
    sources: &Sources,
    contract: &Contract,
    shape: &EventShape,
    outline: &Outline<'_>,
) {
    let _ = write!(page, "\n### `{}`\n\n{}\n", shape.event_type, shape.description);
    if shape.high_volume {
        page.push_str("\nHigh volume: it fires many times for one job.\n");
    }
    if !shape.after.is_empty() {
        let after: Vec<_> = shape.after.iter().map(|before| format!("`{before}`")).collect();
        let _ = write!(page, "\nAfter: {}\n", after.join(", "));
    }
    if let Some(path) = &shape.follow_up {
        let _ = write!(page, "\nThen: `GET {path}`\n");
    }
    if shape.fields.is_empty() {
        page.push_str("\n`data` has no declared fields.\n");
    } else {
        page.push('\n');
        table(page, shape.fields.iter().flat_map(|field| rows(contract, field, outline)));
    }
    if let Some(delivery) = sample::delivery(sources, &shape.event_type) {
        let _ = write!(page, "\n```json\n{}```\n", pretty_json(&delivery));
    }
}

fn open_sets(page: &mut String, outline: &Outline<'_>) {
    if outline.open_sets.is_empty() {
        return;
    }
    let _ = write!(
        page,
        "\n## {OPEN_SETS}\n\nA reader accepts values that are not listed: the lists grow.\n"
    );
    for Entry { of, .. } in &outline.open_sets {
        let values = of.known_values.iter().map(|value| format!("`{value}`"));
        let values = values.collect::<Vec<_>>().join(", ");
        let _ =
            write!(page, "\n### `{}`\n\n{}\n\nKnown today: {values}\n", of.name, of.description);
    }
}

/// A line of a table.
struct Row {
    field: String,
    values: String,
    meaning: String,
}

fn table(page: &mut String, rows: impl Iterator<Item = Row>) {
    page.push_str("| field | values | meaning |\n|---|---|---|\n");
    for Row { field, values, meaning } in rows {
        let _ = writeln!(page, "| `{field}` | {} | {} |", one_line(&values), one_line(&meaning));
    }
}

/// The lines of a field, and of those inside it.
fn rows(contract: &Contract, field: &Field, outline: &Outline<'_>) -> Vec<Row> {
    let lines = lines(contract, field).into_iter().map(|Line { path, field }| {
        let optional = if field.required { "" } else { ", optional" };
        let values = format!("{}{optional}", values(contract, &field.value, outline));
        Row { field: path, values, meaning: contract.description(field).to_owned() }
    });
    lines.collect()
}

/// The values that a place takes.
fn values(contract: &Contract, value: &ContractValue, outline: &Outline<'_>) -> String {
    let open_set = match &value.schema {
        SchemaRef::Named(name) => outline.open_set(&contract.definitions[name]),
        SchemaRef::Inline(_) => None,
    };
    let null = if value.nullable { ", or null" } else { "" };
    let schema = contract.schema(value);
    let unit = match &value.schema {
        SchemaRef::Named(name) => contract.definitions[name].unit.as_deref(),
        SchemaRef::Inline(_) => None,
    };
    let unit = unit.map(|unit| format!("; unit: {unit}")).unwrap_or_default();
    match open_set {
        Some(anchor) => format!("{schema}, an [open set](#{anchor}){null}"),
        None => format!("{schema}{unit}{null}"),
    }
}

/// `text` as it stands in a cell of a table or an item of a list.
fn one_line(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}
