//! Attacks on verdicts: instances that would refute a proof, and three judges for each witness.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use schema_compat::{Answer, Draft, Inclusion, Options, Questions};
use serde_json::Value;

use crate::exact::Schema;
use crate::json::Json;
use crate::meaning::Meaning;
use crate::random::Random;
use crate::resources::year;
use crate::second::Second;
use crate::values::{self, Pool, Sampler};

/// Two documents, of which the first should be included in the second.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    /// The draft of the first.
    pub(crate) draft: Draft,
    /// That of the second.
    pub(crate) sup_draft: Draft,
    pub(crate) meaning: Meaning,
    pub(crate) sub: Json,
    pub(crate) sup: Json,
}

impl Pair {
    /// Both, each with its draft.
    pub(crate) fn documents(&self) -> [(&Json, Draft); 2] {
        [(&self.sub, self.draft), (&self.sup, self.sup_draft)]
    }
}

/// A fault of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// A value refutes the proof.
    FalseProof,
    /// The evaluator cannot read the schemas, but two validators refute the proof.
    DoubtfulProof,
    /// The value is no witness.
    WrongWitness,
    /// A validator does not share the witness, and none of its known misreadings explains that.
    Unconfirmed,
    /// Two validators have another opinion of a value than the evaluator, and none of their known
    /// misreadings explains that.
    Evaluator,
    Panic,
    Slow,
}

/// The result for one pair.
pub(crate) struct Outcome {
    pub(crate) verdict: Kind,
    #[allow(dead_code)] // The example reports it.
    pub(crate) took: Duration,
    /// The faults, each with the value that shows it.
    pub(crate) faults: Vec<(Fault, Option<Json>, String)>,
    /// Why validators disagreed with the evaluator, where that is known.
    pub(crate) explained: Vec<&'static str>,
}

/// A verdict in a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Proved,
    Refuted,
    Undecided(String),
    /// The engine does not take the documents for schemas.
    Invalid(String),
    Panicked,
}

/// A question that takes longer than this is a fault.
pub(crate) const SLOW: Duration = Duration::from_secs(1);

/// The verdict of the engine, with the witness if there is one.
pub(crate) fn ask(pair: &Pair) -> (Kind, Option<Value>, Duration) {
    let start = Instant::now();
    let Meaning { formats, content, zero_fraction_is_integer, .. } = pair.meaning;
    let mut options = Options::default().with_draft(pair.sup_draft).with_assert_formats(formats);
    options.assert_content = content;
    options.zero_fraction_is_integer = zero_fraction_is_integer;
    let verdict = catch_unwind(AssertUnwindSafe(|| {
        let sub = pair.sub.to_string().parse::<schema_compat::Schema>()?;
        let sup = pair.sup.to_string().parse::<schema_compat::Schema>()?;
        if pair.draft == pair.sup_draft {
            return Inclusion { subset: &sub, superset: &sup }.decide(&options);
        }
        let decided = Questions::ask(&options, |questions| {
            let sub = questions.read_by(pair.draft, sub)?;
            let sup = questions.read_by(pair.sup_draft, sup)?;
            questions.decide(&[sub], sup)
        });
        decided.expect("a thread")
    }));
    let took = start.elapsed();
    match verdict {
        Ok(Ok(Answer::Proved(_))) => (Kind::Proved, None, took),
        Ok(Ok(Answer::Refuted(witness))) => (Kind::Refuted, Some(witness.instance), took),
        Ok(Ok(Answer::Undecided(undecided))) => (Kind::Undecided(undecided.reason), None, took),
        Ok(Err(error)) => (Kind::Invalid(error.to_string()), None, took),
        Err(_) => (Kind::Panicked, None, took),
    }
}

/// A draft as `jsonschema`, the first validator, knows it.
pub(crate) fn of_first(draft: Draft) -> jsonschema::Draft {
    match draft {
        Draft::Draft4 => jsonschema::Draft::Draft4,
        Draft::Draft6 => jsonschema::Draft::Draft6,
        Draft::Draft7 => jsonschema::Draft::Draft7,
        Draft::Draft201909 => jsonschema::Draft::Draft201909,
        _ => jsonschema::Draft::Draft202012,
    }
}

/// A schema as the evaluator and the two validators read it.
struct Judges {
    exact: Option<Schema>,
    first: Option<jsonschema::Validator>,
    second: Option<Second>,
}

impl Judges {
    fn read(schema: &Json, draft: Draft, meaning: Meaning) -> Self {
        let rounded = schema.rounded();
        let first = rounded.as_ref().and_then(|schema| {
            jsonschema::options()
                .with_draft(of_first(draft))
                .should_validate_formats(meaning.formats)
                .offline()
                .build(schema)
                .ok()
        });
        let second = rounded.and_then(|schema| Second::read(&schema, draft, meaning.formats));
        Self { exact: Schema::read_as(schema, draft, meaning), first, second }
    }

    fn exact(&self, value: &Json) -> Option<bool> {
        self.exact.as_ref()?.accepts(value)
    }
}

/// Asks the engine about a pair and tries its verdict. `effort` is the number of values made for
/// the pair, besides the fixed ones.
pub(crate) fn attack(pair: &Pair, effort: usize, random: &mut Random) -> Outcome {
    let (verdict, witness, took) = ask(pair);
    let mut outcome = Outcome { verdict, took, faults: Vec::new(), explained: Vec::new() };
    if took > SLOW {
        outcome.faults.push((Fault::Slow, None, format!("{took:?}")));
    }
    match &outcome.verdict {
        Kind::Panicked => outcome.faults.push((Fault::Panic, None, String::new())),
        Kind::Proved => refute(pair, effort, random, &mut outcome),
        Kind::Refuted => {
            if let Some(witness) = witness {
                confirm(pair, &witness, &mut outcome);
            }
        }
        Kind::Undecided(_) | Kind::Invalid(_) => {}
    }
    outcome
}

/// A value that the sub accepts and the super rejects, if one is found.
#[allow(dead_code)] // The example prints it.
pub(crate) fn refutation(pair: &Pair, effort: usize, random: &mut Random) -> Option<Json> {
    let took = Duration::ZERO;
    let (faults, explained) = (Vec::new(), Vec::new());
    let mut outcome = Outcome { verdict: Kind::Proved, took, faults, explained };
    refute(pair, effort, random, &mut outcome);
    outcome.faults.into_iter().find(|(fault, ..)| *fault == Fault::FalseProof)?.1
}

/// Looks for a value that refutes the proof of a pair.
fn refute(pair: &Pair, effort: usize, random: &mut Random, outcome: &mut Outcome) {
    // A proof holds for every validator, whatever it makes of what is left to it.
    let meaning = Meaning {
        lenient: Some(random.percent(50)),
        content: pair.meaning.content.or_else(|| Some(random.percent(50))),
        zero_fraction_is_integer: pair
            .meaning
            .zero_fraction_is_integer
            .or_else(|| Some(random.percent(50))),
        ..pair.meaning
    };
    let judges = pair.documents().map(|(schema, draft)| Judges::read(schema, draft, meaning));
    let [sub, sup] = &judges;
    let pool = Pool::of(&[&pair.sub, &pair.sup], random);
    let mut accepted = Vec::new();
    let mut doubts = 0;
    let mut check = |value: Json, accepted: &mut Vec<Json>| {
        let left = sub.exact(&value);
        let right = if left == Some(false) { Some(true) } else { sup.exact(&value) };
        if left == Some(true) && right == Some(false) {
            let agree = opinions(&judges, &value);
            let note = format!("jsonschema and boon accept (sub, super): {agree:?}");
            outcome.faults.push((Fault::FalseProof, Some(value), note));
            return true;
        }
        if left != Some(false) && doubts < 60 {
            // The validators: they must not both refute what the evaluator does not.
            doubts += 1;
            let opinions = opinions(&judges, &value);
            if opinions.iter().all(|opinion| *opinion == [Some(true), Some(false)]) {
                let why = explanation(pair, &value);
                match (left.and(right), why) {
                    (_, Some(why)) => outcome.explained.push(why),
                    (None, None) => {
                        let fault = (Fault::DoubtfulProof, Some(value), String::new());
                        outcome.faults.push(fault);
                        return true;
                    }
                    (Some(_), None) => {
                        outcome.faults.push((Fault::Evaluator, Some(value), String::new()));
                        return true;
                    }
                }
            }
        }
        if left == Some(true) && accepted.len() < 200 {
            accepted.push(value);
        }
        false
    };
    for value in values::universe().iter().chain(&pool.values) {
        if check(value.clone(), &mut accepted) {
            return;
        }
    }
    for value in pool.values.iter().take(60) {
        let name = ["a", "b", "c"][random.below(3)];
        for value in [Json::Array(vec![value.clone()]), Json::object([(name, value.clone())])] {
            if check(value, &mut accepted) {
                return;
            }
        }
    }
    for _ in 0..effort / 4 {
        if check(values::members(&pool, random), &mut accepted) {
            return;
        }
    }
    for ((document, draft), share) in pair.documents().into_iter().zip([4, 8]) {
        let Some(sampler) = Sampler::new(document, draft, &pool) else { continue };
        for _ in 0..effort / share {
            if check(sampler.value("", 6, random), &mut accepted) {
                return;
            }
        }
    }
    for _ in 0..effort {
        if accepted.is_empty() {
            return;
        }
        let seed = random.below(accepted.len());
        let mut value = values::mutated(&accepted[seed], &pool, random);
        if random.percent(40) {
            value = values::mutated(&value, &pool, random);
        }
        if check(value, &mut accepted) {
            return;
        }
    }
}

/// The judgement of `jsonschema` and `boon` on a value: whether the subset and the superset accept it.
fn opinions(judges: &[Judges; 2], value: &Json) -> [[Option<bool>; 2]; 2] {
    let Some(value) = value.rounded() else { return [[None; 2]; 2] };
    let first = |judges: &Judges| Some(judges.first.as_ref()?.is_valid(&value));
    let second = |judges: &Judges| Some(judges.second.as_ref()?.accepts(&value));
    let [sub, sup] = judges;
    [[first(sub), first(sup)], [second(sub), second(sup)]]
}

/// Has a witness judged by all three.
fn confirm(pair: &Pair, witness: &Value, outcome: &mut Outcome) {
    let Some(value) = Json::read(&witness.to_string()) else { return };
    let judges = pair.documents().map(|(schema, draft)| Judges::read(schema, draft, pair.meaning));
    let exact = [judges[0].exact(&value), judges[1].exact(&value)];
    let opinions = opinions(&judges, &value);
    let note = format!("exact {exact:?}, jsonschema {:?}, boon {:?}", opinions[0], opinions[1]);
    if exact[0] == Some(false) || exact[1] == Some(true) {
        outcome.faults.push((Fault::WrongWitness, Some(value), note));
        return;
    }
    let shared = |[sub, sup]: [Option<bool>; 2]| sub != Some(false) && sup != Some(true);
    if !opinions.into_iter().all(shared) {
        match explanation(pair, &value) {
            Some(why) => outcome.explained.push(why),
            None if exact.contains(&None) => outcome.explained.push("not read by the evaluator"),
            None => outcome.faults.push((Fault::Unconfirmed, Some(value), note)),
        }
    }
}

/// The keywords that a schema uses, and what else of it validators are known to misread.
pub(crate) fn features(schema: &Json, out: &mut BTreeSet<String>) {
    match schema {
        Json::Object(members) => {
            for (name, value) in members {
                out.insert(name.clone());
                match name.as_str() {
                    "const" | "enum" => {}
                    "properties" | "patternProperties" | "$defs" | "definitions"
                    | "dependentSchemas" | "dependencies" => {
                        if let Json::Object(named) = value {
                            for value in named.values() {
                                features(value, out);
                            }
                        }
                    }
                    _ => features(value, out),
                }
                if name == "$ref" && members.len() > 1 {
                    out.insert("beside $ref".to_owned());
                }
            }
        }
        Json::Array(items) => items.iter().for_each(|item| features(item, out)),
        _ => {}
    }
}

/// Whether a number in it is one that binary64 arithmetic may get wrong.
fn is_delicate(value: &Json) -> bool {
    match value {
        Json::Number(number) => {
            let whole = number.value.is_integer() && number.value.numer().bits() <= 52;
            // A fraction of a power of two.
            let denominator = number.value.denom();
            let half = denominator.bits() <= 8
                && denominator.trailing_zeros() == Some(denominator.bits() - 1);
            !(whole || (half && number.value.numer().bits() <= 40))
        }
        Json::Array(items) => items.iter().any(is_delicate),
        Json::Object(members) => members.values().any(is_delicate),
        _ => false,
    }
}

fn is_spelled_with_point(value: &Json) -> bool {
    match value {
        Json::Number(number) => number.value.is_integer() && !number.is_spelled_whole(),
        Json::Array(items) => items.iter().any(is_spelled_with_point),
        Json::Object(members) => members.values().any(is_spelled_with_point),
        _ => false,
    }
}

/// The known misreading of a validator that a difference of opinion may come from.
pub(crate) fn explanation(pair: &Pair, value: &Json) -> Option<&'static str> {
    let mut used = BTreeSet::new();
    features(&pair.sub, &mut used);
    features(&pair.sup, &mut used);
    let has = |names: &[&str]| names.iter().any(|name| used.contains(*name));
    let year = year(pair.draft.min(pair.sup_draft));
    let all = [value, &pair.sub, &pair.sup];
    let is_delicate = all.into_iter().any(is_delicate);
    Some(if is_delicate && has(&["minContains", "maxContains"]) {
        "counts beyond 2^53"
    } else if year <= 7 && has(&["contentEncoding", "contentMediaType"]) {
        "content keywords asserted"
    } else if is_delicate {
        "numbers rounded to binary64"
    } else if year == 4 && all.into_iter().any(is_spelled_with_point) {
        "draft 4: 1.0 taken for an integer"
    } else if year == 2019 && has(&["contains"]) && has(&["unevaluatedItems"]) {
        "2019-09: contains taken to evaluate"
    } else if pair.meaning.formats && has(&["format"]) {
        "formats read otherwise"
    } else if has(&["propertyNames"]) && has(&["$recursiveRef", "$dynamicRef"]) {
        "names of properties judged outside of the dynamic scope"
    } else if has(&["pattern", "patternProperties"]) {
        "another dialect of patterns"
    } else if year <= 7 && has(&["beside $ref"]) {
        "keywords beside $ref not ignored"
    } else {
        return None;
    })
}
