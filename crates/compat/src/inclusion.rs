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
    /// [`Error`] if a document is not a valid schema of its draft; or if one is of draft 4 and the other is not, and
    /// [`Options::zero_fraction_is_integer`] is not true.
    pub fn decide(self, options: &Options) -> Result<Answer, Error> {
        let [of_subset, of_superset] = self.drafts(options)?;
        let options = options.clone().with_draft(of_superset);
        let decided = Questions::ask(&options, |questions| {
            let subset = questions.read_as(self.subset, of_subset, Side::Subset)?;
            let superset = questions.read_as(self.superset, of_superset, Side::Superset)?;
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

    /// The drafts in which the schemas are read. One that names none is read by that of the other.
    fn drafts(self, options: &Options) -> Result<[Draft; 2], Error> {
        if let Some(draft) = options.draft {
            return Ok([draft; 2]);
        }
        let named = |(side, schema): (Side, &Schema)| match schema.value().get("$schema") {
            Some(Value::String(dialect)) => match Draft::of_schema(schema.value()) {
                Some(draft) => Ok(Some(draft)),
                None => Err(Error::Dialect { side, dialect: dialect.clone() }),
            },
            _ => Ok(None),
        };
        let [subset, superset] = self.sides().map(named);
        let (subset, superset) = (subset?, superset?);
        let default = subset.or(superset).unwrap_or(Draft::Draft202012);
        Ok([subset.unwrap_or(default), superset.unwrap_or(default)])
    }
}
