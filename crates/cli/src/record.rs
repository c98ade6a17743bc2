//! A request as `listen --save` stores it and `replay` sends it again: one line of JSON, with the body byte for byte.

use std::borrow::Cow;
use std::io::{self, Write};

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::report::write_json;

/// The older header, whose value is the secret.
pub(crate) const SECRET_HEADER: &str = "choppity-signature";

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Record<'a> {
    /// In milliseconds since 1970.
    pub(crate) received: u64,
    /// By their names; a header that came several times has an array.
    headers: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body: Option<Cow<'a, str>>,
    /// If it is not UTF-8.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    body_base64: Option<String>,
}

impl<'a> Record<'a> {
    /// The request, without the header that has the secret in it.
    pub(crate) fn new(received: u64, headers: &HeaderMap, body: &'a [u8]) -> Self {
        let mut stored = Map::new();
        for name in headers.keys().filter(|name| *name != SECRET_HEADER) {
            // Byte for byte, as HTTP once had it: each is the character of its number.
            let text = |value: &HeaderValue| {
                value.as_bytes().iter().copied().map(char::from).collect::<String>()
            };
            let mut values: Vec<_> = headers.get_all(name).iter().map(text).collect();
            let value = if values.len() == 1 { values.remove(0).into() } else { values.into() };
            stored.insert(name.to_string(), value);
        }
        let (body, body_base64) = match std::str::from_utf8(body) {
            Ok(text) => (Some(text.into()), None),
            Err(_) => (None, Some(STANDARD.encode(body))),
        };
        Self { received, headers: stored, body, body_base64 }
    }

    /// Writes it as a line.
    pub(crate) fn write(&self, mut out: impl Write) -> io::Result<()> {
        let mut line = Vec::new();
        write_json(&mut line, self)?;
        line.push(b'\n');
        // At once: lines of several commands that append to one file do not mix.
        out.write_all(&line)?;
        out.flush()
    }

    /// The headers, those left out that no request can have.
    pub(crate) fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in &self.headers {
            let Ok(name) = HeaderName::try_from(name) else { continue };
            let values = match value {
                Value::Array(values) => values.as_slice(),
                value => std::slice::from_ref(value),
            };
            for value in values.iter().filter_map(Value::as_str) {
                let bytes = value.chars().map(u8::try_from).collect::<Result<Vec<_>, _>>();
                let Ok(bytes) = bytes else { continue };
                if let Ok(value) = HeaderValue::from_bytes(&bytes) {
                    headers.append(name.clone(), value);
                }
            }
        }
        headers
    }

    /// The body, byte for byte; or what is wrong with the record.
    pub(crate) fn into_body(self) -> Result<Vec<u8>, String> {
        match (self.body, self.body_base64) {
            (Some(text), None) => Ok(text.into_owned().into_bytes()),
            (None, Some(text)) => STANDARD.decode(text).map_err(|error| error.to_string()),
            _ => Err("expected `body` or `body_base64`".into()),
        }
    }
}
