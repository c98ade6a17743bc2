//! Why a pattern has no automaton.

/// Why a pattern has no automaton.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unsupported(pub(crate) &'static str);

impl std::fmt::Display for Unsupported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

/// The reason why a pattern cannot be [compiled](super::Automaton::compile), and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// It is no pattern under the flag `u`, or has a construct that no automaton follows.
    #[error("{construct}")]
    #[non_exhaustive]
    Unsupported {
        /// The construct, and what to write instead.
        construct: &'static str,
    },
    /// Its automaton has too many states.
    #[error("more than {limit} states in the automaton of the pattern: {SMALLER}")]
    #[non_exhaustive]
    TooManyStates {
        /// The most there may be.
        limit: usize,
    },
    /// Its states are too complex: many places of the pattern, or many look-arounds, stay open at a time.
    #[error("too many places of the pattern are open at a time: {SMALLER}")]
    TooComplex,
    /// It tells too many classes of characters apart.
    #[error(
        "more than {limit} classes of characters in the pattern: join single characters to a class such as `[a-z]`, \
         or list whole strings as an `enum`"
    )]
    #[non_exhaustive]
    TooManyClasses {
        /// The most there may be.
        limit: usize,
    },
}

const SMALLER: &str = "lower the counts of its repetitions, begin it with `^` if it describes whole strings, and state \
                       lengths as `minLength` and `maxLength`";
