//! JSON Pointers (RFC 6901) as text.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// All that has to be escaped in the path or the fragment of a URI (RFC 3986), and more.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// `text` as the path of a URI reference, or as its fragment.
pub(crate) fn uri_escaped(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// The pointer that `reference`, the value of a `$ref`, has if it is to a place in its document.
pub(crate) fn of_reference(reference: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(reference.strip_prefix('#')?).decode_utf8().ok()
}

/// The name of the definition, as a token, that `reference` leads to.
pub(crate) fn definition(reference: &str) -> Option<String> {
    let pointer = of_reference(reference)?;
    let name = pointer.strip_prefix("/$defs/").or_else(|| pointer.strip_prefix("/definitions/"))?;
    Some(name.to_owned())
}

/// The rest of `pointer` if it is `parent` or leads into it.
pub(crate) fn within<'a>(pointer: &'a str, parent: &str) -> Option<&'a str> {
    pointer.strip_prefix(parent).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether `pointer` is `parent` or leads into it.
pub(crate) fn is_within(pointer: &str, parent: &str) -> bool {
    within(pointer, parent).is_some()
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn a_key_that_starts_like_another_is_not_within_it() {
        assert_eq!(within("/data/id", "/data"), Some("/id"));
        assert_eq!(within("/data", "/data"), Some(""));
        assert_eq!(within("/data", ""), Some("/data"));
        assert_eq!(within("/data_id", "/data"), None);
        assert_eq!(within("/", "/data"), None);
    }
}
