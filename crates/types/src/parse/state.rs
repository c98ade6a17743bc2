//! The state of a pass.

/// The part of the input that is the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// Its first line: a line feed ends the delivery and is not whitespace.
    FirstLine,
}

/// The state of one pass.
pub(crate) struct Reader<'a> {
    /// From the first byte of the delivery.
    pub(super) input: &'a [u8],
    pub(super) extent: Extent,
    /// Whether a string may hold bytes above 0x7f.
    pub(super) unicode: bool,
}

impl<'a> Reader<'a> {
    /// A pass over the delivery at the start of `input`.
    pub(crate) fn new(input: &'a [u8], extent: Extent) -> Self {
        Reader { input, extent, unicode: false }
    }
}
