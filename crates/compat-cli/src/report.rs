//! Answers as people and programs read them.

use std::fmt::Write as _;

use schema_compat::{Answer, Failure, Side, Undecided, Witness};
use serde_json::{Value, json};

use crate::question::Question;

/// An answer for people, its proof too if they want it explained.
pub(crate) fn human(question: &Question, answer: &Answer, explain: bool) -> String {
    let mut text = String::new();
    let written = match answer {
        Answer::Proved(proof) => {
            let yes = writeln!(text, "{}: yes, {}", question.id, question.text);
            let proof = explain.then(|| question.in_words_of_the_command(&proof.to_string()));
            let lines = proof.iter().flat_map(|proof| proof.lines());
            yes.and_then(|()| lines.into_iter().try_for_each(|line| writeln!(text, "  {line}")))
        }
        Answer::Refuted(witness) => witnessed(question, witness, &mut text),
        Answer::Undecided(undecided) => open(question, undecided, &mut text),
    };
    // A string takes all that is written to it.
    written.unwrap_or_default();
    text
}

fn witnessed(question: &Question, witness: &Witness, text: &mut String) -> std::fmt::Result {
    writeln!(text, "{}: NO, not true that {}", question.id, question.text)?;
    let [good, bad] = [Side::Subset, Side::Superset].map(|side| question.version(side).name());
    writeln!(text, "  the {good} schema allows, the {bad} one rejects:")?;
    for line in format!("{:#}", witness.instance).lines() {
        writeln!(text, "    {line}")?;
    }
    for Failure { instance, keyword, message, .. } in &witness.failures {
        let at = if instance.is_empty() { "the document" } else { instance };
        writeln!(text, "  because of {bad} #{keyword}, at {at}: {message}")?;
    }
    Ok(())
}

fn open(question: &Question, undecided: &Undecided, text: &mut String) -> std::fmt::Result {
    writeln!(text, "{}: UNDECIDED whether {}", question.id, question.text)?;
    writeln!(text, "  {}", question.in_words_of_the_command(&undecided.reason))?;
    let place = &undecided.place;
    writeln!(text, "  at {} #{}", question.version(place.side).name(), place.pointer)?;
    writeln!(text, "  {}", question.in_words_of_the_command(&undecided.help))
}

/// An answer for programs. Its keys are in alphabetical order, which is the same whether or not
/// `serde_json` keeps the order of insertion.
pub(crate) fn json(question: &Question, answer: &Answer) -> Value {
    match answer {
        Answer::Proved(_) => json!({ "verdict": "compatible" }),
        Answer::Refuted(witness) => json!({
            "verdict": "breaking",
            "violations": witness.failures.iter().map(|violation| json!({
                "instance": violation.instance,
                "keyword": violation.keyword,
                "message": violation.message,
                "schema": question.version(Side::Superset).name(),
            })).collect::<Vec<_>>(),
            "witness": witness.instance,
        }),
        Answer::Undecided(undecided) => json!({
            "help": question.in_words_of_the_command(&undecided.help),
            "place": json!({
                "pointer": undecided.place.pointer,
                "schema": question.version(undecided.place.side).name(),
            }),
            "reason": undecided.reason,
            "verdict": "undecided",
        }),
    }
}
