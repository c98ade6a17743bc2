//! What every [`Inbox`] promises, as tests: run them on an implementation of your own.
//!
//! ```
//! use clip_events_receiver::{MemoryInbox, conformance};
//!
//! conformance::run(MemoryInbox::new);
//! ```

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::inbox::{
    Appended, Arrival, Claim, Claimed, Counts, DeadReason, Inbox, InboxError, Lease, LeaseKey,
    Limits,
};

/// Runs all tests, each on an inbox of its own that `make` makes, empty.
///
/// # Panics
///
/// If the inbox does not keep a promise; the message says which.
pub fn run<I: Inbox>(make: impl Fn(Limits) -> I) {
    let inbox = || make(limits(100));
    what_is_appended_is_handed_out_once_and_in_order(&inbox());
    an_id_is_known_until_it_is_forgotten(&inbox());
    a_claim_is_for_one_until_it_runs_out(&inbox());
    a_claim_without_a_delivery_is_never_handed_out_and_does_not_hide_it(&inbox());
    what_nobody_looked_at_was_no_attempt(&inbox());
    what_was_superseded_makes_room_first(&make(limits(3)));
    what_is_released_is_handed_out_again_and_not_before_its_time(&inbox());
    a_lease_that_ran_out_completes_nothing(&inbox());
    the_newest_of_what_is_coalesced_is_kept(&inbox());
    what_is_in_flight_is_not_coalesced(&inbox());
    dead_letters_are_kept_until_they_are_dropped(&inbox());
    a_dead_letter_that_comes_again_is_tried_again(&inbox());
    an_id_without_a_delivery_may_be_a_dead_letter(&inbox());
    before_1970_nothing_is_old(&inbox());
    what_is_done_makes_room_and_nothing_else_does(&make(limits(3)));
    a_clock_that_jumps_loses_nothing(&inbox());
    a_clock_that_was_set_back_changes_no_order(&make(limits(3)));
    bytes_are_kept_as_they_are(&inbox());
    threads_share_it(&make(limits(10_000)));
}

const NOW: u64 = 1_745_800_000_000;
const LEASE: i64 = 60_000;
const AGE: i64 = 3_600_000;

fn limits(entries: usize) -> Limits {
    Limits {
        entries,
        age: Duration::from_millis(AGE.unsigned_abs()),
        lease: Duration::from_millis(LEASE.unsigned_abs()),
    }
}

/// So many milliseconds after the test began, or before.
fn at(milliseconds: i64) -> SystemTime {
    let time = NOW.checked_add_signed(milliseconds).expect("a time");
    SystemTime::UNIX_EPOCH + Duration::from_millis(time)
}

fn arrival(id: &str) -> Arrival<'_> {
    Arrival {
        id: id.into(),
        created: at(0),
        coalesce: None,
        dead: None,
        signature: b"t=0,v1=".into(),
        body: id.as_bytes().into(),
    }
}

fn progress<'a>(id: &'a str, job: &str, created: i64) -> Arrival<'a> {
    Arrival { coalesce: Some(job.into()), created: at(created), ..arrival(id) }
}

fn append(inbox: &impl Inbox, arrivals: &[Arrival<'_>], now: i64) -> Vec<Appended> {
    inbox.append(arrivals, at(now)).expect("append")
}

fn next(inbox: &impl Inbox, limit: usize, now: i64) -> Vec<Claimed> {
    inbox.next(limit, at(now)).expect("next")
}

fn ids(claimed: &[Claimed]) -> Vec<&str> {
    claimed.iter().map(|claimed| claimed.lease.id()).collect()
}

fn lease(inbox: &impl Inbox, id: &str, now: i64) -> Lease {
    match inbox.claim(id, at(now)).expect("claim") {
        Claim::New(lease) => lease,
        claim => panic!("nobody has {id}, and it is not done: {claim:?}"),
    }
}

fn is_done(inbox: &impl Inbox, id: &str, now: i64) -> bool {
    matches!(inbox.claim(id, at(now)).expect("claim"), Claim::Done)
}

fn what_is_appended_is_handed_out_once_and_in_order(inbox: &impl Inbox) {
    assert_eq!(append(inbox, &[], 0), []);
    assert!(next(inbox, 10, 0).is_empty(), "an empty inbox has nothing");
    let appended = append(inbox, &[arrival("b"), arrival("a"), arrival("b")], 0);
    assert_eq!(appended, [Appended::New, Appended::New, Appended::Duplicate]);
    assert_eq!(
        append(inbox, &[arrival("a"), arrival("c")], 1),
        [Appended::Duplicate, Appended::New]
    );
    let first = next(inbox, 2, 2);
    assert_eq!(ids(&first), ["b", "a"], "those that came first are handed out first");
    assert!(first.iter().all(|claimed| claimed.attempt() == 1 && claimed.received == at(0)));
    let second = next(inbox, 10, 2);
    assert_eq!(ids(&second), ["c"], "nothing is handed out twice");
    assert!(next(inbox, 10, 2).is_empty());
    assert_eq!(inbox.counts().expect("counts"), Counts { in_flight: 3, ..Counts::default() });
    for claimed in first.iter().chain(&second) {
        inbox.complete(&claimed.lease, at(3)).expect("complete");
    }
    assert_eq!(inbox.counts().expect("counts"), Counts { done: 3, ..Counts::default() });
    assert!(next(inbox, 10, LEASE + 10).is_empty(), "what is done is not handed out");
}

fn an_id_is_known_until_it_is_forgotten(inbox: &impl Inbox) {
    append(inbox, &[arrival("a")], 0);
    let lease = lease(inbox, "a", 0);
    assert_eq!(append(inbox, &[arrival("a")], 1), [Appended::Duplicate], "in flight");
    inbox.complete(&lease, at(10)).expect("complete");
    assert_eq!(append(inbox, &[arrival("a")], 11), [Appended::Duplicate], "done");
    assert!(is_done(inbox, "a", 11));
    assert_eq!(append(inbox, &[arrival("a")], AGE + 9), [Appended::Duplicate], "not yet");
    assert_eq!(append(inbox, &[arrival("a")], AGE + 10), [Appended::New], "forgotten");
}

fn a_claim_is_for_one_until_it_runs_out(inbox: &impl Inbox) {
    for stored in [true, false] {
        let id = if stored { "stored" } else { "new" };
        if stored {
            append(inbox, &[arrival(id)], 0);
        }
        assert_eq!(lease(inbox, id, 0).attempt(), 1);
        let claim = inbox.claim(id, at(LEASE - 1)).expect("claim");
        assert!(matches!(claim, Claim::InFlight), "{claim:?}");
        let second = lease(inbox, id, LEASE);
        assert_eq!(second.attempt(), 2, "the second attempt says so");
        inbox.complete(&second, at(LEASE + 1)).expect("complete");
        assert!(is_done(inbox, id, LEASE + 2));
    }
}

fn a_claim_without_a_delivery_is_never_handed_out_and_does_not_hide_it(inbox: &impl Inbox) {
    let first = lease(inbox, "a", 0);
    assert!(next(inbox, 10, 0).is_empty());
    assert!(next(inbox, 10, LEASE).is_empty(), "there is nothing to hand out");
    inbox.release(&first, Duration::ZERO, at(1)).expect("release");
    assert!(next(inbox, 10, LEASE).is_empty());
    assert_eq!(append(inbox, &[arrival("a")], 2), [Appended::New], "its delivery may still come");
    assert_eq!(append(inbox, &[arrival("a")], 2), [Appended::Duplicate], "once");
    let claimed = next(inbox, 10, 3);
    assert_eq!((ids(&claimed), claimed[0].attempt()), (vec!["a"], 2));
    assert!(matches!(inbox.complete(&first, at(3)), Err(InboxError::LeaseLost)));

    lease(inbox, "b", 0);
    assert_eq!(append(inbox, &[arrival("b")], 1), [Appended::New], "while somebody has its id");
    assert!(next(inbox, 10, 2).is_empty());
    let claimed = next(inbox, 10, LEASE);
    assert_eq!((ids(&claimed), claimed[0].attempt()), (vec!["b"], 2));

    lease(inbox, "c", 0);
    append(inbox, &[arrival("d")], AGE + 1);
    assert_eq!(lease(inbox, "c", AGE + 1).attempt(), 1, "what was claimed and left is forgotten");
}

fn what_nobody_looked_at_was_no_attempt(inbox: &impl Inbox) {
    append(inbox, &[arrival("a")], 0);
    let first = next(inbox, 1, 0).remove(0).lease;
    inbox.give_back(&first, at(1)).expect("give back");
    assert!(matches!(inbox.give_back(&first, at(1)), Err(InboxError::LeaseLost)));
    let second = next(inbox, 1, 1).remove(0).lease;
    assert_eq!(second.attempt(), 1);
    assert!(matches!(inbox.complete(&first, at(2)), Err(InboxError::LeaseLost)), "another lease");
    inbox.complete(&second, at(2)).expect("complete");
}

fn what_is_released_is_handed_out_again_and_not_before_its_time(inbox: &impl Inbox) {
    append(inbox, &[arrival("a"), arrival("b")], 0);
    let claimed = next(inbox, 1, 0);
    inbox.release(&claimed[0].lease, Duration::from_millis(50), at(0)).expect("release");
    assert_eq!(inbox.counts().expect("counts"), Counts { waiting: 2, ..Counts::default() });
    assert_eq!(ids(&next(inbox, 10, 49)), ["b"]);
    let again = next(inbox, 10, 50);
    assert_eq!((ids(&again), again[0].attempt()), (vec!["a"], 2));
    assert!(matches!(
        inbox.release(&claimed[0].lease, Duration::ZERO, at(51)),
        Err(InboxError::LeaseLost)
    ));
}

fn a_lease_that_ran_out_completes_nothing(inbox: &impl Inbox) {
    append(inbox, &[arrival("a")], 0);
    let first = next(inbox, 1, 0).remove(0).lease;
    let second = next(inbox, 1, LEASE).remove(0).lease;
    assert_eq!((first.attempt(), second.attempt()), (1, 2));
    let late = at(LEASE + 1);
    let dead = DeadReason { reason: "no".into(), pointer: "".into() };
    assert!(matches!(inbox.complete(&first, late), Err(InboxError::LeaseLost)));
    assert!(matches!(inbox.release(&first, Duration::ZERO, late), Err(InboxError::LeaseLost)));
    assert!(matches!(inbox.bury(&first, &dead), Err(InboxError::LeaseLost)));
    inbox.complete(&second, late).expect("the last one may");
    assert!(matches!(inbox.complete(&second, late), Err(InboxError::LeaseLost)), "only once");
    assert!(matches!(
        inbox.complete(&Lease::new("x", LeaseKey { entry: 99, lease: 1 }, 1, 0), late),
        Err(InboxError::LeaseLost)
    ));
    append(inbox, &[arrival("b")], 0);
    let nobody_else = next(inbox, 1, 0).remove(0).lease;
    inbox.complete(&nobody_else, at(2 * LEASE)).expect("it ran out, but nobody took it");
}

fn the_newest_of_what_is_coalesced_is_kept(inbox: &impl Inbox) {
    let arrivals = [
        progress("1", "job", 10),
        progress("2", "job", 20),
        progress("other", "other job", 1),
        arrival("state"),
        progress("0", "job", 5),
        progress("3", "job", 20),
    ];
    let appended = append(inbox, &arrivals, 100);
    let [new, superseded] = [Appended::New, Appended::Superseded];
    assert_eq!(appended, [new, new, new, new, superseded, new]);
    assert_eq!(ids(&next(inbox, 10, 100)), ["other", "state", "3"]);
    for id in ["0", "1", "2"] {
        assert_eq!(append(inbox, &[progress(id, "job", 99)], 101), [Appended::Duplicate], "{id}");
        assert!(is_done(inbox, id, 101), "{id}");
    }
}

fn what_is_in_flight_is_not_coalesced(inbox: &impl Inbox) {
    append(inbox, &[progress("1", "job", 10)], 0);
    let first = next(inbox, 1, 0).remove(0).lease;
    assert_eq!(append(inbox, &[progress("2", "job", 20)], 0), [Appended::New]);
    inbox.release(&first, Duration::ZERO, at(1)).expect("release");
    assert_eq!(append(inbox, &[progress("3", "job", 30)], 1), [Appended::New]);
    assert_eq!(ids(&next(inbox, 10, 2)), ["1", "3"], "what was claimed once stays");
}

fn dead_letters_are_kept_until_they_are_dropped(inbox: &impl Inbox) {
    let reason = |text: &'static str| DeadReason { reason: text.into(), pointer: "/data".into() };
    let dead = Arrival { dead: Some(reason("malformed")), ..arrival("a") };
    assert_eq!(append(inbox, std::slice::from_ref(&dead), 0), [Appended::New]);
    assert_eq!(append(inbox, &[dead], 0), [Appended::New], "it takes the place of what it was");
    assert_eq!(append(inbox, &[arrival("b")], 0), [Appended::New]);
    let claimed = next(inbox, 10, 0);
    assert_eq!(ids(&claimed), ["b"], "a dead letter is not handed out");
    inbox.bury(&claimed[0].lease, &reason("given up")).expect("bury");
    assert!(next(inbox, 10, 2 * LEASE).is_empty());
    assert_eq!(inbox.counts().expect("counts"), Counts { dead: 2, ..Counts::default() });
    assert!(is_done(inbox, "b", 1));
    let letters = inbox.dead_letters(0, 10).expect("dead letters");
    assert_eq!(
        letters.iter().map(|letter| &letter.reason).collect::<Vec<_>>(),
        [&reason("malformed"), &reason("given up"),]
    );
    assert_eq!(letters[1].body, b"b");
    assert_eq!(letters[1].signature, b"t=0,v1=");
    assert_eq!(inbox.dead_letters(0, 1).expect("dead letters"), letters[..1]);
    assert_eq!(inbox.dead_letters(letters[0].number, 10).expect("dead letters"), letters[1..]);
    inbox.forget(letters[0].number).expect("forget");
    inbox.forget(letters[0].number).expect("it is gone already");
    assert_eq!(inbox.dead_letters(0, 10).expect("dead letters"), letters[1..]);
    assert_eq!(append(inbox, &[arrival("a")], 1), [Appended::New], "it may come again");
    let open = next(inbox, 10, 2).remove(0);
    for number in 0..10 {
        if number != letters[1].number {
            inbox.forget(number).expect("forget");
        }
    }
    inbox.complete(&open.lease, at(3)).expect("only dead letters are dropped");
}

fn a_dead_letter_that_comes_again_is_tried_again(inbox: &impl Inbox) {
    append(inbox, &[arrival("a")], 0);
    let dead = DeadReason { reason: "no".into(), pointer: "".into() };
    let lease = next(inbox, 1, 0).remove(0).lease;
    inbox.bury(&lease, &dead).expect("bury");
    let letter = inbox.dead_letters(0, 9).expect("letters").remove(0);
    let again = Arrival { body: b"again".into(), ..arrival("a") };
    assert_eq!(append(inbox, &[again], 1), [Appended::New]);
    inbox.forget(letter.number).expect("forget");
    let claimed = next(inbox, 1, 1).remove(0);
    assert_eq!(
        claimed.body, b"again",
        "whoever forgets the letter does not forget what came since"
    );
    assert_eq!(
        (claimed.attempt(), claimed.lease.attempt_since()),
        (2, 1),
        "it may have been handled before"
    );
    assert!(matches!(inbox.complete(&lease, at(1)), Err(InboxError::LeaseLost)));
    inbox.bury(&claimed.lease, &dead).expect("bury");
    let last = inbox.dead_letters(0, 9).expect("letters").remove(0);
    let malformed = Arrival { dead: Some(dead), ..arrival("a") };
    assert_eq!(append(inbox, &[malformed], 2), [Appended::New]);
    inbox.forget(last.number).expect("forget");
    let letters = inbox.dead_letters(last.number, 9).expect("letters");
    assert_eq!(letters.len(), 1, "it is the newest dead letter");
    assert_eq!(inbox.counts().expect("counts").dead, 1);
}

fn an_id_without_a_delivery_may_be_a_dead_letter(inbox: &impl Inbox) {
    let dead = DeadReason { reason: "no".into(), pointer: "".into() };
    inbox.bury(&lease(inbox, "a", 0), &dead).expect("bury");
    let letters = inbox.dead_letters(0, 9).expect("letters");
    assert_eq!((letters[0].signature.len(), letters[0].body.len()), (0, 0));
    assert_eq!(append(inbox, &[arrival("a")], 1), [Appended::New]);
    assert_eq!(ids(&next(inbox, 1, 1)), ["a"]);
}

fn before_1970_nothing_is_old(inbox: &impl Inbox) {
    let early = SystemTime::UNIX_EPOCH;
    let stored = inbox.append(&[arrival("a")], early).expect("append");
    assert_eq!(stored, [Appended::New]);
    let claimed = inbox.next(1, early).expect("next").remove(0);
    inbox.complete(&claimed.lease, early).expect("complete");
    let stored = inbox.append(&[arrival("a")], early).expect("append");
    assert_eq!(stored, [Appended::Duplicate]);
}

fn what_is_done_makes_room_and_nothing_else_does(inbox: &impl Inbox) {
    let appended = append(inbox, &[arrival("a"), arrival("b"), arrival("c"), arrival("d")], 0);
    assert_eq!(appended, [Appended::New, Appended::New, Appended::New, Appended::Full]);
    assert_eq!(
        append(inbox, &[arrival("a"), arrival("d")], 1),
        [Appended::Duplicate, Appended::Full]
    );
    assert!(matches!(inbox.claim("d", at(1)), Err(InboxError::Full)));
    let claimed = next(inbox, 3, 1);
    assert_eq!(append(inbox, &[arrival("d")], 1), [Appended::Full], "those in flight stay");
    let dead = DeadReason { reason: "no".into(), pointer: "".into() };
    inbox.bury(&claimed[0].lease, &dead).expect("bury");
    assert_eq!(append(inbox, &[arrival("d")], 1), [Appended::Full], "dead letters stay");
    inbox.complete(&claimed[2].lease, at(2)).expect("complete");
    inbox.complete(&claimed[1].lease, at(3)).expect("complete");
    assert_eq!(append(inbox, &[arrival("d")], 4), [Appended::New]);
    assert!(is_done(inbox, "b", 4), "what was done first was forgotten first");
    assert_eq!(append(inbox, &[arrival("c")], 5), [Appended::New]);
    assert_eq!(append(inbox, &[arrival("e")], 5), [Appended::Full]);
    assert_eq!(ids(&next(inbox, 3, 5)), ["d", "c"]);
}

fn what_was_superseded_makes_room_first(inbox: &impl Inbox) {
    append(inbox, &[arrival("state")], 0);
    let state = next(inbox, 1, 0).remove(0).lease;
    inbox.complete(&state, at(1)).expect("complete");
    for number in 1..10 {
        let appended = append(inbox, &[progress(&number.to_string(), "job", number)], 1 + number);
        assert_eq!(appended, [Appended::New], "{number}");
    }
    assert!(is_done(inbox, "state", 20), "it is known as long as there is room otherwise");
    append(inbox, &[arrival("a"), arrival("b")], 20);
    let appended = append(inbox, &[progress("0", "job", 0), progress("10", "job", 10)], 20);
    assert_eq!(appended, [Appended::Superseded, Appended::New], "they need no room of their own");
    assert_eq!(append(inbox, &[arrival("c")], 20), [Appended::Full]);
}

fn a_clock_that_jumps_loses_nothing(inbox: &impl Inbox) {
    append(inbox, &[arrival("a"), arrival("b")], 0);
    let first = next(inbox, 1, 0).remove(0);
    let back = -10 * AGE;
    assert_eq!(ids(&next(inbox, 10, back)), ["a", "b"], "a lease from the future has run out");
    assert!(matches!(inbox.complete(&first.lease, at(back)), Err(InboxError::LeaseLost)));
    assert!(next(inbox, 10, back + 1).is_empty());
    assert_eq!(append(inbox, &[arrival("c")], back), [Appended::New]);
    let ahead = 10 * AGE;
    let last = append(inbox, &[arrival("d")], ahead);
    assert_eq!(last, [Appended::New]);
    let lease = lease(inbox, "d", ahead);
    inbox.release(&lease, Duration::from_millis(5), at(ahead)).expect("release");
    assert_eq!(ids(&next(inbox, 10, back + 2)), ["c", "d"], "a delay from the future is over");
    assert_eq!(ids(&next(inbox, 10, ahead)), ["a", "b", "c", "d"]);
}

fn a_clock_that_was_set_back_changes_no_order(inbox: &impl Inbox) {
    append(inbox, &[arrival("a"), arrival("b"), arrival("c")], 0);
    let claimed = next(inbox, 3, 0);
    inbox.complete(&claimed[1].lease, at(AGE)).expect("complete");
    inbox.complete(&claimed[2].lease, at(0)).expect("complete");
    assert_eq!(append(inbox, &[arrival("d")], 0), [Appended::New]);
    assert!(is_done(inbox, "c", 0), "what was done first was forgotten first, whatever the time");
    let again = append(inbox, &[arrival("b")], 0);
    assert_eq!(
        again,
        [Appended::New],
        "what was done first was forgotten first, whatever the time"
    );
}

fn bytes_are_kept_as_they_are(inbox: &impl Inbox) {
    let body: Vec<u8> = (0..=u8::MAX).collect();
    let id = "\u{0}'\"\u{1f600}";
    let arrival = Arrival { signature: (&body).into(), body: (&body).into(), ..arrival(id) };
    append(
        inbox,
        &[
            arrival.clone(),
            Arrival { id: "empty".into(), signature: b"".into(), body: b"".into(), ..arrival },
        ],
        0,
    );
    let claimed = next(inbox, 2, 0);
    assert_eq!(ids(&claimed), [id, "empty"]);
    assert_eq!((&claimed[0].body, &claimed[0].signature), (&body, &body));
    assert!(claimed[1].body.is_empty() && claimed[1].signature.is_empty());
}

fn threads_share_it(inbox: &impl Inbox) {
    const THREADS: usize = 4;
    const EACH: usize = 50;
    let start = Barrier::new(THREADS);
    let handled: Vec<Vec<String>> = thread::scope(|scope| {
        let work = |thread: usize| {
            start.wait();
            let mut handled = Vec::new();
            for number in 0..EACH {
                let (own, shared) = (format!("{thread} {number}"), format!("shared {number}"));
                append(inbox, &[arrival(&own), arrival(&shared)], 0);
                for claimed in next(inbox, 3, 0) {
                    assert_eq!(claimed.attempt(), 1, "{}", claimed.lease.id());
                    inbox.complete(&claimed.lease, at(1)).expect("complete");
                    handled.push(claimed.lease.id().into());
                }
            }
            handled
        };
        let threads: Vec<_> =
            (0..THREADS).map(|thread| scope.spawn(move || work(thread))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a thread")).collect()
    });
    let mut handled: Vec<String> = handled.into_iter().flatten().collect();
    handled.extend(next(inbox, 10_000, 0).iter().map(|claimed| claimed.lease.id().into()));
    let distinct: BTreeSet<&String> = handled.iter().collect();
    assert_eq!(handled.len(), distinct.len(), "nothing is handled twice");
    assert_eq!(distinct.len(), (THREADS + 1) * EACH, "nothing is lost");
}
