//! May the contract change like this? Compares `schema/` with a release: the engine decides, the walk says what it was.
//!
//! With ⟦S⟧ the deliveries that S accepts, a change is additive when for each event type
//!
//! - it is *reader-safe*: ⟦new⟧ ⊆ ⟦released⟧, so a reader of the release takes all that may be sent now;
//! - it is *replay-safe*: each delivery of the release is in ⟦new⟧, unless it has a field that is declared only now, so
//!   archives still parse;
//! - nothing has vanished that the release promised, even where the two sets cannot show it.
//!
//! The first two are questions to `schema-compat`, one for each event type. The third is the walk's.

use std::path::PathBuf;
use std::sync::LazyLock;

use schema_compat::{Answer, Proof, Side};
use serde_json::Value;

use clip_events_contract::bundle;
use clip_events_contract::load::Sources;
use schema_source::{SchemaErrors, Source, escape_token};

pub mod history;
mod node;
mod question;
pub mod release;
pub mod render;
pub mod rules_page;
pub mod walk;

use node::shape_pointer;
pub use question::Question;
use question::{Contract, Gate, Violation};
use walk::Change;

/// Folder of the frozen releases.
pub const RELEASES: &str = "schema/releases";

/// A kind of change, as `rules.json` describes it.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Stable name, in kebab-case.
    pub id: String,
    /// Whom it breaks.
    pub breaks: Breaks,
    /// What it is.
    pub title: String,
    /// Why it breaks them, or why it does not.
    pub why: String,
    /// What to do instead.
    pub instead: String,
    /// Whether something is gone that the release promised, whatever deliveries show: it needs no witness.
    #[serde(default)]
    pub takes_away: bool,
    /// Whether it is likely a mistake, though it breaks nobody.
    #[serde(default)]
    pub warns: bool,
    /// The annotation that it is about, if it is about one.
    #[serde(default)]
    pub annotation: Option<Annotation>,
}

/// Which change of an annotation falls under a rule.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Annotation {
    /// The keyword.
    pub keyword: String,
    /// What happens to it.
    pub when: When,
    /// What a schema without it says, if not nothing.
    #[serde(default)]
    pub default: Option<Value>,
}

/// What happens to an annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// There was none.
    Added,
    /// There was one, and it is another now or gone.
    Changed,
    /// Either of the two.
    Any,
    /// Of its array, there is a value that was not there.
    ValueAdded,
    /// Of its array, a value is gone.
    ValueRemoved,
}

/// Whom a change breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Breaks {
    /// Readers built against the release, by what may be sent now.
    Readers,
    /// Readers of the new contract, by what the release has sent.
    Archives,
    /// Nobody: it is an addition.
    Nobody,
}

/// All rules.
pub static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("rules.json")).expect("a test reads rules.json")
});

/// The rule called `id`.
///
/// # Panics
///
/// When there is none: the walk and the rules are tested to agree.
pub fn rule(id: &str) -> &'static Rule {
    RULES.iter().find(|rule| rule.id == id).unwrap_or_else(|| panic!("no rule {id} in rules.json"))
}

/// A contract to compare with: one self-contained document.
#[derive(Debug, Clone)]
pub struct Released {
    /// What a person calls it: `1.0.0`, a path, a git revision.
    pub name: String,
    /// The document. For a git revision, its bundle, which lies in no file.
    pub source: Source,
}

/// What the gate says of one release.
#[derive(Debug)]
pub struct Report {
    /// The release.
    pub release: Released,
    /// What changed, the walk's order.
    pub findings: Vec<Finding>,
    /// What the engine could not decide.
    pub undecided: Vec<Undecided>,
    /// What the engine proved.
    pub proved: Vec<Proved>,
}

/// A question with a proof that no delivery breaks anyone.
#[derive(Debug)]
pub struct Proved {
    /// The question.
    pub question: Question,
    /// Why it is so.
    pub proof: Proof,
}

/// A change and, where it breaks someone, the delivery that does.
#[derive(Debug)]
pub struct Finding {
    /// The change.
    pub change: Change,
    /// Its rule.
    pub rule: &'static Rule,
    /// Where it is in `schema/`.
    pub place: Place,
    /// A delivery that one side accepts and the other rejects.
    pub witness: Option<Witness>,
}

/// A part of a schema file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Path from the root of the workspace.
    pub path: PathBuf,
    /// JSON Pointer within the file.
    pub pointer: String,
}

/// A delivery that shows a break.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// The delivery.
    pub delivery: Value,
    /// Which side rejects it, and why, in the words of the `jsonschema` crate.
    pub rejected: String,
}

/// A question that the engine could not answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// The question.
    pub question: Question,
    /// What could not be decided, and why.
    pub reason: String,
    /// Where the keyword stands, in `schema/` or in the release.
    pub place: Option<Place>,
}

/// What the gate says in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Proved: every reader of the release still works. Also when nothing changed.
    Additive,
    /// Shown: some reader or archive breaks.
    Breaking,
    /// Neither proved nor refuted, which fails.
    Undecided,
}

impl Report {
    /// The verdict.
    pub fn verdict(&self) -> Verdict {
        if self.findings.iter().any(|finding| finding.rule.breaks != Breaks::Nobody) {
            Verdict::Breaking
        } else if self.undecided.is_empty() {
            Verdict::Additive
        } else {
            Verdict::Undecided
        }
    }
}

/// Compares the contract in `sources` with `release`.
///
/// # Errors
///
/// When one of the two is no schema that can be judged: a `pattern` that is no regular expression, say.
#[allow(clippy::too_many_lines)] // The report put together from the answers, one kind after the other.
pub fn judge(sources: &Sources, release: Released) -> Result<Report, SchemaErrors> {
    bundle::check(sources)?;
    let new = bundle::bundle(sources);
    let help = "mend what the message names";
    let gate = Gate {
        released: Contract {
            bundle: &release.source.value,
            validator: question::validator(&release.source.value, false).map_err(|error| {
                let message = format!("not a schema to judge by: {error}");
                SchemaErrors(vec![release.source.error("", message, help)])
            })?,
        },
        new: Contract {
            bundle: &new,
            validator: question::validator(&new, false).map_err(|error| {
                let place = place(sources, error.instance_path().as_str());
                let source = sources.all().find(|source| source.path == place.path);
                let message = format!("not a schema to judge by: {error}");
                SchemaErrors(vec![source.unwrap_or(&sources.envelope).error(
                    &place.pointer,
                    message,
                    help,
                )])
            })?,
        },
    };
    let answers = gate.answers();
    let mut findings = Vec::new();
    // What may have broken someone, and no delivery showed it.
    let mut unshown = Vec::new();
    // By number, whether a finding shows it to be wrong.
    let mut shown = vec![false; answers.len()];
    for mut change in walk::changes(&release.source.value, &new) {
        if change.rule == "event-type-added" && Gate::is_empty(&change, &answers) {
            change.rule = "event-type-empty";
        }
        let rule = rule(change.rule);
        let witness = match rule.breaks {
            Breaks::Nobody => None,
            _ if change.rule == "format-changed" => {
                change.all().find_map(|change| gate.format_witness(change))
            }
            // No delivery shows what constrains none.
            _ if rule.annotation.is_some() => None,
            breaks => change.all().find_map(|change| {
                let (answer, witness) = gate.witness(change, breaks, &answers)?;
                shown[answer] = true;
                Some(witness)
            }),
        };
        // A difference that no delivery shows is none; that no other does either is the engine's to prove, or to leave
        // undecided.
        if witness.is_some() || rule.breaks == Breaks::Nobody || rule.takes_away {
            let place = place(sources, &change.new);
            findings.push(Finding { change, rule, place, witness });
        } else {
            unshown.push(change);
        }
    }
    one_for_both_ways(&mut findings);
    // A field of another definition that shows in its deliveries is told by what they show.
    let broken: Vec<_> = findings
        .iter()
        .filter(|finding| finding.rule.breaks != Breaks::Nobody && !finding.is_of_definition())
        .flat_map(|finding| finding.change.all())
        .map(|change| (change.event_type.clone(), change.instance.clone()))
        .collect();
    findings.retain(|finding| {
        let is_told = |change: &Change| {
            broken.contains(&(change.event_type.clone(), change.instance.clone()))
        };
        !(finding.is_of_definition() && finding.change.all().all(is_told))
    });
    let (mut undecided, mut proved) = (Vec::new(), Vec::new());
    for (asked, shown) in answers.into_iter().zip(shown) {
        let question = asked.question;
        match asked.answer {
            Answer::Proved(proof) => proved.push(Proved { question, proof }),
            Answer::Undecided(_) if shown => {}
            Answer::Undecided(found) => {
                let in_release = |pointer| Place { path: release.source.path.clone(), pointer };
                let at = Some(found.place).filter(|at| !at.pointer.is_empty());
                let place = at.map(|at| {
                    let is_new = (at.side == Side::Subset) == (question.breaks == Breaks::Readers);
                    if is_new { place(sources, &at.pointer) } else { in_release(at.pointer) }
                });
                // Where the engine names no keyword, one that changed is what it is about.
                let place = place.or_else(|| {
                    let of_question = |change: &&Change| {
                        change.event_type.is_none() || change.event_type == question.event_type
                    };
                    unshown.iter().find(of_question).map(|change| self::place(sources, &change.new))
                });
                let help = Some(found.help).filter(|help| !help.is_empty());
                let reason = match help {
                    Some(help) => format!("{}; {help}", found.reason),
                    None => found.reason,
                };
                undecided.push(Undecided { question, reason, place });
            }
            Answer::Refuted(found) => {
                let violations = gate.violations(&question, &found.instance);
                let unexplained = violations.into_iter().find(|violation| {
                    !findings.iter().any(|finding| finding.explains(&question, &violation.place))
                });
                findings.extend(unexplained.map(|violation| {
                    Finding::unnamed(sources, question, violation, found.instance)
                }));
            }
        }
    }
    Ok(Report { release, findings, undecided, proved })
}

/// Makes one finding of two where an edit of one keyword lets values through and shuts others out.
fn one_for_both_ways(findings: &mut Vec<Finding>) {
    let of = |findings: &[Finding], rule: &str| -> Vec<Change> {
        let changes = findings.iter().map(|finding| &finding.change);
        changes.filter(|change| change.rule == rule).cloned().collect()
    };
    let same = |a: &Change, b: &Change| {
        (&a.event_type, &a.instance, &a.cause) == (&b.event_type, &b.instance, &b.cause)
    };
    let narrowed = of(findings, "values-narrowed");
    for finding in findings.iter_mut().filter(|finding| finding.rule.id == "values-widened") {
        if narrowed.iter().any(|change| same(change, &finding.change)) {
            finding.change.rule = "values-changed";
            finding.rule = rule("values-changed");
        }
    }
    let changed = of(findings, "values-changed");
    findings.retain(|finding| {
        let is_told = changed.iter().any(|change| same(change, &finding.change));
        finding.rule.id != "values-narrowed" || !is_told
    });
}

impl Finding {
    /// Whether it is known by this finding that a delivery of `question` is rejected at `place`.
    fn explains(&self, question: &Question, place: &str) -> bool {
        let event_type = &self.change.event_type;
        // What is shown where formats are asserted explains nothing where they are not.
        self.witness.is_some()
            && self.rule.id != "format-changed"
            && (event_type.is_none() || *event_type == question.event_type)
            && self.change.covers(place)
    }

    /// Whether it is that a field has another definition.
    fn is_of_definition(&self) -> bool {
        ["meaning-changed", "definition-replaced"].contains(&self.change.rule)
    }

    /// A break that the walk has no name for.
    fn unnamed(
        sources: &Sources,
        question: Question,
        violation: Violation,
        delivery: Value,
    ) -> Self {
        let whole = ["", "/data"].contains(&violation.place.as_str());
        let rule = match (question.breaks, whole) {
            (Breaks::Archives, true) => "object-closed",
            (Breaks::Archives, false) => "values-narrowed",
            (_, true) => "object-loosened",
            (_, false) => "values-widened",
        };
        let shape = || question.event_type.as_deref().map_or_else(String::new, shape_pointer);
        let new = match violation.place.strip_prefix("/data") {
            Some("") => shape(),
            Some(field) => format!("{}/properties{field}", shape()),
            None if violation.place.is_empty() => String::new(),
            None => format!("/properties{}", violation.place),
        };
        let change = Change {
            rule,
            event_type: question.event_type,
            instance: violation.place,
            became: None,
            released: Some(new.clone()),
            new,
            cause: String::new(),
            what: "by keywords that the walk does not compare".into(),
            also: Vec::new(),
        };
        let place = place(sources, &change.new);
        let witness = Some(Witness { delivery, rejected: violation.message });
        Self { rule: self::rule(rule), change, place, witness }
    }
}

/// The file of `schema/` that holds the part of the bundle at `pointer`.
pub fn place(sources: &Sources, pointer: &str) -> Place {
    let within = |source: &Source, pointer: &str| Place {
        path: source.path.clone(),
        pointer: pointer.to_owned(),
    };
    let Some(rest) = pointer.strip_prefix("/$defs/") else {
        return within(&sources.envelope, pointer);
    };
    let name = rest.split('/').next().unwrap_or_default();
    match sources.data.iter().find(|source| escape_token(source.stem()) == name) {
        Some(source) => within(source, &rest[name.len()..]),
        None => within(&sources.definitions, pointer),
    }
}
