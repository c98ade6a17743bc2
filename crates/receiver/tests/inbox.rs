//! Both inboxes keep the promises of one.

use std::time::{Duration, SystemTime};

use clip_events_receiver::inbox::{Appended, Arrival};
use clip_events_receiver::{Inbox, Limits, MemoryInbox, SqliteInbox, conformance};

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
