//! The router on a socket: what is stored, what is refused, and how it answers, whoever sends and however.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime};
use std::{fs, thread};

use clip_events_receiver::axum::router;
use clip_events_receiver::inbox::{
    Appended, Arrival, Claim, Claimed, Counts, DeadLetter, DeadReason, Lease,
};
use clip_events_receiver::{Inbox, InboxError, Limits, MemoryInbox, Receiver, Secrets, Verifier};

const SECRET: &str = "whsec_1";

/// An inbox that can be told to fail.
struct Store {
    inbox: MemoryInbox,
    fails: AtomicBool,
}

impl Inbox for Store {
    fn append(
        &self,
        arrivals: &[Arrival<'_>],
        now: SystemTime,
    ) -> Result<Vec<Appended>, InboxError> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(InboxError::Unavailable("the disk is full".into()));
        }
        self.inbox.append(arrivals, now)
    }

    fn claim(&self, id: &str, now: SystemTime) -> Result<Claim, InboxError> {
        self.inbox.claim(id, now)
    }

    fn next(&self, limit: usize, now: SystemTime) -> Result<Vec<Claimed>, InboxError> {
        self.inbox.next(limit, now)
    }

    fn complete(&self, lease: &Lease, now: SystemTime) -> Result<(), InboxError> {
        self.inbox.complete(lease, now)
    }

    fn release(&self, lease: &Lease, delay: Duration, now: SystemTime) -> Result<(), InboxError> {
        self.inbox.release(lease, delay, now)
    }

    fn give_back(&self, lease: &Lease, now: SystemTime) -> Result<(), InboxError> {
        self.inbox.give_back(lease, now)
    }

    fn limits(&self) -> Limits {
        self.inbox.limits()
    }

    fn bury(&self, lease: &Lease, dead: &DeadReason<'_>) -> Result<(), InboxError> {
        self.inbox.bury(lease, dead)
    }

    fn dead_letters(&self, after: u64, limit: usize) -> Result<Vec<DeadLetter>, InboxError> {
        self.inbox.dead_letters(after, limit)
    }

    fn forget(&self, number: u64) -> Result<(), InboxError> {
        self.inbox.forget(number)
    }

    fn counts(&self) -> Result<Counts, InboxError> {
        self.inbox.counts()
    }
}

struct Server {
    address: SocketAddr,
    receiver: Arc<Receiver<Store>>,
    _runtime: tokio::runtime::Runtime,
}

impl Server {
    fn start(entries: usize) -> Self {
        let limits = Limits { entries, ..Limits::default() };
        let store = Store { inbox: MemoryInbox::new(limits), fails: AtomicBool::new(false) };
        let verifier = Verifier::new(Secrets::new(SECRET).unwrap());
        let receiver = Arc::new(Receiver::new(verifier, store));
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let app = router(Arc::clone(&receiver));
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async move { axum::serve(listener, app).await });
        Self { address, receiver, _runtime: runtime }
    }

    /// Sends these bytes on one connection: all that comes back until it is closed.
    fn send(&self, parts: &[&[u8]]) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        for (at, part) in parts.iter().enumerate() {
            if at > 0 {
                thread::sleep(Duration::from_millis(30));
            }
            // Where the server has refused the rest, it has closed the connection.
            if stream.write_all(part).is_err() {
                break;
            }
        }
        let mut answer = Vec::new();
        _ = stream.read_to_end(&mut answer);
        String::from_utf8(answer).unwrap()
    }

    /// The status of the answer to this request.
    fn status(&self, request: &[u8]) -> u16 {
        statuses(&self.send(&[request]))[0]
    }

    fn counts(&self) -> Counts {
        self.receiver.inbox().counts().unwrap()
    }
}

fn statuses(answers: &str) -> Vec<u16> {
    let statuses = answers.split("HTTP/1.1 ").skip(1);
    statuses.map(|answer| answer[..3].parse().unwrap()).collect()
}

fn delivery(id: &str, event_type: &str, data: &str) -> String {
    format!(r#"{{"id":"{id}","type":"{event_type}","created":1745800000000,"data":{data}}}"#)
}

fn succeeded(id: &str) -> String {
    let data = r#"{"project_id":"p","team_id":"t"}"#;
    delivery(id, "project.render.succeeded", data)
}

fn sign(body: &[u8]) -> String {
    Secrets::new(SECRET).unwrap().sign(body, SystemTime::now())
}

fn post(headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!(
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    [head.as_bytes(), body].concat()
}

fn signed(body: &[u8]) -> Vec<u8> {
    post(&format!("choppity-signature-256: {}\r\n", sign(body)), body)
}

#[test]
fn a_delivery_is_stored_once_whatever_its_type_and_kept_if_it_is_malformed() {
    let server = Server::start(100);
    let body = succeeded("1");
    assert_eq!(server.status(&signed(body.as_bytes())), 200);
    assert_eq!(server.status(&signed(body.as_bytes())), 200);
    assert_eq!(server.counts(), Counts { waiting: 1, ..Counts::default() });
    let unknown = delivery("2", "clip.liked", r#"{"by":["x"]}"#);
    assert_eq!(server.status(&signed(unknown.as_bytes())), 200);
    assert_eq!(server.counts().waiting, 2);
    for malformed in [&delivery("3", "project.render.succeeded", "{}"), "no JSON", "", "\u{fc}"] {
        assert_eq!(server.status(&signed(malformed.as_bytes())), 200);
        assert_eq!(server.status(&signed(malformed.as_bytes())), 200);
    }
    assert_eq!(server.counts(), Counts { waiting: 2, dead: 4, ..Counts::default() });
    let dead = server.receiver.inbox().dead_letters(0, 10).unwrap();
    assert_eq!(dead[0].reason.pointer, "/data");
    assert_eq!(dead[0].reason.reason, "`project_id` is missing");
    let mut handled = Vec::new();
    let count = server.receiver.handle(SystemTime::now, |claimed| {
        handled.push(claimed.parse_owned().expect("an event").id.to_string());
        Ok::<_, String>(())
    });
    assert_eq!((count.unwrap(), handled), (2, vec!["1".into(), "2".into()]));
    assert_eq!(server.status(&signed(body.as_bytes())), 200);
    assert_eq!(server.counts(), Counts { done: 2, dead: 4, ..Counts::default() });
}

#[test]
fn what_is_not_genuine_is_refused_and_says_nothing_of_the_secret() {
    let server = Server::start(100);
    let body = succeeded("1");
    let (body, header) = (body.as_bytes(), sign(body.as_bytes()));
    let name = "choppity-signature-256";
    let old = SystemTime::now() - Duration::from_secs(400);
    let old = Secrets::new(SECRET).unwrap().sign(body, old);
    for (headers, status) in [
        (String::new(), 401),
        (format!("choppity-signature: {SECRET}\r\n"), 401),
        (format!("{name}: {old}\r\n"), 401),
        (format!("{name}: {}\r\n", sign(b"other")), 401),
        (format!("{name}: \r\n"), 400),
        (format!("{name}: {SECRET}\r\n"), 400),
        (format!("{name}: {header}\r\n{name}: {header}\r\n"), 400),
        (format!("{name}: t=\u{fc},v1=1\r\n"), 400),
        (format!("{name}: {header}\r\nChoppity-Signature-256: {header}\r\n"), 400),
    ] {
        let answer = server.send(&[&post(&headers, body)]);
        assert_eq!(statuses(&answer), [status], "{headers}");
        assert!(!answer.contains(SECRET), "{answer}");
    }
    assert_eq!(server.counts(), Counts::default());
    for (headers, body) in [
        (format!("CHOPPITY-SIGNATURE-256: {header}\r\n"), body),
        (format!("{name}: {header}\r\ncontent-type: text/plain\r\n"), body),
        (format!("{name}:   {}  \r\n", header.replace(',', ", ")), body),
    ] {
        assert_eq!(server.status(&post(&headers, body)), 200, "{headers}");
    }
    assert_eq!(server.counts().waiting, 1);
}

#[test]
fn bodies_may_come_in_parts_and_are_limited() {
    let server = Server::start(100);
    let body = succeeded("1");
    let header = sign(body.as_bytes());
    let head = format!(
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\nchoppity-signature-256: {header}\r\n\r\n"
    );
    let chunks: Vec<String> = body
        .as_bytes()
        .chunks(7)
        .map(|chunk| format!("{:x}\r\n{}\r\n", chunk.len(), String::from_utf8_lossy(chunk)))
        .collect();
    let mut parts: Vec<&[u8]> = vec![head.as_bytes()];
    parts.extend(chunks.iter().map(String::as_bytes));
    parts.push(b"0\r\n\r\n");
    assert_eq!(statuses(&server.send(&parts)), [200], "chunked and slow");
    assert_eq!(server.counts().waiting, 1);
    let broken = [&parts[..3], &[b"x\r\n"]].concat();
    let answer = server.send(&broken);
    assert!(statuses(&answer) == [400] || answer.is_empty(), "{answer}");

    let limit = 64 * 1024;
    let at_limit = signed(&vec![b' '; limit]);
    assert_eq!(server.status(&at_limit), 200, "a dead letter");
    assert_eq!(server.status(&signed(&vec![b' '; limit + 1])), 413);
    let only_said =
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 99999999\r\n\r\n";
    assert_eq!(server.status(only_said.as_bytes()), 413, "refused before it comes");
    let chunk = format!("8000\r\n{}\r\n", "x".repeat(0x8000));
    let endless = [head.as_bytes(), chunk.as_bytes(), chunk.as_bytes(), chunk.as_bytes()];
    assert_eq!(statuses(&server.send(&endless)), [413]);
}

#[test]
fn requests_may_share_a_connection() {
    let server = Server::start(100);
    let close = "connection: close\r\n";
    let keep = |id: &str| {
        let request = signed(succeeded(id).as_bytes());
        String::from_utf8(request).unwrap().replace(close, "")
    };
    let last = signed(succeeded("4").as_bytes());
    let pipelined = [keep("1"), keep("2"), keep("3")].concat();
    let answers = server.send(&[pipelined.as_bytes(), &last]);
    assert_eq!(statuses(&answers), [200, 200, 200, 200], "{answers}");
    assert_eq!(server.counts().waiting, 4);
}

#[test]
fn other_methods_and_paths_are_not_for_deliveries() {
    let server = Server::start(100);
    let request = String::from_utf8(signed(succeeded("1").as_bytes())).unwrap();
    assert_eq!(server.status(request.replace("POST", "GET").as_bytes()), 405);
    assert_eq!(server.status(request.replace("POST", "PUT").as_bytes()), 405);
    assert_eq!(server.status(request.replace("POST /", "POST /other").as_bytes()), 404);
    assert_eq!(server.counts(), Counts::default());
}

#[test]
fn what_cannot_be_stored_is_not_acknowledged() {
    let server = Server::start(2);
    server.receiver.inbox().fails.store(true, Ordering::Relaxed);
    let first = signed(succeeded("1").as_bytes());
    assert_eq!(server.status(&first), 503);
    server.receiver.inbox().fails.store(false, Ordering::Relaxed);
    assert_eq!(server.status(&first), 200);
    assert_eq!(server.status(&signed(succeeded("2").as_bytes())), 200);
    assert_eq!(server.status(&signed(succeeded("3").as_bytes())), 503, "there is no room");
    assert_eq!(server.status(&first), 200, "a duplicate needs none");
    server.receiver.handle(SystemTime::now, |_| Ok::<_, String>(())).unwrap();
    assert_eq!(server.status(&signed(succeeded("3").as_bytes())), 200);
}

#[test]
fn of_progress_the_newest_is_handled_and_of_states_each() {
    let server = Server::start(100);
    let progress = |id: u64, created: u64, job: &str| {
        format!(
            r#"{{"id":"p{id}","type":"project.render.progress","created":{created},"data":{{"project_id":"{job}","team_id":"t","progress":0.{id}}}}}"#
        )
    };
    for body in [
        progress(1, 10, "a"),
        progress(3, 30, "a"),
        progress(2, 20, "a"),
        progress(4, 5, "b"),
        succeeded("s1"),
        succeeded("s2"),
    ] {
        assert_eq!(server.status(&signed(body.as_bytes())), 200);
    }
    let mut ids = Vec::new();
    let handled = server.receiver.handle(SystemTime::now, |claimed| {
        ids.push(claimed.lease.id().to_owned());
        Ok::<_, String>(())
    });
    assert_eq!(handled.unwrap(), 4);
    assert_eq!(ids, ["p3", "p4", "s1", "s2"]);
}

/// Programs that sign by themselves, where they are installed.
#[test]
fn other_languages_send_the_examples() {
    let server = Server::start(100);
    let folder = tempfile::tempdir().unwrap();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schema/examples");
    let url = format!("http://{}/", server.address);
    let script = |name: &str| format!("{}/tests/senders/{name}", env!("CARGO_MANIFEST_DIR"));
    let mut sent = 0;
    for (program, file) in [("python3", "send.py"), ("node", "send.mjs"), ("bash", "send.sh")] {
        let needs = if program == "bash" { "curl" } else { program };
        if Command::new(needs).arg("--version").output().is_err() {
            println!("skipped: {needs} is not installed");
            continue;
        }
        let mut bodies = Vec::new();
        for example in fs::read_dir(root).unwrap() {
            for file in fs::read_dir(example.unwrap().path()).unwrap() {
                let body = fs::read_to_string(file.unwrap().path()).unwrap();
                bodies.push(body.replacen("\"id\": \"", &format!("\"id\": \"{program}-"), 1));
            }
        }
        let mut command = Command::new(program);
        command.arg(script(file)).arg(&url).env("SECRET", SECRET);
        for (at, body) in bodies.iter().enumerate() {
            let path = folder.path().join(format!("{program}-{at}.json"));
            fs::write(&path, body).unwrap();
            command.arg(path);
        }
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        let answers: Vec<&str> = text.lines().collect();
        assert_eq!(answers, vec!["200"; bodies.len()], "{program}");
        sent += bodies.len() as u64;
        let Counts { waiting, done, dead, .. } = server.counts();
        assert_eq!((waiting + done, dead), (sent, 0), "{program}");
    }
    assert!(sent > 0, "no program that could send is installed");
}
