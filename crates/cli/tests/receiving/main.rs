//! The commands that sign, verify, send, receive and store deliveries, as their users see them.

mod signatures;
mod stored;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use clip_events_receiver::Secrets;
use serde_json::{Value, json};
use tempfile::TempDir;

const SECRET: &str = "whsec_dGhlIHNlY3JldCBvZiB0ZXN0cw";
const NAME: &str = "TEST_SECRET";
const BODY: &[u8] = br#"{"id":"1","type":"clip.liked","created":1745800000000,"data":{"z":[1,2.0],"a":"\u00fc/x"}}"#;
const AT: u64 = 1_745_800_000;

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clip-events"));
    command.args(arguments).env(NAME, SECRET).env("HTTP_PROXY", "http://192.0.2.1:1/");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn run(arguments: &[&str], stdin: &[u8]) -> Output {
    run_with(&mut command(arguments), stdin)
}

fn run_with(command: &mut Command, stdin: &[u8]) -> Output {
    let mut child = command.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(stdin);
    child.wait_with_output().unwrap()
}

/// All that was printed, in which no secret may be.
fn text(output: &Output) -> String {
    let text = String::from_utf8([&output.stdout[..], &output.stderr].concat()).unwrap();
    assert!(!text.contains(SECRET) && !text.contains("dGhlIHNlY3JldCBvZiB0ZXN0cw"), "{text}");
    text
}

/// Runs it, and expects this status.
#[track_caller]
fn expect(status: i32, arguments: &[&str], stdin: &[u8]) -> String {
    let output = run(arguments, stdin);
    let text = text(&output);
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {text}");
    text
}

fn sign(secret: impl Into<Vec<u8>>, body: &[u8]) -> String {
    Secrets::new(secret).unwrap().sign(body, UNIX_EPOCH + Duration::from_secs(AT))
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// A running `clip-events listen`.
struct Listen {
    child: Child,
    out: BufReader<ChildStdout>,
    url: String,
    greeting: String,
}

impl Listen {
    fn start(arguments: &[&str]) -> Self {
        let arguments = [&["listen", "--port", "0"], arguments].concat();
        let mut child = command(&arguments).spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut greeting = String::new();
        while !greeting.contains("send it a delivery: ") {
            assert_ne!(out.read_line(&mut greeting).unwrap(), 0, "{greeting}");
        }
        let url = greeting.split("listening on ").nth(1).unwrap().split(';').next().unwrap();
        Self { url: url.to_owned(), child, out, greeting }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line
    }

    /// Ends it as Ctrl-C does. What it has printed that was not read.
    fn end(mut self) -> String {
        if cfg!(unix) {
            let id = self.child.id().to_string();
            assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        } else {
            self.child.kill().unwrap();
        }
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
        let mut errors = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        let status = self.child.wait().unwrap();
        assert!(status.success() || !cfg!(unix), "{status}");
        assert!(errors.is_empty() && !rest.contains(SECRET), "{errors}{rest}");
        rest
    }
}

impl Drop for Listen {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// An endpoint that answers `answer` and records what it got, head and body.
fn target(answer: &'static str) -> (String, Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hooks?from=here", listener.local_addr().unwrap());
    let (sender, requests) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, sender) = (stream.unwrap(), sender.clone());
            thread::spawn(move || {
                while let Some(request) = request(&stream) {
                    // Before the answer: whoever has that finds it recorded.
                    let _ = sender.send(request);
                    (&stream).write_all(answer.as_bytes()).unwrap();
                }
            });
        }
    });
    (url, requests)
}

fn request(stream: &TcpStream) -> Option<(String, Vec<u8>)> {
    let mut input = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if input.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let mut body = vec![0; length.unwrap().parse().unwrap()];
    input.read_exact(&mut body).unwrap();
    Some((head, body))
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// Posts `body` with these lines of a head. The answer.
fn post(url: &str, head: &str, body: &[u8]) -> String {
    let host = url.strip_prefix("http://").unwrap().trim_end_matches('/');
    let mut stream = TcpStream::connect(host).unwrap();
    let length = body.len();
    write!(stream, "POST /any HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n{head}\r\n").unwrap();
    stream.write_all(body).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn file(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path_text(&path)
}

fn path_text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

#[test]
fn what_is_triggered_is_received() {
    let mut listen = Listen::start(&["--secret-env", NAME]);
    let to = ["--to", &listen.url.clone(), "--secret-env", NAME];
    let trigger =
        |status, arguments: &[&str]| expect(status, &[&["trigger"], arguments, &to].concat(), b"");
    assert!(
        listen.greeting.contains(&format!("trigger asset.analysis.failed --to {}", listen.url))
    );

    let sent = trigger(0, &["post.failed"]);
    assert!(sent.starts_with("1  post.failed  ") && sent.contains("  200  "), "{sent}");
    let line = listen.line();
    assert!(
        line.contains("  post.failed  ") && line.ends_with("  200  genuine, valid\n"),
        "{line}"
    );

    trigger(0, &["post.failed", "--set", "data.error=it's \u{1b}[31m", "--set", "id=an id"]);
    let line = listen.line();
    assert!(line.contains("  post.failed  an id  200  genuine, valid"), "{line}");
    trigger(0, &["post.failed", "--set", "created=-1"]);
    assert!(listen.line().contains("  200  genuine, invalid: 1:"));
    trigger(0, &["post.failed", "--malformed"]);
    assert!(listen.line().contains("genuine, invalid: "));
    trigger(0, &["post.failed", "--stale"]);
    assert!(listen.line().contains("  401  not genuine: it was signed 60"));
    trigger(0, &["post.failed", "--bad-signature"]);
    assert!(listen.line().contains("  401  not genuine: no secret of this endpoint"));
    trigger(0, &["post.failed", "--two-signatures"]);
    assert!(listen.line().contains("  200  genuine, valid"));
    let told = trigger(2, &["post.failed", "--set", "id.x=1"]);
    assert!(told.contains("cannot set id.x: "), "{told}");
    let told = trigger(2, &["post.failed", "--set", "x"]);
    assert!(told.contains("PATH=VALUE"), "{told}");

    let start = Instant::now();
    let sent = trigger(0, &["post.failed", "--count", "6", "--rate", "20", "--seed", "1"]);
    assert!(start.elapsed() >= Duration::from_millis(250));
    assert!(sent.contains("6 sent, 6 answered as expected; p50 "), "{sent}");
    assert!(listen.end().lines().count() == 6);
}

#[test]
fn scenarios_are_of_one_job() {
    let folder = tempfile::tempdir().unwrap();
    let save = path_text(&folder.path().join("saved.ndjson"));
    for (name, arguments, count) in [
        ("analysis", &["--set", "data.job_id=j-1"][..], 102),
        ("render", &["--reorder"], 12),
        ("post", &["--duplicate", "--seed", "5"], 6),
    ] {
        let listen = Listen::start(&["--secret-env", NAME, "--save", &save]);
        let to = ["trigger", "--scenario", name, "--to", &listen.url, "--secret-env", NAME];
        let sent = expect(0, &[&to[..], arguments].concat(), b"");
        assert!(sent.contains(&format!("{count} sent, {count} answered as expected")), "{sent}");
        let lines = listen.end();
        assert!(lines.lines().all(|line| line.ends_with("  200  genuine, valid")), "{lines}");
        assert_eq!(lines.lines().count(), count);

        let saved = fs::read_to_string(&save).unwrap();
        fs::remove_file(&save).unwrap();
        let bodies: Vec<Value> = saved
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .map(|record| serde_json::from_str(record["body"].as_str().unwrap()).unwrap())
            .collect();
        let created: Vec<_> = bodies.iter().map(|body| body["created"].as_u64().unwrap()).collect();
        assert!(if name == "render" {
            created.is_sorted_by(|a, b| a > b)
        } else {
            created.is_sorted()
        });
        for body in &bodies {
            for (key, id) in body["data"].as_object().unwrap() {
                let other = bodies.iter().filter_map(|other| other["data"].get(key));
                assert!(
                    !key.ends_with("_id") || other.into_iter().all(|other| other == id),
                    "{key}"
                );
            }
        }
        let mut ids: Vec<_> = bodies.iter().map(|body| body["id"].to_string()).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), if name == "post" { 3 } else { count });
        if name == "analysis" {
            assert!(bodies.iter().all(|body| body["data"]["job_id"] == "j-1"));
            assert_eq!(bodies[0]["type"], "asset.analysis.started");
            assert_eq!(bodies[1]["data"]["progress"], 0.0);
            assert_eq!(bodies[100]["data"]["progress"], 1.0);
        }
    }
}

#[test]
fn an_endpoint_that_answers_wrongly_is_told() {
    let (takes_all, requests) = target(OK);
    let to = |url: &str, arguments: &[&str], status| {
        let arguments = [&["trigger", "--to", url, "--secret-env", NAME], arguments].concat();
        expect(status, &arguments, BODY)
    };
    for wrong in ["--stale", "--bad-signature"] {
        let told = to(&takes_all, &["post.failed", wrong], 1);
        assert!(
            told.contains("  200  ")
                && told.contains("expected 4xx other than 404, 405 and 410: ok"),
            "{told}"
        );
    }
    to(&takes_all, &["post.failed", "--two-signatures"], 0);
    to(&takes_all, &["--body", "-"], 0);
    let (head, body) = requests.iter().nth(3).unwrap();
    assert!(head.starts_with("POST /hooks?from=here HTTP/1.1\r\n"), "{head}");
    assert!(head.contains("content-type: application/json\r\n") && body == BODY);

    let hostile = "HTTP/1.1 500 Oh\r\ncontent-length: 8\r\n\r\n\u{1b}[31mx\ny";
    let told = to(&target(hostile).0, &["post.failed", "--malformed", "--count", "2"], 1);
    assert!(told.contains("  500  ") && told.contains(r"and 410: \u{1b}[31mx\ny"), "{told}");
    assert!(told.contains("2 sent, 0 answered as expected"), "{told}");
    // Where nothing is, nothing was refused.
    let nothing = target("HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n").0;
    for wrong in ["--stale", "--bad-signature", "--malformed"] {
        let told = to(&nothing, &["post.failed", wrong], 1);
        assert!(told.contains("  404  ") && told.contains("404, 405 and 410\n"), "{told}");
    }
    let moved = format!("HTTP/1.1 307 Moved\r\nlocation: {takes_all}\r\ncontent-length: 0\r\n\r\n");
    let told = to(&target(moved.leak()).0, &["post.failed"], 1);
    assert!(told.contains("  307  ") && requests.try_recv().is_err(), "{told}");

    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let told = to(&format!("http://{closed}/"), &["post.failed"], 1);
    assert!(told.contains("no answer  expected 2xx: "), "{told}");
    for url in ["localhost:1", "ftp://localhost/", "/hooks", "http:///x"] {
        assert!(to(url, &["post.failed"], 2).contains("expected a URL like"));
    }
    assert!(to(&takes_all, &["post.publishd"], 2).contains("post.published"));
    to(&takes_all, &["post.failed", "--scenario", "post"], 2);
}

#[test]
fn what_listens_answers_as_the_receiver_does() {
    let folder = tempfile::tempdir().unwrap();
    let save = path_text(&folder.path().join("saved.ndjson"));
    let mut listen = Listen::start(&["--secret-env", NAME, "--save", &save]);
    let signature = Secrets::new(SECRET).unwrap().sign(BODY, SystemTime::now());
    let header = format!("choppity-signature-256: {signature}\r\n");
    let older = format!("{header}choppity-signature: {SECRET}\r\nx-twice: a\r\nx-twice: b\r\n");
    let not_utf8 = b"{\"id\":\"\xff\"}";
    for (head, body, status, said) in [
        (older.as_str(), BODY, "200", "clip.liked  1  200  genuine, valid"),
        ("", BODY, "401", "not genuine: there is no header"),
        (&header.repeat(2), BODY, "400", "not genuine: there are two headers"),
        (&header, not_utf8, "401", "-  -  401  not genuine: "),
        ("choppity-signature-256: v1=\r\n", BODY, "400", "has no `t=`"),
        (&header, &vec![b'x'; 65_537], "413", "-  -  413  the body is larger"),
    ] {
        let answer = post(&listen.url, head, body);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{said}: {answer}");
        let line = listen.line();
        assert!(line.contains(said) && !line.contains(SECRET), "{line}");
    }
    let mut get =
        TcpStream::connect(listen.url.strip_prefix("http://").unwrap().trim_end_matches('/'))
            .unwrap();
    get.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    get.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 405 "), "{answer}");
    listen.end();

    let saved = fs::read_to_string(&save).unwrap();
    assert!(!saved.contains(SECRET), "{saved}");
    let saved: Vec<Value> = saved.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(saved.len(), 5);
    assert_eq!(saved[0]["body"], String::from_utf8(BODY.to_vec()).unwrap());
    assert_eq!(saved[0]["headers"]["choppity-signature-256"], signature);
    assert_eq!(saved[0]["headers"].get("choppity-signature"), None);
    assert_eq!(saved[0]["headers"]["x-twice"], json!(["a", "b"]));
    assert!((saved[0]["received"].as_u64().unwrap() / 1000).abs_diff(now()) < 60);
    assert_eq!(
        (&saved[3]["body_base64"], saved[3].get("body")),
        (&json!("eyJpZCI6Iv8ifQ=="), None)
    );

    // Without a secret, all are taken.
    let mut listen = Listen::start(&[]);
    assert!(listen.greeting.contains("no secret is given"), "{}", listen.greeting);
    assert!(post(&listen.url, "", BODY).starts_with("HTTP/1.1 200 "));
    assert!(listen.line().ends_with("clip.liked  1  200  not verified, valid\n"));
    let hostile = br#"{"id":"\u001b[31m","type":"\u202ex\n","created":1,"data":{}}"#;
    post(&listen.url, "", hostile);
    let line = listen.line();
    assert!(line.contains(r"\u{202e}x\n  \u{1b}[31m"), "{line}");
    // A port that is in use.
    let port = listen.url.rsplit(':').next().unwrap().trim_end_matches('/').to_owned();
    let told = expect(2, &["listen", "--port", &port], b"");
    assert!(told.contains("cannot listen on 127.0.0.1:") && told.contains("--port"), "{told}");
    let told = expect(2, &["listen", "--port", "0", "--save", "/nowhere/x"], b"");
    assert!(told.contains("cannot write /nowhere/x: "), "{told}");
    listen.end();
}

#[test]
fn deliveries_are_handed_on_byte_for_byte() {
    let answer = "HTTP/1.1 418 Teapot\r\nx-from: target\r\nconnection: keep-alive\r\ncontent-length: 5\r\n\r\nshort";
    let (url, requests) = target(answer);
    // Through two, the second without a secret.
    let second = Listen::start(&["--forward-to", &url]);
    let mut first = Listen::start(&["--secret-env", NAME, "--forward-to", &second.url]);
    let body = b"\xEF\xBB\xBF{ \"id\":\t\"1\",\r\n \"\xff\": 1.0}\n";
    let head = format!(
        "Choppity-Signature-256: {}\r\nchoppity-signature: {SECRET}\r\nX-Mine: 1\r\nx-mine: 2\r\nConnection: x-hop\r\nx-hop: 1\r\nTE: trailers\r\n",
        sign(SECRET, body)
    );
    let answer = post(&first.url, &head, body);
    assert!(answer.starts_with("HTTP/1.1 418 ") && answer.ends_with("\r\n\r\nshort"), "{answer}");
    assert!(answer.contains("x-from: target\r\n"), "{answer}");
    let (head, forwarded) = requests.recv_timeout(Duration::from_secs(5)).unwrap();
    assert_eq!(forwarded, body);
    let mut headers: Vec<_> = head.lines().skip(1).filter(|line| !line.is_empty()).collect();
    headers.sort_unstable();
    let signature = format!("choppity-signature-256: {}", sign(SECRET, body));
    let older = format!("choppity-signature: {SECRET}");
    let host = url.strip_prefix("http://").unwrap().split('/').next().unwrap();
    let length = format!("content-length: {}", body.len());
    let host = format!("host: {host}");
    assert_eq!(
        headers,
        [&signature, &older, &length, &host, "x-mine: 1", "x-mine: 2"].map(|line: &str| line)
    );
    let line = first.line();
    assert!(
        line.contains("  418  not genuine: it was signed")
            && line.contains("; answered by the target in "),
        "{line}"
    );
    second.end();
    // Nobody is there any more.
    assert!(post(&first.url, "", BODY).starts_with("HTTP/1.1 502 "));
    let line = first.line();
    assert!(line.contains("  502  ") && line.contains("no answer from the target: "), "{line}");
    first.end();
}

#[test]
fn ctrl_c_waits_for_no_target() {
    // It takes connections, and never answers.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let listen = Listen::start(&["--forward-to", &url]);
    let host = listen.url.strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
    let mut stream = TcpStream::connect(&host).unwrap();
    write!(stream, "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 2\r\n\r\n{{}}").unwrap();
    let _held = silent.accept().unwrap();
    let start = Instant::now();
    listen.end();
    assert!(start.elapsed() < Duration::from_secs(10));
}

#[test]
fn what_was_handed_on_is_stored_whoever_goes_away() {
    let folder = tempfile::tempdir().unwrap();
    let save = path_text(&folder.path().join("saved.ndjson"));
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", silent.local_addr().unwrap());
    let listen = Listen::start(&["--forward-to", &url, "--save", &save]);
    let host = listen.url.strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
    let mut stream = TcpStream::connect(&host).unwrap();
    write!(stream, "POST / HTTP/1.1\r\nhost: {host}\r\ncontent-length: 2\r\n\r\n{{}}").unwrap();
    let _held = silent.accept().unwrap();
    drop(stream);
    listen.end();
    assert_eq!(fs::read_to_string(save).unwrap().lines().count(), 1);
}

#[test]
fn each_command_shows_an_example() {
    for command in ["sign", "verify", "trigger", "listen", "replay"] {
        let help = expect(0, &[command, "--help"], b"");
        assert!(
            help.contains("Example") && help.contains(&format!("clip-events {command} ")),
            "{help}"
        );
        assert!(help.contains("Exit status: 0"), "{help}");
    }
    insta::assert_snapshot!("help-trigger", expect(0, &["trigger", "--help"], b""));
}
