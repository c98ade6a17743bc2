//! Decides whether a value exists that meets a set of literals: the heart of the engine.
//!
//! A *state* is a set of literals (schemas that must hold, schemas that must fail) about one value.
//! It is decided type by type; unions become cases ([`cases`]), members and items become states of
//! their own ([`object`], [`array`]). Every answer is exact or unknown: what is not modelled is left
//! out when a proof is sought, and makes a constructed value a mere candidate.
//!
//! A state that comes back below itself is closed: if it had an instance, a smallest one would hold
//! a smaller one. Each state below consumes a member, an item or a name, so the argument is sound.
//!
//! The rooms call one another through the [`solver`]: to decide an object is to decide its members,
//! which may be objects. Their imports lead one way, from here down to [`outcome`].

mod array;
mod assert;
mod blame;
mod cases;
mod discriminator;
mod facts;
mod guess;
mod items;
mod leaf;
mod members;
mod names;
mod negation;
mod object;
mod outcome;
mod sharing;
mod solver;
mod split;
mod standing;
mod state;
mod ways;

pub(crate) use outcome::Decision;
pub(crate) use solver::{Memory, Solver};
