//! The question whether one schema is included in another.

use serde_json::Value;

use crate::answer::{Answer, Undecided};
use crate::draft::Draft;
use crate::error::Error;
use crate::options::Options;
use crate::place::{Place, Side};
use crate::questions::Questions;
use crate::schema::Schema;

/// The question whether every instance of one schema is an instance of another.
///
/// ```
/// use schema_compat::{Answer, Inclusion, Options, Schema};
///
/// let whole: Schema = r#"{"type": "integer"}"#.parse()?;
/// let any: Schema = r#"{"type": "number"}"#.parse()?;
/// let answer = Inclusion { subset: &whole, superset: &any }.decide(&Options::default())?;
/// assert!(matches!(answer, Answer::Proved(_)));
/// # Ok::<(), schema_compat::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Inclusion<'s> {
    /// The schema whose instances should all be instances of the other.
    pub subset: &'s Schema,
    /// The schema that should accept them.
    pub superset: &'s Schema,
}

impl<'s> Inclusion<'s> {
    /// Decides the question.
    ///
    /// The search takes at most [`Options::budget`] steps and about [`Options::memory`] bytes beside
    /// the documents and their validators; the answer is [`Answer::Undecided`] if that is not enough.
    /// It runs in a thread of its own with a stack of 128 MiB, of which the system provides what is
    /// used; the calling thread waits and needs no more stack than usual. If no thread can be started,
    /// the answer is [`Answer::Undecided`] too. Questions share nothing: ask as many at once as you like.
    ///
    /// # Errors
    ///
    /// [`Error`] if a document is not a valid schema of its draft, or the two are of different drafts.
    pub fn decide(self, options: &Options) -> Result<Answer, Error> {
        let options = options.clone().with_draft(self.draft(options)?);
        let decided = Questions::ask(&options, |questions| {
            let subset = questions.read_as(self.subset, Side::Subset)?;
            let superset = questions.read_as(self.superset, Side::Superset)?;
            questions.decide(&[subset], superset)
        });
        decided.unwrap_or_else(|error| {
            Ok(Answer::Undecided(Undecided::new(
                format!("no thread to work in: {error}"),
                "let the process have more memory or threads",
                Place::new(Side::Superset, ""),
            )))
        })
    }

    fn sides(self) -> [(Side, &'s Schema); 2] {
        [(Side::Subset, self.subset), (Side::Superset, self.superset)]
    }

    /// The draft in which both schemas are read.
    fn draft(self, options: &Options) -> Result<Draft, Error> {
        if let Some(draft) = options.draft {
            return Ok(draft);
        }
        let mut drafts = Vec::new();
        for (side, schema) in self.sides() {
            if let Some(Value::String(dialect)) = schema.value().get("$schema") {
                let draft = Draft::of_schema(schema.value());
                drafts
                    .push(draft.ok_or_else(|| Error::Dialect { side, dialect: dialect.clone() })?);
            }
        }
        drafts.dedup();
        match drafts.as_slice() {
            [] => Ok(Draft::Draft202012),
            [draft] => Ok(*draft),
            _ => Err(Error::Drafts),
        }
    }
}
