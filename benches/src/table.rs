//! Measures contenders on deliveries, and prints a table of them.
//!
//! Times are medians over rounds in which every contender takes its turn, so that a disturbance of the machine affects
//! all of them. (Benchmark harnesses measure one contender after the other, and on a shared machine the ratios drift.) What is
//! timed is the processor's time of this thread: one that waits for its turn does not run.

use std::hint::black_box;
use std::time::Duration;

use clip_events_corpus::Corpus;

use crate::alloc;
use crate::peers::{BASE, Contender};

/// The number of rounds. In each, every contender makes one timed pass over every corpus.
pub const ROUNDS: usize = 101;

/// Contenders, and the deliveries that each of them takes.
pub struct Table {
    /// The kind of deliveries.
    pub name: &'static str,
    /// The rows.
    pub contenders: Vec<Contender>,
    /// The columns.
    pub corpora: Vec<Corpus>,
}

/// The median nanoseconds per delivery of a table: a row of them for each contender.
pub type Medians = Vec<Vec<f64>>;

/// Measures all tables in the same rounds.
pub fn measure(tables: &[Table]) -> Vec<Medians> {
    let empty = |table: &Table| vec![vec![Vec::new(); table.corpora.len()]; table.contenders.len()];
    let mut times: Vec<_> = tables.iter().map(empty).collect();
    for _ in 0..ROUNDS {
        for (table, times) in tables.iter().zip(&mut times) {
            for (column, corpus) in table.corpora.iter().enumerate() {
                for (contender, row) in table.contenders.iter().zip(&mut *times) {
                    // Warms up the caches and the branch predictors.
                    for _ in 0..3 {
                        pass(corpus, contender);
                    }
                    let start = processor_time();
                    pass(corpus, contender);
                    let nanoseconds = (processor_time() - start).as_secs_f64() * 1e9;
                    row[column].push(nanoseconds / corpus.deliveries.len() as f64);
                }
            }
        }
    }
    let medians = |row: Vec<Vec<f64>>| row.into_iter().map(median).collect();
    times.into_iter().map(|rows| rows.into_iter().map(medians).collect()).collect()
}

/// Prints the table as Markdown.
pub fn print(table: &Table, medians: &Medians) {
    let Table { name, contenders, corpora } = table;
    let base = contenders.iter().position(|contender| contender.name == BASE).expect("the base");
    print!("| median ns per {name} delivery");
    for corpus in corpora {
        print!(" | {}, {:.0} bytes", corpus.name, corpus.mean_size());
    }
    println!(" | MB/s | allocations |\n|{}", "---|".repeat(corpora.len() + 3));
    for (contender, row) in contenders.iter().zip(medians) {
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

/// The time for which this thread has been run.
#[cfg(unix)]
fn processor_time() -> Duration {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: only writes the time.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

#[cfg(not(unix))]
fn processor_time() -> Duration {
    std::time::UNIX_EPOCH.elapsed().expect("the clock runs forward")
}

/// The median.
pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
