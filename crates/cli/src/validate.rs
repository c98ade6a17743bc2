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

use crate::report::{DeliveryRecord, Format, Printer, Tally, ViolationRecord};
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

/// What to do with the deliveries.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(crate) mode: Mode,
    pub(crate) printer: Printer,
    /// Those to write as they are; the verdicts go to stderr then.
    pub(crate) extract: Option<Extract>,
    /// The number of invalid deliveries to list in human output, if not all.
    pub(crate) max_errors: Option<u64>,
}

/// Which deliveries to extract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Extract {
    Valid,
    Invalid,
    /// Those of an event type, valid or not.
    Type(String),
}

impl From<&str> for Extract {
    fn from(text: &str) -> Self {
        match text {
            "valid" => Self::Valid,
            "invalid" => Self::Invalid,
            event_type => Self::Type(event_type.to_owned()),
        }
    }
}

impl Extract {
    fn takes(&self, event_type: Option<&str>, valid: bool) -> bool {
        match self {
            Self::Valid => valid,
            Self::Invalid => !valid,
            Self::Type(name) => event_type == Some(name),
        }
    }
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
    task: &Task,
    out: &mut impl Write,
) -> io::Result<Outcome> {
    let judge = Judge { validator: Validator::new(task.mode), task };
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
        collect(pending, task, out, &Progress::new(paths))
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
#[derive(Default)]
struct Judged {
    /// The verdicts that are printed.
    output: Vec<u8>,
    /// Where the verdict on each invalid delivery ends in `output`.
    invalid: Vec<usize>,
    /// The deliveries that are extracted.
    extracted: Vec<u8>,
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
    task: &Task,
    out: &mut impl Write,
    progress: &Progress,
) -> io::Result<Outcome> {
    let printer = task.printer;
    let mut tally = Tally::default();
    let mut all_read = true;
    let most = task.max_errors.filter(|_| printer.format == Format::Human).unwrap_or(u64::MAX);
    let (mut listed, mut unlisted) = (0, 0);
    let print = |out: &mut dyn Write, report: &[u8], extracted: &[u8]| {
        if report.is_empty() && extracted.is_empty() {
            return Ok(());
        }
        progress.suspend(|| {
            if task.extract.is_some() {
                io::stderr().write_all(report)?;
                out.write_all(extracted)?;
            } else {
                out.write_all(report)?;
            }
            out.flush()
        })
    };
    for pending in pending {
        match pending {
            Pending::Chunk(size, judged) => {
                let judged = judged.recv().map_err(io::Error::other)?;
                tally.add(&judged.tally);
                let mut report = &judged.output[..];
                let invalid = judged.invalid.len() as u64;
                let left = most - listed;
                if invalid > left {
                    let end = usize::try_from(left).ok().and_then(|left| left.checked_sub(1));
                    report = &report[..end.map_or(0, |last| judged.invalid[last])];
                    unlisted += invalid - left;
                }
                listed += invalid.min(left);
                print(out, report, &judged.extracted)?;
                progress.advance(size);
            }
            Pending::Failed(error) => {
                all_read = false;
                // Nobody need read it: the exit status tells, too.
                let _ = progress.suspend(|| writeln!(io::stderr(), "error: {error}"));
                let mut report = Vec::new();
                printer.unreadable(&mut report, &error);
                print(out, &report, &[])?;
            }
        }
    }
    progress.finish();
    if task.extract.is_some() {
        printer.summary(&mut io::stderr(), &tally, unlisted)?;
    } else {
        printer.summary(out, &tally, unlisted)?;
    }
    out.flush()?;
    Ok(Outcome { all_valid: tally.all_valid(), all_read })
}

struct Judge<'t> {
    validator: Validator,
    task: &'t Task,
}

impl Judge<'_> {
    fn chunk(&self, source: &str, chunk: &Chunk) -> Judged {
        let mut judged = Judged::default();
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
                        Content::Defect(rule, message) => {
                            self.record(&mut judged, source, place, &[], None, {
                                vec![ViolationRecord::plain(rule, message, Some(place))]
                            });
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
                self.valid(judged, source, place, delivery, name);
            }
            Ok(_) | Err(_) => self.explain(judged, source, place, delivery),
        }
    }

    fn valid(
        &self,
        judged: &mut Judged,
        source: &str,
        place: (u64, u64),
        delivery: &[u8],
        name: AnyEventType<'_>,
    ) {
        let Task { printer, extract, .. } = self.task;
        match name {
            // Nothing to print. Most deliveries end here, and should cost no more than this.
            AnyEventType::Known(event_type) if !printer.prints_valid() && extract.is_none() => {
                judged.tally.count_known(event_type, true);
            }
            name => {
                self.record(judged, source, place, delivery, Some(&name.to_string()), Vec::new());
            }
        }
    }

    fn explain(&self, judged: &mut Judged, source: &str, place: (u64, u64), delivery: &[u8]) {
        let verdict = self.validator.explain(delivery);
        let violations = verdict.violations.iter();
        let violations = violations.map(|violation| ViolationRecord::new(violation, place));
        let event_type = verdict.event_type.as_deref();
        self.record(judged, source, place, delivery, event_type, violations.collect());
    }

    fn too_large(&self, judged: &mut Judged, source: &str, place: (u64, u64)) {
        let message = format!(
            "the delivery is larger than {} MiB, the limit, and was skipped.",
            MAX_DELIVERY >> 20
        );
        let violation = ViolationRecord::plain("too-large", &message, Some(place));
        self.record(judged, source, place, &[], None, vec![violation]);
    }

    fn record(
        &self,
        judged: &mut Judged,
        source: &str,
        (line, _): (u64, u64),
        delivery: &[u8],
        event_type: Option<&str>,
        violations: Vec<ViolationRecord<'_>>,
    ) {
        let valid = violations.is_empty();
        judged.tally.count(event_type, valid);
        let line = Some(line);
        let record = DeliveryRecord { source, line, r#type: event_type, valid, violations };
        self.task.printer.record(&mut judged.output, &record);
        if !valid {
            judged.invalid.push(judged.output.len());
        }
        let extract = self.task.extract.as_ref();
        if !delivery.is_empty() && extract.is_some_and(|extract| extract.takes(event_type, valid)) {
            judged.extracted.extend_from_slice(delivery);
            judged.extracted.push(b'\n');
        }
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
