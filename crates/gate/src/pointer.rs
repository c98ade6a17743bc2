//! JSON Pointers (RFC 6901) as text.

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
