//! Instances: a fixed universe, and values made to measure for a pair of schemas.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use num_rational::BigRational;
use schema_compat::Draft;

use crate::json::{Json, Number};
use crate::random::Random;
use crate::reading::regex;
use crate::resources::{self, Resources};
use crate::vocabulary::{ENCODED, FORMATTED, NAMES};

/// Scalars that schemas are most often wrong about.
const NUMBERS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "-1",
    "6",
    "0.5",
    "1.5",
    "1.0",
    "2.0",
    "0.1",
    "0.3",
    "1e-7",
    "1e2",
    "1e16",
    "9007199254740991",
    "9007199254740992",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775808",
    "1e30",
    "1e300",
];
const STRINGS: &[&str] = &[
    "",
    "a",
    "b",
    "ab",
    "ba",
    "aa",
    "aab",
    "abab",
    "\n",
    "\r",
    "\u{2028}",
    "é",
    "café",
    "éa",
    "aé",
    "\u{660}",
    "\u{a0}",
    " ",
    "a b",
    "1",
    "12",
    "_",
    "-",
    "\u{1F600}",
    "a\nb",
    "\ra",
    "x",
    "xa",
    "{",
    "!!",
    "aGk=",
    "\u{0}",
    "A",
    "z",
];

/// Every value up to a small size, and the odd ones.
pub(crate) fn universe() -> &'static [Json] {
    static UNIVERSE: OnceLock<Vec<Json>> = OnceLock::new();
    UNIVERSE.get_or_init(|| {
        let mut all = vec![Json::Null, true.into(), false.into()];
        all.extend(NUMBERS.iter().map(|text| Json::number(text)));
        all.extend(STRINGS.iter().map(|text| Json::from(*text)));
        let few = [
            Json::Null,
            true.into(),
            Json::number("0"),
            Json::number("1"),
            Json::number("1.5"),
            "a".into(),
            "é".into(),
            Json::Array(Vec::new()),
            Json::object([]),
        ];
        all.extend([Json::Array(Vec::new()), Json::object([])]);
        for a in &few {
            let one = |value: &Json| Json::Array(vec![value.clone()]);
            all.extend([one(a), one(&one(a))]);
            for name in ["a", "b", "c", "é"] {
                all.push(Json::object([(name, a.clone())]));
            }
            all.push(Json::object([("a", Json::object([("a", a.clone())]))]));
            all.push(Json::object([("a", one(a))]));
            for b in &few[..6] {
                all.push(Json::Array(vec![a.clone(), b.clone()]));
                all.push(Json::object([("a", a.clone()), ("b", b.clone())]));
            }
            all.push(Json::Array(vec![a.clone(), "a".into(), a.clone()]));
            all.push(Json::object([("a", a.clone()), ("b", a.clone()), ("c", a.clone())]));
        }
        all
    })
}

/// The values, names and bounds that two schemas mention.
pub(crate) struct Pool {
    pub(crate) values: Vec<Json>,
    names: Vec<String>,
    numbers: Vec<Number>,
    strings: Vec<String>,
}

impl Pool {
    pub(crate) fn of(documents: &[&Json], random: &mut Random) -> Self {
        let mut pool = Self {
            values: Vec::new(),
            names: NAMES.iter().take(3).map(|name| (*name).to_owned()).collect(),
            numbers: ["0", "1", "1.5"].iter().filter_map(|text| Number::read(text)).collect(),
            strings: STRINGS.iter().take(3).map(|text| (*text).to_owned()).collect(),
        };
        for document in documents {
            pool.collect(document, random);
        }
        pool.names.sort();
        pool.names.dedup();
        pool.strings.sort();
        pool.strings.dedup();
        let numbers = pool.numbers.iter().cloned().map(Json::Number);
        pool.values.extend(numbers);
        pool.values.extend(pool.strings.iter().cloned().map(Json::String));
        pool.values.truncate(300);
        pool
    }

    fn collect(&mut self, schema: &Json, random: &mut Random) {
        match schema {
            Json::Array(items) => items.iter().for_each(|item| self.collect(item, random)),
            Json::Object(members) => {
                for (name, value) in members {
                    match (name.as_str(), value) {
                        ("const", _) => self.constant(value),
                        ("enum", Json::Array(values)) => {
                            for value in values {
                                self.constant(value);
                            }
                        }
                        ("required", Json::Array(items)) => {
                            let names = items.iter().filter_map(Json::as_str);
                            self.names.extend(names.map(str::to_owned));
                        }
                        ("properties" | "dependencies" | "dependentRequired", Json::Object(m)) => {
                            self.names.extend(m.keys().cloned());
                        }
                        ("patternProperties", Json::Object(named)) => {
                            for pattern in named.keys() {
                                let found = matching(pattern, random);
                                self.names.extend(found.into_iter().take(3));
                            }
                        }
                        ("pattern", Json::String(pattern)) => {
                            self.strings.extend(matching(pattern, random));
                        }
                        ("format", _) => {
                            let some = (0..6).map(|_| random.word(FORMATTED).to_owned());
                            self.strings.extend(some);
                        }
                        ("contentEncoding" | "contentMediaType", _) => {
                            let some = (0..4).map(|_| random.word(ENCODED).to_owned());
                            self.strings.extend(some);
                        }
                        ("minLength" | "maxLength", Json::Number(number)) => self.length(number),
                        (_, Json::Number(number)) => self.neighbours(name, number),
                        _ => {}
                    }
                    if !matches!(name.as_str(), "const" | "enum") {
                        self.collect(value, random);
                    }
                }
            }
            _ => {}
        }
    }

    fn constant(&mut self, value: &Json) {
        self.values.push(value.clone());
        match value {
            Json::Number(number) => self.neighbours("const", number),
            Json::String(text) => {
                self.strings.extend([text.clone(), format!("{text}a")]);
                self.names.push(text.clone());
            }
            Json::Array(items) => items.iter().for_each(|item| self.constant(item)),
            Json::Object(members) => {
                self.names.extend(members.keys().cloned());
                for member in members.values() {
                    self.constant(member);
                }
            }
            _ => {}
        }
    }

    fn length(&mut self, number: &Number) {
        let Ok(length) = number.value.to_integer().to_string().parse::<usize>() else { return };
        for length in length.saturating_sub(1)..=length.saturating_add(1) {
            if length < 12 {
                self.strings.extend(["a", "é", "\u{1F600}"].map(|text| text.repeat(length)));
            }
        }
    }

    fn neighbours(&mut self, keyword: &str, number: &Number) {
        self.numbers.push(number.clone());
        let factors: &[&str] = if keyword == "multipleOf" {
            &["2", "3", "-1", "6", "0.5", "9007199254740993", "1e16"]
        } else {
            &["-1", "2"]
        };
        let read = |text: &&str| Number::read(text).map(|number| number.value);
        let factors = factors.iter().filter_map(read).map(|factor| &number.value * factor);
        let steps = ["1", "-1", "0.5", "1e-7", "-1e-7"];
        let sums = steps.iter().filter_map(read).map(|step| &number.value + step);
        let found: Vec<BigRational> = factors.chain(sums).collect();
        self.numbers.extend(found.iter().filter_map(Number::from_value));
    }
}

/// Some strings that a pattern finds a match in.
fn matching(pattern: &str, random: &mut Random) -> Vec<String> {
    let Some(regex) = regex(pattern) else { return Vec::new() };
    let letters: Vec<char> = pattern
        .chars()
        .filter(|c| c.is_alphanumeric())
        .chain("ab1_ \né\r\u{2028}\u{660}-x".chars())
        .collect();
    let mut found = Vec::new();
    for _ in 0..60 {
        let length = random.below(5);
        let text: String = (0..length).map(|_| *random.pick(&letters)).collect();
        if regex.find(&text).is_some() && !found.contains(&text) {
            found.push(text);
            if found.len() > 7 {
                break;
            }
        }
    }
    found
}

/// Makes values that a document is likely to accept.
pub(crate) struct Sampler<'a> {
    document: &'a Json,
    resources: Resources,
    pool: &'a Pool,
}

impl<'a> Sampler<'a> {
    pub(crate) fn new(document: &'a Json, draft: Draft, pool: &'a Pool) -> Option<Self> {
        Some(Self { document, resources: Resources::read(document, draft)?, pool })
    }

    /// A value for the schema at a place.
    pub(crate) fn value(&self, at: &str, depth: usize, random: &mut Random) -> Json {
        let Some(schema @ Json::Object(members)) = resources::at(self.document, at) else {
            return self.any(random);
        };
        if depth == 0 {
            return self.any(random);
        }
        if let Some(value) = schema.get("const") {
            return value.clone();
        }
        if let Some(Json::Array(values)) = schema.get("enum").filter(|_| random.percent(95)) {
            if !values.is_empty() {
                return random.pick(values).clone();
            }
        }
        let mut parts = Vec::new();
        for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
            let Some(reference) = schema.get(keyword).and_then(Json::as_str) else { continue };
            if let Some((target, _)) = self.resources.resolve(self.resources.of(at), reference) {
                parts.push(target);
            }
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(Json::Array(items)) = schema.get(keyword).filter(|_| random.percent(90)) {
                if !items.is_empty() {
                    parts.push(format!("{at}/{keyword}/{}", random.below(items.len())));
                }
            }
        }
        if let Some(Json::Array(items)) = schema.get("allOf") {
            parts.extend((0..items.len()).map(|index| format!("{at}/allOf/{index}")));
        }
        for keyword in ["if", "then", "else"] {
            if members.contains_key(keyword) && random.percent(40) {
                parts.push(format!("{at}/{keyword}"));
            }
        }
        let mut value = None;
        for part in parts {
            value = Some(merged(value, self.value(&part, depth - 1, random)));
        }
        match self.own(schema, at, depth, random) {
            Some(own) => merged(value, own),
            None => value.unwrap_or_else(|| self.any(random)),
        }
    }

    fn any(&self, random: &mut Random) -> Json {
        if random.percent(30) {
            return random.pick(universe()).clone();
        }
        random.pick(&self.pool.values).clone()
    }

    /// A value of a type that the schema speaks of; `None` if it speaks of none.
    fn own(&self, schema: &Json, at: &str, depth: usize, random: &mut Random) -> Option<Json> {
        let mut types = Vec::new();
        match schema.get("type") {
            Some(Json::String(name)) => types.push(name.as_str()),
            Some(Json::Array(names)) => types.extend(names.iter().filter_map(Json::as_str)),
            _ => {
                let groups: [(&str, &[&str]); 4] = [
                    ("object", &["ropert", "required", "depend"]),
                    ("array", &["tems", "ontains"]),
                    ("number", &["inimum", "aximum", "multipleOf"]),
                    ("string", &["Length", "pattern", "content", "format"]),
                ];
                let Json::Object(members) = schema else { return None };
                for (name, parts) in groups {
                    let speaks = |key: &String| parts.iter().any(|part| key.contains(part));
                    if members.keys().any(speaks) {
                        types.push(name);
                    }
                }
            }
        }
        if types.is_empty() {
            return None;
        }
        Some(match *random.pick(&types) {
            "null" => Json::Null,
            "boolean" => random.percent(50).into(),
            "integer" | "number" => self.number(schema, random),
            "string" => Json::String(random.pick(&self.pool.strings).clone()),
            "array" => self.array(schema, at, depth, random),
            _ => self.object(schema, at, depth, random),
        })
    }

    fn number(&self, schema: &Json, random: &mut Random) -> Json {
        let mut number = random.pick(&self.pool.numbers);
        for _ in 0..8 {
            let value = &number.value;
            let limit = |keyword: &str| match schema.get(keyword) {
                Some(Json::Number(limit)) => Some(&limit.value),
                _ => None,
            };
            let fits = limit("minimum").is_none_or(|limit| value >= limit)
                && limit("maximum").is_none_or(|limit| value <= limit)
                && limit("multipleOf").is_none_or(|divisor| (value / divisor).is_integer());
            if fits {
                break;
            }
            number = random.pick(&self.pool.numbers);
        }
        Json::Number(number.clone())
    }

    fn array(&self, schema: &Json, at: &str, depth: usize, random: &mut Random) -> Json {
        let count = |keyword: &str| match schema.get(keyword) {
            Some(Json::Number(number)) => number.value.to_integer().to_string().parse().ok(),
            _ => None,
        };
        let least = count("minItems").unwrap_or(0).max(count("minContains").unwrap_or(0)).min(6);
        let most = count("maxItems").unwrap_or(5).clamp(least, 6);
        let length = least + random.below(most - least + 1);
        let tuple = |keyword: &str| match schema.get(keyword) {
            Some(Json::Array(items)) => items.len(),
            _ => 0,
        };
        let prefix = tuple("prefixItems").max(tuple("items"));
        let rest = ["additionalItems", "items", "unevaluatedItems"]
            .into_iter()
            .find(|keyword| matches!(schema.get(keyword), Some(Json::Object(_))));
        let mut items = Vec::new();
        for index in 0..length {
            let place = if index < prefix && tuple("prefixItems") > 0 {
                format!("{at}/prefixItems/{index}")
            } else if index < prefix {
                format!("{at}/items/{index}")
            } else if let (Some(_), true) = (schema.get("contains"), random.percent(50)) {
                format!("{at}/contains")
            } else if let Some(rest) = rest {
                format!("{at}/{rest}")
            } else {
                String::from("/-")
            };
            items.push(self.value(&place, depth - 1, random));
        }
        Json::Array(items)
    }

    fn object(&self, schema: &Json, at: &str, depth: usize, random: &mut Random) -> Json {
        let mut names = Vec::new();
        if let Some(Json::Array(required)) = schema.get("required") {
            names.extend(required.iter().filter_map(Json::as_str).map(str::to_owned));
        }
        if let Some(Json::Object(properties)) = schema.get("properties") {
            names.extend(properties.keys().filter(|_| random.percent(60)).cloned());
        }
        for _ in 0..random.below(3) {
            names.push(random.pick(&self.pool.names).clone());
        }
        let mut members = BTreeMap::new();
        for name in names {
            let property = format!("{at}/properties/{}", resources::escape(&name));
            let mut place = String::from("/-");
            for other in ["unevaluatedProperties", "additionalProperties"] {
                if matches!(schema.get(other), Some(Json::Object(_))) {
                    place = format!("{at}/{other}");
                }
            }
            if let Some(Json::Object(named)) = schema.get("patternProperties") {
                for pattern in named.keys() {
                    if regex(pattern).is_some_and(|regex| regex.find(&name).is_some()) {
                        place = format!("{at}/patternProperties/{}", resources::escape(pattern));
                    }
                }
            }
            if resources::at(self.document, &property).is_some() {
                place = property;
            }
            members.insert(name, self.value(&place, depth - 1, random));
        }
        Json::Object(members)
    }
}

/// Two values in one, as far as that goes.
fn merged(one: Option<Json>, other: Json) -> Json {
    match (one, other) {
        (Some(Json::Object(mut members)), Json::Object(more)) => {
            members.extend(more);
            Json::Object(members)
        }
        (Some(Json::Array(items)), Json::Array(more)) if items.len() > more.len() => {
            Json::Array(items)
        }
        (_, other) => other,
    }
}

/// An object of some members: few schemas say of each how its name is spelt.
pub(crate) fn members(pool: &Pool, random: &mut Random) -> Json {
    let names = ["a", "b", "c", "ab", "ba", "bb"];
    let count = 1 + random.below(3);
    let member = |_| {
        let values = if random.percent(50) { &pool.values } else { universe() };
        (random.word(&names).to_owned(), random.pick(values).clone())
    };
    Json::Object((0..count).map(member).collect())
}

/// A value that differs in one place.
pub(crate) fn mutated(value: &Json, pool: &Pool, random: &mut Random) -> Json {
    let new = |random: &mut Random| random.pick(&pool.values).clone();
    let mut value = value.clone();
    match &mut value {
        Json::Array(items) if random.percent(85) => {
            let at = random.below(items.len() + 1);
            match random.below(5) {
                0 if !items.is_empty() => {
                    items.remove(at.min(items.len() - 1));
                }
                1 => items.insert(at, new(random)),
                2 if !items.is_empty() => items.push(items[at.min(items.len() - 1)].clone()),
                3 if items.len() > 1 => {
                    let at = at.min(items.len() - 1);
                    items.swap(0, at);
                }
                _ if !items.is_empty() => {
                    let at = at.min(items.len() - 1);
                    items[at] = mutated(&items[at], pool, random);
                }
                _ => items.push(new(random)),
            }
        }
        Json::Object(members) if random.percent(85) => {
            let names: Vec<String> = members.keys().cloned().collect();
            match random.below(3) {
                0 if !names.is_empty() => {
                    members.remove(random.pick(&names));
                }
                1 if !names.is_empty() => {
                    if let Some(member) = members.get_mut(random.pick(&names)) {
                        *member = mutated(member, pool, random);
                    }
                }
                _ => {
                    members.insert(random.pick(&pool.names).clone(), new(random));
                }
            }
        }
        _ => value = new(random),
    }
    value
}
