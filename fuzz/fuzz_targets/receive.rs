//! The receiver: it takes the deliveries whose signature a plain reading of the rule finds right, and no others; and it always answers.
//!
//!     cargo +nightly fuzz run receive
//!
//! The first byte says where the right signature is put into the header; a zero byte ends the header.

#![no_main]

use std::sync::LazyLock;
use std::time::SystemTime;

use clip_events_receiver::{Limits, MemoryInbox, Receiver, Secrets, Verifier};
use hmac::{Hmac, KeyInit as _, Mac as _};
use libfuzzer_sys::fuzz_target;
use sha2::Sha256;

const SECRET: &str = "whsec_fuzz";

static VERIFIER: LazyLock<Verifier> =
    LazyLock::new(|| Verifier::new(Secrets::new(SECRET).expect("a secret")));

fuzz_target!(|bytes: &[u8]| {
    let Some((&place, bytes)) = bytes.split_first() else { return };
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let (header, body) = (&bytes[..end], bytes.get(end + 1..).unwrap_or_default());
    let time =
        header.split(|byte| *byte == b',').find_map(|entry| entry.trim_ascii().strip_prefix(b"t="));
    let signature = hex(time.unwrap_or_default(), body);
    let at = usize::from(place).min(header.len());
    let signed = [&header[..at], format!(",v1={signature},").as_bytes(), &header[at..]].concat();
    for header in [header, &signed] {
        let found = VERIFIER.verify_archived(header, body).is_ok();
        assert_eq!(found, is_genuine(header, body), "{}", header.escape_ascii());
        let receiver = Receiver::new(VERIFIER.clone(), MemoryInbox::new(Limits::default()));
        let status = receiver.receive(&[header], body, SystemTime::now()).status();
        assert!(matches!(status, 200 | 400 | 401 | 413), "{status}");
    }
});

fn hex(time: &[u8], body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length");
    mac.update(&[time, b".", body].concat());
    mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The rule, read plainly: one time of up to 18 digits, and up to 16 signatures of which one is right.
fn is_genuine(header: &[u8], body: &[u8]) -> bool {
    let entries: Vec<&[u8]> = header.split(|byte| *byte == b',').map(<[u8]>::trim_ascii).collect();
    let values = |key: &[u8]| -> Vec<&[u8]> {
        entries.iter().filter_map(|entry| entry.strip_prefix(key)).collect()
    };
    let (times, signatures) = (values(b"t="), values(b"v1="));
    let [time] = times[..] else { return false };
    let is_number = (1..=18).contains(&time.len()) && time.iter().all(u8::is_ascii_digit);
    is_number
        && header.len() <= 4096
        && signatures.len() <= 16
        && signatures.contains(&hex(time, body).as_bytes())
}
