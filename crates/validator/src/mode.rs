//! The modes: lenient for receivers, strict for senders.

/// The strictness of a [`Validator`](crate::Validator).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// For code that receives deliveries: undeclared fields, unknown event types and new values of open sets are
    /// accepted, and `format` is only an annotation. Accepts exactly what [`clip_events::Event::from_slice`] parses.
    Reader,
    /// For the team that sends deliveries: everything that [`Reader`](Self::Reader) lets pass is reported as well.
    /// With the feature `producer`, which is on by default.
    #[cfg(feature = "producer")]
    Producer,
}

impl Mode {
    /// Whether this mode accepts every delivery that `clip_events` parses.
    ///
    /// If it does, a delivery that has been parsed is valid and there is nothing left to explain.
    /// [`Validator::judge`](crate::Validator::judge) follows this rule; code that parses deliveries itself can use it
    /// to call [`Validator::explain`](crate::Validator::explain) only where that can find something.
    ///
    /// ```
    /// use clip_events_validator::Mode;
    ///
    /// assert!(Mode::Reader.accepts_all_that_parses());
    /// assert!(!Mode::Producer.accepts_all_that_parses());
    /// ```
    pub fn accepts_all_that_parses(self) -> bool {
        match self {
            Mode::Reader => true,
            #[cfg(feature = "producer")]
            Mode::Producer => false,
        }
    }
}
