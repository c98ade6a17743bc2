//! Sends signed progress events over several connections, and measures the time to each answer.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use clip_events_receiver::Secrets;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::runtime::Builder;

#[derive(Clone, Copy)]
pub(crate) enum Load {
    /// Each connection sends the next delivery once the one before is answered.
    AsFastAsPossible,
    /// So many a second, whatever the answers take; the time counts from when one was due.
    Rate(u64),
}

pub(crate) struct Run {
    pub(crate) per_second: f64,
    /// In milliseconds.
    pub(crate) p50: f64,
    /// In milliseconds.
    pub(crate) p99: f64,
}

pub(crate) fn run(
    address: SocketAddr,
    load: Load,
    connections: u64,
    time: Duration,
    seed: u64,
) -> Run {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let next = Arc::new(AtomicU64::new(0));
    let start = Instant::now();
    let mut times: Vec<Duration> = runtime.block_on(async {
        let tasks: Vec<_> = (0..connections)
            .map(|_| tokio::spawn(connection(address, load, start, time, Arc::clone(&next), seed)))
            .collect();
        let mut times = Vec::new();
        for task in tasks {
            times.extend(task.await.expect("a task"));
        }
        times
    });
    let seconds = start.elapsed().as_secs_f64();
    times.sort_unstable();
    let percentile =
        |percent: usize| times[percent * (times.len() - 1) / 100].as_secs_f64() * 1000.0;
    let count = u32::try_from(times.len()).expect("a run is short");
    Run { per_second: f64::from(count) / seconds, p50: percentile(50), p99: percentile(99) }
}

async fn connection(
    address: SocketAddr,
    load: Load,
    start: Instant,
    time: Duration,
    next: Arc<AtomicU64>,
    seed: u64,
) -> Vec<Duration> {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("an option");
    let secrets = Secrets::new(crate::SECRET).expect("a secret");
    let mut times = Vec::new();
    let mut answer = vec![0; 4096];
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let due = match load {
            Load::AsFastAsPossible => Instant::now(),
            Load::Rate(rate) => start + Duration::from_nanos(number * 1_000_000_000 / rate),
        };
        if due.duration_since(start) >= time {
            return times;
        }
        let request = request(&secrets, seed, number);
        // A timer of tokio waits for the next millisecond, even for what is due.
        if due > Instant::now() {
            tokio::time::sleep_until(due.into()).await;
        }
        stream.write_all(&request).await.expect("it is sent");
        let mut length = 0;
        while !answer[..length].windows(4).any(|end| end == b"\r\n\r\n") {
            let count = stream.read(&mut answer[length..]).await.expect("an answer");
            assert!(count > 0, "the connection is closed");
            length += count;
        }
        assert!(
            answer.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&answer[..length])
        );
        times.push(due.elapsed());
        finish(&mut stream, &answer[..length]).await;
    }
}

/// Reads what is left of the answer's body.
async fn finish(stream: &mut TcpStream, read: &[u8]) {
    let text = String::from_utf8_lossy(read).to_ascii_lowercase();
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |length| length.parse().expect("a number"));
    let mut rest = vec![0; length.saturating_sub(body.len())];
    stream.read_exact(&mut rest).await.expect("a body");
}

/// Progress of one of ten thousand jobs: all are kept, since none waits when the next one of its job comes.
fn request(secrets: &Secrets, seed: u64, number: u64) -> Vec<u8> {
    let body = format!(
        r#"{{"id":"5f0c6a52-3f0b-4a57-{seed:04x}-{number:012x}","type":"asset.analysis.progress","created":1745800000000,"data":{{"asset_id":"9d8e7f6a-1c2b-4d3e-8f90-{number:012x}","team_id":"team_abc123","progress":0.42,"job_id":"fb9a7c3e-5d21-4e0b-9a6c-{number:012x}"}}}}"#
    );
    let header = secrets.sign(body.as_bytes(), SystemTime::now());
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nchoppity-signature-256: {header}\r\n\r\n{body}"
    )
    .into_bytes()
}
