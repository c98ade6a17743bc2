//! What the benchmarks share: the contenders, and how they are measured.

pub mod alloc;
pub mod derived;
pub mod peers;
pub mod table;
pub mod traps;
pub mod typed;
pub mod visitor;
