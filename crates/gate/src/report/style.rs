//! The format and style of a report.

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "clap4", derive(clap::ValueEnum))]
#[non_exhaustive]
pub enum Format {
    /// As a compiler would: the line in the schema, the released line, the delivery, the way out.
    Human,
    /// One JSON document.
    Json,
    /// Workflow commands of GitHub Actions, which annotate a pull request.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// A comment on a pull request.
    Markdown,
    /// JUnit's XML, as results of tests.
    Junit,
}

/// The style of a report: its format, and options of the format.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Style {
    /// The format.
    pub format: Format,
    /// Whether [`Format::Human`] has colors.
    pub color: bool,
    /// Whether [`Format::Human`] and [`Format::Json`] hold the proofs.
    pub proofs: bool,
    /// The name of the tool, as [`Format::Sarif`] gives it.
    pub tool: String,
}

impl Style {
    /// `format` without colors and proofs.
    pub fn new(format: Format) -> Self {
        Self { format, color: false, proofs: false, tool: env!("CARGO_PKG_NAME").to_owned() }
    }

    /// The same without colors.
    pub(super) fn plain(&self) -> Self {
        Self { color: false, ..self.clone() }
    }
}
