//! The playground of the page: the parser, the validator that explains, and the signatures, to be called from JavaScript.
//!
//! A caller writes its arguments, one behind the other, to the memory at [`playground_input`], calls a function with their lengths, and
//! reads as many bytes of JSON as that says at [`playground_output`]. So the module needs nothing of its host,
//! and no glue.
#![expect(
    unsafe_code,
    reason = "a function that JavaScript calls has a name that no other may have; nothing else is unsafe here"
)]

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use clip_events::EventRef;
use clip_events_receiver::{Secrets, Verifier};
use clip_events_validator::{Mode, Validator};
use serde_json::{Value, json};

static INPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static OUTPUT: Mutex<Vec<u8>> = Mutex::new(Vec::new());

fn locked(buffer: &'static Mutex<Vec<u8>>) -> MutexGuard<'static, Vec<u8>> {
    buffer.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the next `length` bytes of arguments go.
#[unsafe(no_mangle)]
pub extern "C" fn playground_input(length: usize) -> *mut u8 {
    let mut input = locked(&INPUT);
    // Of a large delivery nothing is kept when the next one is small.
    *input = vec![0; length];
    input.as_mut_ptr()
}

/// Where the last answer is.
#[unsafe(no_mangle)]
pub extern "C" fn playground_output() -> *const u8 {
    locked(&OUTPUT).as_ptr()
}

/// Judges the delivery in the input. Gives the length of the answer, which is that of [`judge`].
#[unsafe(no_mangle)]
pub extern "C" fn playground_judge() -> usize {
    answer(&judge(&locked(&INPUT)))
}

/// Checks a signature: the input has the header, the secret and the body. Gives the length of the answer, which is that of [`verify`].
#[unsafe(no_mangle)]
pub extern "C" fn playground_verify(header: usize, secret: usize, now: f64) -> usize {
    let input = locked(&INPUT);
    let (header, rest) = split(&input, header);
    let (secret, body) = split(rest, secret);
    answer(&verify(header, secret, body, now))
}

/// Signs a delivery: the input has the secret and the body. Gives the length of the answer, which is that of [`sign`].
#[unsafe(no_mangle)]
pub extern "C" fn playground_sign(secret: usize, now: f64) -> usize {
    let input = locked(&INPUT);
    let (secret, body) = split(&input, secret);
    answer(&sign(secret, body, now))
}

fn split(bytes: &[u8], at: usize) -> (&[u8], &[u8]) {
    bytes.split_at_checked(at).unwrap_or((bytes, &[]))
}

fn answer(value: &Value) -> usize {
    let mut output = locked(&OUTPUT);
    *output = value.to_string().into_bytes();
    output.len()
}

/// The parser's verdict on `delivery`: `accepted`, and then `type`, `isKnown` and `followUp`, or else its `message` and all `violations`,
/// each with `line` and `column` (from 1), `pointer`, `message` and `rule`.
pub fn judge(delivery: &[u8]) -> Value {
    match EventRef::from_slice(delivery) {
        Ok(event) => {
            let (name, is_known) = (event.type_name().to_str(), event.event_type().is_some());
            json!({ "accepted": true, "type": name, "isKnown": is_known, "followUp": event.follow_up() })
        }
        Err(error) => {
            let verdict = Validator::new(Mode::Reader).explain(delivery);
            let violations = verdict.violations.iter().map(|violation| {
                json!({
                    "line": violation.line,
                    "column": violation.column,
                    "pointer": violation.instance,
                    "message": violation.message,
                    "rule": violation.rule.to_string(),
                })
            });
            let violations = violations.collect::<Vec<_>>();
            json!({ "accepted": false, "message": error.to_string(), "violations": violations })
        }
    }
}

/// Whether `header` is the signature of `body` by `secret`, at the time `now` in Unix seconds; at any time, if that is negative. The answer
/// is `genuine`, a `message` for a person, and for a genuine one `signedAt`, in Unix seconds.
pub fn verify(header: &[u8], secret: &[u8], body: &[u8], now: f64) -> Value {
    let verifier = match Secrets::new(secret) {
        Ok(secrets) => Verifier::new(secrets),
        Err(error) => return json!({ "genuine": false, "message": error.to_string() }),
    };
    let outcome = match time(now) {
        Some(now) => verifier.verify(header, body, now),
        None => verifier.verify_archived(header, body),
    };
    match outcome {
        Ok(verified) => {
            let message = format!("Genuine: signed at {} (Unix seconds).", verified.signed_at());
            json!({ "genuine": true, "message": message, "signedAt": verified.signed_at() })
        }
        Err(error) => json!({ "genuine": false, "message": format!("Not genuine: {error}") }),
    }
}

/// The `header` that a sender with this `secret` would send with `body` at the time `now` in Unix seconds; or a `message` why there is none.
pub fn sign(secret: &[u8], body: &[u8], now: f64) -> Value {
    match Secrets::new(secret) {
        Ok(secrets) => {
            let now = time(now).unwrap_or(SystemTime::UNIX_EPOCH);
            json!({ "header": secrets.sign(body, now).as_str() })
        }
        Err(error) => json!({ "message": error.to_string() }),
    }
}

fn time(seconds: f64) -> Option<SystemTime> {
    let since = Duration::try_from_secs_f64(seconds).ok()?;
    SystemTime::UNIX_EPOCH.checked_add(since)
}
