//! What a delivery is called in a line of output: its id, type and time, read by their keys, whether it is valid or not.

use std::fmt;

use clip_events::Printable;
use serde_json::Value;

/// Characters that are shown of an id or a type.
const MAX_NAME: usize = 60;

/// The members of a delivery that lines name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Envelope {
    id: Option<String>,
    event_type: Option<String>,
    /// In milliseconds since 1970.
    pub(crate) created: Option<u64>,
}

impl Envelope {
    pub(crate) fn read(body: &[u8]) -> Self {
        serde_json::from_slice(body).map_or_else(|_| Self::default(), |body| Self::of(&body))
    }

    pub(crate) fn of(body: &Value) -> Self {
        let text = |key: &str| body[key].as_str().map(str::to_owned);
        Self { id: text("id"), event_type: text("type"), created: body["created"].as_u64() }
    }

    pub(crate) fn is_of_type(&self, event_type: &str) -> bool {
        self.event_type.as_deref() == Some(event_type)
    }
}

/// The type and the id, as a part of a line.
impl fmt::Display for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |text: &Option<String>| {
            Printable::new(text.as_deref().unwrap_or("-"), MAX_NAME).to_string()
        };
        write!(f, "{}  {}", shown(&self.event_type), shown(&self.id))
    }
}
