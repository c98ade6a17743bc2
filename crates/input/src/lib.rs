#![doc = include_str!("../README.md")]

mod pipeline;
mod source;
mod split;

pub use pipeline::{Batch, Progress, run};
pub use source::{CannotRead, STDIN, Source, printable};
pub use split::{Chunk, Content, MAX_DELIVERY, NOT_CLOSED, Part, Sink, Stop, split};
