//! Makes a value that passes a test smaller.

use serde_json::Value;

use super::edits::{Effort, ValueSearch, at, containers, length, without};

/// Values tried when one is made smaller, and the nodes of all of them together.
pub(super) const SHRINKS: Effort = Effort { tries: 400, nodes: 400_000 };

/// The same when members of large containers are taken out by the chunk.
pub(super) const CHUNKS: Effort = Effort { tries: 4_000, nodes: 400_000 };

/// Members or items beyond which a container is taken apart by the chunk.
const MAX_SINGLE: usize = 16;

impl ValueSearch<'_> {
    /// Takes chunks out of every large container, the largest chunks first.
    pub(super) fn without_chunks(&mut self, root: &mut Value, path: &mut Vec<usize>) -> Option<()> {
        let mut length = length(at(root, path));
        let mut chunk = if length > MAX_SINGLE { length / 2 } else { 0 };
        while chunk > 0 {
            let mut start = 0;
            while start < length {
                let fewer = without(at(root, path), start, chunk);
                if self.test_with(root, path, fewer)? {
                    length -= chunk.min(length - start);
                } else {
                    start += chunk;
                }
            }
            chunk /= 2;
        }
        for index in containers(at(root, path)) {
            path.push(index);
            let more = self.without_chunks(root, path);
            path.pop();
            more?;
        }
        Some(())
    }

    /// Takes out one member or item, an outer one before those inside of it.
    pub(super) fn without_one(&mut self, root: &mut Value, path: &mut Vec<usize>) -> Option<bool> {
        for index in 0..length(at(root, path)) {
            let fewer = without(at(root, path), index, 1);
            if self.test_with(root, path, fewer)? {
                return Some(true);
            }
        }
        for index in containers(at(root, path)) {
            path.push(index);
            let found = self.without_one(root, path);
            path.pop();
            if found? {
                return Some(true);
            }
        }
        Some(false)
    }
}
