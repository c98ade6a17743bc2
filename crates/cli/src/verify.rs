//! `clip-events verify`: whether a delivery is genuine, and if not, which mistake explains it.

mod mistakes;

use std::io::Write;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{ArgGroup, Args};
use clip_events_receiver::{SignatureError, TOLERANCE, Verifier};
use jiff::Timestamp;

use crate::failure::Failure;
use crate::secrets::{SecretArguments, secrets};
use crate::sign::{read, seconds, time};
use clip_events_input::STDIN;

/// In seconds: that of the year 5138. In milliseconds it is in 1973.
const LAST_SECOND: u64 = 100_000_000_000;

pub(crate) const HELP: &str = "\
Example:
  clip-events verify delivery.json --archived \\
      --header \"$SIGNATURE\" --secret-env CLIP_EVENTS_SECRET

The header is `choppity-signature-256`. Neither it nor the secret is printed. If the delivery is not genuine, the usual mistakes are \
tried, one and two at a time, and those that explain it are named.

Exit status: 0 if the delivery is genuine, 1 if it is not, 2 if the command could not do its work.";

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("secrets").args(["secret_env", "secret_file"]).required(true).multiple(true)))]
pub(crate) struct Arguments {
    /// The file that holds the body as it came, or - for stdin.
    #[arg(default_value = STDIN)]
    pub(crate) file: PathBuf,
    /// The value of the header `choppity-signature-256`.
    #[arg(long, value_name = "VALUE", allow_hyphen_values = true)]
    header: String,
    #[command(flatten)]
    secrets: SecretArguments,
    /// The time to judge by, in seconds since 1970, in place of the clock's.
    #[arg(long, value_name = "UNIX_SECONDS", value_parser = seconds())]
    now: Option<u64>,
    /// Judge by no time: for deliveries that were stored.
    #[arg(long, conflicts_with = "now")]
    archived: bool,
}

/// Prints whether the delivery is genuine, and returns it.
pub(crate) fn verify(arguments: &Arguments, out: &mut impl Write) -> Result<bool, Failure> {
    // Once: a pipe has them only once.
    let raw = arguments.secrets.raw()?;
    let verifier = Verifier::new(secrets(&raw)?.ok_or(Failure::NoSecret)?);
    let body = read(&arguments.file)?;
    let now = arguments.now.map_or_else(SystemTime::now, time);
    let header = arguments.header.as_str();
    let verified = if arguments.archived {
        verifier.verify_archived(header, &body)
    } else {
        verifier.verify(header, &body, now)
    };
    let error = match verified {
        // No receiver takes it for a time: it would be thousands of years ahead.
        Ok(verified) if arguments.archived && verified.signed_at() > LAST_SECOND => {
            writeln!(out, "not genuine: it is signed, and `t` is no time in seconds")?;
            writeln!(out, "mistake: {}", mistakes::MILLISECONDS)?;
            return Ok(false);
        }
        Ok(verified) => {
            let signed_at = verified.signed_at();
            let date = i64::try_from(signed_at).ok().and_then(|at| Timestamp::from_second(at).ok());
            let date = date.map(|date| format!(", {date}")).unwrap_or_default();
            writeln!(out, "genuine: signed at {signed_at}{date}")?;
            return Ok(true);
        }
        Err(error) => error,
    };
    writeln!(out, "not genuine: {error}")?;
    let mistakes = match error {
        SignatureError::InFuture { seconds } => {
            let now = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
            // What is read as seconds is a thousand times as far from 1970.
            let as_milliseconds = now.saturating_add(seconds) / 1000;
            let meant = as_milliseconds.abs_diff(now) <= now / 2 + TOLERANCE.as_secs();
            if meant { vec![mistakes::MILLISECONDS] } else { Vec::new() }
        }
        SignatureError::TooOld { .. } => Vec::new(),
        _ => mistakes::find(header, &body, &raw).unwrap_or_default(),
    };
    for mistake in mistakes {
        writeln!(out, "mistake: {mistake}")?;
    }
    Ok(false)
}
