//! `clip-events sign`: the value of the signature's header for any bytes.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::builder::RangedU64ValueParser;
use clap::{ArgGroup, Args};

use crate::failure::Failure;
use crate::secrets::SecretArguments;
use clip_events_input::{CannotRead, STDIN};

pub(crate) const HELP: &str = "\
Example:
  clip-events sign delivery.json --secret-env CLIP_EVENTS_SECRET

Exit status: 0, or 2 if the command could not do its work.";

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("secrets").args(["secret_env", "secret_file"]).required(true).multiple(true)))]
pub(crate) struct Arguments {
    /// The file whose bytes are signed as they are, or - for stdin.
    #[arg(default_value = STDIN)]
    pub(crate) file: PathBuf,
    #[command(flatten)]
    secrets: SecretArguments,
    /// When the delivery is sent, in seconds since 1970; now, if it is not given.
    #[arg(long, value_name = "UNIX_SECONDS", value_parser = seconds())]
    at: Option<u64>,
}

/// Prints the value of the header.
pub(crate) fn sign(arguments: &Arguments, out: &mut impl Write) -> Result<(), Failure> {
    let secrets = arguments.secrets.required()?;
    let body = read(&arguments.file)?;
    let at = arguments.at.map_or_else(SystemTime::now, time);
    writeln!(out, "{}", secrets.sign(&body, at))?;
    Ok(())
}

/// The bytes of a file or of standard input, as they are: what is compressed was signed so, too.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, CannotRead> {
    let mut bytes = Vec::new();
    let read = if path.as_os_str() == STDIN {
        io::stdin().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        fs::read(path)
    };
    let name = if path.as_os_str() == STDIN { Path::new("<stdin>") } else { path };
    read.map_err(|error| CannotRead::Io { path: name.into(), error })
}

/// Reads seconds since 1970, up to the year 9999: what is above is milliseconds.
pub(crate) fn seconds() -> RangedU64ValueParser {
    clap::value_parser!(u64).range(..=253_402_300_799)
}

/// The time that is `seconds` after the start of 1970.
pub(crate) fn time(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}
