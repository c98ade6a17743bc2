//! `patterns.py`: each `pattern` as the table of its automaton, the very one that the Rust parser has. No expression of Python's `re`
//! means the same: not `$`, not `\d`, and the properties of characters are not those of the same Unicode. And a table takes one step
//! a character, whatever the pattern.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clip_events_contract::Contract;
use clip_events_contract::model::{Schema, SchemaRef, Value};
use schema_compat::pattern::Automaton;

use super::text::literal;

/// The patterns of a contract, each once.
pub(super) struct Patterns<'a>(BTreeSet<&'a str>);

impl<'a> Patterns<'a> {
    pub(super) fn of(contract: &'a Contract) -> Self {
        let mut patterns = Self(BTreeSet::new());
        for definition in contract.definitions.values() {
            patterns.add(&definition.schema);
        }
        let fields = contract.events.iter().flat_map(|event| &event.fields);
        for field in fields.chain(contract.envelope.fields()) {
            patterns.add_value(&field.value);
        }
        patterns
    }

    fn add_value(&mut self, value: &'a Value) {
        // Definitions are looked at in their turn.
        if let SchemaRef::Inline(schema) = &value.schema {
            self.add(schema);
        }
    }

    fn add(&mut self, schema: &'a Schema) {
        match schema {
            Schema::String { limits, .. } => {
                self.0.extend(limits.patterns.iter().map(String::as_str));
            }
            Schema::Array { items, .. } => self.add_value(items),
            Schema::Map(values) => self.add_value(values),
            Schema::Object(fields) => {
                for field in fields {
                    self.add_value(&field.value);
                }
            }
            Schema::ByType(alternatives) | Schema::Untagged { alternatives, .. } => {
                for value in alternatives {
                    self.add_value(value);
                }
            }
            Schema::Any
            | Schema::Null
            | Schema::Boolean
            | Schema::Integer { .. }
            | Schema::Number { .. }
            | Schema::Enum(_)
            | Schema::Tagged { .. } => {}
        }
    }

    pub(super) fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// The name of the table of `pattern`.
    pub(super) fn name(&self, pattern: &str) -> String {
        format!("PATTERN_{}", self.0.range(..=pattern).count())
    }

    pub(super) fn render(&self) -> String {
        let mut file = String::from("\"\"\"Patterns as tables.\"\"\"\n");
        if !self.0.is_empty() {
            file.push_str("\nfrom .._pattern import Pattern\n");
        }
        for pattern in &self.0 {
            let automaton =
                Automaton::compile(pattern).expect("the renderer of the Rust tables compiles it");
            let starts = automaton.ranges().map(|(chars, _)| u32::from(*chars.start()));
            let classes = automaton.ranges().map(|(_, class)| class);
            let next = (0..automaton.states())
                .flat_map(|state| (0..automaton.classes()).map(move |class| (state, class)));
            let next = next.map(|(state, class)| automaton.next(state, class));
            let accepting = (0..automaton.states()).filter(|state| automaton.is_accepting(*state));
            let _ = write!(
                file,
                "\n{} = Pattern(\n    source={},\n    starts=({}),\n    classes=({}),\n    next=({}),\n    accepting=({}),\n)\n",
                self.name(pattern),
                literal(pattern),
                numbers(starts),
                numbers(classes),
                numbers(next),
                numbers(accepting),
            );
        }
        file
    }
}

/// What stands between the parentheses of a tuple.
fn numbers(numbers: impl Iterator<Item = impl ToString>) -> String {
    const WIDTH: usize = 100;
    let (mut text, mut line) = (String::new(), 0);
    for number in numbers.map(|number| number.to_string()) {
        let separator = if line + number.len() < WIDTH { " " } else { "\n        " };
        line = if separator == " " { line + number.len() + 2 } else { number.len() };
        if !text.is_empty() {
            text.push_str(separator);
        }
        text.push_str(&number);
        text.push(',');
    }
    text
}
