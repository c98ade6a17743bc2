//! The way of all deliveries through a command: one thread reads, all cores work, and the results come in the order of the input.
//!
//! Memory is bounded: only a fixed number of batches is in flight, and the reader waits until one is done.

use std::io::{self, IsTerminal, Write};
use std::mem;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use indicatif::{ProgressBar, ProgressStyle};

use crate::chunk::Chunk;
use crate::source::{CannotRead, Source};
use crate::split::{Sink, Stop, split};

/// Consecutive deliveries of one input.
#[derive(Debug)]
#[non_exhaustive]
pub struct Batch {
    /// The name of the input.
    pub source: Arc<str>,
    /// Where it is; nowhere, for standard input.
    pub path: Option<Arc<Path>>,
    /// How many batches of the input come before it.
    pub index: u64,
    /// The deliveries, in order.
    pub chunks: Vec<Chunk>,
    /// How many bytes they are.
    pub size: u64,
}

/// Gives the deliveries of the inputs that `paths` name to `work`, and the results to `each`, in order. An input that cannot be read is one
/// of them: it is reported on stderr, and the others are still read. Returns whether all could be.
///
/// A batch ends at the first delivery with which it takes `size` bytes of memory, or more; so it is the same whenever the same input is read.
/// With a size of 0, a batch is whatever has been read at once.
///
/// # Errors
///
/// Those of `each`.
pub fn run<T: Send>(
    paths: &[PathBuf],
    size: u64,
    work: impl Fn(&Batch) -> T + Sync,
    mut each: impl FnMut(Result<T, CannotRead>, &Progress) -> io::Result<()>,
) -> io::Result<bool> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    // Of small batches more wait, so that no core does.
    let waiting = if size == 0 { threads } else { 0 };
    let (jobs, waiting) = sync_channel::<Job<T>>(waiting);
    let (order, pending) = sync_channel::<Pending<T>>(2 * threads);
    let (spent, buffers) = channel::<Vec<u8>>();
    // With the last worker goes the receiver: nothing waits for workers that are gone.
    let waiting = Arc::new(Mutex::new(waiting));
    let progress = Progress::new(paths);
    thread::scope(|scope| {
        for _ in 0..threads {
            let (work, waiting, spent) = (&work, Arc::clone(&waiting), spent.clone());
            scope.spawn(move || {
                loop {
                    let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(job) = job else { break };
                    let result = work(&job.batch);
                    // Once the output is closed, nobody may be left to receive either.
                    let _ = job.done.send(result);
                    for chunk in job.batch.chunks {
                        if let Chunk::Lines { bytes, .. } = chunk {
                            let _ = spent.send(bytes);
                        }
                    }
                }
            });
        }
        drop(waiting);
        scope.spawn(move || read(paths, size, &order, &jobs, &buffers));
        let mut all_read = true;
        for pending in pending {
            match pending {
                Pending::Batch(size, result) => {
                    each(Ok(result.recv().map_err(io::Error::other)?), &progress)?;
                    progress.advance(size);
                }
                Pending::Failed(error) => {
                    all_read = false;
                    // Nobody need read it: the exit status tells, too.
                    let _ = progress.suspend(|| writeln!(io::stderr(), "error: {error}"));
                    each(Err(error), &progress)?;
                }
            }
        }
        progress.finish();
        Ok(all_read)
    })
}

/// A batch to work on.
struct Job<T> {
    batch: Batch,
    done: SyncSender<T>,
}

/// An entry in the queue that keeps the results in the order of the input.
enum Pending<T> {
    /// A batch that is being worked on, with its size in bytes.
    Batch(u64, Receiver<T>),
    Failed(CannotRead),
}

/// Reads all inputs. Each batch goes to `jobs` and, to keep the order, to `order`.
fn read<T>(
    paths: &[PathBuf],
    size: u64,
    order: &SyncSender<Pending<T>>,
    jobs: &SyncSender<Job<T>>,
    buffers: &Receiver<Vec<u8>>,
) {
    for source in Source::list(paths) {
        let outcome = source.and_then(|source| {
            let input = source.open()?;
            let batch = Batch {
                source: source.name().into(),
                path: source.path().map(Arc::from),
                index: 0,
                chunks: Vec::new(),
                size: 0,
            };
            let mut sink = Dispatch { batch, weight: 0, wanted: size, order, jobs, buffers };
            let outcome = split(input, source.promises_lines(), &mut sink);
            let rest = match &outcome {
                Err(Stop::Output) => Ok(()),
                // What was read before it failed is worked on, too.
                Err(Stop::Input(_)) | Ok(()) => sink.dispatch(),
            };
            match (outcome, rest) {
                (Err(Stop::Output), _) | (_, Err(_)) => Ok(true),
                (Err(Stop::Input(error)), Ok(())) => Err(source.cannot_read(error)),
                (Ok(()), Ok(())) => Ok(false),
            }
        });
        let closed = match outcome {
            Ok(closed) => closed,
            Err(error) => order.send(Pending::Failed(error)).is_err(),
        };
        if closed {
            return;
        }
    }
}

struct Dispatch<'a, T> {
    /// What has been read and is not yet worked on.
    batch: Batch,
    /// The memory that it takes.
    weight: u64,
    wanted: u64,
    order: &'a SyncSender<Pending<T>>,
    jobs: &'a SyncSender<Job<T>>,
    buffers: &'a Receiver<Vec<u8>>,
}

impl<T> Dispatch<'_, T> {
    fn add(&mut self, chunk: Chunk) -> Result<(), Stop> {
        self.batch.size += chunk.size();
        self.weight += chunk.weight();
        self.batch.chunks.push(chunk);
        if self.weight >= self.wanted { self.dispatch() } else { Ok(()) }
    }

    fn dispatch(&mut self) -> Result<(), Stop> {
        if self.batch.chunks.is_empty() {
            return Ok(());
        }
        let next = Batch {
            source: Arc::clone(&self.batch.source),
            path: self.batch.path.clone(),
            index: self.batch.index + 1,
            chunks: Vec::new(),
            size: 0,
        };
        self.weight = 0;
        let batch = mem::replace(&mut self.batch, next);
        let (done, result) = sync_channel(1);
        self.order.send(Pending::Batch(batch.size, result)).map_err(|_| Stop::Output)?;
        self.jobs.send(Job { batch, done }).map_err(|_| Stop::Output)
    }
}

impl<T> Sink for Dispatch<'_, T> {
    fn chunk(&mut self, chunk: Chunk) -> Result<(), Stop> {
        let mut rest = Some(chunk);
        while let Some(chunk) = rest.take() {
            let left = usize::try_from(self.wanted - self.weight).unwrap_or(usize::MAX);
            let (first, after) =
                if self.wanted == 0 { (chunk, None) } else { chunk.split_behind(left) };
            self.add(first)?;
            rest = after;
        }
        Ok(())
    }

    fn buffer(&mut self) -> Vec<u8> {
        self.buffers.try_recv().unwrap_or_default()
    }
}

/// A progress bar on stderr, if that is a terminal.
#[derive(Debug)]
pub struct Progress(Option<ProgressBar>);

impl Progress {
    fn new(paths: &[PathBuf]) -> Self {
        if !io::stderr().is_terminal() {
            return Self(None);
        }
        let size = Source::list(paths).map(|source| source.ok()?.size()).sum();
        let bar = match size {
            Some(size) => ProgressBar::new(size).with_style(style(
                "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left",
            )),
            None => {
                ProgressBar::new_spinner().with_style(style("{spinner} {bytes}, {bytes_per_sec}"))
            }
        };
        Self(Some(bar))
    }

    fn advance(&self, bytes: u64) {
        if let Self(Some(bar)) = self {
            bar.inc(bytes);
        }
    }

    /// Hides the bar while `print` runs.
    pub fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
        match self {
            Self(Some(bar)) => bar.suspend(print),
            Self(None) => print(),
        }
    }

    fn finish(&self) {
        if let Self(Some(bar)) = self {
            bar.finish_and_clear();
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the templates are valid")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    fn file(lines: usize) -> (tempfile::TempDir, Vec<PathBuf>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("many.ndjson");
        fs::write(&path, "{\"line\":1}\n".repeat(lines)).unwrap();
        (folder, vec![path])
    }

    #[test]
    fn batches_end_where_they_are_full_whatever_is_read_at_once() {
        let (_folder, paths) = file(100_000);
        for size in [0, 10_000, 300_000, u64::MAX] {
            let text = |batch: &Batch| -> Vec<u8> {
                let chunks = batch.chunks.iter();
                let lines = chunks.map(|chunk| match chunk {
                    Chunk::Lines { bytes, .. } => bytes.as_slice(),
                    Chunk::Parts(_) => panic!("they are lines"),
                });
                lines.collect::<Vec<_>>().concat()
            };
            let (mut all, mut sizes, mut at) = (Vec::new(), Vec::new(), 0);
            let work = |batch: &Batch| (batch.index, batch.size, text(batch));
            run(&paths, size, work, |batch, _| {
                let (index, size, text) = batch.unwrap();
                assert_eq!((index, size), (at, text.len() as u64));
                assert!(text.ends_with(b"\n"));
                at += 1;
                sizes.push(size);
                all.extend(text);
                Ok(())
            })
            .unwrap();
            assert!(all == fs::read(&paths[0]).unwrap(), "{size}: not a byte is another");
            if size > 0 {
                let full = &sizes[..sizes.len() - 1];
                assert!(
                    full.iter().all(|full| (size..size + 20).contains(full)),
                    "{size}: {full:?}"
                );
            }
        }
    }

    #[test]
    fn workers_that_panic_end_all_of_it() {
        let (_folder, paths) = file(1_000);
        for size in [0, 100] {
            let outcome = catch_unwind(AssertUnwindSafe(|| {
                run(&paths, size, |_| panic!("a mistake"), |_: Result<(), _>, _| Ok(()))
            }));
            assert!(outcome.is_err(), "{size}");
        }
    }
}
