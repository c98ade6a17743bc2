//! Checks a proof, step by step, without the solver: it shares with it the normal form
//! ([`crate::node`]) and nothing else.
//!
//! It trusts that the normal form means the same as the documents ([`crate::lower`]), the judgement of
//! one value ([`crate::eval`]), the rules for numbers ([`crate::scalar::number`]), which it asks again, and
//! the deterministic automaton of a single pattern ([`crate::pattern`]), which it walks anew. Each of these has
//! tests of its own against other judges.
//!
//! The rooms call one another through the [`checker`]: a case of a union is a step again.

mod arrays;
mod checker;
mod discriminators;
mod known;
mod objects;
mod required;
mod sharing;
mod steps;
mod strings;
#[cfg(test)]
mod tests;
mod unions;

pub(crate) use steps::check;
