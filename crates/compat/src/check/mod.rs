//! Checks a proof, step by step, without the solver: it shares with it the normal form
//! ([`crate::node`]) and nothing else.
//!
//! It trusts that the normal form means the same as the documents ([`crate::lower`]), the judgement of
//! one value ([`crate::eval`]), and the rules for numbers and strings
//! ([`crate::scalar`]), which it asks again. Each of these has tests of its own against other
//! judges.
//!
//! The rooms call one another through the [`checker`]: a case of a union is a step again.

mod arrays;
mod checker;
mod discriminators;
mod known;
mod objects;
mod required;
mod steps;
#[cfg(test)]
mod tests;
mod unions;

pub(crate) use steps::check;
