//! Several questions about the same documents: what was shown for one must be right in the next.

use proptest::prelude::*;
use schema_compat::{Answer, Inclusion, Options, Questions};
use serde_json::json;

use crate::exact::Schema;
use crate::generate::Generator;
use crate::json::Json;
use crate::random::Random;
use crate::values::{Pool, Sampler, mutated, universe};

/// Which documents are the subset, and which is the superset.
type Question = (Vec<usize>, usize);

/// Every question about three documents that is not settled by its words, in a random order, some of them twice.
fn questions(random: &mut Random) -> Vec<Question> {
    let mut all: Vec<Question> = Vec::new();
    for superset in 0..3 {
        let others: Vec<_> = (0..3).filter(|other| *other != superset).collect();
        all.extend(others.iter().map(|other| (vec![*other], superset)));
        all.push((others, superset));
    }
    (0..14).map(|_| random.pick(&all).clone()).collect()
}

/// The answers, or nothing if a document is no schema.
fn ask(documents: &[Json], options: &Options, questions: &[Question]) -> Option<Vec<Answer>> {
    let asked = Questions::ask(options, |asked| {
        let read = documents.iter().map(|document| {
            let schema = document.to_string().parse()?;
            asked.read(schema)
        });
        let read = read.collect::<Result<Vec<_>, schema_compat::Error>>()?;
        let decide = |(subset, superset): &Question| {
            let subset: Vec<_> = subset.iter().map(|index| read[*index]).collect();
            asked.decide(&subset, read[*superset])
        };
        questions.iter().map(decide).collect::<Result<Vec<_>, _>>()
    });
    asked.expect("a thread").ok()
}

/// Values that documents may judge in different ways.
fn values(documents: &[Json], generator: &mut Generator) -> Vec<Json> {
    let (draft, random) = (generator.draft, &mut generator.random);
    let pool = Pool::of(&documents.iter().collect::<Vec<_>>(), random);
    let mut values: Vec<_> = universe().iter().chain(&pool.values).cloned().collect();
    for document in documents {
        let Some(sampler) = Sampler::new(document, draft, &pool) else { continue };
        for _ in 0..20 {
            let value = sampler.value("", 6, random);
            values.push(mutated(&value, &pool, random));
            values.push(value);
        }
    }
    values
}

proptest! {
    // A seed does not shrink.
    #![proptest_config(ProptestConfig {
        cases: 500,
        max_shrink_iters: 0,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_was_asked_before_changes_no_answer(seed: u64) {
        let mut generator = Generator::new(Random::new(seed, 3));
        let (one, other) = generator.pair();
        let third = if generator.random.percent(50) { generator.pair().0 } else { generator.document() };
        let documents = [one, other, third];
        let draft = generator.draft;
        let options = Options::default().with_draft(draft).with_budget(200_000);
        let questions = questions(&mut generator.random);
        let Some(answers) = ask(&documents, &options, &questions) else { return Ok(()) };
        let exact: Vec<_> =
            documents.iter().map(|document| Schema::read(document, draft)).collect();
        let accepts = |index: usize, value: &Json| exact[index].as_ref()?.accepts(value);
        let is_outside = |(subset, superset): &Question, value: &Json| {
            subset.iter().all(|index| accepts(*index, value) == Some(true))
                && accepts(*superset, value) == Some(false)
        };
        let values = values(&documents, &mut generator);
        for (question, answer) in questions.iter().zip(&answers) {
            let (subset, superset) = question;
            let told = || {
                let documents: Vec<_> = documents.iter().map(Json::to_string).collect();
                format!("{draft:?} {question:?} {documents:#?}\n{answer:?}")
            };
            match answer {
                Answer::Proved(_) => {
                    let refuting = values.iter().find(|value| is_outside(question, value));
                    prop_assert!(refuting.is_none(), "{refuting:?} refutes {}", told());
                }
                Answer::Refuted(witness) => {
                    let value = Json::read(&witness.instance.to_string()).expect("JSON");
                    let wrong = subset.iter().any(|index| accepts(*index, &value) == Some(false))
                        || accepts(*superset, &value) == Some(true);
                    prop_assert!(!wrong, "no witness: {}", told());
                }
                Answer::Undecided(undecided) => {
                    prop_assert!(!undecided.reason.contains("did not pass its check"), "{}", told());
                }
            }
            if let ([subset], superset) = (subset.as_slice(), *superset) {
                let [subset, superset] = [*subset, superset]
                    .map(|index| documents[index].to_string().parse().expect("a schema"));
                let alone = Inclusion { subset: &subset, superset: &superset }.decide(&options);
                let same = match (alone.expect("schemas"), answer) {
                    (Answer::Proved(_), answer) => matches!(answer, Answer::Proved(_)),
                    // What was asked before may lead to another value, on which validators differ.
                    (Answer::Refuted(_), Answer::Undecided(it)) => it.reason.contains("judged otherwise"),
                    (Answer::Refuted(_), answer) => matches!(answer, Answer::Refuted(_)),
                    // What was found before may help.
                    (Answer::Undecided(_), _) => true,
                };
                prop_assert!(same, "alone, the answer is another: {}", told());
            }
        }
    }
}

/// A subset may be of several schemas; each of them counts.
#[test]
fn all_schemas_of_a_subset_hold() {
    let documents = [r#"{"type": "integer"}"#, r#"{"minimum": 3}"#, r#"{"enum": [3, 4]}"#]
        .map(|text| Json::read(text).expect("JSON"));
    let most = Json::read(r#"{"maximum": 4, "minimum": 3, "type": "integer"}"#).expect("JSON");
    let nothing = Json::read("false").expect("JSON");
    let text = Json::read(r#"{"type": "string"}"#).expect("JSON");
    let all = [&documents[..], &[most, nothing, text]].concat();
    let questions =
        [(vec![0, 1, 2], 3), (vec![0, 1], 3), (vec![0, 5], 4), (vec![], 0), (vec![], 0)];
    let answers = ask(&all, &Options::default(), &questions).expect("schemas");
    let [
        Answer::Proved(_),
        Answer::Refuted(five),
        Answer::Proved(_),
        Answer::Refuted(any),
        Answer::Refuted(_),
    ] = answers.as_slice()
    else {
        panic!("{answers:?}")
    };
    assert!(five.instance.as_i64().is_some_and(|value| value > 4), "{five:?}");
    assert!(!any.instance.is_i64(), "{any:?}");
}

/// A document that is the same as an earlier one is that one, and one without a meaning spoils no other.
#[test]
fn a_document_is_judged_by_itself() {
    let texts = [
        r##"{"$ref": "#"}"##,
        r#"{"type": "integer"}"#,
        r#"{"type": "integer"}"#,
        r#"{"type": "number"}"#,
        r##"{"$ref": "#/nowhere"}"##,
    ];
    let answers = Questions::ask(&Options::default(), |asked| {
        let read = texts.map(|text| asked.read(text.parse().expect("JSON")).expect("a schema"));
        assert_eq!(read[1], read[2]);
        let endless = asked.decide(&[read[0]], read[1]).expect("an answer");
        let same = asked.decide(&[read[1]], read[2]).expect("an answer");
        let wider = asked.decide(&[read[2]], read[3]).expect("an answer");
        let broken = asked.decide(&[read[4]], read[3]).expect_err("leads nowhere").to_string();
        let after = asked.decide(&[read[3]], read[1]).expect("an answer");
        (endless, same, wider, broken, after)
    });
    let (endless, same, wider, broken, after) = answers.expect("a thread");
    let Answer::Undecided(endless) = endless else { panic!("{endless:?}") };
    assert!(endless.reason.contains("refers to itself"), "{endless:?}");
    let Answer::Proved(same) = same else { panic!("{same:?}") };
    assert_eq!(same.to_string(), "both documents are the same schema\n");
    assert!(matches!(wider, Answer::Proved(_)), "{wider:?}");
    assert!(broken.starts_with("the subset is not a valid schema"), "{broken}");
    let Answer::Refuted(after) = after else { panic!("{after:?}") };
    assert!(after.instance.is_f64() || after.instance == 0.5, "{after:?}");
}

/// Its validator would take minutes to make.
#[test]
fn a_document_that_is_too_wide_is_not_judged() {
    let schema = schema_compat::Schema::from;
    let (wide, other) = (schema(json!({ "allOf": vec![json!({}); 10_001] })), schema(json!({})));
    let inclusion = Inclusion { subset: &other, superset: &wide };
    let Ok(Answer::Undecided(why)) = inclusion.decide(&Options::default()) else {
        panic!("it is not decided")
    };
    assert!(why.reason.contains("10,000 schemas"), "{}", why.reason);
    assert_eq!(why.place.pointer, "/allOf");
}
