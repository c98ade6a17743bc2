//! What is certain of formats against two validators, on strings that have them, or nearly.

use clip_events_test_support::second::{self, Formats, Second};
use serde_json::{Value, json};

use super::{FORMATS, Format};
use crate::pattern::{Language, Pattern, Sample};

/// Strings that have a format; others are made of them.
const SEEDS: &[&str] = &[
    "2024-02-29T12:30:59.5Z",
    "1998-12-31T23:59:60-08:00",
    "2024-02-29",
    "1900-02-28",
    "0000-01-01",
    "23:59:59Z",
    "23:59:60z",
    "08:30:06.283185+01:00",
    "P1Y2M3DT4H5M6S",
    "P4W",
    "PT0.5S",
    "P1DT12H",
    "joe.bloggs@example.com",
    "\"joe bloggs\"@example.com",
    "joe@[127.0.0.1]",
    "é@é.co",
    "www.example.com",
    "xn--4gbwdl.xn--wgbh1c",
    "ab--cd.example",
    "a_b.example.",
    "127.0.0.1",
    "087.10.0.1",
    "255.255.255.256",
    "2001:db8::1",
    "::ffff:192.168.0.1",
    "1:2:3:4:5:6:7:8",
    "fe80::a%eth1",
    "http://foo.bar/?baz=qux#quux",
    "urn:oasis:names:specification:docbook:dtd:xml:4.1.2",
    "//foo.bar/a",
    "/abc",
    "a%20b",
    "http://é.co/ü",
    "http://[2001:db8::7]/c=GB?objectClass",
    "#frag",
    "2EB8AA08-aa98-11ea-b4aa-73b441d16380",
    "http://example.com/{term:1}/{term}",
    "/foo/bar~0/baz~1/%a",
    "/foo//",
    "1/0",
    "0#",
    "1+1/a",
    "^a(b|c)*$",
    "[",
    "a\\",
];

struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

fn near(seed: &str, numbers: &mut Numbers) -> String {
    const CHARS: &str = "0123456789ab-:.TZtz+@/ P~#{}%[]éS\n";
    let chars: Vec<char> = CHARS.chars().collect();
    let mut text: Vec<char> = seed.chars().collect();
    for _ in 0..=numbers.below(3) {
        let c = chars[numbers.below(chars.len())];
        let at = numbers.below(text.len() + 1);
        match numbers.below(4) {
            0 => text.insert(at, c),
            1 if at < text.len() => {
                text.remove(at);
            }
            2 => text.truncate(at),
            _ if at < text.len() => text[at] = c,
            _ => text.push(c),
        }
    }
    text.into_iter().collect()
}

/// Sorted strings to try, those that surely have the format among them.
fn texts(format: &Format, surely: &Pattern) -> Vec<String> {
    let mut numbers = Numbers(1);
    let language = Language { matching: vec![surely], ..Language::default() };
    let mut texts: Vec<String> = match language.search(60, &mut 1_000_000) {
        Sample::Strings(found) => found,
        _ => panic!("{}: nothing has this format", format.name),
    };
    texts.extend(SEEDS.iter().map(|seed| (*seed).to_owned()));
    for _ in 0..60 {
        for at in 0..texts.len().min(110) {
            let text = near(&texts[at], &mut numbers);
            texts.push(text);
        }
    }
    texts.sort();
    texts.dedup();
    texts
}

/// Where a validator does not follow the specification.
fn is_known(validator: &str, format: &str, text: &str, what: &str) -> bool {
    validator == "boon"
        && match format {
            // It reads `+1` as a number of two digits.
            "date" | "date-time" | "time" => text.contains('+') && what == "has",
            // It takes the local part for a host name there.
            "email" => what == "is not within idn-email",
            // An IRI is what browsers take for one there: `http:` is none.
            "uri" | "uri-reference" => what.contains("iri"),
            _ => false,
        }
}

#[test]
fn validators_agree_on_what_is_certain() {
    let mut wrong = Vec::new();
    let judges = |name: &str| {
        let schema = json!({ "format": name });
        let first =
            jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema");
        let second = Second::read(&schema, second::Draft::V2020_12, Formats::Asserted).ok();
        let first =
            Box::new(move |text: &Value| first.is_valid(text)) as Box<dyn Fn(&Value) -> bool>;
        let second = second.map(|second| Box::new(move |text: &Value| second.accepts(text)) as _);
        [("jsonschema", Some(first)), ("boon", second)]
    };
    for format in FORMATS {
        let pattern =
            |source: &str| Pattern::new(source).unwrap_or_else(|e| panic!("{}: {e}", format.name));
        let (surely, perhaps) = (pattern(format.surely), pattern(format.perhaps));
        let wider: Vec<_> = format.within.iter().map(|name| (*name, judges(name))).collect();
        for (at, (validator, judge)) in judges(format.name).iter().enumerate() {
            let Some(judge) = judge else { continue };
            for text in texts(format, &surely) {
                let value = Value::String(text.clone());
                let has = judge(&value);
                let mut fault = |what: &str| {
                    if !is_known(validator, format.name, &text, what) {
                        wrong.push(format!("{validator}: {} {what}: {text:?}", format.name));
                    }
                };
                if surely.is_match(&text) && !perhaps.is_match(&text) {
                    fault("is not of one mind");
                }
                if surely.is_match(&text) && !has {
                    fault("lacks");
                }
                if has && !perhaps.is_match(&text) {
                    fault("has");
                }
                for (name, judges) in &wider {
                    if has && judges[at].1.as_ref().is_some_and(|judge| !judge(&value)) {
                        fault(&format!("is not within {name}"));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_day_is_one_of_the_calendar() {
    let date = super::format("date").expect("a format");
    let pattern = Pattern::new(date.perhaps).expect("a pattern");
    for year in 0..10_000 {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        assert_eq!(pattern.is_match(&format!("{year:04}-02-29")), leap, "{year}");
    }
    let days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    for month in 0..14 {
        for day in 0..33 {
            let last = days.get(usize::wrapping_sub(month, 1)).copied().unwrap_or_default();
            let text = format!("2023-{month:02}-{day:02}");
            assert_eq!(pattern.is_match(&text), (1..=last).contains(&day), "{text}");
        }
    }
}
