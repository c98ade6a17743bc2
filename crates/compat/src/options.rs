//! How a question is asked.

use crate::draft::Draft;

/// How schemas are read, and how long is searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The draft of both schemas; `None` takes it from `$schema`, else 2020-12.
    pub draft: Option<Draft>,
    /// Whether `format` asserts (`false`: it is an annotation).
    pub formats: bool,
    /// Steps of search before the answer is [`Verdict::Undecided`]. The default takes about a
    /// second at most; the steps of one question are the same on every machine.
    pub budget: u64,
    /// Bytes that the search may take, about, before the answer is [`Verdict::Undecided`]; the
    /// documents and the validators built from them come on top.
    pub memory: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { draft: None, formats: false, budget: 4_000_000, memory: 200_000_000 }
    }
}
