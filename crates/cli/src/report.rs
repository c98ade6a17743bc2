//! The output of `validate`: a line for each violation or delivery, and the summary.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use clip_events::EventType;
use clip_events_validator::Violation;
use serde::Serialize;

/// The format of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One line per violation, and a summary by event type.
    Human,
    /// One line of JSON per delivery: source, line, type, valid, violations.
    Json,
}

/// Prints in one format.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Printer {
    pub(crate) format: Format,
    /// Whether to colour human output.
    pub(crate) color: bool,
}

/// The verdict on one delivery, in the shape that `--format json` prints.
#[derive(Debug, Serialize)]
pub(crate) struct DeliveryRecord<'a> {
    pub(crate) source: &'a str,
    /// Line on which the delivery starts.
    pub(crate) line: u64,
    /// Column at which it starts.
    #[serde(skip)]
    pub(crate) column: u64,
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
    /// The line within the delivery, counted from 1.
    #[serde(skip)]
    pub(crate) line: u64,
    /// The column in that line.
    #[serde(skip)]
    pub(crate) column: u64,
}

impl<'a> ViolationRecord<'a> {
    /// A violation placed at the first byte of the delivery.
    pub(crate) fn at_start(rule: &'a str, message: &'a str) -> Self {
        Self { instance: "", schema: "", rule, message, line: 1, column: 1 }
    }
}

impl<'a> From<&'a Violation> for ViolationRecord<'a> {
    fn from(violation: &'a Violation) -> Self {
        Self {
            instance: &violation.instance,
            schema: &violation.schema,
            rule: violation.rule.as_str(),
            message: &violation.message,
            line: violation.line as u64,
            column: violation.column as u64,
        }
    }
}

impl Printer {
    /// Whether valid deliveries are printed too.
    pub(crate) fn prints_valid(self) -> bool {
        self.format == Format::Json
    }

    /// Prints `record`.
    pub(crate) fn record(self, out: &mut Vec<u8>, record: &DeliveryRecord<'_>) {
        match self.format {
            Format::Json => {
                serde_json::to_writer(&mut *out, record).expect("writing to memory does not fail");
                out.push(b'\n');
            }
            Format::Human => {
                let style = |style: Style| if self.color { style } else { Style::new() };
                let place = style(Style::new().bold());
                let rule = style(AnsiColor::Red.on_default());
                for violation in &record.violations {
                    let line = record.line + violation.line - 1;
                    let column = if violation.line == 1 {
                        record.column + violation.column - 1
                    } else {
                        violation.column
                    };
                    let instance =
                        if violation.instance.is_empty() { "delivery" } else { violation.instance };
                    let _ = writeln!(
                        out,
                        "{place}{}:{line}:{column}:{place:#} {}: {} {rule}[{}]{rule:#}",
                        printable(record.source),
                        printable(instance),
                        violation.message,
                        violation.rule
                    );
                }
            }
        }
    }

    /// Prints the summary, which only the human format has.
    pub(crate) fn summary(self, out: &mut impl Write, tally: &Tally) -> io::Result<()> {
        match self.format {
            Format::Json => Ok(()),
            Format::Human => {
                if !tally.all_valid() {
                    writeln!(out)?; // Separates the table from the violations.
                }
                out.write_all(tally.table().as_bytes())
            }
        }
    }
}

/// `text` with control and formatting characters escaped, so that a terminal does not act on them.
fn printable(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
        return text.into();
    }
    let mut printable = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '"' | '\'' | '\\') {
            printable.push(c);
        } else {
            printable.extend(c.escape_debug());
        }
    }
    printable.into()
}

/// The event type of a delivery, as the summary counts it.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TypeClass {
    Known(EventType),
    Unknown,
    /// The delivery has no readable `type`.
    None,
}

impl TypeClass {
    const COUNT: usize = EventType::ALL.len() + 2;

    pub(crate) fn of(name: Option<&str>) -> Self {
        match name.map(str::parse) {
            Some(Ok(known)) => Self::Known(known),
            Some(Err(_)) => Self::Unknown,
            None => Self::None,
        }
    }

    fn index(self) -> usize {
        match self {
            Self::Known(event_type) => event_type as usize,
            Self::Unknown => EventType::ALL.len(),
            Self::None => EventType::ALL.len() + 1,
        }
    }

    /// The names of all classes, in the order of [`index`](Self::index).
    fn names() -> impl Iterator<Item = &'static str> {
        let known = EventType::ALL.iter().map(|event_type| event_type.as_str());
        known.chain(["(unknown type)", "(no type)"])
    }
}

/// The number of valid and invalid deliveries by event type.
#[derive(Debug, Clone)]
pub(crate) struct Tally([Count; TypeClass::COUNT]);

#[derive(Debug, Clone, Copy, Default)]
struct Count {
    valid: u64,
    invalid: u64,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self([Count::default(); TypeClass::COUNT])
    }

    pub(crate) fn count(&mut self, class: TypeClass, valid: bool) {
        let count = &mut self.0[class.index()];
        if valid {
            count.valid += 1;
        } else {
            count.invalid += 1;
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (count, more) in self.0.iter_mut().zip(&other.0) {
            count.valid += more.valid;
            count.invalid += more.invalid;
        }
    }

    pub(crate) fn all_valid(&self) -> bool {
        self.0.iter().all(|count| count.invalid == 0)
    }

    fn table(&self) -> String {
        let mut total = Count::default();
        let mut rows = Vec::new();
        for (name, count) in TypeClass::names().zip(&self.0) {
            total.valid += count.valid;
            total.invalid += count.invalid;
            if count.valid + count.invalid > 0 {
                rows.push((name, *count));
            }
        }
        rows.push(("total", total));
        let width = rows.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        let digits = total.valid.max(total.invalid).to_string().len().max("invalid".len());
        let mut table = format!("{:width$}  {:>digits$}  {:>digits$}\n", "", "valid", "invalid");
        for (name, Count { valid, invalid }) in rows {
            let _ = writeln!(table, "{name:width$}  {valid:>digits$}  {invalid:>digits$}");
        }
        table
    }
}
