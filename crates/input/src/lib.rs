#![doc = include_str!("../README.md")]

mod chunk;
mod pipeline;
mod source;
mod split;

pub use chunk::{Chunk, Content, MAX_DELIVERY, NOT_CLOSED, Part};
pub use pipeline::{Batch, Progress, run};
pub use source::{CannotRead, STDIN, Source, printable};
pub use split::{Sink, Stop, split};
