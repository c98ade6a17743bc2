//! Prints the tables of the README: our paths, the peers and the floors, on the same deliveries in one run.
//!
//!     cargo run --release --manifest-path benches/Cargo.toml

mod nested;

use std::hint::black_box;
use std::time::Instant;

use clip_events::{AnyEventType, Delivery, Event, EventRef, deliveries, judge};
use clip_events_benches::peers;
use clip_events_benches::table::{Medians, ROUNDS, Table, measure, median, print};
use clip_events_benches::{alloc, traps, typed, visitor};
use clip_events_corpus::{
    CONTRACT, Corpus, by_length, compact, data_sorted, extended, invalid, mixed, pretty, sorted,
    spaced,
};

/// The number of deliveries in each flat corpus.
const DELIVERIES: usize = 2_000;

/// The number of nested deliveries in each corpus: as many bytes as the flat ones, so that both fit the same caches.
const NESTED: usize = 100;

fn main() {
    alloc::keep_memory();
    let formats = [compact, extended, spaced, pretty, data_sorted, sorted, by_length];
    let flat = formats.into_iter().chain([mixed, invalid]).map(|make| make(CONTRACT, DELIVERIES));
    let lists = [compact, spaced, pretty, sorted, extended];
    let lists = lists.map(|make| make(nested_events::CONTRACT, NESTED));
    let tables = [
        Table { name: "flat", contenders: peers::flat(), corpora: flat.collect() },
        Table { name: "nested", contenders: nested::contenders(), corpora: lists.into() },
    ];
    for contender in tables[1].contenders.iter().filter(|contender| contender.judges) {
        let mut all = tables[1].corpora.iter().flat_map(|corpus| &corpus.deliveries);
        assert!(all.all(|delivery| (contender.run)(delivery)), "{} rejects", contender.name);
    }
    let medians = measure(&tables);
    for (table, medians) in tables.iter().zip(&medians) {
        print(table, medians);
    }
    print_cost_of_nesting(&tables, &medians);
    let [flat, _] = tables;
    lines_table(&flat.corpora);
    ndjson_table(&flat.corpora[0].ndjson());
    verdicts(&flat);
}

/// Prints what a byte of a nested delivery costs `judge`, beside one of a flat delivery: both compact.
fn print_cost_of_nesting(tables: &[Table; 2], medians: &[Medians]) {
    let per_byte = |at: usize| medians[at][0][0] / tables[at].corpora[0].mean_size();
    let (flat, nested) = (per_byte(0), per_byte(1));
    println!(
        "`judge` takes {nested:.3} ns per byte of compact nested deliveries, {:.2} times the {flat:.3} of flat ones.\n",
        nested / flat
    );
}

/// Prints what a delivery in NDJSON costs, in each format that fits on one line.
fn lines_table(corpora: &[Corpus]) {
    let corpora = || corpora.iter().filter(|corpus| !["pretty", "invalid"].contains(&corpus.name));
    print!("| median ns per flat delivery in NDJSON");
    corpora().for_each(|corpus| print!(" | {}", corpus.name));
    print!(
        " |\n|{}\n| **`deliveries::<AnyEventType>`**: verdict only",
        "---|".repeat(corpora().count() + 1)
    );
    for corpus in corpora() {
        let ndjson = corpus.ndjson();
        let times = (0..ROUNDS).map(|_| {
            let start = Instant::now();
            assert_eq!(ours::<AnyEventType<'_>>(black_box(&ndjson)), DELIVERIES, "all are valid");
            start.elapsed().as_secs_f64() * 1e9 / DELIVERIES as f64
        });
        print!(" | {:.0}", median(times.collect()));
    }
    println!(" |\n");
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
fn verdicts(Table { corpora, contenders, .. }: &Table) {
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
