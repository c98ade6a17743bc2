//! The engine through its public interface: fixtures, properties, the binary's output.

mod annotations;
mod binary;
#[cfg(target_os = "linux")]
mod bounded;
mod fixtures;
mod generate;
mod properties;
mod second;
mod texts;
mod witnesses;
