//! The questions about an old and a new schema, and what the engine's answers are called here.

use schema_compat::{Answer, Error, Inclusion, Options, Schema, Side};

/// The two files of a comparison.
pub(crate) struct Versions {
    pub(crate) old: Schema,
    pub(crate) new: Schema,
}

/// One of the two files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    Old,
    New,
}

impl Version {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Old => "old",
            Self::New => "new",
        }
    }
}

/// A question that a mode asks.
pub(crate) struct Question {
    pub(crate) id: &'static str,
    /// Who is asked about which documents.
    pub(crate) text: &'static str,
    /// The version whose documents are asked about.
    documents: Version,
}

pub(crate) const READER_SAFE: Question = Question {
    id: "reader-safe",
    text: "old readers accept every document of the new schema",
    documents: Version::New,
};

pub(crate) const REPLAY_SAFE: Question = Question {
    id: "replay-safe",
    text: "new readers accept every document of the old schema",
    documents: Version::Old,
};

impl Question {
    pub(crate) fn decide(&self, versions: &Versions, options: &Options) -> Result<Answer, Error> {
        let Versions { old, new } = versions;
        let inclusion = match self.documents {
            Version::New => Inclusion { subset: new, superset: old },
            Version::Old => Inclusion { subset: old, superset: new },
        };
        inclusion.decide(options)
    }

    /// The version that a side of the inclusion is.
    pub(crate) fn version(&self, side: Side) -> Version {
        match (side, self.documents) {
            (Side::Subset, documents) => documents,
            (Side::Superset, Version::Old) => Version::New,
            (Side::Superset, Version::New) => Version::Old,
        }
    }

    /// A text of the library, which knows no old and new schema and no options of a command.
    pub(crate) fn in_words_of_the_command(&self, text: &str) -> String {
        let [subset, superset] =
            [Side::Subset, Side::Superset].map(|side| self.version(side).name());
        text.replace("the subset ", &format!("the {subset} schema "))
            .replace("the superset ", &format!("the {superset} schema "))
            .replace("(subset #", &format!("({subset} #"))
            .replace("(superset #", &format!("({superset} #"))
            .replace("`Options::budget`", "`--budget`")
            .replace("`Options::memory`", "`--memory`")
            .replace("`Options::draft`", "`--draft`")
            .replace("`Options::assert_content`", "`--assert-content`")
            .replace("`Options::zero_fraction_is_integer`", "`--zero-fraction-is-integer`")
    }
}
