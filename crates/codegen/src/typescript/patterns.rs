//! `patterns.ts`: each pattern as a table, one look-up for each character. A regular expression of the engine would take as long as
//! a delivery likes it to, and know the letters of another version of Unicode.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clip_events_contract::Contract;
use clip_events_contract::model::Schema;
use schema_compat::pattern::Automaton;

use super::code::{doc, numbers, string};

/// The different patterns of a contract.
pub(super) struct Patterns(BTreeSet<String>);

impl Patterns {
    pub(super) fn of(contract: &Contract) -> Self {
        let limited = contract.definitions.values().filter_map(|definition| {
            let Schema::String { limits, .. } = &definition.schema else { return None };
            Some(limits.patterns.iter().cloned())
        });
        Self(limited.flatten().collect())
    }

    /// The constant that holds the table of the pattern `source`.
    pub(super) fn name(&self, source: &str) -> String {
        let at = self.0.iter().position(|known| known == source);
        format!("PATTERN_{}", at.expect("only definitions have patterns") + 1)
    }

    /// The line that imports all of them.
    pub(super) fn import(&self) -> String {
        let names: Vec<_> = self.0.iter().map(|source| self.name(source)).collect();
        if names.is_empty() {
            return String::new();
        }
        format!("import {{ {} }} from \"./patterns.js\";\n", names.join(", "))
    }

    pub(super) fn render(&self) -> String {
        let mut text = String::from("// The patterns of the contract as tables.\n\n");
        text.push_str(if self.0.is_empty() {
            "export {};\n"
        } else {
            "import type { Pattern } from \"../pattern.js\";\n"
        });
        for source in &self.0 {
            let automaton = Automaton::compile(source).expect("the types crate has a table of it");
            text.push('\n');
            text.push_str(&doc("", &format!("`{source}`")));
            let _ = write!(text, "export const {}: Pattern = ", self.name(source));
            text.push_str(&table(source, &automaton));
            text.push_str(";\n");
        }
        text
    }
}

/// A state that accepts whatever follows, and one that rejects it; as `pattern.ts` knows them.
const ACCEPT: i64 = -2;
const REJECT: i64 = -1;

fn table(source: &str, automaton: &Automaton) -> String {
    let number = |number: usize| i64::try_from(number).expect("there are few");
    let ascii = ('\0'..='\x7f').map(|c| number(automaton.class(c)));
    let others = || automaton.ranges().filter(|(chars, _)| !chars.end().is_ascii());
    let starts = others().map(|(chars, _)| i64::from(u32::from(*chars.start()).max(0x80)));
    let classes = others().map(|(_, class)| number(class));
    let states = 0..automaton.states();
    let next = states.clone().flat_map(|state| {
        (0..automaton.classes()).map(move |class| {
            let state = automaton.next(state, class);
            match automaton.certain(state) {
                Some(true) => ACCEPT,
                Some(false) => REJECT,
                None => number(state),
            }
        })
    });
    let accepting = states.map(|state| i64::from(automaton.is_accepting(state)));
    format!(
        "{{\n  source: {},\n  ascii: {},\n  starts: {},\n  classes: {},\n  width: {},\n  start: {},\n  accepting: {},\n  next: {},\n}}",
        string(source),
        numbers(ascii),
        numbers(starts),
        numbers(classes),
        automaton.classes(),
        Automaton::START,
        numbers(accepting),
        numbers(next),
    )
}
