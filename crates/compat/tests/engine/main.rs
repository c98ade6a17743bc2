//! The engine through its public interface: fixtures, properties, the binary's output.

mod attack;
mod binary;
mod edit;
mod exact;
mod fixtures;
mod generate;
mod json;
mod properties;
mod random;
mod resources;
mod second;
mod shrink;
mod values;
mod vocabulary;
