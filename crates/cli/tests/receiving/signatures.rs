//! `sign` and `verify`: what is genuine, and which mistakes are named.

use std::time::{Duration, UNIX_EPOCH};

use clip_events_receiver::Secrets;
use serde_json::Value;

use super::{AT, BODY, NAME, SECRET, command, expect, file, run_with, sign, text};

#[test]
fn what_is_signed_is_genuine() {
    let folder = tempfile::tempdir().unwrap();
    let body = file(&folder, "body.json", BODY);
    let secret = file(&folder, "secret", "whsec_1\n");
    // Known from elsewhere: printf '1745800000.{}' | openssl dgst -sha256 -hmac whsec_1
    let known = expect(0, &["sign", "--secret-file", &secret, "--at", "1745800000"], b"{}");
    let expected =
        "t=1745800000,v1=4697ae863768a6938c79e2d03f52da2224531fe3b36ad8d430735af3b2438bc3\n";
    assert_eq!(known, expected);

    let header = expect(0, &["sign", &body, "--secret-env", NAME], b"");
    let verify = ["verify", &body, "--header", header.trim(), "--secret-env", NAME];
    assert!(expect(0, &verify, b"").starts_with("genuine: signed at "));
    // While secrets are exchanged, both sides may have two.
    let both = ["--secret-env", NAME, "--secret-file", &secret];
    let header = expect(0, &[&["sign", &body, "--at", "1745800000"], &both[..]].concat(), b"");
    assert_eq!(header.matches("v1=").count(), 2);
    let verify = ["verify", &body, "--header", header.trim(), "--secret-file", &secret];
    let verdict = expect(0, &[&verify[..], &["--archived"]].concat(), b"");
    assert_eq!(verdict, "genuine: signed at 1745800000, 2025-04-28T00:26:40Z\n");
    expect(0, &[&verify[..], &["--now", "1745800300"]].concat(), b"");
    let verdict = expect(1, &[&verify[..], &["--now", "1745800301"]].concat(), b"");
    assert!(verdict.starts_with("not genuine: it was signed 301 s ago"), "{verdict}");
}

/// The mistakes that are named of this delivery.
#[track_caller]
fn mistakes(header: &str, body: &[u8], secret: impl AsRef<[u8]>) -> String {
    let folder = tempfile::tempdir().unwrap();
    // The line end is not part of it, whatever else is.
    let secret = file(&folder, "secret", [secret.as_ref(), b"\n"].concat());
    let at = AT.to_string();
    let arguments = ["verify", "--header", header, "--secret-file", &secret, "--now", &at];
    let said = expect(1, &arguments, body);
    assert!(said.starts_with("not genuine: "), "{said}");
    // Neither the header nor what is in it.
    assert!(header.is_empty() || !said.contains(header), "{said}");
    let parts = header.split([',', '=']).filter(|part| part.len() > 6);
    for part in parts.filter(|part| !part.starts_with("choppity")) {
        assert!(!said.contains(part), "{said}");
    }
    said.lines().skip(1).collect::<Vec<_>>().join("\n")
}

#[test]
fn changes_of_the_body_are_named() {
    let value: Value = serde_json::from_slice(BODY).unwrap();
    let pretty = serde_json::to_vec_pretty(&value).unwrap();
    let lines =
        |end: &str| String::from_utf8(pretty.clone()).unwrap().replace('\n', end).into_bytes();
    let mark = |body: &[u8]| [b"\xEF\xBB\xBF", body].concat();
    let end = |body: &[u8], end: &[u8]| [body, end].concat();
    let broken = b"{ \"no\r\njson".to_vec();
    let python = r#"{"id": "1", "type": "clip.liked", "created": 1745800000000, "data": {"z": [1, 2.0], "a": "\u00fc/x"}}"#;
    let sorted =
        r#"{"created":1745800000000,"data":{"a":"ü/x","z":[1,2.0]},"id":"1","type":"clip.liked"}"#;
    let javascript =
        r#"{"id":"1","type":"clip.liked","created":1745800000000,"data":{"z":[1,2],"a":"ü/x"}}"#;
    let php = r#"{"id":"1","type":"clip.liked","created":1745800000000,"data":{"z":[1,2.0],"a":"\u00fc\/x"}}"#;
    let escaped = String::from_utf8(BODY.to_vec()).unwrap();
    let compact = value.to_string();
    for (signed, came, named) in [
        (BODY.to_vec(), end(BODY, b"\n"), "has a line end after it that was not signed"),
        (BODY.to_vec(), end(BODY, b"\r\n"), "has a line end after it that was not signed"),
        (end(BODY, b"\n"), BODY.to_vec(), "a line end after the body was signed"),
        (BODY.to_vec(), mark(BODY), "starts with a byte order mark that was not signed"),
        (mark(BODY), BODY.to_vec(), "a byte order mark before the body was signed"),
        (broken.clone(), b"{ \"no\njson".to_vec(), "was signed with CRLF"),
        (b"{ \"no\njson".to_vec(), broken, "was signed with LF"),
        (compact.clone().into_bytes(), pretty.clone(), "compact JSON was signed"),
        (compact.clone().into_bytes(), lines("\r\n"), "compact JSON was signed"),
        (python.into(), BODY.to_vec(), "`\\u` for what is not ASCII"),
        (python.replace("\\u00fc", "ü").into(), BODY.to_vec(), "as Python writes it"),
        (pretty, BODY.to_vec(), "on several lines, with 2 blanks"),
        (sorted.into(), BODY.to_vec(), "compact JSON with its keys sorted"),
        (javascript.into(), BODY.to_vec(), "as JavaScript writes it"),
        (php.into(), compact.clone().into_bytes(), "as PHP writes it"),
        (escaped.into(), compact.into_bytes(), "`\\u` for what is not ASCII"),
    ] {
        let said = mistakes(&sign(SECRET, &signed), &came, SECRET);
        assert!(said.starts_with("mistake: ") && said.contains(named), "{named}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    assert_eq!(mistakes(&sign(SECRET, b"{}"), BODY, SECRET), "", "nothing explains it");
}

#[test]
fn mistakes_with_the_secret_are_named() {
    // The same 22 bytes in both.
    let (hex, plain) = ("74686520736563726574206f66207465737473", "the secret of tests");
    let base64 = "dGhlIHNlY3JldCBvZiB0ZXN0cw==";
    for (signed, here, named) in [
        (SECRET.to_owned(), format!("{SECRET} "), "the secret here has a blank or a line end"),
        (SECRET.to_owned(), format!("\n{SECRET}\n"), "the secret here has a blank or a line end"),
        (format!("{SECRET}\n"), SECRET.to_owned(), "the sender's secret has a blank or a line end"),
        (format!(" {SECRET}"), SECRET.to_owned(), "the sender's secret has a blank or a line end"),
        (SECRET.to_owned(), format!("\"{SECRET}\""), "the secret here is in quotes"),
        (format!("'{SECRET}'"), SECRET.to_owned(), "the sender's secret is in quotes"),
        (hex.to_uppercase(), plain.to_owned(), "takes the hexadecimal digits as they are"),
        (plain.to_owned(), hex.to_owned(), "decodes the secret from hexadecimal"),
        (hex.to_owned(), plain.to_owned(), "takes the hexadecimal digits as they are"),
        (plain.to_owned(), base64.to_owned(), "decodes the secret from base64"),
        (plain.to_owned(), SECRET.to_owned(), "decodes the secret from base64"),
        (base64.to_owned(), plain.to_owned(), "takes the base64 as it is"),
        (SECRET[6..].to_owned(), SECRET.to_owned(), "leaves out what is before the first `_`"),
    ] {
        let said = mistakes(&sign(signed, BODY), BODY, here);
        assert!(said.contains(named) && said.lines().count() == 1, "{named}: {said}");
    }
    // Two at once.
    let said = mistakes(&sign(SECRET, BODY), &[BODY, b"\n"].concat(), format!("{SECRET}\t"));
    assert!(said.contains("the secret here has") && said.contains("the body here has"), "{said}");
}

#[test]
fn mistakes_in_the_header_are_named() {
    let header = sign(SECRET, BODY);
    let (time, signature) = header.split_once(",v1=").unwrap();
    let alone = Secrets::new(SECRET).unwrap();
    // `t.body`, with what is before the body taken as the time and the body together.
    let of = |message: &str| {
        let (time, body) = message.split_once('.').unwrap();
        let at = UNIX_EPOCH + Duration::from_secs(time.parse().unwrap());
        alone.sign(body.as_bytes(), at).split_once(",v1=").unwrap().1.to_owned()
    };
    for (header, body, named) in [
        (header.to_uppercase().replace("T=", "t=").replace("V1=", "v1="), BODY, "in upper case"),
        (format!("choppity-signature-256: {header}"), BODY, "the header's name"),
        (format!("{time},{signature}"), BODY, "not written as `v1=`"),
        (format!("{time}000,v1={signature}"), BODY, "`t` is in milliseconds"),
        (sign_milliseconds(), BODY, "`t` is in milliseconds"),
        (format!("t=5,v1={}", of("7.7")), b"7.7", "the body alone was signed"),
        (format!("t=1,v1={}", of("17.7")), b"7.7", "the full stop between"),
        (SECRET.to_owned(), BODY, "the older header `choppity-signature`"),
        (format!("Choppity-Signature: {SECRET}"), BODY, "the older header `choppity-signature`"),
        (format!(" {SECRET} "), BODY, "the older header `choppity-signature`"),
    ] {
        let said = mistakes(&header, body, SECRET);
        assert!(said.contains(named) && said.lines().count() == 1, "{named}: {said}");
    }
    // As GitHub does it: two mistakes.
    let said = mistakes(&format!("sha256={}", of("7.7")), b"7.7", SECRET);
    assert!(said.contains("not written as `v1=`") && said.contains("the body alone"), "{said}");
    assert_eq!(mistakes("", BODY, SECRET), "");
}

#[test]
fn what_was_encoded_again_may_have_had_a_line_end() {
    let value: Value = serde_json::from_slice(BODY).unwrap();
    let signed = format!("{value}\n");
    let said = mistakes(&sign(SECRET, signed.as_bytes()), format!("{value:#}").as_bytes(), SECRET);
    assert!(
        said.contains("encoded again") && said.contains("a line end after the body was signed"),
        "{said}"
    );
}

#[test]
fn milliseconds_are_no_time_for_what_is_archived() {
    let header = sign_milliseconds();
    let told =
        expect(1, &["verify", "--archived", "--header", &header, "--secret-env", NAME], BODY);
    assert!(told.contains("not genuine") && told.contains("`t` is in milliseconds"), "{told}");
}

/// A header with milliseconds, which are signed, too.
fn sign_milliseconds() -> String {
    let at = UNIX_EPOCH + Duration::from_secs(AT * 1000);
    Secrets::new(SECRET).unwrap().sign(BODY, at)
}

#[test]
fn a_secret_that_is_missing_is_told_without_being_shown() {
    let told = expect(2, &["sign", "--secret-env", SECRET], b"{}");
    assert!(told.contains("give the name of the variable, not the secret"), "{told}");
    let told = expect(2, &["sign", "--secret-file", "/nowhere"], b"{}");
    assert!(told.contains("cannot read the secret from /nowhere"), "{told}");
    let told = expect(2, &["sign", "--secret-file", SECRET], b"{}");
    assert!(told.contains("give the path of the file, not the secret"), "{told}");
    let told = expect(2, &["sign"], b"{}");
    assert!(told.contains("--secret-env <NAME>|--secret-file <FILE>"), "{told}");
    let told = expect(2, &["sign", "/nowhere", "--secret-env", NAME], b"");
    assert!(told.contains("/nowhere: "), "{told}");
    let mut empty = command(&["sign", "--secret-env", NAME]);
    let told = text(&run_with(empty.env(NAME, ""), b"{}"));
    assert!(told.contains("TEST_SECRET is empty"), "{told}");
}
