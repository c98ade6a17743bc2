//! Measures a receiver beside one that is written by hand: throughput, and times to the answer.
//!
//!     cargo bench -p clip-events-receiver -- load
//!     ... -- soak MINUTES    a thousand deliveries a second, with the memory of the process
//!     ... -- timing          whether verification takes the same time for any wrong signature

mod by_hand;
mod client;
mod timing;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};
use std::{env, fs, thread};

use axum::Router;
use client::{Load, Run, run};
use clip_events_receiver::axum::router;
use clip_events_receiver::{Inbox as _, Limits, Receiver, Secrets, SqliteInbox, Verifier};
use tokio::runtime::Runtime;

const SECRET: &str = "whsec_bench";

fn main() {
    // Cargo adds `--bench`.
    let arguments: Vec<String> =
        env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["load"] => load(),
        ["soak", minutes] => soak(minutes.parse().expect("minutes")),
        ["timing"] => timing::measure(),
        _ => panic!("load, soak MINUTES or timing"),
    }
}

fn ours(path: &std::path::Path) -> (Router, Arc<Receiver<SqliteInbox>>) {
    let limits = Limits { entries: 10_000_000, ..Limits::default() };
    let inbox = SqliteInbox::open(path, limits).expect("an inbox");
    let verifier = Verifier::new(Secrets::new(SECRET).expect("a secret"));
    let receiver = Arc::new(Receiver::new(verifier, inbox));
    (router(Arc::clone(&receiver)), receiver)
}

/// Serves `app` until the runtime is dropped.
fn serve(app: Router) -> (Runtime, std::net::SocketAddr) {
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let address = listener.local_addr().expect("an address");
    runtime.spawn(async move { axum::serve(listener, app).await });
    (runtime, address)
}

fn load() {
    println!("| receiver | connections | deliveries a second | p50, ms | p99, ms |");
    println!("|---|---|---|---|---|");
    let loads = [
        (Load::AsFastAsPossible, 1),
        (Load::AsFastAsPossible, 8),
        (Load::AsFastAsPossible, 64),
        (Load::Rate(1000), 64),
    ];
    for (load, connections) in loads {
        let mut results = [Vec::new(), Vec::new()];
        for turn in 0..5_u64 {
            for (which, results) in results.iter_mut().enumerate() {
                let folder = tempfile::tempdir_in(".").expect("a folder");
                let path = folder.path().join("inbox.sqlite");
                let app = if which == 0 { ours(&path).0 } else { by_hand::router(&path, SECRET) };
                let (runtime, address) = serve(app);
                let seconds = Duration::from_secs(4);
                results.push(run(address, load, connections, seconds, turn));
                runtime.shutdown_timeout(Duration::from_secs(1));
            }
        }
        for (name, results) in ["**this crate's**", "by hand"].iter().zip(results) {
            let per_second = median(&results, |run| run.per_second);
            let (p50, p99) = (median(&results, |run| run.p50), median(&results, |run| run.p99));
            let load = match load {
                Load::AsFastAsPossible => connections.to_string(),
                Load::Rate(rate) => format!("{connections}, {rate} a second"),
            };
            println!("| {name} | {load} | {per_second:.0} | {p50:.2} | {p99:.2} |");
        }
    }
}

fn median(runs: &[Run], of: fn(&Run) -> f64) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A thousand deliveries a second, handled as they come, and what memory that takes.
fn soak(minutes: u64) {
    let folder = tempfile::tempdir_in(".").expect("a folder");
    let (app, receiver) = ours(&folder.path().join("inbox.sqlite"));
    let (_runtime, address) = serve(app);
    let handled = Arc::new(AtomicUsize::new(0));
    let worker = thread::spawn({
        let (receiver, handled) = (Arc::clone(&receiver), Arc::clone(&handled));
        move || {
            receiver.work(SystemTime::now, |_| {
                handled.fetch_add(1, Ordering::Relaxed);
                Ok::<_, String>(())
            });
        }
    });
    let start = Instant::now();
    println!(
        "| minute | deliveries a second | p50, ms | p99, ms | handled | waiting | memory, MB |"
    );
    println!("|---|---|---|---|---|---|---|");
    for minute in 1..=minutes {
        let run = run(address, Load::Rate(1000), 64, Duration::from_secs(60), minute);
        let waiting = receiver.inbox().counts().expect("the inbox is there").waiting;
        println!(
            "| {minute} | {:.0} | {:.2} | {:.2} | {} | {waiting} | {:.1} |",
            run.per_second,
            run.p50,
            run.p99,
            handled.load(Ordering::Relaxed),
            memory()
        );
    }
    receiver.stop();
    worker.join().expect("the worker ends");
    println!("{:.0} s", start.elapsed().as_secs_f64());
}

/// What of this process is in memory, in MB.
fn memory() -> f64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("a line");
    let kilobytes = line.trim().trim_end_matches(" kB").parse::<f64>().expect("a number");
    kilobytes / 1024.0
}
