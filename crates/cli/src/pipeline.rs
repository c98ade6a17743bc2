//! The way of all deliveries through a command: one thread reads, all cores work, and the results come in the order of the input.
//!
//! Memory is bounded: only a fixed number of chunks is in flight, and the reader waits until one is done.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use indicatif::{ProgressBar, ProgressStyle};

use crate::source::{CannotRead, Source};
use crate::split::{Chunk, Part, Sink, Stop, split};

/// Gives each chunk of the inputs that `paths` name to `work`, with the name of its input, and the results to `each`, in order. An
/// input that cannot be read is one of them: it is reported on stderr, and the others are still read. Returns whether all could be.
///
/// # Errors
///
/// Those of `each`.
pub(crate) fn run<T: Send>(
    paths: &[PathBuf],
    work: impl Fn(&str, &Chunk) -> T + Sync,
    mut each: impl FnMut(Result<T, CannotRead>, &Progress) -> io::Result<()>,
) -> io::Result<bool> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let (jobs, waiting) = sync_channel::<Job<T>>(threads);
    let (order, pending) = sync_channel::<Pending<T>>(2 * threads);
    let (spent, buffers) = channel::<Vec<u8>>();
    let waiting = Mutex::new(waiting);
    let progress = Progress::new(paths);
    thread::scope(|scope| {
        for _ in 0..threads {
            let (work, waiting, spent) = (&work, &waiting, spent.clone());
            scope.spawn(move || {
                loop {
                    let job = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(job) = job else { break };
                    let result = work(&job.source, &job.chunk);
                    // Once the output is closed, nobody may be left to receive either.
                    let _ = job.done.send(result);
                    if let Chunk::Lines { bytes, .. } = job.chunk {
                        let _ = spent.send(bytes);
                    }
                }
            });
        }
        scope.spawn(move || read(paths, &order, &jobs, &buffers));
        let mut all_read = true;
        for pending in pending {
            match pending {
                Pending::Chunk(size, result) => {
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

/// A chunk to work on.
struct Job<T> {
    source: Arc<str>,
    chunk: Chunk,
    done: SyncSender<T>,
}

/// An entry in the queue that keeps the results in the order of the input.
enum Pending<T> {
    /// A chunk that is being worked on, with its size in bytes.
    Chunk(u64, Receiver<T>),
    Failed(CannotRead),
}

/// Reads all inputs. Each chunk goes to `jobs` and, to keep the order, to `order`.
fn read<T>(
    paths: &[PathBuf],
    order: &SyncSender<Pending<T>>,
    jobs: &SyncSender<Job<T>>,
    buffers: &Receiver<Vec<u8>>,
) {
    for source in Source::list(paths) {
        let outcome = source.and_then(|source| {
            let input = source.open()?;
            let mut sink = Dispatch { source: source.name().into(), order, jobs, buffers };
            match split(input, source.promises_lines(), &mut sink) {
                Err(Stop::Input(error)) => Err(source.cannot_read(error)),
                Err(Stop::Output) => Ok(true),
                Ok(()) => Ok(false),
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
    source: Arc<str>,
    order: &'a SyncSender<Pending<T>>,
    jobs: &'a SyncSender<Job<T>>,
    buffers: &'a Receiver<Vec<u8>>,
}

impl<T> Sink for Dispatch<'_, T> {
    fn chunk(&mut self, chunk: Chunk) -> Result<(), Stop> {
        let size = match &chunk {
            Chunk::Lines { bytes, .. } => bytes.len(),
            Chunk::Parts(parts) => parts.iter().map(Part::size).sum(),
        };
        let (done, result) = sync_channel(1);
        let job = Job { source: Arc::clone(&self.source), chunk, done };
        self.order.send(Pending::Chunk(size as u64, result)).map_err(|_| Stop::Output)?;
        self.jobs.send(job).map_err(|_| Stop::Output)
    }

    fn buffer(&mut self) -> Vec<u8> {
        self.buffers.try_recv().unwrap_or_default()
    }
}

/// A progress bar on stderr, if that is a terminal.
pub(crate) struct Progress(Option<ProgressBar>);

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
    pub(crate) fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
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
