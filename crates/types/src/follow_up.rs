//! Fills the path of a follow-up call from the values of an event.

use std::fmt::Write as _;

/// Appends `value` to `path` as one segment, or as part of one.
///
/// Ids are opaque, so one may hold any character: each byte that is not unreserved (RFC 3986, section 2.3)
/// is percent-encoded, and an id cannot lead the call elsewhere. `None` for a value that no encoding makes a
/// segment: the empty one, and the dot segments, which clients resolve even when encoded.
#[allow(dead_code, reason = "a contract need not have follow-ups")]
pub(crate) fn push_segment(path: &mut String, value: &str) -> Option<()> {
    if matches!(value, "" | "." | "..") {
        return None;
    }
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            path.push(char::from(byte));
        } else {
            write!(path, "%{byte:02X}").ok()?;
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::push_segment;

    fn segment(value: &str) -> Option<String> {
        let mut path = String::new();
        push_segment(&mut path, value).map(|()| path)
    }

    #[test]
    fn an_id_stays_one_segment() {
        assert_eq!(segment("job_1.a-b~c").as_deref(), Some("job_1.a-b~c"));
        assert_eq!(segment("../v1/teams?x=1#y").as_deref(), Some("..%2Fv1%2Fteams%3Fx%3D1%23y"));
        assert_eq!(segment("ü %").as_deref(), Some("%C3%BC%20%25"));
    }

    #[test]
    fn what_is_no_segment_is_refused() {
        for value in ["", ".", ".."] {
            assert_eq!(segment(value), None, "{value:?}");
        }
    }
}
