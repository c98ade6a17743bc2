//! The syntax tree of a file: the bytes of each part, each number as it is written, and duplicate keys.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::ops::Range;

use jsonc_parser::ast::Value;
use jsonc_parser::common::Ranged as _;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use crate::decimal::Number;
use crate::part::Part;
use crate::pointer::escape_token;

/// The tree of `text`; `None` if it is not JSON.
pub(crate) fn parse(text: &str) -> Option<Value<'_>> {
    parse_to_ast(text, &CollectOptions::default(), &ParseOptions::default()).ok()?.value
}

/// Where the parts of `root` stand.
pub(crate) fn parts(root: &Value<'_>) -> Part {
    let range = root.range();
    Part::of(root, range.start..range.end)
}

/// Calls `f` with each number.
pub(crate) fn each_number(root: &Value<'_>, f: &mut impl FnMut(&Number<'_>)) {
    each_part(root, &mut String::new(), &mut |pointer, value| {
        if let Value::NumberLit(number) = value {
            f(&Number { pointer, written: number.value });
        }
    });
}

/// Pointer and bytes of each key that stands in its object already.
pub(crate) fn duplicate_keys(root: &Value<'_>) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    each_part(root, &mut String::new(), &mut |pointer, value| {
        let Value::Object(object) = value else { return };
        let mut seen = HashSet::new();
        for property in &object.properties {
            let key = property.name.as_str();
            if !seen.insert(key) {
                let range = property.range;
                found.push((format!("{pointer}/{}", escape_token(key)), range.start..range.end));
            }
        }
    });
    found
}

/// Calls `f` with the pointer to each part, parents first.
fn each_part(value: &Value<'_>, pointer: &mut String, f: &mut impl FnMut(&str, &Value<'_>)) {
    f(pointer, value);
    let length = pointer.len();
    match value {
        Value::Object(object) => {
            for property in &object.properties {
                pointer.push('/');
                pointer.push_str(&escape_token(property.name.as_str()));
                each_part(&property.value, pointer, f);
                pointer.truncate(length);
            }
        }
        Value::Array(array) => {
            for (index, element) in array.elements.iter().enumerate() {
                let _ = write!(pointer, "/{index}");
                each_part(element, pointer, f);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}
