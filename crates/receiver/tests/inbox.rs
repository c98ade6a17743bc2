//! Both inboxes keep the promises of one.

use std::time::{Duration, SystemTime};

use clip_events_receiver::inbox::{Appended, Arrival, Claim, DeadReason, Lease};
use clip_events_receiver::{Inbox, Limits, MemoryInbox, SqliteInbox, conformance};
use proptest::prelude::*;

#[test]
fn in_memory() {
    conformance::run(MemoryInbox::new);
}

#[test]
fn in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let number = std::cell::Cell::new(0);
    conformance::run(|limits| {
        number.set(number.get() + 1);
        let path = folder.path().join(format!("{}.sqlite", number.get()));
        SqliteInbox::open(path, limits).unwrap()
    });
}

#[test]
fn two_of_one_file_see_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.sqlite");
    let limits = Limits { entries: 2, ..Limits::default() };
    let [one, other] = [(); 2].map(|()| SqliteInbox::open(&path, limits).unwrap());
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_745_800_000);
    let append = |inbox: &SqliteInbox, id: &str| {
        let arrival = Arrival {
            id: id.into(),
            created: now,
            coalesce: None,
            dead: None,
            signature: b"".into(),
            body: b"{}".into(),
        };
        inbox.append(&[arrival], now).unwrap()[0]
    };
    assert_eq!(append(&one, "a"), Appended::New);
    assert_eq!(append(&other, "a"), Appended::Duplicate);
    assert_eq!(append(&other, "b"), Appended::New);
    assert_eq!(append(&one, "c"), Appended::Full);
    let claimed = one.next(1, now).unwrap();
    assert_eq!(other.next(9, now).unwrap()[0].lease.id(), "b");
    other.complete(&claimed[0].lease, now).unwrap();
    assert_eq!(append(&one, "c"), Appended::New);
    drop((one, other));
    let again = SqliteInbox::open(&path, limits).unwrap();
    assert_eq!(append(&again, "c"), Appended::Duplicate);
}

#[test]
fn with_less_room_than_there_was_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.sqlite");
    let open = |entries| SqliteInbox::open(&path, Limits { entries, ..Limits::default() }).unwrap();
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_745_800_000);
    let append = |inbox: &SqliteInbox, id: &str, coalesce: Option<&str>| {
        let arrival = Arrival {
            id: id.into(),
            created: now,
            coalesce: coalesce.map(str::to_owned),
            dead: None,
            signature: b"".into(),
            body: b"{}".into(),
        };
        inbox.append(&[arrival], now).unwrap()[0]
    };
    let wide = open(10);
    for id in ["a", "b", "c"] {
        append(&wide, id, None);
    }
    append(&wide, "p1", Some("job"));
    let narrow = open(2);
    assert_eq!(append(&narrow, "p2", Some("job")), Appended::Full);
    let waiting = narrow.next(9, now).unwrap();
    let ids: Vec<_> = waiting.iter().map(|claimed| claimed.lease.id()).collect();
    assert_eq!(ids, ["a", "b", "c", "p1"]);
}

#[test]
fn a_file_of_something_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.sqlite");
    std::fs::write(&path, "not a database, but long enough to be taken for one".repeat(20))
        .unwrap();
    assert!(SqliteInbox::open(&path, Limits::default()).is_err());
    assert!(SqliteInbox::open(folder.path(), Limits::default()).is_err());
    assert!(SqliteInbox::open(":memory:", Limits::default()).is_err());
    let foreign = folder.path().join("foreign.sqlite");
    let other = rusqlite::Connection::open(&foreign).unwrap();
    other.execute_batch("CREATE TABLE theirs (value)").unwrap();
    for version in [0, 1] {
        other.pragma_update(None, "user_version", version).unwrap();
        let before = std::fs::read(&foreign).unwrap();
        assert!(SqliteInbox::open(&foreign, Limits::default()).is_err());
        assert_eq!(std::fs::read(&foreign).unwrap(), before, "it is as it was");
    }
}

/// What is done to an inbox; ids, keys and leases are of few, so that they meet.
#[derive(Clone, Debug)]
enum Step {
    Append(Vec<(u8, Option<u8>, bool, i8)>),
    Claim(u8),
    Next(usize),
    Complete(usize),
    Release(usize, u8),
    GiveBack(usize),
    Bury(usize),
    Forget(usize),
    /// Seconds, also back.
    Wait(i16),
}

fn step() -> impl Strategy<Value = Step> {
    let arrival = (0..8_u8, prop::option::of(0..3_u8), prop::bool::weighted(0.2), any::<i8>());
    prop_oneof![
        4 => prop::collection::vec(arrival, 0..4).prop_map(Step::Append),
        1 => (0..8_u8).prop_map(Step::Claim),
        3 => (0..4_usize).prop_map(Step::Next),
        2 => any::<usize>().prop_map(Step::Complete),
        1 => (any::<usize>(), any::<u8>()).prop_map(|(lease, delay)| Step::Release(lease, delay)),
        1 => any::<usize>().prop_map(Step::GiveBack),
        1 => any::<usize>().prop_map(Step::Bury),
        1 => any::<usize>().prop_map(Step::Forget),
        2 => (-50..400_i16).prop_map(Step::Wait),
    ]
}

/// One inbox and the leases that it has given, in order.
struct Side<I> {
    inbox: I,
    leases: Vec<Lease>,
}

impl<I: Inbox> Side<I> {
    fn new(inbox: I) -> Self {
        Self { inbox, leases: Vec::new() }
    }

    /// What a step answers, and what is in the inbox then, without numbers that each inbox gives as it likes.
    fn take(&mut self, step: &Step, now: SystemTime) -> String {
        let dead = DeadReason { reason: "no".into(), pointer: "/data".into() };
        let letters = |inbox: &I| inbox.dead_letters(0, 100).unwrap();
        let lease =
            |at: usize| (!self.leases.is_empty()).then(|| &self.leases[at % self.leases.len()]);
        let answer = match step {
            Step::Append(arrivals) => {
                let arrivals: Vec<Arrival<'_>> = arrivals
                    .iter()
                    .map(|(id, coalesce, is_dead, created)| Arrival {
                        id: id.to_string().into(),
                        created: now.checked_add(Duration::from_secs(200)).unwrap()
                            - Duration::from_secs(u64::from(created.unsigned_abs())),
                        coalesce: coalesce.map(|key| key.to_string()),
                        dead: is_dead.then(|| dead.clone()),
                        signature: b"s".into(),
                        body: vec![*id].into(),
                    })
                    .collect();
                format!("{:?}", self.inbox.append(&arrivals, now))
            }
            Step::Claim(id) => match self.inbox.claim(&id.to_string(), now) {
                Ok(Claim::New(lease)) => {
                    let attempt = lease.attempt();
                    self.leases.push(lease);
                    format!("attempt {attempt}")
                }
                other => format!("{other:?}"),
            },
            Step::Next(limit) => {
                let claimed = self.inbox.next(*limit, now).unwrap();
                let seen = claimed.iter().map(|one| {
                    (one.lease.id().to_owned(), one.attempt(), one.received, one.body.clone())
                });
                let seen = format!("{:?}", seen.collect::<Vec<_>>());
                self.leases.extend(claimed.into_iter().map(|claimed| claimed.lease));
                seen
            }
            Step::Complete(at) => {
                format!("{:?}", lease(*at).map(|lease| self.inbox.complete(lease, now)))
            }
            Step::Release(at, delay) => {
                let delay = Duration::from_secs((*delay).into());
                format!("{:?}", lease(*at).map(|lease| self.inbox.release(lease, delay, now)))
            }
            Step::GiveBack(at) => {
                format!("{:?}", lease(*at).map(|lease| self.inbox.give_back(lease, now)))
            }
            Step::Bury(at) => {
                format!("{:?}", lease(*at).map(|lease| self.inbox.bury(lease, &dead)))
            }
            Step::Forget(at) => {
                let letters = letters(&self.inbox);
                if !letters.is_empty() {
                    self.inbox.forget(letters[at % letters.len()].number).unwrap();
                }
                String::new()
            }
            Step::Wait(_) => String::new(),
        };
        let letters = letters(&self.inbox);
        let letters: Vec<_> =
            letters.iter().map(|one| (&one.body, &one.reason.reason, one.received)).collect();
        format!("{answer} {:?} {letters:?}", self.inbox.counts().unwrap())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn both_answer_alike(steps in prop::collection::vec(step(), 1..60), entries in 1..8_usize) {
        let limits = Limits { entries, age: Duration::from_secs(600), lease: Duration::from_secs(60) };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("inbox.sqlite");
        let mut memory = Side::new(MemoryInbox::new(limits));
        let mut file = Side::new(SqliteInbox::open(&path, limits).unwrap());
        let mut now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_745_800_000);
        for step in steps {
            if let Step::Wait(seconds) = step {
                let by = Duration::from_secs(seconds.unsigned_abs().into());
                now = if seconds < 0 { now - by } else { now + by };
            }
            prop_assert_eq!(memory.take(&step, now), file.take(&step, now), "{:?}", step);
        }
        // What it has counted is what there is.
        let database = rusqlite::Connection::open(&path).unwrap();
        let count = |what: &str| database.query_row(what, [], |row| row.get::<_, i64>(0)).unwrap();
        prop_assert_eq!(count("SELECT entries FROM totals"), count("SELECT count(*) FROM inbox"));
        let done = count("SELECT count(*) FROM inbox WHERE state IN (2, 3)");
        prop_assert_eq!(count("SELECT done FROM totals"), done);
    }
}
