//! Regular expressions as automata over Unicode scalar values, with the meaning of ECMA-262 under
//! the flag `u`, which JSON Schema recommends.
//!
//! A pattern is read ([`syntax`]) into a nondeterministic automaton with look-arounds
//! ([`automaton`]). Strings that meet several patterns are searched for ([`search`]) in the product
//! of their deterministic automata ([`subsets`]), which are built as far as the search goes.
//!
//! What cannot be read exactly is refused, never approximated: back references, modifiers, and what
//! is an error under the flag `u` (but `\-` and its like, which mean the same wherever they are
//! allowed, and stay refused beside `\p{...}`, which needs the flag).

mod automaton;
mod properties;
mod search;
mod subsets;
mod syntax;
#[cfg(test)]
mod tests;

pub(crate) use automaton::Pattern;
pub(crate) use search::{Found, Language};

/// Why a pattern has no automaton.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unsupported(pub(crate) &'static str);

impl std::fmt::Display for Unsupported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// A pattern as a conjunction of automata, some of them negated. One automaton holds it all.
pub(crate) fn parse(source: &str) -> Result<Vec<(Pattern, bool)>, Unsupported> {
    Ok(vec![(Pattern::new(source)?, true)])
}
