//! `clip-events validate`: judges deliveries, and reports what is wrong with them.

use std::io::{self, Write};
use std::path::PathBuf;

use clip_events::{AnyEventType, Rejection, deliveries};
use clip_events_validator::{Mode, Validator};

use crate::report::{DeliveryRecord, Format, Printer, Tally, ViolationRecord};
use clip_events_input::{
    self as input, Batch, CannotRead, Chunk, Content, MAX_DELIVERY, Part, Progress,
};

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
    let (stderr, tally) = (io::stderr(), Tally::default());
    let mut output = Output { task, out, stderr, tally, listed: 0, unlisted: 0 };
    let all_read = input::run(
        paths,
        0,
        |batch| judge.batch(batch),
        |judged, progress| output.add(judged, progress),
    )?;
    output.summary()?;
    Ok(Outcome { all_valid: output.tally.all_valid(), all_read })
}

/// The result of judging a batch.
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

/// Writes the results, in order.
struct Output<'t, W> {
    task: &'t Task,
    out: &'t mut W,
    stderr: io::Stderr,
    tally: Tally,
    /// Invalid deliveries that have been printed.
    listed: u64,
    /// Those that have not been, since there were too many.
    unlisted: u64,
}

impl<W: Write> Output<'_, W> {
    fn add(&mut self, judged: Result<Judged, CannotRead>, progress: &Progress) -> io::Result<()> {
        let printer = self.task.printer;
        let judged = match judged {
            Ok(judged) => judged,
            Err(error) => {
                let mut report = Vec::new();
                printer.unreadable(&mut report, &error);
                return self.print(&report, &[], progress);
            }
        };
        self.tally.add(&judged.tally);
        let mut report = &judged.output[..];
        let invalid = judged.invalid.len() as u64;
        let most = self.task.max_errors.filter(|_| printer.format == Format::Human);
        let left = most.unwrap_or(u64::MAX) - self.listed;
        if invalid > left {
            let end = usize::try_from(left).ok().and_then(|left| left.checked_sub(1));
            report = &report[..end.map_or(0, |last| judged.invalid[last])];
            self.unlisted += invalid - left;
        }
        self.listed += invalid.min(left);
        self.print(report, &judged.extracted, progress)
    }

    fn print(&mut self, report: &[u8], extracted: &[u8], progress: &Progress) -> io::Result<()> {
        if report.is_empty() && extracted.is_empty() {
            return Ok(());
        }
        progress.suspend(|| {
            self.report().write_all(report)?;
            self.out.write_all(extracted)?;
            self.out.flush()
        })
    }

    fn summary(&mut self) -> io::Result<()> {
        let mut summary = Vec::new();
        self.task.printer.summary(&mut summary, &self.tally, self.unlisted)?;
        self.report().write_all(&summary)?;
        self.out.flush()
    }

    /// Where the verdicts go: deliveries that are extracted have stdout for themselves.
    fn report(&mut self) -> &mut dyn Write {
        if self.task.extract.is_some() { &mut self.stderr } else { self.out }
    }
}

struct Judge<'t> {
    validator: Validator,
    task: &'t Task,
}

impl Judge<'_> {
    fn batch(&self, batch: &Batch) -> Judged {
        let mut judged = Judged::default();
        for chunk in &batch.chunks {
            self.chunk(&mut judged, &batch.source, chunk);
        }
        judged
    }

    fn chunk(&self, judged: &mut Judged, source: &str, chunk: &Chunk) {
        match chunk {
            Chunk::Lines { first, bytes } => {
                for line in deliveries::<AnyEventType>(bytes) {
                    let place = (first + line.number - 1, 1);
                    self.parsed(judged, source, place, line.bytes, line.outcome);
                }
            }
            Chunk::Parts(parts) => {
                for Part { line, column, content } in parts {
                    let place = (*line, *column);
                    match content {
                        Content::Delivery(bytes) => {
                            let outcome = clip_events::judge(bytes);
                            self.parsed(judged, source, place, bytes, outcome);
                        }
                        Content::TooLarge(_) => self.too_large(judged, source, place),
                        Content::Defect(rule, message) => {
                            self.record(judged, source, place, &[], None, {
                                vec![ViolationRecord::plain(rule, message, Some(place))]
                            });
                        }
                    }
                }
            }
        }
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
