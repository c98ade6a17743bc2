//! `docs/generated/events.md`: the event types as a person reads them.

use std::fmt::Write as _;

use clip_events_contract::Contract;
use clip_events_contract::model::Field;

use crate::header::generated_from;

/// The page.
pub(crate) fn render(contract: &Contract) -> String {
    let mut page = format!(
        "<!-- {} -->\n\n# Event types\n\n\
         Every delivery is an envelope with `data`, whose shape `type` chooses.\n\n",
        generated_from("schema/")
    );
    field_table(&mut page, contract, contract.envelope.fields());
    for event in &contract.events {
        let volume = if event.high_volume { ", high volume" } else { "" };
        let _ = write!(
            page,
            "\n## `{}`\n\n{} ({}{volume})\n\n",
            event.event_type, event.description, event.domain
        );
        if let Some(path) = &event.follow_up {
            let _ = write!(page, "Then: `GET {path}`\n\n");
        }
        field_table(&mut page, contract, &event.fields);
    }
    page
}

fn field_table<'a>(
    page: &mut String,
    contract: &Contract,
    fields: impl IntoIterator<Item = &'a Field>,
) {
    page.push_str("| field | values | meaning |\n|---|---|---|\n");
    for field in fields {
        let required = if field.required { "" } else { ", optional" };
        let description = contract.description(field).replace('|', "\\|").replace('\n', " ");
        let values = contract.schema(&field.value);
        let _ = writeln!(page, "| `{}` | {values}{required} | {description} |", field.name);
    }
}
