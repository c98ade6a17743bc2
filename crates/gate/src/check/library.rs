//! The files that references lead to, for the resolver, which asks for them by their addresses.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use percent_encoding::percent_decode_str;
use referencing::{Retrieve, Uri};
use schema_source::{SchemaErrors, Source};
use serde_json::Value;

use super::side::Side;
use crate::pointer::uri_escaped;

/// The address of a file of a side.
pub(super) fn file_uri(path: &Path) -> String {
    format!("file:///{}", uri_escaped(&path.to_string_lossy().replace('\\', "/")))
}

/// The files that references lead to, read as they are asked for.
#[derive(Clone)]
pub(super) struct Library(Arc<Shelves>);

struct Shelves {
    side: Arc<Side>,
    /// What was read, by address.
    read: Mutex<BTreeMap<String, Source>>,
    /// What was wrong with a file.
    fault: Mutex<Option<SchemaErrors>>,
}

impl Library {
    pub(super) fn new(side: &Arc<Side>, root: &Source) -> Self {
        let read = BTreeMap::from([(file_uri(&root.path), root.clone())]);
        Self(Arc::new(Shelves {
            side: Arc::clone(side),
            read: Mutex::new(read),
            fault: Mutex::default(),
        }))
    }

    /// What was wrong with a file, if something was.
    pub(super) fn fault(&self) -> Option<SchemaErrors> {
        lock(&self.0.fault).take()
    }

    /// What was read so far, by address.
    pub(super) fn read(&self) -> MutexGuard<'_, BTreeMap<String, Source>> {
        lock(&self.0.read)
    }

    /// The path of the file with this address, or whose `$id` is this.
    fn path(&self, uri: &str) -> Option<String> {
        let side = &self.0.side;
        let path = uri.strip_prefix("file:///").map(|path| percent_decode_str(path).decode_utf8());
        match path {
            Some(Ok(path)) => side.has(&path).then(|| path.into_owned()),
            _ => side.of_id(uri).map(str::to_owned),
        }
    }
}

impl Retrieve for Library {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let uri = uri.as_str().trim_end_matches('#');
        // What leads to no file is told of the reference that does.
        let Some(path) = self.path(uri) else { return Ok(Value::Null) };
        match self.0.side.source(&path) {
            Ok(source) => {
                let value = source.value.clone();
                self.read().insert(uri.to_owned(), source);
                Ok(value)
            }
            Err(errors) => {
                let told = errors.to_string();
                *lock(&self.0.fault) = Some(errors);
                Err(told.into())
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
