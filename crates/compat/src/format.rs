//! What is certain of each format, whichever validator is asked.
//!
//! Validators differ on formats: on leap seconds, a lower-case `z`, zeros in front, the length of a host name. Of a string
//! that only some of them accept nothing is claimed, so each format has two languages: every validator that follows the
//! specification accepts what is `surely` of the format, and none accepts what is not `perhaps` of it. The two are the same
//! where the specification leaves no room.

use crate::draft::Draft;

/// What is certain of a format.
pub(crate) struct Format {
    name: &'static str,
    /// The first draft that has it. In those before, some validators know it, and others ignore it.
    pub(crate) since: Draft,
    /// A pattern: every string that meets it has the format.
    pub(crate) surely: &'static str,
    /// A pattern that all strings of the format meet. It is empty where validators in use take nearly anything.
    pub(crate) perhaps: &'static str,
    /// Formats that all strings of this one have, too.
    pub(crate) within: &'static [&'static str],
}

impl Format {
    /// Whether nothing is left open.
    pub(crate) fn is_exact(&self) -> bool {
        self.surely == self.perhaps
    }
}

/// The format of this name, if there is one.
pub(crate) fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

pub(crate) fn is_known(name: &str) -> bool {
    format(name).is_some()
}

/// A day that the calendar has. Some know no year 0.
macro_rules! day {
    ($year:literal) => {
        concat!(
            $year,
            r"(?:\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|1\d|2[0-8]))",
            r"|(?:\d\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)"
        )
    };
}

/// A time that everybody takes: no leap second, few digits of a second, an offset that is in use.
macro_rules! sure_time {
    () => {
        r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|\+(?:0\d|1[0-3]):[0-5]\d|-(?:0[1-9]|1[01]):[0-5]\d)"
    };
}

/// RFC 3339, with a leap second at any time, since it depends on the offset when there is one.
macro_rules! time {
    () => {
        r"(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
    };
}

/// The characters of a URI.
macro_rules! uri {
    () => {
        r"[!#$%&'()*+,./0-9:;=?@A-Z\[\]_a-z~-]*"
    };
}
const URI: &str = r"^https?://[a-z][a-z0-9]{0,9}\.[a-z]{2,3}(?:/[a-z0-9]{1,9}){0,2}$";
const REFERENCE: &str = r"^(?:https?://[a-z][a-z0-9]{0,9}\.[a-z]{2,3}(?:/[a-z0-9]{1,9}){0,2}|(?:/[a-z0-9]{1,9}){1,2}|#?[a-z]{1,9})$";
const EMAIL: &str = r"^[a-z][a-z0-9]{0,9}@[a-z][a-z0-9]{0,9}\.[a-z]{2,3}$";
const HOST: &str = r"^[a-z][a-z0-9]{0,9}(?:\.[a-z][a-z0-9]{0,9}){0,2}$";
const UUID: &str = r"^[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}$";
const POINTER: &str = r"^(?:/(?:[^/~]|~[01])*)*$";

const FORMATS: &[Format] = &[
    Format {
        name: "date-time",
        since: Draft::Draft4,
        surely: concat!("^", day!("(?!0000)"), "T", sure_time!(), "$"),
        // RFC 3339 (5.6) lets applications write a space for the `T`.
        perhaps: concat!("^", day!(""), r"[Tt\s]", time!(), "$"),
        within: &[],
    },
    Format {
        name: "date",
        since: Draft::Draft7,
        surely: concat!("^", day!("(?!0000)"), "$"),
        perhaps: concat!("^", day!(""), "$"),
        within: &[],
    },
    Format {
        name: "time",
        since: Draft::Draft7,
        surely: concat!("^", sure_time!(), "$"),
        perhaps: concat!("^", time!(), "$"),
        within: &[],
    },
    Format {
        name: "duration",
        since: Draft::Draft201909,
        // The grammar of RFC 3339 (appendix A).
        surely: concat!(
            r"^P(?:\d{1,4}W|(?:\d{1,4}D|\d{1,4}M(?:\d{1,4}D)?|\d{1,4}Y(?:\d{1,4}M(?:\d{1,4}D)?)?)",
            r"(?:T(?:\d{1,4}H(?:\d{1,4}M(?:\d{1,4}S)?)?|\d{1,4}M(?:\d{1,4}S)?|\d{1,4}S))?",
            r"|T(?:\d{1,4}H(?:\d{1,4}M(?:\d{1,4}S)?)?|\d{1,4}M(?:\d{1,4}S)?|\d{1,4}S))$"
        ),
        // ISO 8601 has more: parts left out in between, weeks beside others, fractions, a sign.
        perhaps: concat!(
            r"^[+-]?P(?=[T\d])(?:\d+(?:[.,]\d+)?Y)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?W)?(?:\d+(?:[.,]\d+)?D)?",
            r"(?:T(?=\d)(?:\d+(?:[.,]\d+)?H)?(?:\d+(?:[.,]\d+)?M)?(?:\d+(?:[.,]\d+)?S)?)?$"
        ),
        within: &[],
    },
    Format {
        name: "email",
        since: Draft::Draft4,
        surely: EMAIL,
        perhaps: "@",
        within: &["idn-email"],
    },
    Format { name: "idn-email", since: Draft::Draft7, surely: EMAIL, perhaps: "", within: &[] },
    Format {
        name: "hostname",
        since: Draft::Draft4,
        surely: HOST,
        perhaps: r"^[\w.-]+$",
        // Not all are names of the other kind: it forbids `--` in third place.
        within: &[],
    },
    Format { name: "idn-hostname", since: Draft::Draft7, surely: HOST, perhaps: "", within: &[] },
    Format {
        name: "ipv4",
        since: Draft::Draft4,
        surely: r"^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$",
        // Zeros in front, which some take for octal.
        perhaps: r"^(?:(?:25[0-5]|2[0-4]\d|[01]?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|[01]?\d?\d)$",
        within: &[],
    },
    Format {
        name: "ipv6",
        since: Draft::Draft4,
        surely: concat!(
            r"^(?:(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|(?:[0-9A-Fa-f]{1,4}:){1,6}:|:(?::[0-9A-Fa-f]{1,4}){1,6}|::",
            r"|(?:[0-9A-Fa-f]{1,4}:){1,3}(?::[0-9A-Fa-f]{1,4}){1,3})$"
        ),
        perhaps: r"^(?=[^:]*:[^:]*:)[0-9A-Fa-f:.]{2,45}$",
        within: &[],
    },
    Format {
        name: "uri",
        since: Draft::Draft4,
        surely: URI,
        perhaps: concat!(r"^[A-Za-z][A-Za-z0-9+.-]*:", uri!(), "$"),
        within: &["iri", "iri-reference", "uri-reference"],
    },
    Format {
        name: "uri-reference",
        since: Draft::Draft6,
        surely: REFERENCE,
        perhaps: concat!("^", uri!(), "$"),
        within: &["iri-reference"],
    },
    Format {
        name: "iri",
        since: Draft::Draft7,
        surely: URI,
        perhaps: ":",
        within: &["iri-reference"],
    },
    Format {
        name: "iri-reference",
        since: Draft::Draft7,
        surely: REFERENCE,
        perhaps: "",
        within: &[],
    },
    Format { name: "uuid", since: Draft::Draft201909, surely: UUID, perhaps: UUID, within: &[] },
    Format {
        name: "uri-template",
        since: Draft::Draft6,
        surely: r"^(?:https?://[a-z][a-z0-9]{0,9}\.[a-z]{2,3})?(?:/[a-z0-9]{1,9}|/\{[a-z]{1,9}\}){1,2}$",
        perhaps: "",
        within: &[],
    },
    Format {
        name: "json-pointer",
        since: Draft::Draft6,
        surely: POINTER,
        perhaps: POINTER,
        within: &[],
    },
    Format {
        name: "relative-json-pointer",
        since: Draft::Draft7,
        surely: r"^(?:0|[1-9]\d{0,8})(?:#|(?:/(?:[^/~]|~[01])*)*)$",
        // Later texts of it have `+1` and `-1` behind the first number.
        perhaps: r"^(?:0|[1-9]\d*)(?:[+-]\d+)?(?:#|(?:/(?:[^/~]|~[01])*)*)$",
        within: &[],
    },
    Format {
        name: "regex",
        since: Draft::Draft7,
        surely: r"^\^?[a-z0-9]*\$?$",
        // No dialect has these.
        perhaps: r"^(?![(*+?)\[]$)",
        within: &[],
    },
];

#[cfg(test)]
mod tests;
