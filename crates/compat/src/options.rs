//! The options of a question.

use crate::draft::Draft;

/// How schemas are read, and how long the search for an answer may take.
///
/// ```
/// use schema_compat::{Draft, Options};
///
/// let options = Options::default().with_draft(Draft::Draft7).with_budget(1_000_000);
/// assert_eq!(options.draft, Some(Draft::Draft7));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// The draft of both schemas. By default it is the one that `$schema` names, or 2020-12.
    pub draft: Option<Draft>,
    /// Whether `format` is an assertion. By default it is an annotation.
    ///
    /// Validators differ on strings that are of a format to some of them only: a leap second, a lower-case `z`, zeros in
    /// front. What depends on one is [`Undecided`](crate::Answer::Undecided).
    pub assert_formats: bool,
    /// Drafts 6 and 7: whether `contentEncoding` and `contentMediaType` are assertions. Validators differ. By default an
    /// answer holds either way, and what depends on it is [`Undecided`](crate::Answer::Undecided). In later drafts they are
    /// annotations.
    pub assert_content: Option<bool>,
    /// Draft 4: whether a number with a zero fractional part, like `1.0`, is an integer, as since draft 6. By the text of
    /// draft 4 it is none; validators differ. By default a proof holds either way, and what depends on how a listed
    /// number is written is [`Undecided`](crate::Answer::Undecided); a witness may be such a number, taken for no integer,
    /// if there is no other.
    pub zero_fraction_is_integer: Option<bool>,
    /// Steps of search before the answer is [`Undecided`](crate::Answer::Undecided). The steps that a
    /// question takes are the same on every machine. The default, 4,000,000, is about a second at most.
    pub budget: u64,
    /// Bytes, about, that the search may take before the answer is
    /// [`Undecided`](crate::Answer::Undecided). The documents and the validators built from them come
    /// on top. The default is 200 MB.
    pub memory: u64,
}

impl Options {
    /// Reads both schemas by this draft, whatever their `$schema` says.
    #[must_use]
    pub fn with_draft(mut self, draft: Draft) -> Self {
        self.draft = Some(draft);
        self
    }

    /// Sets whether `format` is an assertion.
    #[must_use]
    pub fn with_assert_formats(mut self, assert_formats: bool) -> Self {
        self.assert_formats = assert_formats;
        self
    }

    /// Sets whether the content keywords of drafts 6 and 7 are assertions.
    #[must_use]
    pub fn with_assert_content(mut self, assert_content: bool) -> Self {
        self.assert_content = Some(assert_content);
        self
    }

    /// Sets whether `1.0` is an integer in draft 4.
    #[must_use]
    pub fn with_zero_fraction_is_integer(mut self, is_integer: bool) -> Self {
        self.zero_fraction_is_integer = Some(is_integer);
        self
    }

    /// Sets the steps of search.
    #[must_use]
    pub fn with_budget(mut self, steps: u64) -> Self {
        self.budget = steps;
        self
    }

    /// Sets the bytes that the search may take.
    #[must_use]
    pub fn with_memory(mut self, bytes: u64) -> Self {
        self.memory = bytes;
        self
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            draft: None,
            assert_formats: false,
            assert_content: None,
            zero_fraction_is_integer: None,
            budget: 4_000_000,
            memory: 200_000_000,
        }
    }
}
