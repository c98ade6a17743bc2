//! What schemas mean where a draft leaves it to the validator: for the evaluator of the tests.

use crate::json::Json;

/// How a validator reads what is left to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Meaning {
    /// Whether `format` asserts.
    pub(crate) formats: bool,
    /// Drafts 6 and 7: whether the content keywords assert. If that is not known, they do not.
    pub(crate) content: Option<bool>,
    /// Draft 4: whether `1.0` is an integer. If that is not known, it is none.
    pub(crate) zero_fraction_is_integer: Option<bool>,
    /// Whether it takes strings that only some take. If that is not known, they are not judged.
    pub(crate) lenient: Option<bool>,
}

/// The formats, and the first draft that has each.
const FORMATS: &[(&str, u16)] = &[
    ("date-time", 4),
    ("email", 4),
    ("hostname", 4),
    ("ipv4", 4),
    ("ipv6", 4),
    ("uri", 4),
    ("uri-reference", 6),
    ("uri-template", 6),
    ("json-pointer", 6),
    ("date", 7),
    ("time", 7),
    ("idn-email", 7),
    ("idn-hostname", 7),
    ("iri", 7),
    ("iri-reference", 7),
    ("relative-json-pointer", 7),
    ("regex", 7),
    ("duration", 2019),
    ("uuid", 2019),
];

impl Meaning {
    /// Whether a text has a format.
    pub(crate) fn has_format(self, name: &str, text: &str, year: u16) -> Option<bool> {
        let (_, since) = FORMATS.iter().find(|(known, _)| *known == name)?;
        let graded = grade(name, text);
        if year < *since {
            // Some validators ignore it.
            return match (self.lenient, graded) {
                (_, Some(true)) | (Some(true), _) => Some(true),
                (Some(false), _) => Some(false),
                (None, _) => None,
            };
        }
        graded.or(self.lenient)
    }

    /// Whether a text is valid by content keywords.
    pub(crate) fn has_content(
        self,
        encoding: Option<&str>,
        media: Option<&str>,
        text: &str,
    ) -> Option<bool> {
        // Some validators read more.
        if !matches!(media, None | Some("application/json")) {
            return self.lenient;
        }
        let bytes = match encoding {
            Some("base64") => match decoded(text) {
                Ok(bytes) => bytes,
                Err(None) => return self.lenient,
                Err(Some(())) => return Some(false),
            },
            Some(_) => return self.lenient,
            None => text.as_bytes().to_vec(),
        };
        match media {
            Some("application/json") => {
                Some(String::from_utf8(bytes).is_ok_and(|text| Json::read(&text).is_some()))
            }
            _ => Some(true),
        }
    }
}

/// The bytes of a base64 text; `Err(None)` if only some take it for one.
fn decoded(text: &str) -> Result<Vec<u8>, Option<()>> {
    let digit = |c: char| {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
            .chars()
            .position(|d| d == c)
    };
    let space = |c: char| c.is_whitespace() || c == '\u{FEFF}';
    if text.chars().any(|c| digit(c).is_none() && c != '=' && !space(c)) {
        return Err(Some(()));
    }
    let chars: Vec<char> = text.chars().collect();
    if chars.len() % 4 != 0 {
        return Err(None);
    }
    let mut bytes = Vec::new();
    for (at, group) in chars.chunks(4).enumerate() {
        let is_last = (at + 1) * 4 == chars.len();
        let padding = group.iter().rev().take_while(|c| **c == '=').count();
        let digits: Option<Vec<usize>> = group[..4 - padding].iter().map(|c| digit(*c)).collect();
        let digits = digits.filter(|_| padding == 0 || (is_last && padding < 3)).ok_or(None)?;
        let all = digits.iter().fold(0, |all, d| all * 64 + d) << (6 * padding);
        let (kept, lost) = (3 - padding, all & ((1 << (8 * padding)) - 1));
        if lost != 0 {
            return Err(None);
        }
        bytes.extend(
            (0..kept).map(|byte| u8::try_from(all >> (16 - 8 * byte) & 0xFF).unwrap_or_default()),
        );
    }
    Ok(bytes)
}

/// Whether a text has a format; `None` if that is left to the validator.
#[allow(clippy::too_many_lines)] // One arm a format.
fn grade(name: &str, text: &str) -> Option<bool> {
    match name {
        "date" => date(text),
        "time" => time(text),
        "date-time" => {
            let mut chars = text.chars();
            let day: String = chars.by_ref().take(10).collect();
            let between = match chars.next() {
                Some('T') => Some(true),
                Some(c) if c == 't' || c == '\u{FEFF}' || (c.is_whitespace() && c != '\u{85}') => {
                    None
                }
                _ => Some(false),
            };
            both(both(date(&day), between), time(chars.as_str()))
        }
        "uuid" => {
            let fits = |(at, c): (usize, char)| match at {
                8 | 13 | 18 | 23 => c == '-',
                _ => c.is_ascii_hexdigit(),
            };
            Some(text.len() == 36 && text.char_indices().all(fits))
        }
        "ipv4" => {
            let parts: Vec<&str> = text.split('.').collect();
            let fits = |part: &&str| {
                (1..4).contains(&part.len()) && number(part).is_some_and(|number| number < 256)
            };
            if parts.len() != 4 || !parts.iter().all(fits) {
                return Some(false);
            }
            parts.iter().all(|part| part.len() == 1 || !part.starts_with('0')).then_some(true)
        }
        "json-pointer" => Some(is_pointer(text)),
        "relative-json-pointer" => {
            let digits = text.chars().take_while(char::is_ascii_digit).count();
            let (up, rest) = text.split_at(digits);
            if up.is_empty() || (up.len() > 1 && up.starts_with('0')) {
                return Some(false);
            }
            let shift = rest.strip_prefix(['+', '-']);
            let end = shift.map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
            if shift.is_some() && end.map(str::len) == shift.map(str::len) {
                return Some(false);
            }
            let end = end.unwrap_or(rest);
            let fits = end == "#" || is_pointer(end);
            if fits && (shift.is_some() || up.len() > 9) { None } else { Some(fits) }
        }
        "duration" => {
            // In no reading is there one without a unit.
            if text.contains('P') && text.contains(|c: char| c.is_ascii_digit()) {
                is_duration(text).then_some(true)
            } else {
                Some(false)
            }
        }
        "email" | "idn-email" => {
            let sure = text.split_once('@').is_some_and(|(a, b)| is_word(a) && is_host(b));
            if sure {
                Some(true)
            } else {
                (name == "email" && !text.contains('@')).then_some(false)
            }
        }
        "hostname" | "idn-hostname" => {
            let fits = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
            if text.split('.').count() < 4 && text.split('.').all(is_word) {
                Some(true)
            } else {
                (name == "hostname" && (text.is_empty() || !text.chars().all(fits)))
                    .then_some(false)
            }
        }
        "ipv6" => {
            let fits = |c: char| c.is_ascii_hexdigit() || c == ':' || c == '.';
            let colons = text.chars().filter(|c| *c == ':').count();
            if !text.contains('.') && text.parse::<std::net::Ipv6Addr>().is_ok() {
                Some(true)
            } else {
                (colons < 2 || text.len() > 45 || !text.chars().all(fits)).then_some(false)
            }
        }
        "uri" | "uri-reference" | "iri" | "iri-reference" => {
            let sure = is_web(text);
            let path = is_path(text) || is_word(text.strip_prefix('#').unwrap_or(text));
            let scheme = text.split_once(':').is_some_and(|(scheme, _)| {
                scheme.starts_with(|c: char| c.is_ascii_alphabetic())
                    && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+.-".contains(c))
            });
            let ascii = text.chars().all(|c| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c));
            let may = match name {
                "uri" => scheme && ascii,
                "uri-reference" => ascii,
                "iri" => text.contains(':'),
                _ => true,
            };
            let sure = sure || (path && name.ends_with("reference"));
            if sure { Some(true) } else { (!may).then_some(false) }
        }
        "uri-template" => {
            let path = text.replace("/{", "/").replace('}', "");
            (is_web(&path) || is_path(&path)).then_some(true)
        }
        "regex" if ["(", "*", "+", "?", ")", "["].contains(&text) => Some(false),
        "regex" => {
            let text = text.strip_prefix('^').unwrap_or(text);
            let text = text.strip_suffix('$').unwrap_or(text);
            text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()).then_some(true)
        }
        _ => None,
    }
}

fn both(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    if a == Some(false) || b == Some(false) { Some(false) } else { a.and(b) }
}

/// A short one of letters and digits.
fn is_word(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.len() < 11 && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(fits)
}

/// A name and a top-level domain.
fn is_host(text: &str) -> bool {
    text.split_once('.').is_some_and(|(name, top)| {
        is_word(name) && (2..4).contains(&top.len()) && top.chars().all(|c| c.is_ascii_lowercase())
    })
}

/// Few and short segments.
fn is_path(text: &str) -> bool {
    text.strip_prefix('/').is_some_and(|path| {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let segment = |text: &str| (1..10).contains(&text.len()) && text.chars().all(fits);
        path.split('/').count() < 3 && path.split('/').all(segment)
    })
}

fn is_web(text: &str) -> bool {
    let rest = text.strip_prefix("http").map(|rest| rest.strip_prefix('s').unwrap_or(rest));
    rest.and_then(|rest| rest.strip_prefix("://")).is_some_and(|rest| match rest.find('/') {
        Some(at) => is_host(&rest[..at]) && is_path(&rest[at..]),
        None => is_host(rest),
    })
}

/// By the grammar of RFC 3339: units that follow each other, each with a number.
fn is_duration(text: &str) -> bool {
    fn units(text: &str, all: &str) -> bool {
        let mut last = None;
        let mut digits = 0;
        for c in text.chars() {
            if c.is_ascii_digit() {
                digits += 1;
            } else {
                let at = all.find(c);
                let follows = last.is_none_or(|last| at == Some(last + 1));
                if at.is_none() || !follows || !(1..5).contains(&digits) {
                    return false;
                }
                (last, digits) = (at, 0);
            }
        }
        last.is_some() && digits == 0
    }
    let Some(rest) = text.strip_prefix('P') else { return false };
    match rest.split_once('T') {
        Some((date, time)) => (date.is_empty() || units(date, "YMD")) && units(time, "HMS"),
        None => units(rest, "YMD") || units(rest, "W"),
    }
}

fn number(text: &str) -> Option<u32> {
    text.chars().all(|c| c.is_ascii_digit()).then(|| text.parse().ok())?
}

fn is_pointer(text: &str) -> bool {
    let rests = text.split('~').skip(1);
    (text.is_empty() || text.starts_with('/')) && { rests }.all(|rest| rest.starts_with(['0', '1']))
}

fn date(text: &str) -> Option<bool> {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return Some(false) };
    if [year.len(), month.len(), day.len()] != [4, 2, 2] {
        return Some(false);
    }
    let (Some(year), Some(month), Some(day)) = (number(year), number(month), number(day)) else {
        return Some(false);
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return Some(false),
    };
    if day == 0 || day > days { Some(false) } else { (year > 0).then_some(true) }
}

fn time(text: &str) -> Option<bool> {
    let two = |text: &str, below: u32| {
        (text.len() == 2).then(|| number(text)).flatten().filter(|number| *number < below)
    };
    let fields = |text: &str, limits: &[u32]| -> Option<Vec<u32>> {
        let parts: Vec<&str> = text.split(':').collect();
        let parts = Some(parts).filter(|parts| parts.len() == limits.len())?;
        parts.into_iter().zip(limits).map(|(part, limit)| two(part, *limit)).collect()
    };
    let Some(end) = text.find(['Z', 'z', '+', '-']) else { return Some(false) };
    let (clock, zone) = text.split_at(end);
    let (clock, fraction) = match clock.split_once('.') {
        Some((clock, fraction)) => (clock, Some(fraction)),
        None => (clock, None),
    };
    let Some(clock) = fields(clock, &[24, 60, 61]) else { return Some(false) };
    let digits =
        |fraction: &str| !fraction.is_empty() && fraction.chars().all(|c| c.is_ascii_digit());
    if !fraction.is_none_or(digits) {
        return Some(false);
    }
    let usual = match zone {
        "Z" => true,
        "z" => false,
        _ => match (&zone[..1], fields(&zone[1..], &[24, 60])) {
            ("+", Some(offset)) => offset[0] < 14,
            ("-", Some(offset)) => (1..12).contains(&offset[0]),
            _ => return Some(false),
        },
    };
    (usual && clock[2] < 60 && fraction.is_none_or(|fraction| fraction.len() < 7)).then_some(true)
}
