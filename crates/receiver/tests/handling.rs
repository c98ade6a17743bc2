//! From the inbox to the handler: until nothing waits, until it is told to stop, and whatever the handler does.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, SystemTime};

use clip_events_receiver::{
    Answer, Inbox as _, Limits, MemoryInbox, Receiver, Retry, Secrets, Verifier,
};

const SECRET: &str = "whsec_1";

fn receiver() -> Receiver<MemoryInbox> {
    let verifier = Verifier::new(Secrets::new(SECRET).unwrap());
    Receiver::new(verifier, MemoryInbox::new(Limits::default()))
}

fn send(receiver: &Receiver<MemoryInbox>, id: &str) -> Answer {
    let body =
        format!(r#"{{"id":"{id}","type":"clip.liked","created":1745800000000,"data":{{}}}}"#);
    let now = SystemTime::now();
    let header = Secrets::new(SECRET).unwrap().sign(body.as_bytes(), now);
    receiver.receive(&[header.as_bytes()], body.as_bytes(), now)
}

#[test]
fn what_is_stopped_ends_after_the_event_that_it_is_at() {
    let receiver = receiver();
    for id in ["a", "b", "c", "d"] {
        assert_eq!(send(&receiver, id), Answer::Stored);
    }
    let mut seen = Vec::new();
    let handled = receiver.handle(SystemTime::now, |claimed| {
        seen.push(claimed.lease.id().to_owned());
        if seen.len() == 2 {
            receiver.stop();
        }
        Ok::<_, String>(())
    });
    assert_eq!(handled.unwrap(), 2);
    assert_eq!(seen, ["a", "b"]);
    let counts = receiver.inbox().counts().unwrap();
    assert_eq!((counts.done, counts.waiting, counts.in_flight), (2, 2, 0));
    let rest = receiver.inbox().next(9, SystemTime::now()).unwrap();
    assert!(rest.iter().all(|claimed| claimed.attempt() == 1), "nobody has tried these");
    assert_eq!(receiver.handle(SystemTime::now, |_| Err("it is stopped")).unwrap(), 0);
    assert_eq!(send(&receiver, "e"), Answer::Stored, "what comes is stored nevertheless");
}

#[test]
fn workers_handle_what_comes_each_event_once_until_they_are_stopped() {
    const EVENTS: usize = 200;
    let receiver = Arc::new(receiver());
    let (done, handled) = mpsc::channel();
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let (receiver, done) = (Arc::clone(&receiver), done.clone());
            thread::spawn(move || {
                receiver.work(SystemTime::now, |claimed| done.send(claimed.lease.id().to_owned()));
            })
        })
        .collect();
    for number in 0..EVENTS {
        assert_eq!(send(&receiver, &number.to_string()), Answer::Stored);
    }
    let next = || handled.recv_timeout(Duration::from_secs(60)).unwrap();
    let all: BTreeSet<String> = (0..EVENTS).map(|_| next()).collect();
    assert_eq!(all.len(), EVENTS);
    receiver.stop();
    for worker in workers {
        worker.join().unwrap();
    }
    assert!(handled.try_recv().is_err(), "none comes twice");
}

#[test]
fn an_error_without_words_is_one() {
    struct Silent;
    impl std::fmt::Display for Silent {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            Err(std::fmt::Error)
        }
    }
    let receiver = receiver().retry(Retry { attempts: 1, delay: Duration::ZERO });
    send(&receiver, "a");
    assert_eq!(receiver.handle(SystemTime::now, |_| Err(Silent)).unwrap(), 0);
    assert_eq!(receiver.inbox().counts().unwrap().dead, 1);
}

#[test]
fn a_dead_letter_that_is_sent_again_is_handled() {
    let receiver = receiver().retry(Retry { attempts: 2, delay: Duration::ZERO });
    send(&receiver, "a");
    receiver.handle(SystemTime::now, |_| Err("not yet")).unwrap();
    assert_eq!(receiver.inbox().counts().unwrap().dead, 1);
    assert_eq!(send(&receiver, "a"), Answer::Stored);
    let mut attempts = Vec::new();
    let handled = receiver.handle(SystemTime::now, |claimed| {
        attempts.push(claimed.attempt());
        if attempts.len() == 2 { Ok(()) } else { Err("not yet") }
    });
    assert_eq!((handled.unwrap(), attempts), (1, vec![3, 4]));
}

#[test]
fn a_handler_that_panics_has_failed_and_the_others_are_handled() {
    let retry = Retry { attempts: 2, delay: Duration::ZERO };
    let receiver = receiver().retry(retry);
    send(&receiver, "poison");
    send(&receiver, "good");
    let tried = Mutex::new(Vec::new());
    let handled = receiver.handle(SystemTime::now, |claimed| {
        tried.lock().unwrap().push((claimed.lease.id().to_owned(), claimed.attempt()));
        let id = claimed.parse().unwrap().id.to_string();
        if id == "poison" {
            // Not with a text, as `panic!` does.
            std::panic::panic_any(7);
        }
        Ok::<_, String>(())
    });
    assert_eq!(handled.unwrap(), 1);
    let mut tried = tried.into_inner().unwrap();
    tried.sort();
    assert_eq!(tried, [("good".into(), 1), ("poison".into(), 1), ("poison".into(), 2)]);
    let dead = receiver.inbox().dead_letters(0, 9).unwrap();
    assert_eq!(dead[0].reason.reason, "the handler has panicked");
}
