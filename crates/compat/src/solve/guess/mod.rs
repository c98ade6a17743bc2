//! Guesses values for states that seem to have one. A guess is judged like any other value, so a bad
//! one costs an answer, never its truth.

mod array;
mod object;
mod values;
