//! Doc comments.

use clip_events_contract::model::{Contract, Definition, Field, Schema};
use proc_macro2::TokenStream;
use quote::quote;

/// `text`, which is Markdown, as doc comments: one for each line. `format` wraps them.
///
/// A code block is text unless it says what it is, and by indentation alone none comes about: to rustdoc, either would be a
/// test.
pub(super) fn doc_attributes(text: &str) -> TokenStream {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut is_fenced = false;
    let lines = text.lines().map(|line| {
        let content = line.trim_start();
        let opens_text = !is_fenced && ["```", "~~~"].contains(&content.trim_end());
        let is_indented =
            line.starts_with("    ") || line.trim_start_matches(' ').starts_with('\t');
        let line =
            if is_indented && !is_fenced { format!("   {content}") } else { line.to_owned() };
        is_fenced ^= is_fence(content);
        let line = line.trim_end().chars().map(shown).collect::<String>();
        let space = if line.is_empty() { "" } else { " " };
        format!("{space}{line}{}", if opens_text { "text" } else { "" })
    });
    quote!(#(#[doc = #lines])*)
}

/// The text of a definition: its description, which values it takes unless its type says so, and their unit.
pub(super) fn definition_doc(definition: &Definition) -> String {
    let mut lines = vec![definition.description.clone()];
    let says_values = !matches!(
        &definition.schema,
        Schema::String { limits, .. } if limits.are_none()
    ) && !matches!(&definition.schema, Schema::Object(_) | Schema::Boolean);
    if says_values || definition.description.is_empty() {
        lines.push(format!("Takes: {}.", definition.schema));
    }
    lines.extend(definition.unit.as_ref().map(|unit| format!("Unit: {unit}.")));
    lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// The text of the borrowing form of a definition: its description, or which values it takes.
pub(super) fn borrowed_doc(definition: &Definition) -> String {
    match definition.description.as_str() {
        "" => format!("Takes: {}.", definition.schema),
        description => description.to_owned(),
    }
}

/// The text of a field: its description, or which values it takes.
pub(super) fn field_doc(contract: &Contract, field: &Field) -> String {
    match contract.description(field) {
        "" => format!("Takes: {}.", field.value),
        description => description.to_owned(),
    }
}

/// Whether a line with this content opens or closes a block of code.
pub(super) fn is_fence(content: &str) -> bool {
    content.starts_with("```") || content.starts_with("~~~")
}

/// `c`, or its escape: the compiler refuses control characters and those that turn the direction of text.
fn shown(c: char) -> String {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if turns || c.is_control() && c != '\t' { c.escape_unicode().to_string() } else { c.into() }
}
