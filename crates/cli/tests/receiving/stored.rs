//! `replay`: stored requests, deliveries line by line, and dead letters.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{fs, thread};

use clip_events_receiver::inbox::{Arrival, DeadReason};
use clip_events_receiver::{Inbox, Limits, SqliteInbox};
use serde_json::Value;
use tempfile::TempDir;

use super::{BODY, Listen, NAME, OK, SECRET, expect, file, path_text, sign, target};

#[test]
fn what_was_stored_is_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let save = path_text(&folder.path().join("saved.ndjson"));
    let listen = Listen::start(&["--save", &save]);
    let send = ["--to", &listen.url, "--secret-env", NAME];
    expect(0, &[&["trigger", "post.failed", "--count", "2"], &send[..]].concat(), b"");
    expect(0, &[&["trigger", "--body", "-"], &send[..]].concat(), b"{\"\xff\n");
    expect(0, &[&["trigger", "post.published"], &send[..]].concat(), b"");
    listen.end();
    let saved = fs::read_to_string(&save).unwrap();
    let saved: Vec<Value> = saved.lines().map(|line| serde_json::from_str(line).unwrap()).collect();

    let (url, requests) = target(OK);
    let replay = |status, file: &str, arguments: &[&str]| {
        expect(status, &[&["replay", file, "--to", &url], arguments].concat(), b"")
    };
    let told = replay(0, &save, &[]);
    assert!(told.contains("4 sent, 4 answered as expected; p50"), "{told}");
    let sent: Vec<_> = requests.try_iter().collect();
    assert_eq!(sent[0].1, saved[0]["body"].as_str().unwrap().as_bytes());
    assert_eq!(sent[2].1, b"{\"\xff\n");
    let signature = saved[0]["headers"]["choppity-signature-256"].as_str().unwrap();
    assert!(
        sent[0].0.contains(&format!("choppity-signature-256: {signature}\r\n")),
        "{}",
        sent[0].0
    );

    // Signed anew, by another secret.
    let secret = file(&folder, "secret", "another");
    replay(0, &save, &["--resign", "--secret-file", &secret, "--only", "post.published"]);
    let (head, body) = requests.try_iter().next().unwrap();
    let header = head.lines().find_map(|line| line.strip_prefix("choppity-signature-256: "));
    let verify = ["verify", "--header", header.unwrap(), "--secret-file", &secret];
    expect(0, &verify, &body);
    assert!(requests.try_recv().is_err());
    assert!(replay(0, &save, &["--since", "2199-01-01"]).contains("nothing to send"));
    assert_eq!(replay(0, &save, &["--since", "2025-01-01T00:00:00Z"]).lines().count(), 5);
    let last = saved[3]["received"].to_string();
    replay(0, &save, &["--since", &last]);
    assert!(replay(2, &save, &["--since", "soon"]).contains("a date like"));
    assert!(replay(2, &save, &["--resign"]).contains("no secret is given"));

    // Deliveries alone have to be signed.
    let lines = [BODY, b"\r\n\n", BODY].concat();
    let lines = file(&folder, "plain.ndjson", lines);
    assert!(replay(2, &lines, &[]).contains("plain.ndjson:1: a delivery without its signature"));
    let _ = requests.try_iter().count();
    replay(0, &lines, &["--resign", "--secret-env", NAME]);
    let bodies: Vec<_> = requests.try_iter().map(|(_, body)| body).collect();
    assert_eq!(bodies, [BODY, BODY]);
    replay(0, &lines, &["--resign", "--secret-env", NAME, "--since", "1745800000001"]);
    assert!(requests.try_recv().is_err());
    let broken = file(&folder, "broken.ndjson", "{}\n{");
    let told = replay(2, &broken, &["--resign", "--secret-env", NAME]);
    assert!(told.contains("broken.ndjson:2: neither a delivery nor a request"), "{told}");
    replay(2, "/nowhere", &[]);

    let refuses = target("HTTP/1.1 401 No\r\ncontent-length: 0\r\n\r\n").0;
    let told = expect(1, &["replay", &save, "--to", &refuses], b"");
    assert!(told.contains("4 sent, 0 answered as expected"), "{told}");
}

#[test]
fn what_is_sent_is_what_was_stored_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let save = path_text(&folder.path().join("saved.ndjson"));
    let listen = Listen::start(&["--save", &save]);
    let send = ["--to", &listen.url, "--secret-env", NAME];
    expect(0, &[&["trigger", "post.failed", "--count", "2"], &send[..]].concat(), b"");
    // It stores what it gets into the file that is being read.
    let told = expect(0, &["replay", &save, "--to", &listen.url], b"");
    assert!(told.contains("2 sent, 2 answered as expected"), "{told}");
    listen.end();
    assert_eq!(fs::read_to_string(&save).unwrap().lines().count(), 4);
}

#[test]
fn a_line_that_was_cut_costs_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let save = path_text(&folder.path().join("saved.ndjson"));
    let store = |count: &str| {
        let listen = Listen::start(&["--save", &save]);
        let send = ["--to", &listen.url, "--secret-env", NAME, "--count", count];
        expect(0, &[&["trigger", "post.failed"], &send[..]].concat(), b"");
        listen.end();
    };
    store("1");
    let saved = fs::read(&save).unwrap();
    fs::write(&save, &saved[..saved.len() - 30]).unwrap();
    store("3");
    let (url, requests) = target(OK);
    let told = expect(2, &["replay", &save, "--to", &url], b"");
    assert!(told.contains("3 sent, 3 answered as expected"), "{told}");
    assert!(told.contains("saved.ndjson:1: neither a delivery nor a request"), "{told}");
    assert_eq!(requests.try_iter().count(), 3);

    let long = file(&folder, "long.ndjson", " ".repeat((16 << 20) + 1));
    let told = expect(2, &["replay", &long, "--to", &url], b"");
    assert!(told.contains("longer than 16 MiB"), "{told}");
}

#[test]
fn headers_are_stored_byte_for_byte() {
    let folder = tempfile::tempdir().unwrap();
    let save = path_text(&folder.path().join("saved.ndjson"));
    let listen = Listen::start(&["--save", &save]);
    let host = listen.url.strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
    let head = b"x-place: caf\xe9, caf\xc3\xa9";
    let start =
        format!("POST / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: 2\r\n");
    let mut stream = TcpStream::connect(&host).unwrap();
    stream.write_all(&[start.as_bytes(), head, b"\r\n\r\n{}"].concat()).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
    listen.end();

    let receives = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", receives.local_addr().unwrap());
    let sent = thread::spawn(move || {
        let (mut stream, _) = receives.accept().unwrap();
        let mut sent = Vec::new();
        while !sent.ends_with(b"{}") {
            let mut part = [0; 1024];
            let read = stream.read(&mut part).unwrap();
            sent.extend(&part[..read]);
        }
        stream.write_all(OK.as_bytes()).unwrap();
        sent
    });
    expect(0, &["replay", &save, "--to", &url], b"");
    let sent = sent.join().unwrap();
    assert!(sent.windows(head.len()).any(|part| part == head), "{}", sent.escape_ascii());
}

/// An inbox with so many dead letters of two types.
fn inbox(folder: &TempDir, letters: u64) -> (PathBuf, SqliteInbox) {
    let path = folder.path().join("inbox.sqlite");
    let inbox = SqliteInbox::open(&path, Limits::default()).unwrap();
    let arrivals = (0..letters).map(|number| {
        let event_type = if number % 2 == 0 { "clip.even" } else { "clip.odd" };
        let body = format!(r#"{{"id":"{number}","type":"{event_type}","created":1,"data":{{}}}}"#);
        Arrival {
            id: number.to_string().into(),
            created: UNIX_EPOCH,
            coalesce: None,
            dead: Some(DeadReason { reason: "of a test".into(), pointer: "".into() }),
            signature: sign(SECRET, body.as_bytes()).into_bytes().into(),
            body: body.into_bytes().into(),
        }
    });
    inbox.append(&arrivals.collect::<Vec<_>>(), SystemTime::now()).unwrap();
    (path, inbox)
}

#[test]
fn dead_letters_are_sent_again_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let (path, inbox) = inbox(&folder, 250);
    let path = path_text(&path);
    let (url, requests) = target(OK);
    let refuses = target("HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n").0;
    expect(1, &["replay", &path, "--to", &refuses], b"");
    assert_eq!(inbox.counts().unwrap().dead, 250);
    // While another process has it open.
    let told = expect(0, &["replay", &path, "--to", &url, "--only", "clip.odd"], b"");
    assert!(told.contains("125 sent, 125 answered as expected"), "{told}");
    let (head, body) = requests.try_iter().next().unwrap();
    assert_eq!(body, br#"{"id":"1","type":"clip.odd","created":1,"data":{}}"#);
    assert!(
        head.contains(&format!("choppity-signature-256: {}\r\n", sign(SECRET, &body))),
        "{head}"
    );
    assert_eq!(inbox.counts().unwrap().dead, 125);
    drop(inbox);
    let listen = Listen::start(&["--secret-env", NAME]);
    let url = listen.url.clone();
    let resigned = ["replay", &path, "--to", &url, "--resign", "--secret-env", NAME];
    expect(0, &resigned, b"");
    assert!(listen.end().lines().all(|line| line.contains("  200  genuine, ")));
    assert!(expect(0, &resigned, b"").contains("nothing to send"));

    let bytes = fs::read(&path).unwrap();
    let told = expect(2, &["replay", "-", "--to", &url], &bytes);
    assert!(told.contains("give the name of its file"), "{told}");
    assert!(!PathBuf::from("-").exists());

    // Another database is not made an inbox.
    let mut other = b"SQLite format 3\0".to_vec();
    other.resize(4096, 0);
    let other = file(&folder, "other.sqlite", &other);
    assert!(expect(2, &["replay", &other, "--to", &url], b"").contains("not an inbox"));
    assert_eq!(fs::metadata(&other).unwrap().len(), 4096);
}
