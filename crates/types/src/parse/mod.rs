//! The parser: one pass over the bytes of a delivery, to a verdict and, if asked for, to its values.
//!
//! A delivery with its keys in declared order runs straight through generated code, which expects literals such as
//! `,"team_id":"` ([`line`]): compact ones first, and if the delivery does not begin so, the same with whitespace. Behind a
//! member that is not declared the line goes on. At the first byte that is not as expected, the [`general`] loops take
//! over with what is known so far. The pass says yes or no; [`explain`](mod@explain) reads a rejected delivery
//! again, to say what is wrong and where.
//!
//! The core knows no contract by name: it is generic over [`Tables`], which the generated code implements. Its own
//! tests implement a smaller one.
//!
//! What is inlined is so in optimised builds only where it would make a debug build large: the steps of straight lines, which are
//! many, and what the functions that call themselves would hold on the stack, once for each container.
//!
//! Invariant: every path that takes a delivery ends here; there is no second parser in the project.

#![expect(clippy::inline_always, reason = "measured: the straight line must not be cut into calls")]

mod alone;
mod explain;
mod general;
mod line;
mod members;
mod number;
mod pattern;
mod prediction;
mod reader;
mod sink;
mod skip;
mod string;
mod tables;
#[cfg(test)]
mod tests;
mod value;
mod vocabulary;
mod words;

#[cfg(feature = "serde")]
pub(crate) use alone::any_integer;
#[allow(unused_imports, reason = "a contract need not have limits on strings and integers")]
pub(crate) use alone::{any, takes_json, takes_str, value};
pub(crate) use explain::{explain, strings};
pub(crate) use general::{Passed, PassedEvent};
#[allow(unused_imports, reason = "a contract need not have recursive objects")]
pub(crate) use members::pass_over;
pub(crate) use members::{Entries, Items, first, first_text, float, integer, members, text};
#[allow(unused_imports, reason = "a contract need not have patterns")]
pub(crate) use pattern::Pattern;
pub(crate) use prediction::*;
#[allow(unused_imports, reason = "a contract need not have nested objects")]
pub(crate) use sink::Slots;
pub(crate) use sink::{Place, Sink, Slot, Values};
pub(crate) use tables::Tables;
pub(crate) use vocabulary::*;
pub(crate) use words::after;
