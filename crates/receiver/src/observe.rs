//! What the outside sees: counts and times, by labels of which there are few. Never a body, a secret or a header.

#![cfg_attr(
    not(all(feature = "metrics", feature = "tracing")),
    allow(unused_variables, reason = "without the features nothing is seen")
)]

use std::time::SystemTime;

use clip_events::EventType;

use crate::answer::Answer;
use crate::inbox::{Inbox, InboxError};

/// A genuine delivery that meets the contract, whether it came before or not.
pub(crate) fn received(event_type: Option<EventType>, created: SystemTime, now: SystemTime) {
    #[cfg(feature = "metrics")]
    {
        let event_type = event_type.map_or("unknown", EventType::as_str);
        let lag = now.duration_since(created).unwrap_or_default();
        metrics::counter!("clip_events_received_total", "event_type" => event_type).increment(1);
        metrics::histogram!("clip_events_lag_seconds").record(lag);
    }
}

/// A request that gets this answer.
pub(crate) fn answered(answer: &Answer) {
    #[cfg(feature = "metrics")]
    metrics::counter!("clip_events_answers_total", "answer" => answer.name()).increment(1);
    #[cfg(feature = "tracing")]
    match answer.status() {
        200 if *answer != Answer::DeadLetter => tracing::debug!(answer = answer.name(), "received"),
        _ => tracing::warn!(answer = answer.name(), "received"),
    }
    if *answer == Answer::DeadLetter {
        dead("malformed");
    }
}

/// So many deliveries wait to be stored.
#[cfg(feature = "axum")]
pub(crate) fn queued(count: usize) {
    #[cfg(feature = "metrics")]
    metrics::gauge!("clip_events_queue_depth").set(u32::try_from(count).unwrap_or(u32::MAX));
}

/// An event has been handled, or could not be, for now.
pub(crate) fn handled(is_done: bool) {
    #[cfg(feature = "metrics")]
    metrics::counter!("clip_events_handled_total", "outcome" => if is_done { "done" } else { "failed" })
        .increment(1);
}

/// What is in the inbox.
pub(crate) fn entries(inbox: &impl Inbox) {
    #[cfg(feature = "metrics")]
    if let Ok(counts) = inbox.counts() {
        let states = [
            ("waiting", counts.waiting),
            ("in_flight", counts.in_flight),
            ("done", counts.done),
            ("dead", counts.dead),
        ];
        for (state, count) in states {
            let count = u32::try_from(count).unwrap_or(u32::MAX);
            metrics::gauge!("clip_events_inbox_entries", "state" => state).set(count);
        }
    }
}

/// The inbox has failed.
pub(crate) fn unavailable(error: &InboxError) {
    #[cfg(feature = "metrics")]
    metrics::counter!("clip_events_inbox_errors_total").increment(1);
    #[cfg(feature = "tracing")]
    tracing::error!(%error, "the inbox cannot be reached");
}

/// An event has become a dead letter.
pub(crate) fn dead(reason: &'static str) {
    #[cfg(feature = "metrics")]
    metrics::counter!("clip_events_dead_letters_total", "reason" => reason).increment(1);
    #[cfg(feature = "tracing")]
    tracing::warn!(reason, "dead letter");
}

/// Handling took longer than its lease.
pub(crate) fn lease_lost() {
    #[cfg(feature = "metrics")]
    metrics::counter!("clip_events_leases_lost_total").increment(1);
    #[cfg(feature = "tracing")]
    tracing::warn!("handling took longer than its lease");
}
