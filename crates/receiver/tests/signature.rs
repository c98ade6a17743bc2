//! What is genuine, and what is not: against signatures that another implementation has made, with every bit changed, and with
//! every mistake in the header.

use std::time::{Duration, SystemTime};

use clip_events_receiver::{Secrets, SignatureError, Verifier};
use proptest::prelude::any;
use proptest::{prop_assert, prop_assert_eq, proptest};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    secret: String,
    header: String,
    body: String,
}

impl Vector {
    fn all() -> Vec<Self> {
        serde_json::from_str(include_str!("vectors/vectors.json")).expect("vectors")
    }

    fn secrets(&self) -> Secrets {
        Secrets::new(from_hex(&self.secret)).expect("a secret")
    }

    /// Long ones are one byte, so many times.
    fn body(&self) -> Vec<u8> {
        match self.body.split_once('*') {
            Some((byte, count)) => from_hex(byte).repeat(count.parse().expect("a count")),
            None => from_hex(&self.body),
        }
    }

    fn time(&self) -> u64 {
        let (time, _) = self.header["t=".len()..].split_once(',').expect("a comma");
        time.parse().expect("a time")
    }
}

fn from_hex(text: &str) -> Vec<u8> {
    let pair = |at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex");
    (0..text.len()).step_by(2).map(pair).collect()
}

fn seconds(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

const TIME: u64 = 1_745_800_000;
const BODY: &[u8] = br#"{"id":"1"}"#;

fn verifier() -> Verifier {
    Verifier::new(Secrets::new("whsec_1").expect("a secret"))
}

/// The header's value for [`BODY`] at [`TIME`].
fn header() -> String {
    Secrets::new("whsec_1").expect("a secret").sign(BODY, seconds(TIME))
}

/// The hexadecimal digits of [`header`].
fn digits() -> String {
    header().split_once("v1=").expect("a signature").1.into()
}

fn verify(header: impl AsRef<[u8]>) -> Result<(), SignatureError> {
    verifier().verify(header, BODY, seconds(TIME)).map(|_| ())
}

#[test]
fn signatures_of_another_implementation_are_genuine_and_made_alike() {
    let vectors = Vector::all();
    assert!(vectors.len() > 15, "{}", vectors.len());
    for vector in vectors {
        let (secrets, body) = (vector.secrets(), vector.body());
        let verified = Verifier::new(secrets.clone()).verify_archived(&vector.header, &body);
        let verified = verified.expect("genuine");
        assert_eq!(verified.signed_at(), vector.time());
        assert_eq!(verified.body(), body);
        if vector.header.contains(&format!("t={},", vector.time())) && vector.time() < 1 << 40 {
            assert_eq!(secrets.sign(&body, seconds(vector.time())), vector.header);
        }
    }
}

/// Of body, time and signature; and each byte left out.
#[test]
fn no_bit_can_be_changed() {
    for vector in Vector::all().iter().filter(|vector| !vector.body.contains('*')) {
        let verifier = Verifier::new(vector.secrets());
        let genuine = |header: &[u8], body: &[u8]| verifier.verify_archived(header, body).is_ok();
        let (header, body) = (vector.header.as_bytes(), vector.body());
        assert!(genuine(header, &body));
        let is_value = |at: usize| !matches!(&header[at..=at], b"t" | b"=" | b"," | b"v");
        for (text, is_header) in [(header, true), (&body[..], false)] {
            let check = |text: &[u8], at: usize| {
                let is_genuine =
                    if is_header { genuine(text, &body) } else { genuine(header, text) };
                assert!(!is_genuine, "{at} of {} (header: {is_header})", vector.header);
            };
            for at in (0..text.len()).filter(|at| !is_header || is_value(*at)) {
                for bit in 0..8 {
                    let mut changed = text.to_vec();
                    changed[at] ^= 1 << bit;
                    check(&changed, at);
                }
                let mut changed = text.to_vec();
                changed.remove(at);
                check(&changed, at);
            }
        }
    }
}

#[test]
fn each_mistake_in_the_header_has_an_error_of_its_own() {
    use SignatureError::*;
    let v1 = digits();
    let t = format!("t={TIME}");
    for (header, error) in [
        (String::new(), NoTime),
        ("whsec_1".into(), NoTime),
        (format!("v1={v1}"), NoTime),
        (format!("{t},{t},v1={v1}"), TwoTimes),
        (format!("t=,v1={v1}"), TimeIsNoNumber),
        (format!("t=now,v1={v1}"), TimeIsNoNumber),
        (format!("t=+{TIME},v1={v1}"), TimeIsNoNumber),
        (format!("t={TIME}.0,v1={v1}"), TimeIsNoNumber),
        (format!("t= {TIME},v1={v1}"), TimeIsNoNumber),
        (format!("t=0x10,v1={v1}"), TimeIsNoNumber),
        (format!("t=-,v1={v1}"), TimeIsNoNumber),
        (format!("t=-{TIME},v1={v1}"), NegativeTime),
        (format!("t={},v1={v1}", "1".repeat(30)), TimeOutOfRange),
        (t.clone(), NoSignature),
        (format!("{t},v0={v1},v2={v1},V1={v1}"), NoSignature),
        (format!("{t},v1="), NotHex),
        (format!("{t},v1={}", v1.to_uppercase()), NotHex),
        (format!("{t},v1={}", &v1[1..]), NotHex),
        (format!("{t},v1={v1}0"), NotHex),
        (format!("{t}{}", format!(",v1={v1}").repeat(17)), TooManySignatures),
        (format!("{t},v1={v1}{}", " ".repeat(5000)), HeaderTooLong),
        (format!("{t},v1={}", "0".repeat(64)), Mismatch),
        (format!("t={},v1={v1}", TIME + 1), Mismatch),
        (format!("t=0{TIME},v1={v1}"), Mismatch),
    ] {
        assert_eq!(verify(&header), Err(error), "{header}");
        assert_eq!(error.is_malformed(), error != Mismatch, "{header}");
        let text = error.to_string();
        assert!(
            !text.contains("whsec") && !text.contains(&v1) && !text.contains("17458"),
            "{text}"
        );
    }
}

#[test]
fn other_entries_and_blanks_do_not_matter() {
    let (t, v1, other) = (format!("t={TIME}"), digits(), "0".repeat(64));
    for header in [
        header(),
        format!("v1={v1},{t}"),
        format!(" {t} , v1={v1} "),
        format!("{t},\tv1={v1}"),
        format!("{t},v1={other},v1={v1}"),
        format!("{t},v1={v1},v1={other},v1=x,v1="),
        format!("{t},v0={other},v1={v1},v2=?,,x"),
        format!("{t}{},v1={v1}", format!(",v1={other}").repeat(15)),
    ] {
        assert_eq!(verify(&header), Ok(()), "{header}");
    }
}

#[test]
fn any_of_several_secrets_may_have_signed() {
    let secrets = |names: &[&str]| {
        let (first, others) = names.split_first().expect("one");
        let first = Secrets::new(*first).expect("a secret");
        others.iter().fold(first, |secrets, other| secrets.and(*other).expect("a secret"))
    };
    let both = Verifier::new(secrets(&["old", "new"]));
    for (signer, is_genuine) in
        [(&["old"][..], true), (&["new"], true), (&["older"], false), (&["older", "new"], true)]
    {
        let header = secrets(signer).sign(BODY, seconds(TIME));
        assert_eq!(header.matches("v1=").count(), signer.len());
        assert_eq!(both.verify(&header, BODY, seconds(TIME)).is_ok(), is_genuine, "{signer:?}");
    }
}

#[test]
fn time_counts_in_both_directions() {
    let verify = |now: u64, tolerance: Option<u64>| {
        let verifier = match tolerance {
            Some(tolerance) => verifier().tolerance(Duration::from_secs(tolerance)),
            None => verifier(),
        };
        verifier.verify(header(), BODY, seconds(now)).map(|_| ())
    };
    for (now, tolerance, expected) in [
        (TIME, None, Ok(())),
        (TIME + 300, None, Ok(())),
        (TIME + 301, None, Err(SignatureError::TooOld { seconds: 301 })),
        (TIME - 300, None, Ok(())),
        (TIME - 301, None, Err(SignatureError::InFuture { seconds: 301 })),
        (TIME + 1, Some(0), Err(SignatureError::TooOld { seconds: 1 })),
        (TIME, Some(0), Ok(())),
        (TIME + 10_000, Some(10_000), Ok(())),
        (0, None, Err(SignatureError::InFuture { seconds: TIME })),
        (0, Some(u64::MAX), Ok(())),
    ] {
        assert_eq!(verify(now, tolerance), expected, "{now} {tolerance:?}");
    }
    assert!(verifier().verify_archived(header(), BODY).is_ok());
    let before_1970 = SystemTime::UNIX_EPOCH - Duration::from_secs(5);
    assert!(verifier().verify(header(), BODY, before_1970).is_err());
    let late = verifier().verify(header(), b"other", seconds(TIME + 9999)).map(|_| ());
    assert_eq!(late, Err(SignatureError::Mismatch), "of what is not genuine the time says nothing");
}

#[test]
fn secrets_are_not_shown() {
    let secrets = Secrets::new("whsec_1").and_then(|secrets| secrets.and("whsec_2"));
    let secrets = secrets.expect("secrets");
    let shown = format!("{secrets:?} {:?}", Verifier::new(secrets.clone()));
    assert!(!shown.contains("whsec") && !shown.contains(&format!("{:?}", b"whsec_1")), "{shown}");
    for error in [Secrets::new(""), Secrets::new("a").and_then(|secrets| secrets.and(""))] {
        assert_eq!(
            error.expect_err("empty").to_string(),
            "the secret is empty: anybody could sign with it"
        );
    }
    let error = Secrets::from_env("CLIP_EVENTS_NOT_SET").expect_err("not set").to_string();
    assert!(error.contains("CLIP_EVENTS_NOT_SET"), "{error}");
}

#[test]
fn a_line_end_after_the_secret_in_a_file_does_not_count() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("secret");
    for (content, is_same) in [
        ("whsec_1", true),
        ("whsec_1\n", true),
        ("whsec_1\r\n", true),
        ("whsec_1\n\n", false),
        (" whsec_1", false),
        ("whsec_1 \n", false),
    ] {
        std::fs::write(&path, content).expect("a file");
        let signed = Secrets::from_file(&path).expect("a secret").sign(BODY, seconds(TIME));
        assert_eq!(signed == header(), is_same, "{content:?}");
    }
    std::fs::write(&path, "\n").expect("a file");
    assert!(Secrets::from_file(&path).is_err());
    assert!(Secrets::from_file(folder.path().join("none")).is_err());
}

proptest! {
    #[test]
    fn what_is_signed_is_genuine(secret in proptest::collection::vec(any::<u8>(), 1..100), body: Vec<u8>, time in 0..1_u64 << 40) {
        let secrets = Secrets::new(secret).unwrap();
        let header = secrets.sign(&body, seconds(time));
        let verifier = Verifier::new(secrets);
        prop_assert!(verifier.verify(&header, &body, seconds(time)).is_ok());
        let longer = [&body[..], b"\n"].concat();
        prop_assert!(verifier.verify(&header, &longer, seconds(time)).is_err());
    }

    #[test]
    fn no_header_panics_and_none_is_genuine(header: Vec<u8>, body: Vec<u8>) {
        prop_assert!(verifier().verify_archived(&header, &body).is_err());
    }

    #[test]
    fn whatever_surrounds_it_is_refused_or_passed_over(before in "[tv1=, 0-9]{0,12}", after in "[tv1=, 0-9a-f]{0,12}") {
        let header = format!("{before},{},{after}", header());
        let expected = match verify(&header) {
            Ok(()) => true,
            Err(error) => !error.is_malformed() || before.contains("t=") || after.contains("t="),
        };
        prop_assert_eq!(expected, true);
    }
}
