//! The files that references lead to, for the resolver, which asks for them by their addresses.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use percent_encoding::percent_decode_str;
use referencing::{Retrieve, Uri};
use schema_source::{SchemaError, SchemaErrors, Source};
use serde_json::Value;

use super::below::without_dialects;
use super::side::Side;
use crate::engine::Draft;
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
    /// The draft of all files, whatever they say.
    draft: Option<Draft>,
    /// What was read, by address.
    read: Mutex<BTreeMap<String, Source>>,
    /// What was wrong with a file.
    fault: Mutex<Option<SchemaErrors>>,
}

impl Library {
    pub(super) fn new(side: &Arc<Side>, root: &Source, draft: Option<Draft>) -> Self {
        let read = BTreeMap::from([(file_uri(&root.path), root.clone())]);
        Self(Arc::new(Shelves {
            side: Arc::clone(side),
            draft,
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

    /// The path of the file with this address, or whose id is this, if there is one.
    ///
    /// # Errors
    ///
    /// If files that are not the same have this id.
    pub(super) fn path(&self, uri: &str) -> Result<Option<String>, SchemaErrors> {
        let side = &self.0.side;
        if let Some(path) = uri.strip_prefix("file:///")
            && let Ok(path) = percent_decode_str(path).decode_utf8()
        {
            return Ok(side.has(&path).then(|| path.into_owned()));
        }
        let paths = side.of_id(uri, self.0.draft);
        let Some((last, others)) = paths.split_last() else { return Ok(None) };
        let value = |path: &str| side.source(path).map(|source| source.value);
        for other in others {
            if value(other)? != value(last)? {
                let message = format!("{uri} is the id of {other} and of {last}, which differ");
                let help = "give each file an id of its own, or refer to it by its path";
                return Err(SchemaError::of_file(last, message, help).into());
            }
        }
        Ok(Some((*last).to_owned()))
    }
}

impl Retrieve for Library {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let uri = uri.as_str().trim_end_matches('#');
        // What leads to no file is told of the reference that does.
        let source = match self.path(uri) {
            Ok(None) => return Ok(Value::Null),
            Ok(Some(path)) => self.0.side.source(&path),
            Err(errors) => Err(errors),
        };
        match source {
            Ok(mut source) => {
                if self.0.draft.is_some() {
                    without_dialects(&mut source.value);
                }
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
