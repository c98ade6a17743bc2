//! `clip-events replay`: sends stored deliveries again: requests that `listen` has stored, deliveries line by line, or dead letters.

use std::io::{BufRead, BufReader, Cursor, Read, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use clap::Args;
#[cfg(not(feature = "sqlite"))]
use clip_events_receiver::InboxError;
#[cfg(feature = "sqlite")]
use clip_events_receiver::{Inbox, Limits, SqliteInbox};
use clip_events_receiver::{SIGNATURE_HEADER, Secrets};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use ureq::http::{HeaderMap, HeaderValue};

use crate::envelope::Envelope;
use crate::failure::Failure;
use crate::record::Record;
use crate::secrets::SecretArguments;
use crate::send::{Client, Expected, Report, Target, headers};
use clip_events_input::{STDIN, Source};

pub(crate) const HELP: &str = "\
Examples:
  clip-events replay received.ndjson --to http://localhost:3000/hooks \\
      --resign --secret-env CLIP_EVENTS_SECRET
  clip-events replay inbox.sqlite --to http://localhost:3000/hooks \\
      --resign --secret-env CLIP_EVENTS_SECRET --since 2026-01-31

The file is one that `clip-events listen --save` has written, or has a delivery on each line, which needs --resign; gzip and Zstandard are \
recognised. Or it is the SQLite inbox of clip-events-receiver: its dead letters are sent then, and each that is answered 2xx is forgotten there. The receiver that the inbox belongs to may be the \
endpoint: it tries them again. \
A line that is neither is passed over, and told of at the end. What was signed more than five minutes ago is refused by receivers, unless it is signed anew.

Exit status: 0 if each is answered 2xx, 1 if one is not, 2 if the command could not do its work.";

/// Bytes of a line, at most.
const MAX_LINE: u64 = 16 << 20;
/// What a database of SQLite starts with.
const SQLITE: &[u8] = b"SQLite format 3\0";
/// Where its version is, which an inbox has from its beginning.
const USER_VERSION: std::ops::Range<usize> = 60..64;
/// Dead letters that are read at once.
#[cfg(feature = "sqlite")]
const PAGE: usize = 100;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// What is sent: a file, or - for stdin.
    pub(crate) file: PathBuf,
    /// The endpoint.
    #[arg(long, value_name = "URL")]
    to: Target,
    /// Sign each delivery anew, for the time at which it is sent.
    #[arg(long)]
    resign: bool,
    #[command(flatten)]
    secrets: SecretArguments,
    /// Send only deliveries of this event type, known or not.
    #[arg(long, value_name = "EVENT_TYPE")]
    only: Option<String>,
    /// Send only what was received at this time or later; of deliveries line by line, what was created then.
    #[arg(long, value_name = "MILLISECONDS|DATE", value_parser = since)]
    since: Option<u64>,
}

/// Milliseconds since 1970, of these, a date, or a time such as `2026-01-31T12:00:00Z`.
fn since(text: &str) -> Result<u64, &'static str> {
    if let Ok(milliseconds) = text.parse() {
        // In 1973, and what a clock says in seconds.
        return match milliseconds {
            0 | 100_000_000_000.. => Ok(milliseconds),
            _ => Err("expected milliseconds since 1970; these are seconds"),
        };
    }
    let time: Option<Timestamp> = text.parse().ok();
    let day = || TimeZone::UTC.to_timestamp(text.parse::<Date>().ok()?.into()).ok();
    let time = time.or_else(day);
    let milliseconds = time.and_then(|time| u64::try_from(time.as_millisecond()).ok());
    milliseconds.ok_or("expected milliseconds since 1970, a date like 2026-01-31, or a time like 2026-01-31T12:00:00Z")
}

/// Sends them all. Returns whether each was answered 2xx.
pub(crate) fn replay(arguments: &Arguments, out: &mut impl Write) -> Result<bool, Failure> {
    let secrets = if arguments.resign { Some(arguments.secrets.required()?) } else { None };
    let client = Client::new(arguments.to.clone());
    let mut replay = Replay { arguments, secrets, client, report: Report::new(out), failure: None };
    for source in Source::list(std::slice::from_ref(&arguments.file)) {
        let source = source?;
        let mut input = source.open()?;
        let mut start = Vec::new();
        let read = input.by_ref().take(USER_VERSION.end as u64).read_to_end(&mut start);
        read.map_err(|error| source.cannot_read(error))?;
        if start.starts_with(SQLITE) {
            if arguments.file.as_os_str() == STDIN {
                return Err(Failure::PipedInbox);
            }
            // To open any other database would make an inbox of it.
            let has_version = start.get(USER_VERSION).is_some_and(|version| version != [0; 4]);
            if !has_version && !has_log(&arguments.file) {
                return Err(Failure::NoInbox { path: arguments.file.clone() });
            }
            replay.dead_letters(&arguments.file)?;
        } else {
            replay.lines(&source, Cursor::new(start).chain(input))?;
        }
    }
    let is_taken = replay.report.finish()?;
    replay.failure.map_or(Ok(is_taken), Err)
}

/// Whether something was written to the database that is not yet in its file.
fn has_log(path: &Path) -> bool {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|log| log.len() > 0)
}

/// Why a line is not sent.
enum Fault {
    /// It is neither a delivery nor a request, for this reason.
    Line(String),
    Unsigned,
    Output(Failure),
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Output(failure)
    }
}

struct Replay<'a, W> {
    arguments: &'a Arguments,
    /// To sign anew.
    secrets: Option<Secrets>,
    client: Client,
    report: Report<W>,
    /// The first line that could not be sent.
    failure: Option<Failure>,
}

impl<W: Write> Replay<'_, W> {
    fn lines(&mut self, source: &Source, input: impl Read) -> Result<(), Failure> {
        let path = PathBuf::from(source.name());
        let mut input = BufReader::new(input);
        let (mut bytes, mut line) = (Vec::new(), 0);
        loop {
            bytes.clear();
            line += 1;
            let read = input.by_ref().take(MAX_LINE).read_until(b'\n', &mut bytes);
            if read.map_err(|error| source.cannot_read(error))? == 0 {
                return Ok(());
            }
            if bytes.len() as u64 == MAX_LINE && !bytes.ends_with(b"\n") {
                let reason = "the line is longer than 16 MiB".to_owned();
                return Err(Failure::Line { path, line, reason });
            }
            let text = bytes.trim_ascii();
            if text.is_empty() {
                continue;
            }
            match self.line(text) {
                Ok(()) => {}
                Err(Fault::Unsigned) => return Err(Failure::Unsigned { path, line }),
                Err(Fault::Output(failure)) => return Err(failure),
                // A line that was cut when it was written does not keep those behind it from being sent.
                Err(Fault::Line(reason)) => {
                    let path = path.clone();
                    self.failure.get_or_insert(Failure::Line { path, line, reason });
                }
            }
        }
    }

    fn line(&mut self, text: &[u8]) -> Result<(), Fault> {
        match serde_json::from_slice::<Record<'_>>(text) {
            Ok(record) => {
                let (received, headers) = (record.received, record.headers());
                let body = record.into_body().map_err(Fault::Line)?;
                let envelope = Envelope::read(&body);
                self.send(&envelope, Some(received), headers, &body)?;
            }
            Err(error) => {
                // A delivery need not be a valid one.
                let delivery = serde_json::from_slice(text);
                let delivery = delivery.map_err(|_| Fault::Line(error.to_string()))?;
                if self.secrets.is_none() {
                    return Err(Fault::Unsigned);
                }
                let envelope = Envelope::of(&delivery);
                let created = envelope.created;
                self.send(&envelope, created, headers(b""), text)?;
            }
        }
        Ok(())
    }

    #[cfg(not(feature = "sqlite"))]
    #[allow(clippy::unused_self, reason = "with the feature it sends them")]
    fn dead_letters(&mut self, path: &Path) -> Result<(), Failure> {
        let error =
            InboxError::Unavailable("this command was built without the feature `sqlite`".into());
        Err(Failure::Inbox { path: path.to_owned(), error })
    }

    #[cfg(feature = "sqlite")]
    fn dead_letters(&mut self, path: &Path) -> Result<(), Failure> {
        let failed = |error| Failure::Inbox { path: path.to_owned(), error };
        let inbox = SqliteInbox::open(path, Limits::default()).map_err(failed)?;
        let mut after = 0;
        // Those that are sent to the inbox that they come from may be dead letters again: the last ones there.
        let mut left = usize::try_from(inbox.counts().map_err(failed)?.dead).unwrap_or(usize::MAX);
        loop {
            let letters = inbox.dead_letters(after, PAGE.min(left)).map_err(failed)?;
            let Some(last) = letters.last() else { return Ok(()) };
            left -= letters.len();
            after = last.number;
            for letter in letters {
                let received =
                    letter.received.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
                let received = u64::try_from(received.as_millis()).ok();
                let envelope = Envelope::read(&letter.body);
                let headers = headers(&letter.signature);
                let taken = self.send(&envelope, received, headers, &letter.body)?;
                if taken {
                    inbox.forget(letter.number).map_err(failed)?;
                }
            }
        }
    }

    /// Sends a delivery, if it is one of those that are asked for. Returns whether it was taken.
    fn send(
        &mut self,
        delivery: &Envelope,
        at: Option<u64>,
        mut headers: HeaderMap,
        body: &[u8],
    ) -> Result<bool, Failure> {
        let Arguments { only, since, .. } = self.arguments;
        let is_meant = only.as_ref().is_none_or(|only| delivery.is_of_type(only))
            && since.is_none_or(|since| at.is_some_and(|at| at >= since));
        if !is_meant {
            return Ok(false);
        }
        if let Some(secrets) = &self.secrets {
            let signature = secrets.sign(body, SystemTime::now());
            if let Ok(signature) = HeaderValue::try_from(signature) {
                headers.insert(SIGNATURE_HEADER, signature);
            }
        }
        let reply = self.client.post(&headers, body);
        Ok(self.report.add(delivery, Expected::Taken, &reply)?)
    }
}
