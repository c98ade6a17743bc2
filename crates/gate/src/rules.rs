//! The kinds of change there are, and whom each breaks: the data of `rules.json`.

use std::collections::HashSet;
use std::sync::LazyLock;

use serde_json::Value;

use crate::direction::Direction;

pub use crate::direction::Audience;

/// A kind of change, as `rules.json` describes it.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Rule {
    /// Its stable name, in kebab-case.
    pub id: String,
    /// Whom the change breaks.
    pub breaks: Breaks,
    /// The part of a schema that changes.
    pub about: About,
    /// The effect on the promises of the release.
    #[serde(default)]
    pub effect: Effect,
    /// Whether it is likely a mistake, though it breaks nobody.
    #[serde(default)]
    pub warns: bool,
    /// Whether it is one change wherever it shows, in whatever fields and event types.
    #[serde(default)]
    pub everywhere: bool,
    /// The two rules that it stands for where one edit falls under both.
    #[serde(default)]
    pub combines: Option<Combined>,
    /// The rule that it becomes if no delivery can be of the event type.
    #[serde(default)]
    pub where_empty: Option<String>,
    /// The annotation that it is about, if it is about one.
    #[serde(default)]
    pub annotation: Option<Annotation>,
    /// The change in a few words.
    pub title: String,
    /// Why it breaks them, or why it does not.
    pub why: String,
    /// The advice what to do instead; empty if there is nothing to do.
    pub instead: String,
    /// The same two for what others send and we read; none if it breaks nobody there.
    #[serde(default)]
    pub consumed: Option<Advice>,
}

/// Why a change breaks someone, and what to do instead.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Advice {
    /// Why it breaks them.
    pub why: String,
    /// The advice what to do instead.
    pub instead: String,
}

/// Whom a change breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Breaks {
    /// Readers built against the release, by what may be sent now.
    Readers,
    /// Readers of the new contract, by what the release has sent.
    Archives,
    /// Nobody.
    Nobody,
}

/// The part of a schema that changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum About {
    /// A schema file as a whole.
    Schema,
    /// An event type as a whole.
    EventType,
    /// A field as a whole: whether it is there, and whether it must be.
    Field,
    /// A branch of a tagged union as a whole.
    Branch,
    /// The `type` of a value.
    Type,
    /// A bound of a value: `minimum`, `maxLength` and their like.
    Bound,
    /// Any other keyword that constrains a value.
    Values,
    /// A constraint of an object as a whole, such as `additionalProperties`.
    Object,
    /// The definition that a value is of.
    Definition,
    /// A keyword that constrains no value.
    Annotation,
}

/// The effect of a change on the promises of the release.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Effect {
    /// Something is there that was not.
    Adds,
    /// A promise of the release is gone, whatever deliveries show: the change breaks someone even if none does.
    TakesAway,
    /// Anything else.
    #[default]
    Changes,
}

/// Two rules under which the same edit may fall.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Combined {
    /// The one that lets values through.
    pub looser: String,
    /// The one that shuts values out.
    pub tighter: String,
}

/// Which change of an annotation falls under a rule.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Annotation {
    /// The keyword.
    pub keyword: String,
    /// The change of it.
    pub when: When,
    /// The value that a schema without the keyword stands for, if any.
    #[serde(default)]
    pub default: Option<Value>,
    /// Whether some validators assert it, so that a delivery shows the change to them.
    #[serde(default)]
    pub asserted: bool,
}

/// A change of an annotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum When {
    /// There was none.
    Added,
    /// There was one, and it is another now or gone.
    Changed,
    /// Either of the two.
    Any,
    /// Its array has a value that was not there.
    ValueAdded,
    /// A value of its array is gone.
    ValueRemoved,
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("rules.json")).expect("a test reads rules.json")
});

/// All rules, in the order in which people read them.
pub fn rules() -> &'static [Rule] {
    &RULES
}

/// The rule called `id`, if there is one.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().iter().find(|rule| rule.id == id)
}

/// `keyword`, if a rule is about it as an annotation.
pub(crate) fn promising(keyword: &str) -> Option<&'static str> {
    static KEYWORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        let annotations = rules().iter().filter_map(|rule| rule.annotation.as_ref());
        annotations.map(|annotation| annotation.keyword.as_str()).collect()
    });
    KEYWORDS.get(keyword).copied()
}

impl Rule {
    /// Whose deliveries show that the change breaks someone; none if it breaks nobody.
    pub fn audience(&self) -> Option<Audience> {
        match self.breaks {
            Breaks::Readers => Some(Audience::Readers),
            Breaks::Archives => Some(Audience::Archives),
            Breaks::Nobody => None,
        }
    }

    /// Whose deliveries show that the change breaks someone who must not break; none if it breaks none of these.
    pub(crate) fn audience_in(&self, direction: Direction) -> Option<Audience> {
        match direction {
            Direction::Both => self.audience(),
            Direction::Produce => self.audience().filter(|it| *it == Audience::Readers),
            Direction::Consume => self.consumed.as_ref().map(|_| Audience::Archives),
        }
    }

    /// Whether the change breaks someone even if no delivery shows it. A field that is gone breaks those who read it, and those who send it
    /// only if they are rejected.
    pub(crate) fn takes_away_in(&self, direction: Direction) -> bool {
        self.effect == Effect::TakesAway && (direction != Direction::Consume || !self.is_of_whole())
    }

    /// Whether the change is of an event type, a field or a branch as a whole, rather than of one keyword.
    pub(crate) fn is_of_whole(&self) -> bool {
        matches!(self.about, About::Schema | About::EventType | About::Field | About::Branch)
    }

    /// Whether the change is of an annotation that some validators assert.
    pub(crate) fn is_of_asserted(&self) -> bool {
        self.annotation.as_ref().is_some_and(|annotation| annotation.asserted)
    }
}

/// The rule called `id`, which the code knows by name.
pub(crate) fn known(id: &str) -> &'static Rule {
    rule(id).unwrap_or_else(|| panic!("rules.json has no rule {id}"))
}

/// The rule of a constraint that breaks `audience`: it lets more through and breaks readers, or shuts more out and breaks
/// archives.
pub(crate) fn of_constraint(about: About, audience: Audience) -> &'static Rule {
    let fits = |rule: &&Rule| {
        rule.about == about && rule.audience() == Some(audience) && rule.combines.is_none()
    };
    rules().iter().find(fits).unwrap_or_else(|| panic!("rules.json has no rule of {about:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_constraint_has_one_rule_for_each_audience() {
        for about in [About::Bound, About::Values, About::Object] {
            for audience in [Audience::Readers, Audience::Archives] {
                let fits = |rule: &&Rule| {
                    rule.about == about
                        && rule.audience() == Some(audience)
                        && rule.combines.is_none()
                };
                assert_eq!(rules().iter().filter(fits).count(), 1, "{about:?} {audience:?}");
                assert_eq!(of_constraint(about, audience).about, about);
            }
        }
    }

    #[test]
    fn what_breaks_archives_breaks_those_who_send() {
        for rule in rules() {
            let breaks_archives = rule.audience() == Some(Audience::Archives);
            assert!(rule.consumed.is_some() || !breaks_archives, "{rule:?}");
        }
    }

    #[test]
    fn rules_that_name_others_name_rules_of_the_same_kind() {
        for rule in rules() {
            if let Some(Combined { looser, tighter }) = &rule.combines {
                assert_eq!(*known(looser), *of_constraint(rule.about, Audience::Readers));
                assert_eq!(*known(tighter), *of_constraint(rule.about, Audience::Archives));
            }
            if let Some(empty) = &rule.where_empty {
                assert_eq!(known(empty).about, rule.about, "{rule:?}");
            }
            assert_eq!(rule.annotation.is_some(), rule.about == About::Annotation, "{rule:?}");
        }
    }
}
