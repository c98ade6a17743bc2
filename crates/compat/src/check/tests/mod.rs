//! The checker against proofs that are none: those of false statements, and damaged ones.

mod bench;
mod graft;
mod hand;
mod kinds;
mod pairs;
mod proofs;
mod strings;
mod tables;
mod tamper;
