//! The reference tokens of a JSON Pointer (RFC 6901).

/// Escapes a key as one reference token of a JSON Pointer (RFC 6901).
///
/// ```
/// assert_eq!(schema_source::escape_token("a/b~c"), "a~1b~0c");
/// ```
pub fn escape_token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The key that one reference token of a JSON Pointer (RFC 6901) stands for.
///
/// ```
/// assert_eq!(schema_source::unescape_token("a~1b~0c"), "a/b~c");
/// ```
pub fn unescape_token(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}
