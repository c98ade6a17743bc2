//! Waits for files to change by looking at them again and again: for a folder of some dozen files that costs nothing, and a
//! library that asks the operating system would cost everyone its dependencies.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

/// Time between two looks.
const PAUSE: Duration = Duration::from_millis(200);

/// A folder that is watched.
#[derive(Debug)]
pub struct Watch {
    folder: PathBuf,
    seen: State,
}

/// When each file was last changed, and its size.
type State = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

impl Watch {
    /// Watches `folder` and what is below, from now on.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        let seen = state(&folder);
        Self { folder, seen }
    }

    /// Waits until a file has changed, has come or is gone, and nothing changes any more: an editor may write in steps.
    pub fn wait(&mut self) {
        let mut last = state(&self.folder);
        loop {
            let now = state(&self.folder);
            if now == last && now != self.seen {
                self.seen = now;
                return;
            }
            last = now;
            sleep(PAUSE);
        }
    }
}

fn state(folder: &Path) -> State {
    let mut state = State::new();
    add(folder, &mut state);
    state
}

/// Adds the files in `folder` and below. What cannot be read is as good as not there: it may be again at the next look.
fn add(folder: &Path, state: &mut State) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.metadata() {
            Ok(data) if data.is_dir() => add(&entry.path(), state),
            Ok(data) => {
                state.insert(entry.path(), (data.modified().ok(), data.len()));
            }
            Err(_) => {}
        }
    }
}
