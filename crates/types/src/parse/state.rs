//! The state of a pass.

use super::vocabulary::Fault;

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
    /// What a straight line has judged and refused: whoever takes over from it must not judge that again, since each container
    /// around it would double the work.
    pub(super) refused: Option<Fault<'a>>,
}

impl<'a> Reader<'a> {
    /// A pass over the delivery at the start of `input`.
    pub(crate) fn new(input: &'a [u8], extent: Extent) -> Self {
        Reader { input, extent, unicode: false, refused: None }
    }

    /// Takes over from a straight line, which has ended somewhere.
    #[inline(always)]
    pub(super) fn take_over(&mut self) -> Result<(), Fault<'a>> {
        if self.refused.is_none() { Ok(()) } else { self.refuse() }
    }

    #[cold]
    #[inline(never)]
    fn refuse(&mut self) -> Result<(), Fault<'a>> {
        self.refused.take().map_or(Ok(()), Err)
    }
}
