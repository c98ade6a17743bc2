//! What the metrics say: the names that the README lists, labels of which there are few, and nothing that a sender chose.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use clip_events_receiver::{
    Inbox, Limits, MemoryInbox, Receiver, Retry, Secrets, SqliteInbox, Verifier,
};
use metrics_exporter_prometheus::PrometheusBuilder;

const SECRET: &str = "whsec_1";

fn receiver<I: Inbox>(inbox: I) -> Receiver<I> {
    let retry = Retry { attempts: 1, delay: Duration::ZERO };
    Receiver::new(Verifier::new(Secrets::new(SECRET).unwrap()), inbox).retry(retry)
}

fn send<I: Inbox>(receiver: &Receiver<I>, body: &str) {
    let now = SystemTime::now();
    let header = Secrets::new(SECRET).unwrap().sign(body.as_bytes(), now);
    receiver.receive(&[header.as_bytes()], body.as_bytes(), now);
}

fn unknown(id: &str) -> String {
    format!(r#"{{"id":"{id}","type":"hidden.type","created":1745800000000,"data":{{}}}}"#)
}

fn is_answered_and_handled() {
    let receiver = receiver(MemoryInbox::new(Limits::default()));
    for id in ["hidden-1", "hidden-1", "hidden-2", "hidden-3"] {
        send(&receiver, &unknown(id));
    }
    send(&receiver, r#"{"id":"1","type":"post.published","created":1745800000000,"data":{}}"#);
    receiver.receive(&[], b"hidden", SystemTime::now());
    receiver.receive(&[b"hidden"], b"hidden", SystemTime::now());
    receiver.receive(&[], &vec![b'x'; 1 << 20], SystemTime::now());
    receiver.work(SystemTime::now, |claimed| match claimed.lease.id() {
        "hidden-1" => Err("hidden"),
        "hidden-2" => {
            // Somebody else has it, since handling it takes so long.
            let late = SystemTime::now() + Duration::from_secs(3600);
            assert_eq!(receiver.inbox().next(1, late).unwrap().len(), 1);
            Ok(())
        }
        _ => {
            receiver.stop();
            Ok(())
        }
    });
}

fn has_no_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("inbox.sqlite");
    let receiver = receiver(SqliteInbox::open(&path, Limits::default()).unwrap());
    rusqlite::Connection::open(path).unwrap().execute_batch("DROP TABLE inbox").unwrap();
    send(&receiver, &unknown("hidden"));
}

#[test]
fn metrics_are_those_of_the_readme_and_show_nothing_of_a_delivery() {
    let recorder = PrometheusBuilder::new().build_recorder();
    let seen = recorder.handle();
    metrics::with_local_recorder(&recorder, || {
        is_answered_and_handled();
        has_no_store();
    });
    let text = seen.render();
    assert!(!text.contains("hidden") && !text.contains("choppity"), "{text}");
    let samples = text.lines().filter(|line| !line.starts_with("clip_events_lag_seconds"));
    let samples: BTreeSet<&str> = samples.filter(|line| !line.is_empty()).collect();
    insta::assert_snapshot!(samples.into_iter().collect::<Vec<_>>().join("\n"));

    let shown = text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next());
    let mut shown: BTreeSet<&str> = shown.collect();
    // Of the router.
    shown.insert("clip_events_queue_depth");
    let readme = include_str!("../README.md").lines();
    let listed = readme.filter_map(|line| line.strip_prefix("| `clip_events_"));
    let listed: BTreeSet<_> = listed
        .map(|line| format!("clip_events_{}", line.split(['`', '{']).next().unwrap()))
        .collect();
    assert_eq!(shown, listed.iter().map(String::as_str).collect());
}
