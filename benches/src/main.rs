//! Prints the tables of the README: our paths, the peers and the floors, on the same deliveries in one run.
//!
//!     cargo run --release --manifest-path benches/Cargo.toml
//!
//! Times are medians over rounds in which every contender takes its turn, so that a disturbance of the machine affects
//! all of them. (Benchmark harnesses measure one contender after the other, and on a shared machine the ratios drift.)

mod alloc;
mod peers;
mod traps;
mod typed;
mod visitor;

use std::hint::black_box;
use std::time::Instant;

use clip_events::{AnyEventType, Delivery, Event, EventRef, deliveries, judge};
use clip_events_corpus::{CONTRACT, Corpus, compact, invalid, mixed, pretty};
use peers::{BASE, Contender, contenders};

/// The number of deliveries in each corpus.
const DELIVERIES: usize = 2_000;

/// The number of rounds. In each, every contender makes one timed pass over every corpus.
const ROUNDS: usize = 101;

fn main() {
    alloc::keep_memory();
    let corpora = [compact, pretty, mixed, invalid].map(|make| make(CONTRACT, DELIVERIES));
    let contenders = contenders();
    deliveries_table(&corpora, &contenders);
    ndjson_table(&corpora[0].ndjson());
    verdicts(&corpora, &contenders);
}

fn deliveries_table(corpora: &[Corpus], contenders: &[Contender]) {
    let mut times = vec![vec![Vec::new(); corpora.len()]; contenders.len()];
    for _ in 0..ROUNDS {
        for (column, corpus) in corpora.iter().enumerate() {
            for (row, contender) in contenders.iter().enumerate() {
                // Warms up the caches and the branch predictors.
                for _ in 0..3 {
                    pass(corpus, contender);
                }
                let start = Instant::now();
                pass(corpus, contender);
                times[row][column]
                    .push(start.elapsed().as_secs_f64() * 1e9 / corpus.deliveries.len() as f64);
            }
        }
    }
    let medians: Vec<Vec<f64>> =
        times.into_iter().map(|row| row.into_iter().map(median).collect()).collect();
    let base = contenders.iter().position(|contender| contender.name == BASE).expect("the base");
    print!("| median ns per delivery");
    for corpus in corpora {
        print!(" | {}, {:.0} bytes", corpus.name, corpus.mean_size());
    }
    println!(" | MB/s | allocations |\n|---|---|---|---|---|---|---|");
    for (contender, row) in contenders.iter().zip(&medians) {
        print!("| {}", contender.name);
        for (time, base) in row.iter().zip(&medians[base]) {
            print!(" | {time:.0} ({:.1}x)", base / time);
        }
        let allocations = alloc::count(|| pass(&corpora[0], contender));
        let allocations = allocations as f64 / corpora[0].deliveries.len() as f64;
        println!(" | {:.0} | {allocations:.1} |", corpora[0].mean_size() / row[0] * 1e3);
    }
    println!("\n(x: times as fast as {BASE}, on the same deliveries.)\n");
}

fn pass(corpus: &Corpus, contender: &Contender) {
    for delivery in &corpus.deliveries {
        black_box((contender.run)(black_box(delivery)));
    }
}

/// A pass over NDJSON that returns the number of deliveries that it accepts.
type Lines = fn(&[u8]) -> usize;

fn ndjson_table(ndjson: &[u8]) {
    let passes: [(&str, Lines); 8] = [
        ("**`deliveries::<AnyEventType>`**: verdict only", |bytes| ours::<AnyEventType<'_>>(bytes)),
        ("the same on two threads", two_threads),
        ("**`deliveries::<EventRef>`**: borrowed", |bytes| ours::<EventRef<'_>>(bytes)),
        ("**`deliveries::<Event>`**: owned", |bytes| ours::<Event>(bytes)),
        ("lines by `memchr`, then `judge`", |bytes| lines(bytes, |line| judge(line).is_ok())),
        ("lines by `memchr`, then `serde_json`, hand-written visitor", |bytes| {
            lines(bytes, |line| {
                black_box(serde_json::from_slice::<visitor::Event<'_>>(line)).is_ok()
            })
        }),
        (NDJSON_BASE, |bytes| {
            lines(bytes, |line| black_box(serde_json::from_slice::<typed::Event>(line)).is_ok())
        }),
        ("floor: the line ends (`memchr`)", |bytes| memchr::memchr_iter(b'\n', bytes).count()),
    ];
    // One size that fits the caches, and one that does not.
    let sizes = [1 << 20, 64 << 20].map(|size| ndjson.repeat(size / ndjson.len()));
    let medians = sizes.each_ref().map(|ndjson| {
        let count = memchr::memchr_iter(b'\n', ndjson).count();
        let mut times = vec![Vec::new(); passes.len()];
        for _ in 0..(1 << 30) / ndjson.len() {
            for ((_, pass), times) in passes.iter().zip(&mut times) {
                let start = Instant::now();
                assert_eq!(pass(black_box(ndjson)), count, "all deliveries are valid");
                times.push(start.elapsed().as_secs_f64());
            }
        }
        times.into_iter().map(median).collect::<Vec<_>>()
    });
    let base = passes.iter().position(|(name, _)| *name == NDJSON_BASE).expect("the base");
    println!("| NDJSON in memory, GB/s | 1 MB: in cache | 64 MB |\n|---|---|---|");
    for (row, (name, _)) in passes.iter().enumerate() {
        print!("| {name}");
        for (ndjson, medians) in sizes.iter().zip(&medians) {
            let speed = ndjson.len() as f64 / medians[row] / 1e9;
            print!(" | {speed:.2} ({:.1}x)", medians[base] / medians[row]);
        }
        println!(" |");
    }
    println!();
}

/// The usual way to write it, to which the others are compared.
const NDJSON_BASE: &str = "lines by `memchr`, then `serde_json`, derived types, owned";

fn ours<'a, T: Delivery<'a>>(bytes: &'a [u8]) -> usize {
    deliveries::<T>(bytes).filter(|line| black_box(line).outcome.is_ok()).count()
}

fn two_threads(bytes: &[u8]) -> usize {
    let middle = bytes.len() / 2;
    let middle = middle + memchr::memchr(b'\n', &bytes[middle..]).map_or(0, |end| end + 1);
    std::thread::scope(|scope| {
        let second = scope.spawn(|| ours::<AnyEventType<'_>>(&bytes[middle..]));
        ours::<AnyEventType<'_>>(&bytes[..middle]) + second.join().expect("no panic")
    })
}

fn lines(bytes: &[u8], is_valid: impl Fn(&[u8]) -> bool) -> usize {
    let mut start = 0;
    memchr::memchr_iter(b'\n', bytes)
        .filter(|end| {
            let line = &bytes[start..*end];
            start = end + 1;
            is_valid(line)
        })
        .count()
}

/// Prints the contenders whose verdicts are wrong, with the traps that they fall into.
fn verdicts(corpora: &[Corpus], contenders: &[Contender]) {
    println!(
        "| wrong verdicts | in the corpora | accepts invalid | rejects valid |\n|---|---|---|---|"
    );
    for contender in contenders.iter().filter(|contender| contender.judges) {
        let wrong = corpora.iter().flat_map(|corpus| &corpus.deliveries);
        let wrong =
            wrong.filter(|delivery| (contender.run)(delivery) != judge(delivery).is_ok()).count();
        let names = |valid: bool| {
            let traps = traps::TRAPS.iter().filter(|trap| trap.valid == valid);
            let names: Vec<_> = traps
                .filter(|trap| (contender.run)(&trap.delivery()) != valid)
                .map(|trap| trap.name)
                .collect();
            names.join(", ")
        };
        println!("| {} | {wrong} | {} | {} |", contender.name, names(false), names(true));
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
