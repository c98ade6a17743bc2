//! Patterns as tables: `Pattern` expressions of `parse/pattern.rs` in the types crate.

use clip_events_contract::model::Schema;
use clip_events_contract::{Contract, SchemaErrors, Sources};
use proc_macro2::{Literal, TokenStream};
use quote::quote;
use schema_compat::pattern::{Automaton, PatternError};

#[cfg(test)]
mod tests;

// The widths of the numbers in a table.
const _: () = assert!(Automaton::MAX_STATES < u16::MAX as usize && Automaton::MAX_CLASSES <= 256);

/// Checks that each pattern of `contract`, the model of `sources`, has a table.
///
/// # Errors
///
/// Each pattern that has none.
pub(super) fn check(sources: &Sources, contract: &Contract) -> Result<(), SchemaErrors> {
    let mut errors = Vec::new();
    for definition in contract.definitions.values() {
        let Schema::String { limits, .. } = &definition.schema else { continue };
        for pattern in &limits.patterns {
            if let Err(error) = Automaton::compile(pattern) {
                let help = "write a simpler pattern: it becomes a table of the types crate";
                let message = format!("the pattern `{pattern}` cannot be compiled: {error}");
                errors.push(sources.error(&definition.location.key("pattern"), message, help));
            }
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(SchemaErrors(errors)) }
}

/// The expression that makes the table of the pattern `source`.
///
/// # Errors
///
/// When the pattern has no automaton, or one that is too large.
pub(super) fn table(source: &str) -> Result<TokenStream, PatternError> {
    let Table { ascii, ranges, start, accepting, undecided, next } =
        Table::of(&Automaton::compile(source)?);
    let [ascii, ranges, next] = [&ascii, &ranges, &next].map(|bytes| byte_string(bytes));
    let [start, accepting, undecided] = [start, accepting, undecided].map(Literal::u16_unsuffixed);
    Ok(quote! {
        Pattern {
            source: #source,
            ascii: #ascii,
            ranges: #ranges,
            start: #start,
            accepting: #accepting,
            undecided: #undecided,
            next: #next,
        }
    })
}

/// The fields of a `Pattern`, whose documentation says how they are laid out.
struct Table {
    ascii: Vec<u8>,
    ranges: Vec<u8>,
    start: u16,
    accepting: u16,
    undecided: u16,
    next: Vec<u8>,
}

impl Table {
    fn of(automaton: &Automaton) -> Self {
        let undecided = || (0..automaton.states()).filter(|s| automaton.certain(*s).is_none());
        let accepting = || undecided().filter(|state| automaton.is_accepting(*state));
        let rejecting = undecided().filter(|state| !automaton.is_accepting(*state));
        let order: Vec<usize> = rejecting.chain(accepting()).collect();

        let mut numbers = vec![0; automaton.states()];
        for (number, state) in order.iter().enumerate() {
            numbers[*state] = number;
        }
        for (state, number) in numbers.iter_mut().enumerate() {
            if let Some(accepts) = automaton.certain(state) {
                *number = order.len() + usize::from(!accepts);
            }
        }
        let number = |number| u16::try_from(number).expect("there are at most MAX_STATES");
        let class = |class| u8::try_from(class).expect("there are at most MAX_CLASSES");

        let is_narrow = order.len() < usize::from(u8::MAX);
        let mut next = Vec::new();
        for class in 0..automaton.classes() {
            for state in &order {
                let target = number(numbers[automaton.next(*state, class)]).to_le_bytes();
                next.extend(&target[..if is_narrow { 1 } else { 2 }]);
            }
        }
        let mut ranges = Vec::new();
        for (chars, of) in automaton.ranges().filter(|(chars, _)| !chars.end().is_ascii()) {
            let first = u32::from(*chars.start()).max(0x80);
            ranges.extend(&first.to_be_bytes()[1..]);
            ranges.push(class(of));
        }
        Self {
            ascii: ('\0'..='\x7f').map(|c| class(automaton.class(c))).collect(),
            ranges,
            start: number(numbers[Automaton::START]),
            accepting: number(order.len() - accepting().count()),
            undecided: number(order.len()),
            next,
        }
    }
}

/// A byte string in lines.
fn byte_string(bytes: &[u8]) -> Literal {
    const WIDTH: usize = 90;
    let mut text = String::from("b\"");
    let mut line = 0;
    for byte in bytes {
        let byte = match byte {
            0 => "\\0".to_owned(),
            // A line is not to look like a comment, nor to begin with a space, which would be skipped; and a digit behind
            // `\0` would look like an octal number.
            b'/' | b' ' | b'0'..=b'9' => format!("\\x{byte:02x}"),
            byte => byte.escape_ascii().to_string(),
        };
        if line + byte.len() > WIDTH {
            text.push_str("\\\n");
            line = 0;
        }
        line += byte.len();
        text.push_str(&byte);
    }
    text.push('"');
    text.parse().expect("the bytes are escaped")
}
