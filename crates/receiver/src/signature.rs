//! The signature of a delivery: `t=<Unix seconds>,v1=<hex>`, an HMAC-SHA256 of `<t>.<body>` by the endpoint's secret.

use std::fmt;
use std::time::{Duration, SystemTime};

use clip_events::{Event, EventRef, ParseError};
use hmac::Mac as _;

use crate::secrets::{Secrets, unix_seconds};

/// The header that holds the signature.
///
/// The older `choppity-signature` carries the secret itself. Nothing here reads it; do not log it.
pub const SIGNATURE_HEADER: &str = "choppity-signature-256";

/// How old a delivery may be, or how far in the future, unless it is said otherwise.
pub const TOLERANCE: Duration = Duration::from_secs(300);

/// Longer values of the header are refused.
const MAX_HEADER: usize = 4096;

/// Signatures that are looked at: one for each secret while they are exchanged, and some to spare.
const MAX_SIGNATURES: usize = 16;

/// The digits of seconds: some to spare, so that sums of them cannot overflow.
const MAX_DIGITS: usize = 18;

/// Tells genuine deliveries from others.
///
/// ```
/// use std::time::{Duration, SystemTime};
///
/// use clip_events_receiver::{Secrets, Verifier};
///
/// // From the request: the header, and the body as it came, before anything has parsed it.
/// let header = "t=1745800000,v1=dad4ce6fbf5f2fb8fdeca8e2fb69dcdb1e3eb0aa3bbb1c3d23ea1d5a3e4cd5ed";
/// let body = br#"{"id":"1","type":"project.render.started","created":0,"data":{"project_id":"p","team_id":"t"}}"#;
///
/// let verifier = Verifier::new(Secrets::new("whsec_1")?);
/// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_745_800_001);
/// # let signed = Secrets::new("whsec_1")?.sign(body, now);
/// # let header = signed.as_str();
/// let event = verifier.verify(header, body, now)?.parse()?;
/// assert_eq!(event.id, "1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Verifier {
    secrets: Secrets,
    tolerance: Duration,
}

impl Verifier {
    /// By these secrets, within [`TOLERANCE`].
    pub fn new(secrets: Secrets) -> Self {
        Self { secrets, tolerance: TOLERANCE }
    }

    /// The same with another tolerance: how long ago a delivery may have been signed, and how far in the future. Fractions of a second
    /// do not count.
    #[must_use]
    pub fn tolerance(self, tolerance: Duration) -> Self {
        Self { tolerance, ..self }
    }

    /// The delivery, if a secret signed this very `body`, not long ago. `header` is the value of [`SIGNATURE_HEADER`].
    ///
    /// The signature is judged before the time: what is said of the time is true.
    ///
    /// # Errors
    ///
    /// If it is not genuine, or too old, or the header is not as it should be.
    pub fn verify<'a>(
        &self,
        header: impl AsRef<[u8]>,
        body: &'a [u8],
        now: SystemTime,
    ) -> Result<Verified<'a>, SignatureError> {
        let verified = self.verify_archived(header, body)?;
        let now = unix_seconds(now);
        let seconds = verified.signed_at.abs_diff(now);
        if seconds <= self.tolerance.as_secs() {
            Ok(verified)
        } else if verified.signed_at > now {
            Err(SignatureError::InFuture { seconds })
        } else {
            Err(SignatureError::TooOld { seconds })
        }
    }

    /// The same for a request: `headers` are the values of all headers [`SIGNATURE_HEADER`] that it has, which has to be one.
    ///
    /// # Errors
    ///
    /// As [`Self::verify`]; or if there is none, or more than one.
    pub fn verify_one<'a>(
        &self,
        headers: &[&[u8]],
        body: &'a [u8],
        now: SystemTime,
    ) -> Result<Verified<'a>, SignatureError> {
        match headers {
            [] => Err(SignatureError::NoHeader),
            [header] => self.verify(header, body, now),
            _ => Err(SignatureError::TwoHeaders),
        }
    }

    /// The same at any time: for deliveries that were stored, with their headers, when they came.
    ///
    /// # Errors
    ///
    /// As [`Self::verify`], the time aside.
    pub fn verify_archived<'a>(
        &self,
        header: impl AsRef<[u8]>,
        body: &'a [u8],
    ) -> Result<Verified<'a>, SignatureError> {
        let Header { time, signed_at, signatures } = Header::read(header.as_ref())?;
        // Each secret is tried on each signature: how long it takes does not tell which one matched.
        let mut genuine = false;
        for mac in self.secrets.macs(time, body) {
            for signature in &signatures {
                genuine |= mac.clone().verify_slice(signature).is_ok();
            }
        }
        if genuine { Ok(Verified { body, signed_at }) } else { Err(SignatureError::Mismatch) }
    }
}

/// A genuine delivery: nobody but who has the secret has written it.
#[derive(Clone, Copy)]
pub struct Verified<'a> {
    body: &'a [u8],
    signed_at: u64,
}

/// Of the body its length: it may not be in a log.
impl fmt::Debug for Verified<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Verified");
        shown.field("body", &self.body.len()).field("signed_at", &self.signed_at).finish()
    }
}

impl<'a> Verified<'a> {
    /// The event, borrowed from the body.
    ///
    /// # Errors
    ///
    /// If the delivery does not meet the contract.
    pub fn parse(&self) -> Result<EventRef<'a>, ParseError> {
        EventRef::from_slice(self.body)
    }

    /// The event, to keep.
    ///
    /// # Errors
    ///
    /// As [`Self::parse`].
    pub fn parse_owned(&self) -> Result<Event, ParseError> {
        Event::from_slice(self.body)
    }

    /// The body that was signed.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// When it was signed, in Unix seconds.
    pub fn signed_at(&self) -> u64 {
        self.signed_at
    }
}

/// The header, taken apart.
struct Header<'h> {
    /// As written, which is what was signed.
    time: &'h [u8],
    signed_at: u64,
    signatures: Vec<[u8; 32]>,
}

impl<'h> Header<'h> {
    /// Entries of other schemes are passed over, and blanks around any.
    fn read(header: &'h [u8]) -> Result<Self, SignatureError> {
        if header.len() > MAX_HEADER {
            return Err(SignatureError::HeaderTooLong);
        }
        let (mut time, mut count, mut signatures) = (None, 0, Vec::new());
        for entry in header.split(|byte| *byte == b',') {
            match entry.trim_ascii() {
                [b't', b'=', ..] if time.is_some() => {
                    return Err(SignatureError::TwoTimes);
                }
                [b't', b'=', value @ ..] => time = Some(value),
                [b'v', b'1', b'=', value @ ..] => {
                    count += 1;
                    signatures.extend(from_hex(value));
                }
                _ => {}
            }
        }
        let time = time.ok_or(SignatureError::NoTime)?;
        let signed_at = seconds(time)?;
        match (count, signatures.len()) {
            (0, _) => Err(SignatureError::NoSignature),
            (_, 0) => Err(SignatureError::NotHex),
            _ if count > MAX_SIGNATURES => Err(SignatureError::TooManySignatures),
            _ => Ok(Self { time, signed_at, signatures }),
        }
    }
}

fn seconds(time: &[u8]) -> Result<u64, SignatureError> {
    let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    match time {
        [b'-', digits @ ..] if is_number(digits) => Err(SignatureError::NegativeTime),
        digits if !is_number(digits) => Err(SignatureError::TimeIsNoNumber),
        digits if digits.len() > MAX_DIGITS => Err(SignatureError::TimeOutOfRange),
        digits => Ok(digits.iter().fold(0, |all, digit| all * 10 + u64::from(digit - b'0'))),
    }
}

/// 32 bytes from as many pairs of lower-case digits.
fn from_hex(text: &[u8]) -> Option<[u8; 32]> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

/// Why a delivery is not taken for genuine. No text of one repeats a secret, a header or a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// There is no header.
    #[error(
        "there is no header `{SIGNATURE_HEADER}`: is this request a delivery, and does every proxy on the way hand the header on?"
    )]
    NoHeader,
    /// There is more than one header.
    #[error("there are two headers `{SIGNATURE_HEADER}`: which one is true cannot be told")]
    TwoHeaders,
    /// It is longer than any that is sent.
    #[error("the header `{SIGNATURE_HEADER}` is longer than {MAX_HEADER} bytes")]
    HeaderTooLong,
    /// It does not say when it was signed.
    #[error("the header `{SIGNATURE_HEADER}` has no `t=`: is this the value of another header?")]
    NoTime,
    /// It has two times.
    #[error("the header `{SIGNATURE_HEADER}` has two `t=`: which one was signed cannot be told")]
    TwoTimes,
    /// The time is no number.
    #[error("`t` in the header `{SIGNATURE_HEADER}` is no number of seconds")]
    TimeIsNoNumber,
    /// The time is before 1970.
    #[error("`t` in the header `{SIGNATURE_HEADER}` is negative")]
    NegativeTime,
    /// The time has more digits than any time.
    #[error("`t` in the header `{SIGNATURE_HEADER}` has more than {MAX_DIGITS} digits")]
    TimeOutOfRange,
    /// It holds no signature of the scheme `v1`.
    #[error(
        "the header `{SIGNATURE_HEADER}` has no `v1=`: it was signed in a way that this version does not know"
    )]
    NoSignature,
    /// None of its signatures is written as one.
    #[error("no `v1` in the header `{SIGNATURE_HEADER}` is 64 hexadecimal digits in lower case")]
    NotHex,
    /// It holds more signatures than are tried.
    #[error("the header `{SIGNATURE_HEADER}` has more than {MAX_SIGNATURES} signatures")]
    TooManySignatures,
    /// No secret signed this body at this time.
    #[error(
        "no secret of this endpoint signed this body: is it the secret of another endpoint, or was the body decoded and encoded again on the way?"
    )]
    Mismatch,
    /// It is genuine, and was signed too long ago.
    #[error(
        "it was signed {seconds} s ago, which is too long: is it sent again from a store, or is the clock here wrong?"
    )]
    TooOld {
        /// How long ago.
        seconds: u64,
    },
    /// It is genuine, and was signed in the future.
    #[error("it was signed {seconds} s in the future: is the clock here wrong?")]
    InFuture {
        /// How far.
        seconds: u64,
    },
}

impl SignatureError {
    /// Whether the header is not as any sender writes it, whatever is signed: the request is malformed.
    pub fn is_malformed(&self) -> bool {
        !matches!(
            self,
            Self::NoHeader | Self::Mismatch | Self::TooOld { .. } | Self::InFuture { .. }
        )
    }

    /// A short name that never changes: for logs, and as a label of metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NoHeader => "no_header",
            Self::TwoHeaders => "two_headers",
            Self::HeaderTooLong => "header_too_long",
            Self::NoTime => "no_time",
            Self::TwoTimes => "two_times",
            Self::TimeIsNoNumber => "time_is_no_number",
            Self::NegativeTime => "negative_time",
            Self::TimeOutOfRange => "time_out_of_range",
            Self::NoSignature => "no_signature",
            Self::NotHex => "not_hex",
            Self::TooManySignatures => "too_many_signatures",
            Self::Mismatch => "mismatch",
            Self::TooOld { .. } => "too_old",
            Self::InFuture { .. } => "in_future",
        }
    }
}
