//! The engine through its public interface: fixtures, properties, the binary's output.

mod binary;
mod fixtures;
mod generate;
mod properties;
mod second;
