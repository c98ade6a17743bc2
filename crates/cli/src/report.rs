//! The output of `validate`: a line for each violation or delivery, and the summary.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use clip_events::{EventType, Printable};
use clip_events_validator::Violation;
use serde::Serialize;

use clip_events_input::{CannotRead, printable};

/// The format of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// Prints in one format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    pub(crate) format: Format,
    /// Whether to colour human output.
    pub(crate) color: bool,
    /// Whether to print nothing.
    pub(crate) quiet: bool,
}

/// The verdict on one delivery, in the shape that `--format json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct DeliveryRecord<'a> {
    pub(crate) source: &'a str,
    /// Line on which the delivery starts; none if the input cannot be read.
    pub(crate) line: Option<u64>,
    pub(crate) r#type: Option<&'a str>,
    pub(crate) valid: bool,
    pub(crate) violations: Vec<ViolationRecord<'a>>,
}

/// One violation.
#[derive(Debug, Serialize)]
pub(crate) struct ViolationRecord<'a> {
    pub(crate) instance: &'a str,
    pub(crate) schema: &'a str,
    pub(crate) rule: &'a str,
    pub(crate) message: &'a str,
    /// The line of the value in the input, counted from 1.
    pub(crate) line: Option<u64>,
    /// The column in that line, in characters, counted from 1.
    pub(crate) column: Option<u64>,
}

impl<'a> ViolationRecord<'a> {
    /// A violation without a schema, at `place`.
    pub(crate) fn plain(rule: &'a str, message: &'a str, place: Option<(u64, u64)>) -> Self {
        let (line, column) = place.unzip();
        Self { instance: "", schema: "", rule, message, line, column }
    }

    /// `violation` of a delivery that starts at the line and column `start`.
    pub(crate) fn new(violation: &'a Violation, start: (u64, u64)) -> Self {
        let (line, column) = (violation.line as u64, violation.column as u64);
        let column = if line == 1 { start.1 + column - 1 } else { column };
        Self {
            instance: &violation.instance,
            schema: &violation.schema,
            rule: violation.rule.as_str(),
            message: &violation.message,
            line: Some(start.0 + line - 1),
            column: Some(column),
        }
    }
}

/// Characters of a pointer that a line for people has.
const MAX_POINTER: usize = 200;
/// Characters of a message that it has.
const MAX_MESSAGE: usize = 2_000;

impl Printer {
    /// Whether valid deliveries are printed too.
    pub(crate) fn prints_valid(self) -> bool {
        self.format == Format::Json && !self.quiet
    }

    /// Prints `record`.
    pub(crate) fn record(self, out: &mut Vec<u8>, record: &DeliveryRecord<'_>) {
        match self.format {
            _ if self.quiet => {}
            Format::Json => {
                write_json(&mut *out, record).expect("writing to memory does not fail");
                out.push(b'\n');
            }
            Format::Human => {
                let style = |style: Style| if self.color { style } else { Style::new() };
                let place = style(Style::new().bold());
                let rule = style(AnsiColor::Red.on_default());
                for violation in &record.violations {
                    let instance =
                        if violation.instance.is_empty() { "delivery" } else { violation.instance };
                    let _ = writeln!(
                        out,
                        "{place}{}:{}:{}:{place:#} {}: {} {rule}[{}]{rule:#}",
                        printable(record.source),
                        violation.line.unwrap_or(1),
                        violation.column.unwrap_or(1),
                        Printable::new(instance, MAX_POINTER),
                        Printable::new(violation.message, MAX_MESSAGE),
                        violation.rule
                    );
                }
            }
        }
    }

    /// What `error` is to programs, which need not read stderr.
    pub(crate) fn unreadable(self, out: &mut Vec<u8>, error: &CannotRead) {
        if self.format == Format::Json {
            let (source, message) = (error.path().to_string_lossy(), error.to_string());
            let violations = vec![ViolationRecord::plain("unreadable", &message, None)];
            let (line, r#type, valid) = (None, None, false);
            self.record(out, &DeliveryRecord { source: &source, line, r#type, valid, violations });
        }
    }

    /// Prints the summary, which only the human format has. The violations of `unlisted` deliveries were not printed.
    pub(crate) fn summary(
        self,
        out: &mut (impl Write + ?Sized),
        tally: &Tally,
        unlisted: u64,
    ) -> io::Result<()> {
        if self.quiet || self.format == Format::Json {
            return Ok(());
        }
        if unlisted > 0 {
            let deliveries = if unlisted == 1 { "delivery is" } else { "deliveries are" };
            writeln!(out, "({unlisted} more invalid {deliveries} not listed)")?;
        }
        if !tally.all_valid() {
            writeln!(out)?; // Separates the table from the violations.
        }
        out.write_all(tally.table().as_bytes())
    }
}

/// Writes `value` as JSON on one line that is printable.
pub(crate) fn write_json(out: impl Write, value: &impl Serialize) -> serde_json::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(out, Escaping))
}

/// Writes JSON whose strings are printable: what [`Printable`] escapes, as JSON escapes it.
struct Escaping;

impl serde_json::ser::Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        let is_hidden = |c: char| {
            !c.is_ascii_graphic()
                && Printable::new(c.encode_utf8(&mut [0; 4]), 1).to_string() != c.to_string()
        };
        while let Some((at, hidden)) = rest.char_indices().find(|(_, c)| is_hidden(*c)) {
            writer.write_all(&rest.as_bytes()[..at])?;
            for unit in hidden.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[at + hidden.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }
}

/// Names of unknown event types that the summary tells apart.
const MAX_UNKNOWN: usize = 100;

/// The number of valid and invalid deliveries by event type.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    known: [Count; EventType::ALL.len()],
    /// By name, as it is printed.
    unknown: BTreeMap<String, Count>,
    /// Those of unknown types that there are too many names of.
    others: Count,
    /// Those without a readable `type`.
    none: Count,
}

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    valid: u64,
    invalid: u64,
}

impl Count {
    fn count(&mut self, valid: bool) {
        if valid {
            self.valid += 1;
        } else {
            self.invalid += 1;
        }
    }

    fn add(&mut self, other: Self) {
        self.valid += other.valid;
        self.invalid += other.invalid;
    }
}

impl Default for Tally {
    fn default() -> Self {
        let (known, none) = ([Count::default(); EventType::ALL.len()], Count::default());
        Self { known, unknown: BTreeMap::new(), others: none, none }
    }
}

impl Tally {
    /// Counts a delivery of a known type.
    pub(crate) fn count_known(&mut self, event_type: EventType, valid: bool) {
        self.known[event_type as usize].count(valid);
    }

    /// Counts a delivery of the type `name`, if it has a readable one.
    pub(crate) fn count(&mut self, name: Option<&str>, valid: bool) {
        match name.map(|name| (name, name.parse())) {
            Some((_, Ok(known))) => self.count_known(known, valid),
            Some((name, Err(_))) => self.unknown(name).count(valid),
            None => self.none.count(valid),
        }
    }

    fn unknown(&mut self, name: &str) -> &mut Count {
        let name = Printable::new(name, 60).to_string();
        if self.unknown.len() == MAX_UNKNOWN && !self.unknown.contains_key(&name) {
            return &mut self.others;
        }
        self.unknown.entry(name).or_default()
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (count, more) in self.known.iter_mut().zip(other.known) {
            count.add(more);
        }
        for (name, more) in &other.unknown {
            self.unknown(name).add(*more);
        }
        self.others.add(other.others);
        self.none.add(other.none);
    }

    pub(crate) fn all_valid(&self) -> bool {
        let unknown = self.unknown.values().chain([&self.others, &self.none]);
        self.known.iter().chain(unknown).all(|count| count.invalid == 0)
    }

    fn table(&self) -> String {
        let known = EventType::ALL.iter().map(|known| known.as_str().to_owned()).zip(self.known);
        let unknown =
            self.unknown.iter().map(|(name, count)| (format!("{name} (unknown)"), *count));
        let rest = [("(other unknown types)", self.others), ("(no type)", self.none)].into_iter();
        let rest = rest.map(|(name, count)| (name.to_owned(), count));
        let mut rows: Vec<_> = known.chain(unknown).chain(rest).collect();
        rows.retain(|(_, count)| count.valid + count.invalid > 0);
        let mut total = Count::default();
        for (_, count) in &rows {
            total.add(*count);
        }
        rows.push(("total".to_owned(), total));
        let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        let digits = total.valid.max(total.invalid).to_string().len().max("invalid".len());
        let mut table = format!("{:width$}  {:>digits$}  {:>digits$}\n", "", "valid", "invalid");
        for (name, Count { valid, invalid }) in rows {
            let _ = writeln!(table, "{name:width$}  {valid:>digits$}  {invalid:>digits$}");
        }
        table
    }
}
