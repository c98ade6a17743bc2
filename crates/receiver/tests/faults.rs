//! The example process, killed while it works, without room on the disk, and with its file locked: what it has acknowledged is not
//! lost, and nothing is handled twice without being told so.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant, SystemTime};
use std::{env, fs, mem, thread};

use clip_events_receiver::Secrets;

const SECRET: &str = "whsec_1";

/// The program, which cargo has compiled beside the tests, with leases of so many seconds.
fn program(lease: &str) -> Command {
    let mut path = env::current_exe().expect("a path");
    path.pop();
    let path = path.with_file_name("examples").join(format!("receiver{}", env::consts::EXE_SUFFIX));
    let mut command = Command::new(path);
    command.env("LEASE", lease);
    command
}

struct Process {
    child: Child,
    address: String,
    /// What it handles: the id, and the number of the attempt.
    handled: mpsc::Receiver<(String, u32)>,
    /// What was taken from there.
    seen: Vec<(String, u32)>,
}

impl Process {
    fn start(inbox: &Path) -> Self {
        Self::run(&mut program("1"), inbox).expect("it listens")
    }

    /// None if it ends before it listens.
    fn run(command: &mut Command, inbox: &Path) -> Option<Self> {
        let mut child = command
            .env("CLIP_EVENTS_SECRET", SECRET)
            .env("INBOX", inbox)
            .env("PORT", "0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("`cargo build -p clip-events-receiver --examples` has been run");
        let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let (addresses, address) = mpsc::channel();
        let (attempts, handled) = mpsc::channel();
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                match line.strip_prefix("listening on http://") {
                    // It may handle what was left over before it listens.
                    Some(address) => _ = addresses.send(address.to_owned()),
                    None => attempt(&line).map_or((), |attempt| _ = attempts.send(attempt)),
                }
            }
        });
        let address = address.recv().ok();
        let mut process = Self { child, address: String::new(), handled, seen: Vec::new() };
        process.address = address?;
        Some(process)
    }

    /// Waits until it has handled these, or has ended.
    fn wait_for(&mut self, ids: &[&str]) {
        let is_seen = |seen: &[(String, u32)], id: &str| seen.iter().any(|(one, _)| one == id);
        while !ids.iter().all(|id| is_seen(&self.seen, id)) {
            match self.handled.recv_timeout(Duration::from_secs(30)) {
                Ok(attempt) => self.seen.push(attempt),
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
                Err(mpsc::RecvTimeoutError::Timeout) => panic!("{ids:?}: {:?}", self.seen),
            }
        }
    }

    /// Ends it at once, whatever it does: what it has handled.
    fn kill(mut self) -> Vec<(String, u32)> {
        _ = self.child.kill();
        self.child.wait().expect("it ends");
        let mut seen = mem::take(&mut self.seen);
        seen.extend(self.handled.iter());
        seen
    }

    /// Sends a delivery with this id: the status of the answer, if one comes.
    fn send(&self, id: &str) -> Option<u16> {
        send(&self.address, id)
    }
}

fn send(address: &str, id: &str) -> Option<u16> {
    let body = format!(
        r#"{{"id":"{id}","type":"clip.liked","created":1745800000000,"data":{{"filler":"{}"}}}}"#,
        "x".repeat(500)
    );
    let header = Secrets::new(SECRET).expect("a secret").sign(body.as_bytes(), SystemTime::now());
    let request = format!(
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\nchoppity-signature-256: {header}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    answer.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
}

/// Of a test that fails, too.
impl Drop for Process {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// From a line about an event that was handled: its id, and the number of the attempt.
fn attempt(line: &str) -> Option<(String, u32)> {
    let (event, attempt) = line.split_once(" attempt ")?;
    Some((event.split_once(' ')?.0.into(), attempt.parse().ok()?))
}

/// Adds what a process has handled. Whatever comes again says so.
fn note(all: &mut BTreeMap<String, Vec<u32>>, handled: Vec<(String, u32)>) {
    for (id, attempt) in handled {
        all.entry(id).or_default().push(attempt);
    }
}

fn nothing_is_lost_or_handled_twice_as_the_first_time<'a>(
    acknowledged: impl IntoIterator<Item = &'a String>,
    all: &BTreeMap<String, Vec<u32>>,
) {
    let lost: Vec<_> = acknowledged.into_iter().filter(|id| !all.contains_key(*id)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    for (id, attempts) in all {
        assert!(attempts.is_sorted_by(|one, next| one < next), "{id}: {attempts:?}");
    }
}

#[test]
fn killed_at_any_time_it_loses_nothing_that_it_has_acknowledged() {
    const ROUNDS: u64 = 12;
    let folder = tempfile::tempdir().expect("a folder");
    let inbox = folder.path().join("inbox.sqlite");
    let acknowledged = Mutex::new(BTreeSet::new());
    let mut all = BTreeMap::new();
    for round in 0..ROUNDS {
        let process = Process::start(&inbox);
        let address = process.address.clone();
        let is_over = AtomicBool::new(false);
        thread::scope(|scope| {
            for sender in 0..3 {
                let (address, is_over, acknowledged) = (&address, &is_over, &acknowledged);
                scope.spawn(move || {
                    for number in 0.. {
                        if is_over.load(Ordering::Relaxed) {
                            break;
                        }
                        let id = format!("{round}-{sender}-{number}");
                        if send(address, &id) == Some(200) {
                            acknowledged.lock().expect("no panic").insert(id);
                        }
                    }
                });
            }
            thread::sleep(Duration::from_millis(20 + 17 * round));
            note(&mut all, process.kill());
            is_over.store(true, Ordering::Relaxed);
        });
    }
    let acknowledged = acknowledged.into_inner().expect("no panic");
    assert!(acknowledged.len() > 20, "{}", acknowledged.len());
    // The leases of the dead processes run out, and the rest is handled.
    let process = Process::start(&inbox);
    thread::sleep(Duration::from_secs(4));
    note(&mut all, process.kill());
    nothing_is_lost_or_handled_twice_as_the_first_time(&acknowledged, &all);
}

/// Two events, up to the end of handling them: once for each step on the way, with the process killed right before it.
#[test]
#[cfg(target_os = "linux")]
fn killed_before_each_step_it_loses_nothing_that_it_has_acknowledged() {
    let folder = tempfile::tempdir().expect("a folder");
    let library = folder.path().join("crash.so");
    let compiled = Command::new(env::var_os("CC").unwrap_or("cc".into()))
        .args(["-shared", "-fPIC", "-O1", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/crash.c")])
        .args(["-ldl", "-o"])
        .arg(&library)
        .status();
    assert!(compiled.expect("a C compiler, as for SQLite").success());

    let (next, is_through) = (AtomicU32::new(1), AtomicBool::new(false));
    let ends = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !is_through.load(Ordering::Relaxed) {
                    let step = next.fetch_add(1, Ordering::Relaxed);
                    let inbox = folder.path().join(format!("{step}.sqlite"));
                    let end = killed_before(step, &library, &inbox);
                    if end == End::Survived {
                        is_through.store(true, Ordering::Relaxed);
                    }
                    *ends.lock().expect("no panic").entry(end).or_insert(0) += 1;
                }
            });
        }
    });
    let ends = ends.into_inner().expect("no panic");
    println!("{ends:?}");
    for end in [End::NotListening, End::NotAcknowledged, End::NotHandled, End::HandledAgain] {
        assert!(ends.contains_key(&end), "no step in which: {end:?}");
    }
}

/// How far a process has come that was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    NotListening,
    NotAcknowledged,
    /// Acknowledged, and handled by the next process.
    NotHandled,
    /// By the next process once more, which was told so.
    HandledAgain,
    /// By the first one, and it was known by the next.
    Handled,
    /// That step never came.
    Survived,
}

fn killed_before(step: u32, library: &Path, inbox: &Path) -> End {
    let mut all = BTreeMap::new();
    let mut acknowledged = BTreeSet::new();
    let crashes = Process::run(
        program("0.1").env("LD_PRELOAD", library).env("CRASH_AT", step.to_string()),
        inbox,
    );
    let is_listening = crashes.is_some();
    let mut is_killed = true;
    if let Some(mut process) = crashes {
        let sent = ["a", "b"].into_iter().filter(|id| process.send(id) == Some(200));
        acknowledged.extend(sent.map(String::from));
        process.wait_for(&["a", "b"]);
        // The last steps come after the last line.
        thread::sleep(Duration::from_millis(50));
        is_killed = process.child.try_wait().expect("it can be asked").is_some();
        note(&mut all, process.kill());
    }
    let before = all.clone();

    let mut process = Process::run(&mut program("0.1"), inbox).expect("it listens");
    // Until leases have run out.
    thread::sleep(Duration::from_millis(150));
    for id in ["a", "b", "c"] {
        assert_eq!(process.send(id), Some(200), "{step}");
    }
    // If the first one had handled these, they do not come again.
    let missing: Vec<&str> =
        ["a", "b", "c"].into_iter().filter(|id| !all.contains_key(*id)).collect();
    process.wait_for(&missing);
    thread::sleep(Duration::from_millis(50));
    note(&mut all, process.kill());
    nothing_is_lost_or_handled_twice_as_the_first_time(&acknowledged, &all);
    if !is_killed {
        return End::Survived;
    }
    if !is_listening {
        return End::NotListening;
    }
    if acknowledged.is_empty() {
        return End::NotAcknowledged;
    }
    if all.values().any(|attempts| attempts.len() > 1) {
        return End::HandledAgain;
    }
    if acknowledged.iter().any(|id| !before.contains_key(id)) {
        End::NotHandled
    } else {
        End::Handled
    }
}

#[test]
fn a_locked_file_is_waited_for_and_then_answered_503() {
    let folder = tempfile::tempdir().expect("a folder");
    let inbox = folder.path().join("inbox.sqlite");
    let process = Process::start(&inbox);
    assert_eq!(process.send("1"), Some(200));
    let other = rusqlite::Connection::open(&inbox).expect("a database");
    other.busy_timeout(Duration::from_secs(2)).expect("a timeout");
    other.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
    thread::scope(|scope| {
        let waits = scope.spawn(|| send(&process.address, "2"));
        thread::sleep(Duration::from_millis(500));
        other.execute_batch("COMMIT").expect("a commit");
        assert_eq!(waits.join().expect("a thread"), Some(200), "it has waited");
    });
    other.execute_batch("BEGIN IMMEDIATE").expect("nobody else writes");
    let start = Instant::now();
    assert_eq!(process.send("3"), Some(503));
    assert!(start.elapsed() < Duration::from_secs(15));
    other.execute_batch("COMMIT").expect("a commit");
    assert_eq!(process.send("3"), Some(200));
    assert_eq!(process.send("1"), Some(200));
    thread::sleep(Duration::from_millis(1500));
    let mut all = BTreeMap::new();
    note(&mut all, process.kill());
    assert_eq!(all.keys().collect::<Vec<_>>(), ["1", "2", "3"]);
}

/// On a file system of its own, where the tests may mount one.
#[test]
fn without_room_on_the_disk_it_answers_503_and_goes_on_once_there_is_some() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Disk(folder.path().join("disk"));
    fs::create_dir(&disk.0).expect("a folder");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=4m", "tmpfs"])
        .arg(&disk.0)
        .stderr(Stdio::null())
        .status();
    if !mounted.is_ok_and(|status| status.success()) {
        println!("skipped: no file system may be mounted here");
        return;
    }
    let inbox = disk.0.join("inbox.sqlite");
    let process = Process::start(&inbox);
    let filler = disk.0.join("filler");
    let mut acknowledged = Vec::new();
    let mut refused = None;
    for number in 0..2000 {
        let id = number.to_string();
        if number == 20 {
            _ = fs::write(&filler, vec![0; 8 << 20]);
        }
        match process.send(&id) {
            Some(200) => acknowledged.push(id),
            status => {
                assert_eq!(status, Some(503));
                refused = Some(id);
                break;
            }
        }
    }
    let refused = refused.expect("the disk is full at some time");
    fs::remove_file(&filler).expect("there is room again");
    assert_eq!(process.send(&refused), Some(200));
    acknowledged.push(refused);
    thread::sleep(Duration::from_secs(3));
    let mut all = BTreeMap::new();
    note(&mut all, process.kill());
    let process = Process::start(&inbox);
    thread::sleep(Duration::from_secs(2));
    note(&mut all, process.kill());
    nothing_is_lost_or_handled_twice_as_the_first_time(&acknowledged, &all);
}

struct Disk(PathBuf);

impl Drop for Disk {
    fn drop(&mut self) {
        _ = Command::new("umount").arg(&self.0).status();
    }
}
