//! A step of the check, and how it ended.

use std::fmt;
use std::time::Duration;

/// How a step ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds; a few words on it.
    Holds(String),
    /// It does not, for this reason.
    Fails(String),
    /// It was left out, for this reason.
    LeftOut(String),
}

/// A step that was taken or left out.
#[derive(Debug)]
pub struct Step {
    /// Its name.
    pub name: &'static str,
    /// How it ended.
    pub verdict: Verdict,
    /// How long it took.
    pub time: Duration,
}

impl Verdict {
    /// A step that failed, with what it told.
    pub(super) fn fails(told: impl fmt::Display) -> Self {
        Self::Fails(told.to_string())
    }

    /// A step that was left out, and why.
    pub(super) fn left_out(why: &str) -> Self {
        Self::LeftOut(why.to_owned())
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, seconds) = (self.name, self.time.as_secs_f64());
        match &self.verdict {
            Verdict::Holds(note) => {
                let gap = if note.is_empty() { "" } else { "  " };
                write!(f, "{name:<13} ok      {seconds:>6.1} s{gap}{note}")
            }
            Verdict::LeftOut(why) => write!(f, "{name:<13} not run           {why}"),
            Verdict::Fails(told) => {
                write!(f, "{name:<13} FAILED  {seconds:>6.1} s")?;
                told.lines().try_for_each(|line| write!(f, "\n    {line}"))
            }
        }
    }
}
