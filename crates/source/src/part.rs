//! Where the parts of a file stand in its text.

use std::collections::HashMap;
use std::ops::Range;

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged as _;

use crate::pointer::unescape_token;

/// A value in a text, and what is in it.
#[derive(Debug, Default)]
pub(crate) struct Part {
    /// Its bytes, its key included.
    pub(crate) span: Range<usize>,
    pub(crate) members: HashMap<String, Self>,
    pub(crate) items: Vec<Self>,
}

impl Part {
    /// The parts of `value`, which stands at `span` with its key.
    pub(crate) fn of(value: &Value<'_>, span: Range<usize>) -> Self {
        let mut part = Self { span, ..Self::default() };
        match value {
            Value::Object(object) => {
                for property in &object.properties {
                    let span = property.range.start..property.range.end;
                    let member = part.members.entry(property.name.as_str().to_owned());
                    // Of a key that occurs twice, the first.
                    member.or_insert_with(|| Self::of(&property.value, span));
                }
            }
            Value::Array(array) => part.items.extend(array.elements.iter().map(|element| {
                let range = element.range();
                Self::of(element, range.start..range.end)
            })),
            _ => {}
        }
        part
    }

    /// Bytes of the part that `pointer` names, or of the closest part around it.
    pub(crate) fn span(&self, pointer: &str) -> Range<usize> {
        let mut part = self;
        for token in pointer.split('/').skip(1) {
            let token = unescape_token(token);
            let item = || token.parse::<usize>().ok().and_then(|index| part.items.get(index));
            match part.members.get(&token).or_else(item) {
                Some(below) => part = below,
                None => break,
            }
        }
        part.span.clone()
    }
}
