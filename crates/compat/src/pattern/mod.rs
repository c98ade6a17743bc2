//! Regular expressions as automata over Unicode scalar values, with the meaning of ECMA-262 under
//! the flag `u`, which JSON Schema recommends.
//!
//! An [`Automaton`] is a pattern in full, for whoever makes a table of it. The engine itself does with less: it builds
//! automata only as far as it has to.
//!
//! A pattern is read ([`syntax`]) into a nondeterministic automaton with look-arounds
//! ([`automaton`]). Strings that meet several patterns are searched for ([`search`]) in the product
//! of their deterministic automata ([`subsets`]), which are built as far as the search goes; where that is too far, some of
//! them are joined ([`table`]). Built to the end ([`complete`]) and with equal states merged ([`minimal`]), one is an
//! [`Automaton`].
//!
//! Constructs that cannot be read exactly are refused, never approximated: back references but for simple ones ([`back`]),
//! modifiers, and errors under the flag `u` (but `\-` and its like, which mean the same wherever they are
//! allowed, and stay refused beside `\p{...}`, which needs the flag).

mod alphabet;
mod ast;
mod automaton;
mod back;
mod complete;
mod error;
mod minimal;
mod portable;
mod product;
mod properties;
mod ranges;
mod search;
mod subsets;
mod syntax;
mod table;
#[cfg(test)]
mod tests;

pub use complete::Automaton;
pub use error::PatternError;
pub use portable::read_portably;

pub(crate) use alphabet::Prefix;
pub(crate) use automaton::Pattern;
pub(crate) use error::Unsupported;
pub(crate) use product::Automata;
pub(crate) use search::{Language, Sample};
pub(crate) use subsets::Fuel;
pub(crate) use table::{Part, Table};
