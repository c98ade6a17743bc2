//! From deliveries in files to files of columns.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clip_events::{AnyEventType, EventType, Rejection, deliveries, judge};
use clip_events_input::{self as input, Batch, Chunk, MAX_DELIVERY, NOT_CLOSED};
use clip_events_validator::{Mode, Validator};
use serde::Serialize;

use crate::columns::Columns;
use crate::done::{Claim, Content, Count, Folder, FolderError, Part, Record, Settings};
use crate::files::{Files, Format, WriteError};
use crate::table::{Group, Plan, Table};

/// Why deliveries could not be converted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConvertError {
    /// The folder.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A file of columns.
    #[error("cannot write a file of columns: {0}")]
    Write(#[from] WriteError),
    /// The side file of invalid deliveries.
    #[error("cannot write the file of invalid deliveries: {0}")]
    Invalid(io::Error),
    /// The parser took what is no JSON; it is a mistake in this program.
    #[error(
        "{source_name}:{line}: the delivery is valid and could not be read again: please report this"
    )]
    Unreadable {
        /// The input.
        source_name: String,
        /// The line.
        line: u64,
    },
}

/// What is to be done.
#[derive(Debug)]
pub struct Task<'a> {
    /// The inputs: files, folders, or `-`.
    pub inputs: &'a [PathBuf],
    /// The folder that the files go into.
    pub out: &'a Path,
    /// What files are written.
    pub format: Format,
    /// The columns that they have.
    pub columns: Columns,
    /// The bytes of input from which on a part, and with it its files, ends.
    pub part_size: u64,
}

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// By event type; of those whose event type cannot be read, under an empty name.
    pub counts: BTreeMap<String, Count>,
    /// The parts that were converted now.
    pub converted: u64,
    /// The parts that had been converted before.
    pub found: u64,
    /// Whether every input was read to its end.
    pub all_read: bool,
}

impl Summary {
    /// Of all event types.
    pub fn total(&self) -> Count {
        self.counts.values().fold(Count::default(), |total, count| Count {
            valid: total.valid + count.valid,
            invalid: total.invalid + count.invalid,
        })
    }
}

/// Converts the deliveries in the inputs of `task`. What was converted into the same folder before is not converted again.
///
/// Inputs that cannot be read are told on stderr, and the others are still converted.
///
/// # Errors
///
/// When the folder cannot be written, or has been made with other options.
pub fn convert(task: &Task<'_>) -> Result<Summary, ConvertError> {
    let settings = Settings { format: task.format, part_size: task.part_size };
    let folder = Folder::open(task.out, settings)?;
    let columns = task.columns.clone();
    let columns = if task.format == Format::Csv { columns.flat() } else { columns };
    let plan = Plan::new(&columns);
    let groups = EventType::ALL.iter().map(|event_type| plan.group(event_type.as_str().as_bytes()));
    let converter = Converter {
        groups: groups.collect(),
        created: columns.created(),
        plan,
        validator: Validator::new(Mode::Reader),
        folder,
        format: task.format,
    };
    let mut summary = Summary::default();
    let mut failure = None;
    let outcome = input::run(
        task.inputs,
        task.part_size,
        |batch| converter.batch(batch),
        // This waits for the disk, which no worker has to.
        |done, _| {
            // An input that cannot be read has been told.
            let Ok(done) = done else { return Ok(()) };
            let counted = done.and_then(|done| {
                let (Done::Found(record) | Done::New(_, record)) = &done;
                for (event_type, count) in &record.counts {
                    let total = summary.counts.entry(event_type.clone()).or_default();
                    total.valid += count.valid;
                    total.invalid += count.invalid;
                }
                match done {
                    Done::Found(_) => summary.found += 1,
                    Done::New(part, record) => {
                        converter.folder.finish(&part, record)?;
                        summary.converted += 1;
                    }
                }
                Ok(())
            });
            counted.map_err(|error| {
                failure = Some(error);
                io::ErrorKind::Other.into()
            })
        },
    );
    if let Some(failure) = failure {
        return Err(failure);
    }
    summary.all_read = outcome.map_err(WriteError::from)?;
    Ok(summary)
}

struct Converter {
    plan: Plan,
    /// Of the event types that are known, by their numbers.
    groups: Vec<Group>,
    created: Option<usize>,
    validator: Validator,
    folder: Folder,
    format: Format,
}

/// What became of a part.
enum Done {
    /// It was converted before.
    Found(Record),
    /// Its files are made, and are not yet those of the archive.
    New(Part, Record),
}

/// Rows are encoded when there are so many, or when they are of so many bytes of input: while they are still in the caches.
const MOST_ROWS: usize = 8_192;
const MOST_BYTES: usize = 4 << 20;

/// A part while it is converted.
struct Growing<'c> {
    converter: &'c Converter,
    source: &'c str,
    table: Table<'c>,
    /// Of the rows in `table`.
    bytes: usize,
    files: Files<'c>,
    invalid: Invalid<'c>,
    counts: BTreeMap<String, Count>,
    /// The counts of the event types that are known, by their numbers: a look into a map for each delivery would cost more than its verdict.
    known: Vec<u64>,
}

impl Converter {
    /// Converts a part, if it has not been.
    fn batch(&self, batch: &Batch) -> Result<Done, ConvertError> {
        let content = content(&batch.chunks);
        let part = match self.folder.claim(batch.path.as_deref(), batch.index, &content)? {
            Claim::Done(record) => return Ok(Done::Found(record)),
            Claim::New(part) => part,
        };
        let identity = part.identity();
        let mut growing = Growing {
            converter: self,
            source: &batch.source,
            table: Table::new(&self.plan),
            bytes: 0,
            files: Files::new(&part.folder, &identity, self.format, self.created),
            invalid: Invalid {
                folder: &part.folder,
                path: format!("_invalid/{identity}.ndjson"),
                file: None,
            },
            counts: BTreeMap::new(),
            known: vec![0; EventType::ALL.len()],
        };
        for chunk in &batch.chunks {
            growing.chunk(chunk)?;
        }
        let (files, counts) = growing.finish()?;
        let source = batch.source.to_string();
        let record = Record { source, index: batch.index, files, instead_of: None, counts };
        Ok(Done::New(part, record))
    }
}

/// What `chunks` hold, as pieces of a text that no other chunks have. A longer input has a text that begins with it.
fn content(chunks: &[Chunk]) -> Content<'_> {
    let mut pieces: Vec<Cow<'_, [u8]>> = Vec::new();
    let mut ends_open = false;
    for chunk in chunks {
        ends_open = false;
        match chunk {
            Chunk::Lines { bytes, .. } => pieces.push(bytes.into()),
            Chunk::Parts(parts) => {
                for part in parts {
                    ends_open = false;
                    // No text begins with such bytes, so they stand between what is apart.
                    match &part.content {
                        input::Content::Delivery(bytes) => {
                            pieces.extend([SEPARATORS[0].into(), bytes.into()]);
                        }
                        input::Content::TooLarge(sum) => {
                            pieces.push([SEPARATORS[1], &sum.to_le_bytes()].concat().into());
                        }
                        input::Content::Defect(rule, message) => {
                            let defect = [rule.as_bytes(), b": ", message.as_bytes()].concat();
                            pieces.push([SEPARATORS[2], &defect].concat().into());
                            ends_open = *message == NOT_CLOSED;
                        }
                    }
                }
            }
        }
    }
    Content { pieces, ends_open }
}

/// Before a delivery, before one that is too large, before a defect.
const SEPARATORS: [&[u8]; 3] = [&[0xFF, 0], &[0xFF, 1], &[0xFF, 2]];

impl Growing<'_> {
    fn chunk(&mut self, chunk: &Chunk) -> Result<(), ConvertError> {
        match chunk {
            Chunk::Lines { first, bytes } => {
                for line in deliveries::<AnyEventType<'_>>(bytes) {
                    self.delivery((first + line.number - 1, 1), line.bytes, line.outcome)?;
                }
            }
            Chunk::Parts(parts) => {
                for part in parts {
                    let place = (part.line, part.column);
                    match &part.content {
                        input::Content::Delivery(bytes) => {
                            self.delivery(place, bytes, judge(bytes))?;
                        }
                        input::Content::TooLarge(_) => self.too_large(place)?,
                        input::Content::Defect(rule, message) => {
                            self.invalid(
                                place,
                                None,
                                None,
                                vec![Violation::plain(rule, message, place)],
                            )?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    fn delivery(
        &mut self,
        place: (u64, u64),
        bytes: &[u8],
        outcome: Result<AnyEventType<'_>, Rejection<'_>>,
    ) -> Result<(), ConvertError> {
        let appended = match outcome {
            Ok(AnyEventType::Known(event_type)) => {
                let number = event_type as usize;
                self.known[number] += 1;
                self.table.append(self.converter.groups[number], bytes)
            }
            Ok(AnyEventType::Unknown(name)) => {
                let name = name.to_string();
                let group = self.converter.plan.group(name.as_bytes());
                let appended = self.table.append(group, bytes);
                self.counts.entry(name).or_default().valid += 1;
                appended
            }
            Err(_) => {
                let verdict = self.converter.validator.explain(bytes);
                let violations = verdict.violations.iter();
                let violations =
                    violations.map(|violation| Violation::new(violation, place)).collect();
                return self.invalid(place, verdict.event_type.as_deref(), Some(bytes), violations);
            }
        };
        appended.ok_or_else(|| ConvertError::Unreadable {
            source_name: self.source.to_owned(),
            line: place.0,
        })?;
        self.bytes += bytes.len();
        if self.table.rows() >= MOST_ROWS || self.bytes >= MOST_BYTES {
            self.flush()
        } else {
            Ok(())
        }
    }

    fn too_large(&mut self, place: (u64, u64)) -> Result<(), ConvertError> {
        let message = format!(
            "the delivery is larger than {} MiB, the limit, and was skipped.",
            MAX_DELIVERY >> 20
        );
        self.invalid(place, None, None, vec![Violation::plain("too-large", &message, place)])
    }

    fn invalid(
        &mut self,
        (line, _): (u64, u64),
        event_type: Option<&str>,
        delivery: Option<&[u8]>,
        violations: Vec<Violation<'_>>,
    ) -> Result<(), ConvertError> {
        self.counts.entry(event_type.unwrap_or_default().to_owned()).or_default().invalid += 1;
        let text = delivery.and_then(|bytes| std::str::from_utf8(bytes).ok());
        let base64 = delivery.filter(|_| text.is_none()).map(|bytes| STANDARD.encode(bytes));
        let record = InvalidDelivery {
            source: self.source,
            line,
            r#type: event_type,
            violations,
            delivery: text,
            delivery_base64: base64,
        };
        self.invalid.write(&record).map_err(ConvertError::Invalid)
    }

    /// Writes the rows that have been gathered.
    fn flush(&mut self) -> Result<(), ConvertError> {
        self.bytes = 0;
        let batches = self.table.take().map_err(WriteError::from)?;
        Ok(self.files.write(batches)?)
    }

    fn finish(mut self) -> Result<(Vec<String>, BTreeMap<String, Count>), ConvertError> {
        self.flush()?;
        for (event_type, count) in EventType::ALL.iter().zip(&self.known) {
            if *count > 0 {
                self.counts.entry(event_type.as_str().to_owned()).or_default().valid += count;
            }
        }
        let mut files = self.files.finish()?;
        files.extend(self.invalid.finish().map_err(ConvertError::Invalid)?);
        Ok((files, self.counts))
    }
}

/// A line of the side file.
#[derive(Serialize)]
struct InvalidDelivery<'a> {
    source: &'a str,
    /// On which the delivery starts.
    line: u64,
    r#type: Option<&'a str>,
    violations: Vec<Violation<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<&'a str>,
    /// Where it is not UTF-8.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_base64: Option<String>,
}

/// One thing that is wrong, as `clip-events validate --format json` tells it.
#[derive(Serialize)]
struct Violation<'a> {
    instance: &'a str,
    schema: &'a str,
    rule: &'a str,
    message: &'a str,
    line: u64,
    column: u64,
}

impl<'a> Violation<'a> {
    fn plain(rule: &'a str, message: &'a str, (line, column): (u64, u64)) -> Self {
        Self { instance: "", schema: "", rule, message, line, column }
    }

    /// `violation`, of a delivery that starts at the line and column `start`.
    fn new(violation: &'a clip_events_validator::Violation, start: (u64, u64)) -> Self {
        let (line, column) = (violation.line as u64, violation.column as u64);
        Self {
            instance: &violation.instance,
            schema: &violation.schema,
            rule: violation.rule.as_str(),
            message: &violation.message,
            line: start.0 + line - 1,
            column: if line == 1 { start.1 + column - 1 } else { column },
        }
    }
}

/// The side file of a part, once it has something.
struct Invalid<'a> {
    folder: &'a Path,
    /// From the folder on.
    path: String,
    file: Option<BufWriter<File>>,
}

impl Invalid<'_> {
    fn write(&mut self, record: &InvalidDelivery<'_>) -> io::Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let path = self.folder.join(&self.path);
                fs::create_dir_all(path.parent().unwrap_or(self.folder))?;
                none.insert(BufWriter::new(File::create(path)?))
            }
        };
        serde_json::to_writer(&mut *file, record)?;
        file.write_all(b"\n")
    }

    fn finish(mut self) -> io::Result<Option<String>> {
        let Some(mut file) = self.file.take() else { return Ok(None) };
        file.flush()?;
        Ok(Some(self.path))
    }
}
