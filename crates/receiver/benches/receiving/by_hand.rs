//! The receiver that one writes without this crate: axum, `serde_json`, `hmac`, and an insert into the same database.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use hmac::{Hmac, KeyInit as _, Mac as _};
use rusqlite::Connection;
use serde::Deserialize;
use sha2::Sha256;

struct Hooks {
    secret: String,
    connection: Mutex<Connection>,
}

#[derive(Deserialize)]
struct Event {
    id: String,
    r#type: String,
    created: u64,
    data: serde_json::Value,
}

pub(crate) fn router(path: &Path, secret: &str) -> Router {
    let connection = Connection::open(path).expect("a database");
    connection.pragma_update(None, "journal_mode", "wal").expect("a mode");
    connection.pragma_update(None, "synchronous", "full").expect("a mode");
    connection.busy_timeout(Duration::from_secs(5)).expect("a timeout");
    connection
        .execute_batch(
            "CREATE TABLE events (id TEXT PRIMARY KEY, type TEXT, created INTEGER, body BLOB)",
        )
        .expect("a table");
    let hooks = Hooks { secret: secret.into(), connection: Mutex::new(connection) };
    Router::new().route("/", post(receive)).with_state(Arc::new(hooks))
}

async fn receive(State(hooks): State<Arc<Hooks>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = headers.get("choppity-signature-256").and_then(|value| value.to_str().ok());
    if !header.is_some_and(|header| is_genuine(&hooks.secret, header, &body)) {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(event) = serde_json::from_slice::<Event>(&body) else { return StatusCode::BAD_REQUEST };
    if !event.data.is_object() {
        return StatusCode::BAD_REQUEST;
    }
    let inserted = tokio::task::spawn_blocking(move || {
        let connection = hooks.connection.lock().expect("no panic");
        let mut insert =
            connection.prepare_cached("INSERT OR IGNORE INTO events VALUES (?1, ?2, ?3, ?4)")?;
        insert.execute((
            event.id,
            event.r#type,
            i64::try_from(event.created).unwrap_or(i64::MAX),
            &body[..],
        ))
    });
    match inserted.await {
        Ok(Ok(_)) => StatusCode::OK,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn is_genuine(secret: &str, header: &str, body: &[u8]) -> bool {
    let (mut time, mut signature) = ("", "");
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", value)) => time = value,
            Some(("v1", value)) => signature = value,
            _ => {}
        }
    }
    let Ok(seconds) = time.parse::<u64>() else { return false };
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    if now.as_secs().abs_diff(seconds) > 300 || signature.len() != 64 {
        return false;
    }
    let bytes = (0..64).step_by(2).map(|at| u8::from_str_radix(&signature[at..at + 2], 16));
    let Ok(bytes) = bytes.collect::<Result<Vec<u8>, _>>() else { return false };
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.verify_slice(&bytes).is_ok()
}
