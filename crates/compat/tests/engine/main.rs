//! The engine through its public interface: fixtures, properties, attacks.

mod annotations;
mod attack;
mod dense;
mod drafts;
mod edit;
mod exact;
mod fixtures;
mod generate;
mod json;
mod meaning;
mod properties;
mod questions;
mod random;
mod reading;
mod resources;
mod second;
mod shrink;
mod texts;
mod unions;
mod values;
mod vocabulary;
mod witnesses;
