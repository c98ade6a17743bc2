//! Signing secrets: one, or several while they are exchanged.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, fs, io};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The signing secrets of one endpoint. A delivery that any of them signed is genuine: while a secret is exchanged for another, both
/// are in use.
///
/// A secret is any bytes but none. It is never shown, and is wiped from memory when this is dropped.
///
/// ```
/// use clip_events_receiver::Secrets;
///
/// let secrets = Secrets::new("whsec_new")?.and("whsec_old")?;
/// assert_eq!(format!("{secrets:?}"), "Secrets(2)");
/// assert!(Secrets::new("").is_err());
/// # Ok::<(), clip_events_receiver::SecretError>(())
/// ```
#[derive(Clone)]
pub struct Secrets(Vec<Hmac<Sha256>>);

impl Secrets {
    /// One secret.
    ///
    /// # Errors
    ///
    /// If it is empty: anybody could sign with it.
    pub fn new(secret: impl Into<Vec<u8>>) -> Result<Self, SecretError> {
        Self(Vec::new()).and(secret)
    }

    /// One more secret.
    ///
    /// # Errors
    ///
    /// If it is empty.
    pub fn and(mut self, secret: impl Into<Vec<u8>>) -> Result<Self, SecretError> {
        let secret = Zeroizing::new(secret.into());
        if secret.is_empty() {
            return Err(SecretError::Empty);
        }
        // HMAC takes a key of any length: there is no other error.
        self.0.push(Hmac::new_from_slice(&secret).map_err(|_| SecretError::Empty)?);
        Ok(self)
    }

    /// The secret that an environment variable holds, as it is.
    ///
    /// # Errors
    ///
    /// If the variable is not set, or empty.
    pub fn from_env(name: &str) -> Result<Self, SecretError> {
        Self::new(Self::read_env(name)?.to_vec())
    }

    /// The secret that a file holds. A line end after it is not part of it.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or holds nothing.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, SecretError> {
        Self::new(Self::read_file(path)?.to_vec())
    }

    /// The bytes that [`Self::from_env`] takes, to look at; they are wiped when they are dropped.
    ///
    /// # Errors
    ///
    /// If the variable is not set, or empty.
    pub fn read_env(name: &str) -> Result<Zeroizing<Vec<u8>>, SecretError> {
        let secret = env::var_os(name).ok_or_else(|| SecretError::NoVariable(name.into()))?;
        if secret.is_empty() {
            return Err(SecretError::EmptyVariable(name.into()));
        }
        Ok(Zeroizing::new(secret.into_encoded_bytes()))
    }

    /// The bytes that [`Self::from_file`] takes, to look at; they are wiped when they are dropped.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or holds nothing.
    pub fn read_file(path: impl AsRef<Path>) -> Result<Zeroizing<Vec<u8>>, SecretError> {
        let path = path.as_ref();
        let content =
            fs::read(path).map_err(|error| SecretError::Unreadable(path.into(), error))?;
        let content = Zeroizing::new(content);
        let line = content.strip_suffix(b"\r\n").or_else(|| content.strip_suffix(b"\n"));
        let secret = line.unwrap_or(&content);
        if secret.is_empty() {
            return Err(SecretError::EmptyFile(path.into()));
        }
        Ok(Zeroizing::new(secret.to_vec()))
    }

    /// The value of the header [`SIGNATURE_HEADER`](crate::SIGNATURE_HEADER) for a delivery sent at `now`, signed with each secret: for
    /// senders, and for tests.
    ///
    /// ```
    /// use clip_events_receiver::{Secrets, Verifier};
    ///
    /// use std::time::{Duration, SystemTime};
    ///
    /// let (body, now) = (b"{}", SystemTime::UNIX_EPOCH + Duration::from_secs(1_745_800_000));
    /// let secrets = Secrets::new("whsec_1")?;
    /// let header = secrets.sign(body, now);
    /// assert!(header.starts_with("t=1745800000,v1="));
    /// assert!(Verifier::new(secrets).verify(header, body, now).is_ok());
    /// # Ok::<(), clip_events_receiver::SecretError>(())
    /// ```
    pub fn sign(&self, body: &[u8], now: SystemTime) -> String {
        let time = unix_seconds(now).to_string();
        let mut header = format!("t={time}");
        for mac in self.macs(time.as_bytes(), body) {
            header.push_str(",v1=");
            header.push_str(&hex(&mac.finalize().into_bytes()));
        }
        header
    }

    /// The authentication code by each secret: of the time as it is written, a full stop, and the body.
    pub(crate) fn macs(&self, time: &[u8], body: &[u8]) -> impl Iterator<Item = Hmac<Sha256>> {
        self.0.iter().map(move |keyed| {
            keyed.clone().chain_update(time).chain_update(b".").chain_update(body)
        })
    }
}

/// Two digits in lower case for each byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        _ = write!(text, "{byte:02x}");
        text
    })
}

/// Times before 1970 are 1970.
pub(crate) fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

/// Why there is no secret.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// It has no bytes.
    #[error("the secret is empty: anybody could sign with it")]
    Empty,
    /// There is no such environment variable.
    #[error("the environment variable {0} is not set: put the endpoint's signing secret into it")]
    NoVariable(String),
    /// The environment variable holds nothing.
    #[error("the environment variable {0} is empty: put the endpoint's signing secret into it")]
    EmptyVariable(String),
    /// The file cannot be read.
    #[error("cannot read the secret from {0}: {1}")]
    Unreadable(PathBuf, #[source] io::Error),
    /// The file holds nothing.
    #[error("{0} is empty: put the endpoint's signing secret into it")]
    EmptyFile(PathBuf),
}
