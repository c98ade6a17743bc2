//! What is asked of an inbox often takes no longer the more it holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::SqliteInbox;
use crate::inbox::{Arrival, Claim, DeadReason, Inbox, Lease, Limits};

const DEAD: DeadReason<'_> =
    DeadReason { reason: std::borrow::Cow::Borrowed("r"), pointer: std::borrow::Cow::Borrowed("") };

fn arrival(id: &str) -> Arrival<'_> {
    Arrival {
        id: id.into(),
        created: now(),
        coalesce: Some(id.into()),
        dead: None,
        signature: b"".into(),
        body: b"{}".into(),
    }
}

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_745_800_000)
}

fn claim(inbox: &SqliteInbox, id: &str) -> Lease {
    match inbox.claim(id, now()).unwrap() {
        Claim::New(lease) => lease,
        other => panic!("{other:?}"),
    }
}

/// An inbox with so many of each: waiting, waiting for another attempt, in flight, claimed, done, superseded, dead.
fn filled(path: &std::path::Path, count: usize, limits: Limits) -> SqliteInbox {
    let inbox = SqliteInbox::open(path, limits).unwrap();
    inbox.append(&[arrival("first")], now()).unwrap();
    let states = ["superseded", "done", "dead", "waiting", "released", "in-flight", "claimed"];
    for state in states {
        let ids: Vec<String> = (0..count).map(|number| format!("{state}-{number}")).collect();
        let arrivals: Vec<Arrival<'_>> = ids
            .iter()
            .map(|id| Arrival {
                coalesce: (state != "superseded").then(|| id.clone()).or(Some("all".into())),
                dead: (state == "dead").then_some(DEAD),
                ..arrival(id)
            })
            .collect();
        if state != "claimed" {
            inbox.append(&arrivals, now()).unwrap();
        }
        for id in ids {
            match state {
                "done" => inbox.complete(&claim(&inbox, &id), now()).unwrap(),
                "released" => {
                    let hour = Duration::from_secs(3600);
                    inbox.release(&claim(&inbox, &id), hour, now()).unwrap();
                }
                "in-flight" | "claimed" => drop(claim(&inbox, &id)),
                _ => {}
            }
        }
    }
    inbox
}

/// How many steps of SQLite's machine each call takes.
fn steps(count: usize, limits: Limits) -> Vec<(&'static str, u64)> {
    let folder = tempfile::tempdir().unwrap();
    let inbox = filled(&folder.path().join("inbox.sqlite"), count, limits);
    let counted = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&counted);
    let count_one = move || {
        counter.fetch_add(1, Ordering::Relaxed);
        false
    };
    inbox.store().connection.progress_handler(1, Some(count_one)).unwrap();
    let mut steps = Vec::new();
    let mut count = |name, call: &dyn Fn()| {
        counted.store(0, Ordering::Relaxed);
        call();
        steps.push((name, counted.load(Ordering::Relaxed)));
    };
    let lease = claim(&inbox, "first");
    count("append", &|| drop(inbox.append(&[arrival("new")], now()).unwrap()));
    count("append a duplicate", &|| drop(inbox.append(&[arrival("new")], now()).unwrap()));
    let newer = Arrival { coalesce: Some("new".into()), ..arrival("newer") };
    count("append a newer one", &|| {
        drop(inbox.append(std::slice::from_ref(&newer), now()).unwrap());
    });
    count("append a dead letter again", &|| {
        drop(inbox.append(&[arrival("dead-0")], now()).unwrap());
    });
    count("give back", &|| inbox.give_back(&lease, now()).unwrap());
    // The first entry, and the one that the others of its kind were superseded by.
    assert_eq!(inbox.next(2, now()).unwrap().len(), 2);
    count("next", &|| assert_eq!(inbox.next(1, now()).unwrap()[0].lease.id(), "waiting-0"));
    count("claim", &|| drop(claim(&inbox, "another")));
    let lease = claim(&inbox, "newer");
    count("release", &|| inbox.release(&lease, Duration::ZERO, now()).unwrap());
    let lease = claim(&inbox, "newer");
    count("complete", &|| inbox.complete(&lease, now()).unwrap());
    let lease = claim(&inbox, "waiting-1");
    count("bury", &|| inbox.bury(&lease, &DEAD).unwrap());
    count("dead letters", &|| assert_eq!(inbox.dead_letters(0, 1).unwrap().len(), 1));
    let number = inbox.dead_letters(0, 1).unwrap()[0].number;
    count("forget", &|| inbox.forget(number).unwrap());
    steps
}

#[test]
fn no_call_takes_longer_the_more_there_is() {
    let limits = Limits { entries: 1_000_000, ..Limits::default() };
    assert_eq!(steps(20, limits), steps(400, limits));
}

#[test]
fn neither_does_it_in_a_full_one() {
    let full = |count| steps(count, Limits { entries: 6 * count + 2, ..Limits::default() });
    assert_eq!(full(20), full(400));
}
