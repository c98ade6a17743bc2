//! The engine through its public interface: fixtures, properties, the binary's output.

mod annotations;
mod attack;
mod binary;
#[cfg(target_os = "linux")]
mod bounded;
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
mod texts;
mod unions;
mod values;
mod vocabulary;
mod witnesses;
