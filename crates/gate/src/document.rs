//! A schema to compare, and the files that its parts come from.

use schema_source::{Location, SchemaErrors, Source};
use serde_json::Value;

use crate::engine::Draft;
use crate::pointer::within;

/// A self-contained JSON Schema: every `$ref` in it leads to a part of it. It may be put together from several files.
#[derive(Debug, Clone)]
pub struct Document {
    value: Value,
    root: Source,
    parts: Vec<Part>,
    /// The draft, where something else than `$schema` says it.
    draft: Option<Draft>,
}

/// A part of a document that stands in a file of its own.
#[derive(Debug, Clone)]
pub struct Part {
    /// JSON Pointer (RFC 6901) of the part in the document.
    pub document_pointer: String,
    /// The file that it comes from.
    pub source: Source,
    /// JSON Pointer of the part in that file.
    pub file_pointer: String,
}

/// A released document, which the new one is compared with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Release {
    /// The name that people use: `1.0.0`, a path, a git revision.
    pub name: String,
    /// The released schema.
    pub document: Document,
}

impl Document {
    /// A document whose parts come from the files that `parts` name, and all else from `root`. Where parts lie within each
    /// other, the innermost counts.
    pub fn new(value: Value, root: Source, parts: Vec<Part>) -> Self {
        Self { value, root, parts, draft: None }
    }

    /// The schema.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The file and the place in it of the part at the JSON Pointer `pointer` of the document.
    pub fn locate(&self, pointer: &str) -> Location {
        let parts = self
            .parts
            .iter()
            .filter_map(|part| Some((part, within(pointer, &part.document_pointer)?)));
        match parts.max_by_key(|(part, _)| part.document_pointer.len()) {
            Some((part, rest)) => part.source.location(format!("{}{rest}", part.file_pointer)),
            None => self.root.location(pointer),
        }
    }

    /// The same, by a draft that something else than `$schema` says, if it does.
    pub(crate) fn by(mut self, draft: Option<Draft>) -> Self {
        self.draft = draft;
        self
    }

    /// The draft that it says, or `$schema` names, if one does.
    ///
    /// # Errors
    ///
    /// When `$schema` names something else.
    pub(crate) fn draft(&self) -> Result<Option<Draft>, SchemaErrors> {
        if self.draft.is_some() {
            return Ok(self.draft);
        }
        let Some(dialect) = self.value.get("$schema") else { return Ok(None) };
        let draft = Draft::of_schema(&self.value).filter(|_| dialect.is_string());
        draft.map(Some).ok_or_else(|| {
            let help =
                "name draft 4, 6, 7, 2019-09 or 2020-12, or say which draft it is to be read by";
            self.error("/$schema", format!("{dialect} is no draft that is known here"), help)
        })
    }

    /// The file with this path, if the document comes from it.
    pub(crate) fn source(&self, location: &Location) -> Option<&Source> {
        let parts = self.parts.iter().map(|part| &part.source);
        std::iter::once(&self.root).chain(parts).find(|source| source.path == location.path)
    }

    /// An error at the part at `pointer` of the document.
    pub(crate) fn error(&self, pointer: &str, message: String, help: &str) -> SchemaErrors {
        let location = self.locate(pointer);
        let source = self.source(&location).unwrap_or(&self.root);
        SchemaErrors(vec![source.error(&location.pointer, message, help)])
    }
}

/// A document that stands in one file, as it is.
impl From<Source> for Document {
    fn from(source: Source) -> Self {
        Self { value: source.value.clone(), root: source, parts: Vec::new(), draft: None }
    }
}

impl Release {
    /// `document`, released under `name`.
    pub fn new(name: impl Into<String>, document: impl Into<Document>) -> Self {
        Self { name: name.into(), document: document.into() }
    }
}
