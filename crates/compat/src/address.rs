//! Where a value lies in memory, as a key.

use serde_json::Value;

/// A value's place in memory, as a key; nothing is read through it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Address(usize);

impl Address {
    pub(crate) fn of(value: &Value) -> Self {
        Self(std::ptr::from_ref(value).addr())
    }
}
