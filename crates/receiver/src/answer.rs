//! The answer to a request.

use std::fmt;

use crate::signature::SignatureError;

/// The answer to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// The delivery is stored.
    Stored,
    /// It was stored before.
    Duplicate,
    /// A newer one that waits makes it needless.
    Superseded,
    /// It is genuine and does not meet the contract. It is kept as a dead letter: to be sent again would not mend it.
    DeadLetter,
    /// It is not genuine.
    Refused(SignatureError),
    /// Its body is larger than the limit.
    TooLarge,
    /// Its body ended early, or was not sent as HTTP has it.
    Broken,
    /// Its body did not come in time.
    TimedOut,
    /// There is no room for it now.
    Full,
    /// It could not be stored.
    Unavailable,
}

impl Answer {
    /// The status of the HTTP response. On 503 the sender tries again later.
    pub fn status(&self) -> u16 {
        match self {
            Self::Stored | Self::Duplicate | Self::Superseded | Self::DeadLetter => 200,
            Self::Refused(error) if error.is_malformed() => 400,
            Self::Refused(_) => 401,
            Self::TooLarge => 413,
            Self::Broken => 400,
            Self::TimedOut | Self::Full | Self::Unavailable => 503,
        }
    }

    /// A short name that never changes: for logs, and as a label of metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Duplicate => "duplicate",
            Self::Superseded => "superseded",
            Self::DeadLetter => "dead_letter",
            Self::Refused(error) => error.name(),
            Self::TooLarge => "too_large",
            Self::Broken => "broken",
            Self::TimedOut => "timed_out",
            Self::Full => "full",
            Self::Unavailable => "unavailable",
        }
    }
}

/// What a sender may be told: of a refusal why, in words.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::TooLarge => f.write_str("the body is larger than the limit"),
            Self::Broken => f.write_str("the body is broken"),
            Self::TimedOut => f.write_str("the body did not come"),
            answer => f.write_str(answer.name()),
        }
    }
}
