//! `clip-events validate`: one thread reads, all cores judge, and the output keeps the order of the input.
//!
//! Memory is bounded: only a fixed number of chunks is in flight, and the reader waits until one is done.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use clip_events::{AnyEventType, Rejection, deliveries};
use clip_events_validator::{Mode, Validator};
use indicatif::{ProgressBar, ProgressStyle};

use crate::report::{DeliveryRecord, Printer, Tally, TypeClass, ViolationRecord};
use crate::source::{CannotRead, Source};
use crate::split::{Chunk, Content, MAX_DELIVERY, Part, Sink, Stop, split};

/// The outcome of a run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outcome {
    /// Whether every delivery that was read is valid.
    pub(crate) all_valid: bool,
    /// Whether every input was read to its end.
    pub(crate) all_read: bool,
}

/// Judges all deliveries in the inputs that `paths` name.
///
/// Inputs that cannot be read are reported on stderr, and the others are still judged.
///
/// # Errors
///
/// If `out` cannot be written.
pub(crate) fn validate(
    paths: &[PathBuf],
    mode: Mode,
    printer: Printer,
    out: &mut impl Write,
) -> io::Result<Outcome> {
    let judge = Judge { validator: Validator::new(mode), printer };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let (jobs, work) = sync_channel::<Job>(threads);
    let (order, pending) = sync_channel::<Pending>(2 * threads);
    let (spent, buffers) = channel::<Vec<u8>>();
    let work = Mutex::new(work);
    thread::scope(|scope| {
        for _ in 0..threads {
            let (judge, work, spent) = (&judge, &work, spent.clone());
            scope.spawn(move || {
                loop {
                    let job = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(job) = job else { break };
                    let judged = judge.chunk(&job.source, &job.chunk);
                    // Once the output is closed, nobody may be left to receive either.
                    let _ = job.done.send(judged);
                    if let Chunk::Lines { bytes, .. } = job.chunk {
                        let _ = spent.send(bytes);
                    }
                }
            });
        }
        scope.spawn(move || read(paths, &order, &jobs, &buffers));
        collect(pending, printer, out, &Progress::new(paths))
    })
}

/// A chunk to judge.
struct Job {
    source: Arc<str>,
    chunk: Chunk,
    done: SyncSender<Judged>,
}

/// An entry in the queue that keeps the output in the order of the input.
enum Pending {
    /// A chunk that is being judged, with its size in bytes.
    Chunk(u64, Receiver<Judged>),
    Failed(CannotRead),
}

/// The result of judging a chunk.
struct Judged {
    output: Vec<u8>,
    tally: Tally,
}

/// Reads all inputs. Each chunk goes to `jobs` and, to keep the order, to `order`.
fn read(
    paths: &[PathBuf],
    order: &SyncSender<Pending>,
    jobs: &SyncSender<Job>,
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

struct Dispatch<'a> {
    source: Arc<str>,
    order: &'a SyncSender<Pending>,
    jobs: &'a SyncSender<Job>,
    buffers: &'a Receiver<Vec<u8>>,
}

impl Sink for Dispatch<'_> {
    fn chunk(&mut self, chunk: Chunk) -> Result<(), Stop> {
        let size = match &chunk {
            Chunk::Lines { bytes, .. } => bytes.len(),
            Chunk::Parts(parts) => parts.iter().map(Part::size).sum(),
        };
        let (done, judged) = sync_channel(1);
        let job = Job { source: Arc::clone(&self.source), chunk, done };
        self.order.send(Pending::Chunk(size as u64, judged)).map_err(|_| Stop::Output)?;
        self.jobs.send(job).map_err(|_| Stop::Output)
    }

    fn buffer(&mut self) -> Vec<u8> {
        self.buffers.try_recv().unwrap_or_default()
    }
}

/// Writes the results, in order.
fn collect(
    pending: Receiver<Pending>,
    printer: Printer,
    out: &mut impl Write,
    progress: &Progress,
) -> io::Result<Outcome> {
    let mut tally = Tally::new();
    let mut all_read = true;
    for pending in pending {
        match pending {
            Pending::Chunk(size, judged) => {
                let judged = judged.recv().map_err(io::Error::other)?;
                tally.add(&judged.tally);
                if !judged.output.is_empty() {
                    progress
                        .suspend(|| out.write_all(&judged.output).and_then(|()| out.flush()))?;
                }
                progress.advance(size);
            }
            Pending::Failed(error) => {
                all_read = false;
                progress.suspend(|| eprintln!("error: {error}"));
            }
        }
    }
    progress.finish();
    printer.summary(out, &tally)?;
    out.flush()?;
    Ok(Outcome { all_valid: tally.all_valid(), all_read })
}

struct Judge {
    validator: Validator,
    printer: Printer,
}

impl Judge {
    fn chunk(&self, source: &str, chunk: &Chunk) -> Judged {
        let mut judged = Judged { output: Vec::new(), tally: Tally::new() };
        match chunk {
            Chunk::Lines { first, bytes } => {
                for line in deliveries::<AnyEventType>(bytes) {
                    let place = (first + line.number - 1, 1);
                    if line.bytes.len() > MAX_DELIVERY {
                        self.too_large(&mut judged, source, place);
                        continue;
                    }
                    self.parsed(&mut judged, source, place, line.bytes, line.outcome);
                }
            }
            Chunk::Parts(parts) => {
                for Part { line, column, content } in parts {
                    let place = (*line, *column);
                    match content {
                        Content::Delivery(bytes) => {
                            let outcome = clip_events::judge(bytes);
                            self.parsed(&mut judged, source, place, bytes, outcome);
                        }
                        Content::TooLarge => self.too_large(&mut judged, source, place),
                        Content::BrokenArray(message) => {
                            let violation = ViolationRecord::at_start("syntax", message);
                            self.record(&mut judged, source, place, None, vec![violation]);
                        }
                    }
                }
            }
        }
        judged
    }

    /// A delivery and the parser's verdict on it: explained only if that can find something.
    fn parsed(
        &self,
        judged: &mut Judged,
        source: &str,
        place: (u64, u64),
        delivery: &[u8],
        outcome: Result<AnyEventType<'_>, Rejection<'_>>,
    ) {
        match outcome {
            Ok(name) if self.validator.mode().accepts_all_that_parses() => {
                self.valid(judged, source, place, name);
            }
            Ok(_) | Err(_) => self.explain(judged, source, place, delivery),
        }
    }

    fn valid(&self, judged: &mut Judged, source: &str, place: (u64, u64), name: AnyEventType<'_>) {
        match name {
            // Nothing to print. Most deliveries end here, and should cost no more than this.
            AnyEventType::Known(event_type) if !self.printer.prints_valid() => {
                judged.tally.count(TypeClass::Known(event_type), true);
            }
            name => self.record(judged, source, place, Some(&name.to_string()), Vec::new()),
        }
    }

    fn explain(&self, judged: &mut Judged, source: &str, place: (u64, u64), delivery: &[u8]) {
        let verdict = self.validator.explain(delivery);
        let violations = verdict.violations.iter().map(ViolationRecord::from).collect();
        self.record(judged, source, place, verdict.event_type.as_deref(), violations);
    }

    fn too_large(&self, judged: &mut Judged, source: &str, place: (u64, u64)) {
        let message = format!(
            "the delivery is larger than {} MiB, the limit, and was skipped.",
            MAX_DELIVERY >> 20
        );
        let violation = ViolationRecord::at_start("too-large", &message);
        self.record(judged, source, place, None, vec![violation]);
    }

    fn record(
        &self,
        judged: &mut Judged,
        source: &str,
        (line, column): (u64, u64),
        event_type: Option<&str>,
        violations: Vec<ViolationRecord<'_>>,
    ) {
        let valid = violations.is_empty();
        judged.tally.count(TypeClass::of(event_type), valid);
        let record = DeliveryRecord { source, line, column, r#type: event_type, valid, violations };
        self.printer.record(&mut judged.output, &record);
    }
}

/// A progress bar on stderr, if that is a terminal.
struct Progress(Option<ProgressBar>);

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
    fn suspend<T>(&self, print: impl FnOnce() -> T) -> T {
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
