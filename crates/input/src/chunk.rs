//! What an input is split into: whole lines, or deliveries that were cut out, and what is wrong between them.

use memchr::{memchr, memchr_iter};

/// The largest delivery that is judged, in bytes. A larger one is reported and skipped.
pub const MAX_DELIVERY: usize = 16 << 20;

/// What is wrong with an array that ends with the input: when that grows, it may be right.
pub const NOT_CLOSED: &str = "the array that starts here is not closed: add `]`.";

/// A piece of an input. Chunks come in the order of the input.
#[derive(Debug, PartialEq, Eq)]
pub enum Chunk {
    /// Whole lines.
    Lines {
        /// The number of the first line, counted from 1.
        first: u64,
        /// The lines; a line feed ends each but the last of an input.
        bytes: Vec<u8>,
    },
    /// Deliveries that were cut out one at a time.
    Parts(Vec<Part>),
}

impl Chunk {
    /// The number of bytes of input that it holds.
    pub(crate) fn size(&self) -> u64 {
        let size = match self {
            Self::Lines { bytes, .. } => bytes.len(),
            Self::Parts(parts) => parts.iter().map(Part::size).sum(),
        };
        size as u64
    }

    /// About the memory that it takes.
    pub(crate) fn weight(&self) -> u64 {
        match self {
            Self::Lines { .. } => self.size(),
            Self::Parts(parts) => parts.iter().map(|part| part.weight() as u64).sum(),
        }
    }

    /// Two chunks of it: the first ends with the delivery at byte `at`, counted from 1, if it does not end before.
    pub(crate) fn split_behind(self, at: usize) -> (Self, Option<Self>) {
        match self {
            Self::Lines { first, mut bytes } => {
                let newline =
                    bytes.get(at.saturating_sub(1)..).and_then(|rest| memchr(b'\n', rest));
                let end = newline.map_or(bytes.len(), |newline| at.saturating_sub(1) + newline + 1);
                let rest = bytes[end..].to_vec();
                bytes.truncate(end);
                let next = first + memchr_iter(b'\n', &bytes).count() as u64;
                let rest = (!rest.is_empty()).then_some(Self::Lines { first: next, bytes: rest });
                (Self::Lines { first, bytes }, rest)
            }
            Self::Parts(mut parts) => {
                let mut size = 0;
                let fits = parts.iter().take_while(|part| {
                    let before = size;
                    size += part.weight();
                    before < at.max(1)
                });
                let rest = parts.split_off(fits.count());
                (Self::Parts(parts), (!rest.is_empty()).then_some(Self::Parts(rest)))
            }
        }
    }
}

/// One delivery of an input, or a defect between two of them.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// The line on which it starts, counted from 1.
    pub line: u64,
    /// The column at which it starts, in characters, counted from 1.
    pub column: u64,
    /// The delivery, or the defect.
    pub content: Content,
}

impl Part {
    /// The number of bytes of input that it holds.
    pub(crate) fn size(&self) -> usize {
        if let Content::Delivery(bytes) = &self.content { bytes.len() } else { 0 }
    }

    /// About the memory that it takes: a defect, or a short delivery, takes more than its bytes.
    fn weight(&self) -> usize {
        self.size() + size_of::<Self>()
    }
}

/// What [`Part`] is.
#[derive(Debug, PartialEq, Eq)]
pub enum Content {
    /// The bytes of a delivery.
    Delivery(Vec<u8>),
    /// Larger than [`MAX_DELIVERY`]; a sum of its bytes, `XXH3` of 64 bits, tells it from others.
    TooLarge(u64),
    /// What is wrong between two deliveries, or with the whole input: the rule, and a message.
    Defect(&'static str, &'static str),
}
