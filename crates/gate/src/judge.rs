//! The judgement: puts together the changes that the walk names and the claims that the engine decides.

use std::collections::HashSet;

use schema_source::SchemaErrors;
use serde_json::Value;

use crate::change::Change;
use crate::direction::Direction;
use crate::document::{Document, Release};
use crate::engine::{Doubt, Draft, Engine, EngineAnswer, Formats, Reading, Role};
use crate::finding::{BreakingDelivery, Claim, Finding, OpenClaim, ProvedClaim, Report};
use crate::layout::Layout;
use crate::pair::Pair;
use crate::party::{Objection, Parties, Party};
use crate::path::Path;
use crate::rules::{About, Audience, Combined, known, of_constraint, rules};
use crate::told::ToldApart;
use crate::trial::{Court, Trial};
use crate::walk::changes;
use crate::witness::{breaking_delivery, demands, where_asserted};

/// Values of one change for which a delivery is sought that shows it.
const MAX_PLACES: usize = 8;

/// Breaks that are sought behind accepted ones.
const MAX_TURNS: usize = 64;

/// Judges changes of a contract.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Gate {
    /// The layout of deliveries.
    pub layout: Layout,
    /// Who must not break.
    pub direction: Direction,
    /// The draft of both documents. By default each has the one that its `$schema` names; or that of the other; or 2020-12.
    pub draft: Option<Draft>,
    /// Whether `format` rejects values. By default it only describes them.
    pub assert_formats: bool,
    /// Drafts 6 and 7: whether `contentEncoding` and `contentMediaType` reject values, on which validators differ. By default a verdict holds
    /// either way, and what depends on it is undecided. In later drafts they only describe values.
    pub assert_content: Option<bool>,
    /// Draft 4: whether `1.0` is an integer, on which validators differ. By default a proof holds either way. Where only one document is of
    /// draft 4, or files of draft 4 and of a later one refer to each other, it is one to all, as in the later draft, and a proof is about that
    /// reading; they cannot be compared if this says otherwise.
    pub zero_fraction_is_integer: Option<bool>,
    /// So many values of both documents are gone over in search of deliveries that show breaks: all of them for each place where something
    /// changed. What is not searched for is undecided. The default, 500,000,000, is about half a minute.
    pub budget: usize,
}

/// Why nothing was judged: which side is broken, and how.
pub(crate) enum Broken {
    Released(SchemaErrors),
    New(SchemaErrors),
}

impl From<Broken> for SchemaErrors {
    fn from(broken: Broken) -> Self {
        let (Broken::Released(errors) | Broken::New(errors)) = broken;
        errors
    }
}

impl Gate {
    /// A gate for deliveries of this layout.
    pub fn new(layout: Layout) -> Self {
        let (direction, draft) = (Direction::default(), None);
        Self {
            layout,
            direction,
            draft,
            assert_formats: false,
            assert_content: None,
            zero_fraction_is_integer: None,
            budget: 500_000_000,
        }
    }

    /// Judges the change from `release` to `new`.
    ///
    /// With ⟦S⟧ the deliveries that S accepts, a change is additive when for each event type
    ///
    /// - it is *reader-safe*: ⟦new⟧ ⊆ ⟦released⟧, so a reader of the release takes all that may be sent now;
    /// - it is *replay-safe*: each delivery of the release is in ⟦new⟧, unless it has a field that is declared only now, so
    ///   archives still parse;
    /// - nothing has vanished that the release promised, even where the two sets cannot show it.
    ///
    /// The first two are put to the engine, one claim for each event type. The third is the walk's. What [`Gate::direction`] leaves out is
    /// not judged: it is neither a finding nor a claim.
    ///
    /// # Errors
    ///
    /// When one of the two cannot judge deliveries, for example because a `pattern` is not a regular expression.
    pub fn judge(&self, new: &Document, release: Release) -> Result<Report, SchemaErrors> {
        Ok(self.judge_all(new, release, &|_| ())?)
    }

    /// The same, where some breaks may be accepted: `mark` says so of a finding. What else breaks is found all the same: the claims are put
    /// to the engine once more, for the deliveries that no accepted break is about.
    pub(crate) fn judge_all(
        &self,
        new: &Document,
        release: Release,
        mark: &(dyn Fn(&mut Finding) + Sync),
    ) -> Result<Report, Broken> {
        let readings = self.readings(new, &release)?;
        let told_apart = Pair { released: ToldApart::default(), new: ToldApart::default() };
        let parties = Pair {
            released: Party::new(
                &release.document,
                &self.layout,
                &told_apart.released,
                readings.released,
            )
            .map_err(Broken::Released)?,
            new: Party::new(new, &self.layout, &told_apart.new, readings.new)
                .map_err(Broken::New)?,
        };
        let asked = Engine::ask(readings, |engine| {
            let mut court = Court::new(&parties, engine, self.direction, self.budget);
            let trials = court.trials();
            let mut judgement = Judgement::new(new, &mut court, &trials);
            judgement.one_for_both_ways();
            judgement.without_told_definitions();
            let (mut open, mut proved, mut broken) = (Vec::new(), Vec::new(), Vec::new());
            for Trial { claim, inclusion, .. } in trials {
                match inclusion {
                    EngineAnswer::Proved(proof) => proved.push(ProvedClaim { claim, proof }),
                    EngineAnswer::Undecided(_) if judgement.shown.contains(&claim) => {
                        broken.push(claim);
                    }
                    EngineAnswer::Undecided(doubt) => {
                        open.push(judgement.open(claim, doubt, &release.document));
                    }
                    EngineAnswer::Refuted(delivery) => {
                        judgement.explain(&parties, claim.clone(), delivery);
                        broken.push(claim);
                    }
                }
            }
            judgement.findings.iter_mut().for_each(mark);
            for claim in broken {
                let mut holds = false;
                // Each turn finds one break more, and breaks are as many as there are differences.
                for _ in 0..MAX_TURNS {
                    let before = judgement.findings.len();
                    match judgement.beside_accepted(&mut court, &claim) {
                        None => break,
                        Some(EngineAnswer::Proved(proof)) => {
                            proved.push(ProvedClaim { claim: claim.clone(), proof });
                            holds = true;
                            break;
                        }
                        Some(EngineAnswer::Undecided(doubt)) => {
                            open.push(judgement.open(claim.clone(), doubt, &release.document));
                            break;
                        }
                        Some(EngineAnswer::Refuted(delivery)) => {
                            judgement.explain(&parties, claim.clone(), delivery);
                            judgement.findings[before..].iter_mut().for_each(mark);
                            if judgement.findings.len() == before {
                                break;
                            }
                        }
                    }
                }
                if !holds {
                    open.extend(judgement.not_searched(claim));
                }
            }
            (judgement.findings, open, proved)
        });
        let tells_types = !parties.as_ref().both(|party| party.view.event_types().is_empty());
        drop(parties);
        let (findings, open, proved) = asked.map_err(|error| {
            let message = format!("no thread to judge it in: {error}");
            let help = "let the process have more memory or threads";
            Broken::New(new.error("", message, help))
        })?;
        Ok(Report { release, findings, open, proved, tells_types })
    }

    /// Whether `document` alone can judge deliveries.
    pub(crate) fn check(&self, document: &Document) -> Result<(), SchemaErrors> {
        let reading = self.reading(self.draft.or(document.draft()?));
        Party::new(document, &self.layout, &ToldApart::default(), reading).map(drop)
    }

    fn reading(&self, draft: Option<Draft>) -> Reading {
        let formats = if self.assert_formats { Formats::Asserted } else { Formats::Described };
        Reading {
            draft: draft.unwrap_or(Draft::Draft202012),
            formats,
            content: self.assert_content,
            zero_fraction_is_integer: self.zero_fraction_is_integer,
        }
    }

    /// How both documents are read. One that names no draft is read by that of the other. Where only one is of draft 4, `1.0` is an integer
    /// to both, in the words of the later one.
    fn readings(&self, new: &Document, release: &Release) -> Result<Pair<Reading>, Broken> {
        if self.draft.is_some() {
            let reading = self.reading(self.draft);
            return Ok(Pair { released: reading, new: reading });
        }
        let released = release.document.draft().map_err(Broken::Released)?;
        let of_new = new.draft().map_err(Broken::New)?;
        let mut readings = Pair {
            released: self.reading(released.or(of_new)),
            new: self.reading(of_new.or(released)),
        };
        let is_draft_4 = readings.map(|reading| reading.draft == Draft::Draft4);
        if is_draft_4.released != is_draft_4.new {
            if self.zero_fraction_is_integer == Some(false) {
                let message = "one version is of draft 4 and the other is not, so `1.0` is an integer to one of them only: `zero_fraction_is_integer` is false";
                let help = "leave `zero_fraction_is_integer` out or set it to true for this comparison: then `1.0` is an integer to both";
                return Err(Broken::New(new.error("", message.to_owned(), help)));
            }
            readings.released.zero_fraction_is_integer = Some(true);
            readings.new.zero_fraction_is_integer = Some(true);
        }
        Ok(readings)
    }
}

/// The judgement so far.
struct Judgement<'a> {
    document: &'a Document,
    direction: Direction,
    findings: Vec<Finding>,
    /// Claims that a finding shows to be wrong.
    shown: HashSet<Claim>,
    /// Changes that may break someone, and no delivery showed that they do.
    unshown: Vec<Change>,
    /// Those of which none was sought, since there are too many.
    not_searched: Vec<Change>,
}

impl<'a> Judgement<'a> {
    /// The changes that a delivery shows, or that need none.
    fn new(document: &'a Document, court: &mut Court<'_, '_, '_>, trials: &[Trial]) -> Self {
        let direction = court.direction;
        let mut judgement = Self {
            document,
            direction,
            findings: Vec::new(),
            shown: HashSet::new(),
            unshown: Vec::new(),
            not_searched: Vec::new(),
        };
        let parties = court.parties;
        let mut changes = changes(parties.as_ref().map(|party| party.view));
        changes.retain(|change| court.concerns(change));
        for change in &mut changes {
            if let Some(rule) = &change.rule.where_empty
                && court.is_empty(change.event_type.as_deref())
            {
                change.rule = known(rule);
            }
        }
        let asserted = changes.iter().filter(|change| change.rule.is_of_asserted());
        let asserted: Vec<_> = asserted.take_while(|_| court.may_search()).collect();
        let asserted = if asserted.is_empty() {
            Vec::new()
        } else {
            where_asserted(parties, &asserted, court.direction)
        };
        let mut asserted = asserted.into_iter();
        for change in changes {
            let rule = change.rule;
            let audience = rule.audience_in(court.direction);
            let mut is_searched = true;
            let delivery = match audience {
                _ if rule.is_of_asserted() => asserted.next().flatten(),
                None => None,
                // No delivery shows what constrains none.
                Some(_) if rule.annotation.is_some() => None,
                Some(audience) => change.all().take(MAX_PLACES).find_map(|change| {
                    is_searched = court.may_search();
                    if !is_searched {
                        return None;
                    }
                    let (trial, delivery) = breaking_delivery(court, change, audience, trials)?;
                    judgement.shown.insert(trial.claim.clone());
                    Some(delivery)
                }),
            };
            // A difference that no delivery shows does not count; that no other does either is the engine's to prove, or to leave
            // undecided.
            if delivery.is_some() || audience.is_none() || rule.takes_away_in(court.direction) {
                judgement.add(change, delivery);
            } else if !is_searched {
                judgement.not_searched.push(change);
            } else {
                judgement.unshown.push(change);
            }
        }
        judgement
    }

    fn add(&mut self, change: Change, breaking_delivery: Option<BreakingDelivery>) {
        let location = self.document.locate(&change.new);
        let direction = self.direction;
        self.findings.push(Finding {
            change,
            location,
            breaking_delivery,
            direction,
            fingerprint: None,
            accepted: None,
        });
    }

    /// Makes one finding of two where an edit of one keyword lets values through and shuts others out.
    fn one_for_both_ways(&mut self) {
        for rule in rules() {
            let Some(Combined { looser, tighter }) = &rule.combines else { continue };
            let (looser, tighter) = (known(looser), known(tighter));
            let is_same = |a: &Change, b: &Change| {
                (&a.event_type, &a.instance, &a.cause) == (&b.event_type, &b.instance, &b.cause)
            };
            let of = |findings: &[Finding], rule| -> Vec<Change> {
                let changes = findings.iter().map(|finding| &finding.change);
                changes.filter(|change| change.rule == rule).cloned().collect()
            };
            let tightened = of(&self.findings, tighter);
            for finding in self.findings.iter_mut().filter(|finding| finding.rule() == looser) {
                if tightened.iter().any(|change| is_same(change, &finding.change)) {
                    finding.change.rule = rule;
                }
            }
            let told = of(&self.findings, rule);
            self.findings.retain(|finding| {
                finding.rule() != tighter || !told.iter().any(|told| is_same(told, &finding.change))
            });
        }
    }

    /// Drops what is said of a field of another definition where a delivery shows that the field breaks: that tells more.
    fn without_told_definitions(&mut self) {
        let is_of_definition = |finding: &Finding| finding.rule().about == About::Definition;
        let value = |change: &Change| (change.event_type.clone(), change.instance.clone());
        let told: HashSet<_> = self
            .findings
            .iter()
            .filter(|finding| finding.breaks() && !is_of_definition(finding))
            .flat_map(|finding| finding.change.all())
            .map(value)
            .collect();
        self.findings.retain(|finding| {
            let is_told = |change: &Change| told.contains(&value(change));
            !(is_of_definition(finding) && finding.change.all().all(is_told))
        });
    }

    /// `claim`, left open by `doubt`.
    fn open(&self, claim: Claim, doubt: Doubt, released: &Document) -> OpenClaim {
        let location = doubt.keyword.map(|(role, pointer)| {
            let sender_is_new = claim.audience == Audience::Readers;
            let is_new = sender_is_new == (role == Role::Sender);
            if is_new { self.document } else { released }.locate(&pointer)
        });
        // Where the engine names no keyword, one that changed is what it is about.
        let location = location.or_else(|| {
            let is_of_claim = |change: &&Change| {
                change.event_type.is_none() || change.event_type == claim.event_type
            };
            let change = self.unshown.iter().find(is_of_claim)?;
            Some(self.document.locate(&change.new))
        });
        OpenClaim { claim, reason: doubt.reason, location }
    }

    /// `claim`, left open since not each change was looked at that may break it, if so.
    fn not_searched(&self, claim: Claim) -> Option<OpenClaim> {
        let mut changes = self.not_searched.iter().filter(|change| {
            change.rule.audience_in(self.direction) == Some(claim.audience)
                && (change.event_type.is_none() || change.event_type == claim.event_type)
        });
        let first = changes.next()?;
        let reason = format!(
            "{} more changes may break it: there are too many to look for a delivery that shows each",
            1 + changes.count()
        );
        Some(OpenClaim { claim, reason, location: Some(self.document.locate(&first.new)) })
    }

    /// Whether `claim` holds of the deliveries that no accepted break is about; none if nothing is accepted of it.
    fn beside_accepted(
        &self,
        court: &mut Court<'_, '_, '_>,
        claim: &Claim,
    ) -> Option<EngineAnswer> {
        let accepted = self.findings.iter().filter(|finding| {
            finding.accepted.is_some()
                && finding.audience() == Some(claim.audience)
                && (finding.change.event_type.is_none()
                    || finding.change.event_type == claim.event_type)
        });
        let changes: Vec<_> = accepted.flat_map(|finding| finding.change.all()).collect();
        if changes.is_empty() {
            return None;
        }
        let reader = court.parties.reader(claim.audience).view.document;
        let demands =
            changes.into_iter().flat_map(|change| demands(reader, change, claim.audience));
        Some(court.decide_beside(claim, demands.collect()))
    }

    /// Adds what `delivery`, which refutes `claim`, breaks and no finding tells yet.
    fn explain(&mut self, parties: &Parties<'_>, claim: Claim, delivery: Value) {
        let reader = parties.reader(claim.audience);
        let objections = reader.objections(&delivery);
        // What is accepted was left out of what was asked, if it is.
        let has_accepted = self.findings.iter().any(|finding| finding.accepted.is_some());
        let told = |finding: &&Finding| !has_accepted || finding.accepted.is_none();
        let (explained, unexplained): (Vec<_>, Vec<_>) =
            objections.into_iter().partition(|objection| {
                let mut told = self.findings.iter().filter(told);
                told.any(|finding| finding.explains(&claim, &delivery, objection))
            });
        // Where validators differ, only one of the objections may be that of all.
        if reader.is_disputed() && !explained.is_empty() {
            return;
        }
        let unexplained = unexplained.into_iter().next();
        let Some(Objection { instance, message, keyword, .. }) = unexplained else { return };
        let layout = parties.new.view.layout;
        let path = Path::of_fields(&instance);
        let about = if layout.is_whole(&path) { About::Object } else { About::Values };
        // The keyword that rejects it stands in one of the two documents, and may in the other.
        let there = |party: &Party<'_>| nearest(party.view.document, &keyword);
        let change = Change {
            rule: of_constraint(about, claim.audience),
            event_type: claim.event_type,
            became: None,
            released: Some(there(&parties.released)),
            new: there(&parties.new),
            cause: String::new(),
            what: format!(
                "{}by keywords that are not compared one by one",
                match instance.as_str() {
                    _ if layout.is_whole(&path) => String::new(),
                    _ => format!("{}: ", layout.named(&path)),
                }
            ),
            instance,
            path,
            path_now: None,
            also: Vec::new(),
        };
        self.add(change, Some(BreakingDelivery { delivery, rejected: message }));
    }
}

/// The JSON Pointer of the part of `document` at `pointer`, or of the closest one around it.
fn nearest(document: &Value, pointer: &str) -> String {
    let mut pointer = pointer;
    while document.pointer(pointer).is_none() {
        pointer = pointer.rsplit_once('/').map_or("", |(around, _)| around);
    }
    pointer.to_owned()
}
