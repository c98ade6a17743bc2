//! Regular expressions as automata over Unicode scalar values, with the meaning of ECMA-262 under
//! the flag `u`, which JSON Schema recommends.
//!
//! A pattern is read ([`syntax`]) into a nondeterministic automaton with look-arounds
//! ([`automaton`]). Strings that meet several patterns are searched for ([`search`]) in the product
//! of their deterministic automata ([`subsets`]), which are built as far as the search goes.
//!
//! Constructs that cannot be read exactly are refused, never approximated: back references, modifiers,
//! and errors under the flag `u` (but `\-` and its like, which mean the same wherever they are
//! allowed, and stay refused beside `\p{...}`, which needs the flag).

mod alphabet;
mod automaton;
mod properties;
mod ranges;
mod search;
mod subsets;
mod syntax;
#[cfg(test)]
mod tests;
mod unsupported;

pub(crate) use automaton::Pattern;
pub(crate) use search::{Language, Sample};
pub(crate) use unsupported::Unsupported;
