//! Answers as people and programs read them.
#![allow(clippy::print_stdout)] // A command speaks through it.

use schema_compat::{Answer, Failure, Side, Undecided, Witness};
use serde_json::{Value, json};

use crate::question::Question;

/// Prints an answer for people, its proof too if they want it explained.
pub(crate) fn print(question: &Question, answer: &Answer, explain: bool) {
    match answer {
        Answer::Proved(proof) => {
            println!("{}: yes, {}", question.id, question.text);
            if explain {
                for line in question.in_words_of_the_command(&proof.to_string()).lines() {
                    println!("  {line}");
                }
            }
        }
        Answer::Refuted(witness) => print_witness(question, witness),
        Answer::Undecided(undecided) => print_undecided(question, undecided),
    }
}

fn print_witness(question: &Question, witness: &Witness) {
    println!("{}: NO, not true that {}", question.id, question.text);
    let [good, bad] = [Side::Subset, Side::Superset].map(|side| question.version(side).name());
    println!("  the {good} schema allows, the {bad} one rejects:");
    for line in format!("{:#}", witness.instance).lines() {
        println!("    {line}");
    }
    for Failure { instance, keyword, message, .. } in &witness.failures {
        let at = if instance.is_empty() { "the document" } else { instance };
        println!("  because of {bad} #{keyword}, at {at}: {message}");
    }
}

fn print_undecided(question: &Question, undecided: &Undecided) {
    println!("{}: UNDECIDED whether {}", question.id, question.text);
    println!("  {}", question.in_words_of_the_command(&undecided.reason));
    let place = &undecided.place;
    println!("  at {} #{}", question.version(place.side).name(), place.pointer);
    println!("  {}", question.in_words_of_the_command(&undecided.help));
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
