//! The way in: the parser's quick yes where that is enough, the explaining path otherwise.

use crate::explain::explain;
use crate::mode::Mode;
use crate::verdict::Verdict;

/// Judges deliveries.
///
/// Making one costs nothing: what judging needs of the schemas is made once, when it is first needed, and shared by all.
#[derive(Debug)]
pub struct Validator {
    mode: Mode,
}

impl Validator {
    /// A validator of the embedded contract.
    pub fn new(mode: Mode) -> Self {
        Self { mode }
    }

    /// The mode that this validator was made with.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Judges one delivery: a JSON document in UTF-8.
    ///
    /// ```
    /// use clip_events_validator::{Mode, ViolationKind, Validator};
    ///
    /// let validator = Validator::new(Mode::Reader);
    /// let verdict = validator.judge(br#"{"id": "e1", "type": "asset.later", "created": -1, "data": {}}"#);
    /// assert_eq!(verdict.event_type.as_deref(), Some("asset.later"));
    /// assert_eq!(verdict.violations[0].rule, ViolationKind::Minimum);
    /// ```
    pub fn judge(&self, delivery: &[u8]) -> Verdict {
        if self.mode.accepts_all_that_parses() {
            if let Ok(name) = clip_events::judge(delivery) {
                return Verdict::valid(name);
            }
        }
        self.explain(delivery)
    }

    /// Gives the same verdict as [`judge`](Self::judge), but always by the schemas as they are written and never with the
    /// parser of `clip_events`. It is slower, and it is the reference that the parser is tested against.
    pub fn explain(&self, delivery: &[u8]) -> Verdict {
        explain(self.mode, delivery)
    }
}
