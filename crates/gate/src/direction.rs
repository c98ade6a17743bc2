//! Who must not break: those who read what is sent, those who send what is read, or both.

/// The readers that a change may break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    /// Readers built against the release: they meet what may be sent now.
    Readers,
    /// Readers of archives, built against the new contract: they meet what the release has sent.
    Archives,
}

/// Who must not break.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// We send, others read: what may be sent now must be readable for all that were built against the release.
    Produce,
    /// Others send, we read: what they were allowed to send must be readable still.
    Consume,
    /// Both: as for events that are sent, and read again from archives.
    #[default]
    Both,
}

impl Direction {
    /// Whether `audience` must not break.
    pub(crate) fn concerns(self, audience: Audience) -> bool {
        match self {
            Self::Produce => audience == Audience::Readers,
            Self::Consume => audience == Audience::Archives,
            Self::Both => true,
        }
    }

    /// Those who break where `audience` is shown a delivery: in one word, as reports have it.
    pub(crate) fn broken(self, audience: Audience) -> &'static str {
        match (audience, self) {
            (Audience::Readers, _) => "readers",
            (Audience::Archives, Self::Consume) => "senders",
            (Audience::Archives, Self::Produce | Self::Both) => "archives",
        }
    }
}
