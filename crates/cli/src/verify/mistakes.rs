//! The usual mistakes with signatures, each undone to see whether the signature fits then.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{
    GeneralPurpose, STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD,
};
use clip_events_receiver::SIGNATURE_HEADER;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Serialize as _;
use serde_json::{Map, Value};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::record::SECRET_HEADER;

pub(super) const MILLISECONDS: &str =
    "`t` is in milliseconds: the sender has to write, and to sign, seconds";

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Mistakes that are supposed at one time, those in how the header is written aside: with more, anything might be explained.
const MOST: usize = 2;

/// What was signed, or with what, if mistakes were made: none, or those that are named.
struct Guess<T> {
    mistakes: Vec<&'static str>,
    value: T,
}

impl<T> Guess<T> {
    fn right(value: T) -> Self {
        Self { mistakes: Vec::new(), value }
    }

    fn wrong(mistake: &'static str, value: T) -> Self {
        Self { mistakes: vec![mistake], value }
    }

    fn count(&self) -> usize {
        self.mistakes.len()
    }
}

/// The fewest mistakes that explain why the delivery is not genuine, if any do.
pub(super) fn find(
    header: &str,
    body: &[u8],
    secrets: &[Zeroizing<Vec<u8>>],
) -> Option<Vec<&'static str>> {
    let value = match header.split_once(':') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case(SECRET_HEADER) => value.trim(),
        _ => header.trim(),
    };
    let is_secret =
        |secret: &Zeroizing<Vec<u8>>| value.as_bytes() == secret.trim_ascii() && !value.is_empty();
    if secrets.iter().any(is_secret) {
        return Some(vec![
            "the value is that of the older header `choppity-signature`, which is the secret itself: give that of `choppity-signature-256`, and keep the older one out of logs",
        ]);
    }
    let header = Header::read(header);
    let keys: Vec<_> = secrets.iter().flat_map(|secret| keys(secret)).collect();
    let bodies = bodies(body);
    let mut best: Option<Vec<&'static str>> = None;
    for key in &keys {
        // HMAC takes a key of any length.
        let Ok(keyed) = Hmac::<Sha256>::new_from_slice(&key.value) else { continue };
        for body in &bodies {
            for before in header.before() {
                let count = key.count() + body.count() + before.count();
                if count > MOST || best.as_ref().is_some_and(|best| best.len() <= count) {
                    continue;
                }
                let mac = keyed.clone().chain_update(&before.value).chain_update(&body.value);
                let fits = |signature: &&Guess<Vec<u8>>| {
                    mac.clone().verify_slice(&signature.value).is_ok()
                };
                let Some(signature) = header.signatures.iter().find(fits) else { continue };
                let named = [&signature.mistakes, &before.mistakes, &key.mistakes, &body.mistakes];
                let named = header.name.iter().chain(named.into_iter().flatten());
                let named: Vec<_> = named.copied().collect();
                if best.as_ref().is_none_or(|best| named.len() < best.len()) {
                    best = Some(named);
                }
            }
        }
    }
    best
}

/// The header, read with more goodwill than a receiver has.
struct Header {
    /// If its name is before its value.
    name: Option<&'static str>,
    time: Option<String>,
    signatures: Vec<Guess<Vec<u8>>>,
}

impl Header {
    fn read(text: &str) -> Self {
        let length = SIGNATURE_HEADER.len();
        let named =
            text.get(..length).is_some_and(|name| name.eq_ignore_ascii_case(SIGNATURE_HEADER));
        let value =
            text.get(length..).filter(|_| named).and_then(|rest| rest.trim().strip_prefix(':'));
        let mut header = Self {
            name: value.map(
                |_| "the header's name is given with its value: give what is behind the colon",
            ),
            time: None,
            signatures: Vec::new(),
        };
        for entry in value.unwrap_or(text).split(',') {
            match entry.trim().split_once('=') {
                Some(("t", time)) => header.time = Some(time.to_owned()),
                Some(("v1", text)) => header.signatures.extend(signature(text)),
                Some((_, text)) => header.signatures.extend(unnamed(text)),
                None => header.signatures.extend(unnamed(entry.trim())),
            }
        }
        header
    }

    /// What was signed before the body.
    fn before(&self) -> Vec<Guess<Vec<u8>>> {
        let mut all = Vec::new();
        if let Some(time) = &self.time {
            all.push(Guess::right(format!("{time}.").into_bytes()));
            if let Ok(number) = time.parse::<u64>() {
                all.push(Guess::wrong(
                    "`t` is in milliseconds, and seconds were signed: the sender has to write seconds",
                    format!("{}.", number / 1000).into_bytes(),
                ));
            }
            all.push(Guess::wrong(
                "the full stop between `t` and the body was not signed: the sender has to sign `<t>.<body>`",
                time.clone().into_bytes(),
            ));
        }
        all.push(Guess::wrong(
            "the body alone was signed, without `<t>.` before it: the sender has to sign `<t>.<body>`",
            Vec::new(),
        ));
        all
    }
}

/// A signature under `v1`, however it is written.
fn signature(text: &str) -> Option<Guess<Vec<u8>>> {
    if let Some(bytes) = from_hex(text) {
        return Some(if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Guess::wrong(
                "the signature is in upper case: the sender has to write hexadecimal digits in lower case",
                bytes,
            )
        } else {
            Guess::right(bytes)
        });
    }
    let bytes = from_base64(text).filter(|bytes| bytes.len() == 32)?;
    Some(Guess::wrong(
        "the signature is in base64: the sender has to write hexadecimal digits in lower case",
        bytes,
    ))
}

/// A signature that is not under `v1`.
fn unnamed(text: &str) -> Option<Guess<Vec<u8>>> {
    let bytes = from_hex(text).filter(|bytes| bytes.len() == 32)?;
    Some(Guess::wrong(
        "the signature is not written as `v1=`: the sender has to write `t=<seconds>,v1=<signature>`",
        bytes,
    ))
}

/// The keys that somebody may have taken for this secret.
fn keys(secret: &[u8]) -> Vec<Guess<Zeroizing<Vec<u8>>>> {
    let mut all = vec![Guess::right(Zeroizing::new(secret.to_vec()))];
    let mut add = |mistake, key: Vec<u8>| {
        let key = Zeroizing::new(key);
        if !key.is_empty() && all.iter().all(|known| known.value != key) {
            all.push(Guess::wrong(mistake, key));
        }
    };
    add(
        "the secret here has a blank or a line end around it that is not part of it: remove it",
        secret.trim_ascii().to_vec(),
    );
    let around: [(&[u8], &[u8]); 5] =
        [(b"", b"\n"), (b"", b"\r\n"), (b"", b" "), (b" ", b""), (b" ", b" ")];
    for (before, after) in around {
        add(
            "the sender's secret has a blank or a line end around it that the secret here has not: it came with it into the sender's settings",
            [before, secret, after].concat(),
        );
    }
    for quote in [b"\"", b"'"] {
        add(
            "the sender's secret is in quotes that the secret here has not: they came with it into the sender's settings",
            [&quote[..], secret, quote].concat(),
        );
        if let Some(inner) = secret.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            add(
                "the secret here is in quotes that are not part of it: remove them",
                inner.to_vec(),
            );
        }
    }
    let trimmed = secret.trim_ascii();
    if let Ok(text) = std::str::from_utf8(trimmed) {
        let rest = text.split_once('_').map(|(_, rest)| rest);
        for text in [Some(text), rest].into_iter().flatten() {
            if let Some(key) = from_hex(text) {
                add(
                    "the sender decodes the secret from hexadecimal digits, and here they are taken as they are: the bytes of the text are the key",
                    key,
                );
            }
            if let Some(key) = from_base64(text) {
                add(
                    "the sender decodes the secret from base64, and here it is taken as it is: the bytes of the text are the key",
                    key,
                );
            }
        }
        if let Some(rest) = rest {
            add(
                "the sender leaves out what is before the first `_` of the secret: all of it is the key",
                rest.as_bytes().to_vec(),
            );
        }
    }
    let mut hex = String::new();
    for byte in secret {
        let _ = write!(hex, "{byte:02x}");
    }
    add(
        "the secret here was decoded, and the sender takes the hexadecimal digits as they are: give them as they are shown",
        hex.clone().into_bytes(),
    );
    add(
        "the secret here was decoded, and the sender takes the hexadecimal digits as they are: give them as they are shown",
        hex.to_uppercase().into_bytes(),
    );
    for engine in [STANDARD, URL_SAFE] {
        add(
            "the secret here was decoded, and the sender takes the base64 as it is: give it as it is shown",
            engine.encode(secret).into_bytes(),
        );
    }
    all
}

/// The bodies that may have been signed, of which this one was made.
fn bodies(body: &[u8]) -> Vec<Guess<Vec<u8>>> {
    let mut all = vec![Guess::right(body.to_vec())];
    let mut add = |mistake, bytes: Vec<u8>| {
        if all.iter().all(|known| known.value != bytes) {
            all.push(Guess::wrong(mistake, bytes));
        }
    };
    let removed =
        "a line end after the body was signed that the body here has not: something has removed it";
    if let Some(rest) = body.strip_suffix(b"\n") {
        let added = "the body here has a line end after it that was not signed: a tool or an editor has added it";
        add(added, rest.to_vec());
        add(added, rest.strip_suffix(b"\r").unwrap_or(rest).to_vec());
    }
    for end in [&b"\n"[..], b"\r\n"] {
        add(removed, [body, end].concat());
    }
    if let Some(rest) = body.strip_prefix(BYTE_ORDER_MARK) {
        add(
            "the body here starts with a byte order mark that was not signed: a tool or an editor has added it",
            rest.to_vec(),
        );
    } else {
        add(
            "a byte order mark before the body was signed that the body here has not: something has removed it",
            [BYTE_ORDER_MARK, body].concat(),
        );
    }
    let unix = replaced(body, b"\r\n", b"\n");
    add(
        "the body here has line ends CRLF, and was signed with LF: something has changed them",
        unix.clone(),
    );
    add(
        "the body here has line ends LF, and was signed with CRLF: something has changed them",
        replaced(&unix, b"\n", b"\r\n"),
    );
    let json = body.strip_prefix(BYTE_ORDER_MARK).unwrap_or(body);
    if let Ok(value) = serde_json::from_slice::<Value>(json) {
        let spellings = spellings(&value);
        for (mistake, text) in &spellings {
            add(mistake, text.clone().into_bytes());
        }
        for (mistake, text) in spellings {
            let bytes = [text.as_bytes(), b"\n"].concat();
            if all.iter().all(|known| known.value != bytes) {
                all.push(Guess { mistakes: vec![mistake, removed], value: bytes });
            }
        }
    }
    all
}

/// `value` as the libraries of several languages write it.
fn spellings(value: &Value) -> Vec<(&'static str, String)> {
    let compact = |value: &Value| value.to_string();
    let (sorted, rounded) = (sorted(value), rounded(value));
    let plain = [
        (
            "the body was decoded and encoded again: compact JSON was signed. Take the bytes as they came",
            compact(value),
        ),
        (
            "the body was decoded and encoded again: JSON with a blank after each comma and colon was signed, as Python writes it. Take the bytes as they came",
            spaced(value),
        ),
        (
            "the body was decoded and encoded again: JSON on several lines, with 2 blanks before each member, was signed. Take the bytes as they came",
            pretty(value),
        ),
        (
            "the body was decoded and encoded again: compact JSON with its keys sorted was signed. Take the bytes as they came",
            compact(&sorted),
        ),
        (
            "the body was decoded and encoded again: JSON with its keys sorted and a blank after each comma and colon was signed. Take the bytes as they came",
            spaced(&sorted),
        ),
        (
            "the body was decoded and encoded again: JSON on several lines with its keys sorted was signed. Take the bytes as they came",
            pretty(&sorted),
        ),
        (
            "the body was decoded and encoded again: JSON without `.0` in its numbers was signed, as JavaScript writes it. Take the bytes as they came",
            compact(&rounded),
        ),
    ];
    let escaped = plain.clone().map(|(_, text)| {
        let mistake = "the body was decoded and encoded again: JSON with `\\u` for what is not ASCII was signed. Take the bytes as they came";
        (mistake, ascii(&text))
    });
    let slashes = (
        "the body was decoded and encoded again: JSON with `\\/` for `/` was signed, as PHP writes it. Take the bytes as they came",
        ascii(&compact(value)).replace('/', "\\/"),
    );
    plain.into_iter().chain(escaped).chain([slashes]).collect()
}

/// JSON as Python's `json.dumps` writes it, its escapes aside.
struct Spaced;

impl serde_json::ser::Formatter for Spaced {
    fn begin_array_value<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> std::io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + std::io::Write>(
        &mut self,
        writer: &mut W,
    ) -> std::io::Result<()> {
        writer.write_all(b": ")
    }
}

fn spaced(value: &Value) -> String {
    let mut text = Vec::new();
    let written = value.serialize(&mut serde_json::Serializer::with_formatter(&mut text, Spaced));
    written.ok().and_then(|()| String::from_utf8(text).ok()).unwrap_or_default()
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(key, _)| *key);
            let members = members.into_iter().map(|(key, value)| (key.clone(), sorted(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        value => value.clone(),
    }
}

/// `value` with whole numbers written as such.
fn rounded(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(rounded).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| (key.clone(), rounded(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Number(number) if number.is_f64() => {
            let whole = number.to_string();
            let whole = whole.strip_suffix(".0").and_then(|whole| whole.parse::<i64>().ok());
            whole.map_or_else(|| value.clone(), Value::from)
        }
        value => value.clone(),
    }
}

/// JSON with `\u` escapes for what is not ASCII, which is only in strings.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if c.is_ascii() {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memmem::find(rest, from) {
        text.extend_from_slice(&rest[..at]);
        text.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    text.extend_from_slice(rest);
    text
}

/// The bytes that pairs of hexadecimal digits of any case stand for, if `text` is nothing else.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<_>> = text.chars().map(|c| c.to_digit(16)).collect();
    let digits = digits.filter(|digits| !digits.is_empty() && digits.len() % 2 == 0)?;
    digits.chunks_exact(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).ok()).collect()
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    const ENGINES: [GeneralPurpose; 4] = [STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD];
    ENGINES.iter().find_map(|engine| engine.decode(text).ok())
}
