//! Strategies for deliveries, derived from the bundle: the text of valid ones, and mutations of it.
//!
//! Nothing here knows an event type or a field: a schema of the bundle becomes a strategy for its values.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::Union;
use serde_json::{Map, Value};

use crate::json::{Decimal, Json, Member, Text};

/// What may stand where whitespace may stand, taken in turn.
type Spaces = Vec<&'static str>;

/// A valid delivery.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// What is in it.
    pub json: Json,
    /// How it is laid out.
    pub spaces: Spaces,
}

impl Delivery {
    /// Its text.
    pub fn text(&self) -> String {
        self.json.write(&self.spaces)
    }
}

/// Valid deliveries of all event types of `bundle`, and of types that it does not know.
pub fn deliveries(bundle: &Value) -> BoxedStrategy<Delivery> {
    let generator = Generator { bundle, declared: declared_keys(bundle) };
    let known = generator.branches().map(|branch| {
        let properties =
            generator.envelope(&["if", "then"].map(|part| &branch[part]["properties"]));
        generator.object(&properties, &bundle["required"])
    });
    let known = Union::new(known.collect::<Vec<_>>());
    let types: Vec<_> = generator.branches().filter_map(event_type).map(str::to_owned).collect();
    let unknown = generator.object(&generator.envelope(&[]), &bundle["required"]);
    let unknown = unknown.prop_filter("a type that no branch knows", move |delivery| {
        matches!(delivery.get("type"), Some(Json::Text(text)) if !types.contains(&text.value))
    });
    let layout = prop_oneof![
        4 => Just(vec![]),
        1 => vec(select(vec!["", " ", "\n", "\r\n", "\t", "  ", "\n    "]), 1..6),
    ];
    (prop_oneof![6 => known, 1 => unknown], layout)
        .prop_map(|(json, spaces)| Delivery { json, spaces })
        .boxed()
}

/// The event type that a branch of the dispatch is for.
fn event_type(branch: &Value) -> Option<&str> {
    branch.pointer("/if/properties/type/const")?.as_str()
}

/// Every key that some schema of the bundle declares.
fn declared_keys(bundle: &Value) -> Vec<String> {
    let shapes = bundle["$defs"].as_object().into_iter().flat_map(Map::values).chain([bundle]);
    let keys = shapes.filter_map(|schema| schema["properties"].as_object()).flat_map(Map::keys);
    let mut keys: Vec<_> = keys.cloned().collect();
    keys.sort();
    keys.dedup();
    keys
}

struct Generator<'a> {
    bundle: &'a Value,
    declared: Vec<String>,
}

impl<'a> Generator<'a> {
    fn branches(&self) -> impl Iterator<Item = &'a Value> + use<'a> {
        self.bundle["allOf"].as_array().into_iter().flatten()
    }

    /// The properties of the envelope, narrowed by those of `parts`.
    fn envelope(&self, parts: &[&Value]) -> Map<String, Value> {
        let properties = [&self.bundle["properties"]].into_iter().chain(parts.iter().copied());
        properties
            .filter_map(Value::as_object)
            .flatten()
            .map(|(key, schema)| (key.clone(), schema.clone()))
            .collect()
    }

    /// Values that `schema` takes.
    fn value(&self, schema: &Value) -> BoxedStrategy<Json> {
        if let Some(reference) = schema["$ref"].as_str() {
            let target = self.bundle.pointer(reference.trim_start_matches('#'));
            return self.value(target.expect("the bundle stands alone"));
        }
        if let Some(value) = schema["const"].as_str() {
            return spelled(value.into()).prop_map(Json::Text).boxed();
        }
        match schema["type"].as_str().expect("a schema has one type") {
            "object" => {
                let none = Map::new();
                let properties = schema["properties"].as_object().unwrap_or(&none);
                self.object(properties, &schema["required"])
            }
            "string" => strings(schema),
            "boolean" => select(vec!["true", "false"])
                .prop_map(|literal| Json::Literal(literal.into()))
                .boxed(),
            "integer" => integers(schema),
            "number" => numbers(schema),
            other => panic!("no strategy for the type {other}"),
        }
    }

    /// Objects with these `properties`: the optional ones at times, others too, in any order.
    fn object(&self, properties: &Map<String, Value>, required: &Value) -> BoxedStrategy<Json> {
        let is_required =
            |key: &str| required.as_array().is_some_and(|keys| keys.iter().any(|name| name == key));
        let members: Vec<_> = properties
            .iter()
            .map(|(key, schema)| {
                let member = member(spelled(key.clone()), self.value(schema)).prop_map(Some);
                if is_required(key) {
                    member.boxed()
                } else {
                    prop_oneof![2 => member, 1 => Just(None)].boxed()
                }
            })
            .collect();
        let members =
            members.prop_map(|members| members.into_iter().flatten().collect::<Vec<_>>()).boxed();
        let members = prop_oneof![3 => members.clone(), 1 => members.prop_shuffle()];
        let undeclared = member(self.undeclared(properties), junk());
        let undeclared =
            prop_oneof![3 => Just(vec![]), 1 => vec((any::<Index>(), undeclared), 1..4)];
        (members, undeclared)
            .prop_map(|(mut members, undeclared)| {
                for (place, member) in undeclared {
                    members.insert(place.index(members.len() + 1), member);
                }
                Json::Object(members)
            })
            .boxed()
    }

    /// Keys that are not among `properties`, those of other shapes and near misses among them.
    fn undeclared(&self, properties: &Map<String, Value>) -> BoxedStrategy<Text> {
        let mut likely: Vec<String> = self.declared.clone();
        for key in &self.declared {
            let shorter = &key[..key.len() - 1];
            likely.extend([
                key.to_uppercase(),
                format!("{key}_"),
                format!("_{key}"),
                shorter.into(),
                format!("{key}\0"),
            ]);
        }
        let declared: Vec<_> = properties.keys().cloned().collect();
        likely.retain(|key| !declared.contains(key));
        prop_oneof![3 => select(likely).prop_flat_map(spelled), 1 => texts()]
            .prop_filter("not declared", move |key| !declared.contains(&key.value))
            .boxed()
    }
}

fn member(
    key: impl Strategy<Value = Text> + 'static,
    value: BoxedStrategy<Json>,
) -> BoxedStrategy<Member> {
    (key, value).prop_map(|(key, value)| Member { key, value }).boxed()
}

/// `value`, nearly always written plainly, else with escapes.
fn spelled(value: String) -> BoxedStrategy<Text> {
    let plain = Text::plain(value.clone());
    let spellings = vec(any::<u8>(), 8);
    let escaped = spellings.prop_map(move |spellings| {
        let characters = value.chars().zip(spellings.iter().cycle());
        text(characters.map(|(character, spelling)| (character, spelling % 8)))
    });
    prop_oneof![30 => Just(plain), 1 => escaped].boxed()
}

/// A string whose characters are written in the way that the number beside each chooses.
fn text(characters: impl IntoIterator<Item = (char, u8)>) -> Text {
    let (mut value, mut written) = (String::new(), String::new());
    for (character, spelling) in characters {
        value.push(character);
        let short = match character {
            '"' | '\\' | '/' => Some(character),
            '\u{8}' => Some('b'),
            '\u{c}' => Some('f'),
            '\n' => Some('n'),
            '\r' => Some('r'),
            '\t' => Some('t'),
            _ => None,
        };
        match (spelling, short) {
            (0 | 1, _) | (_, None) if spelling < 2 || character < ' ' => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    let hexadecimal =
                        if spelling == 0 { format!("{unit:04x}") } else { format!("{unit:04X}") };
                    written.push_str("\\u");
                    written.push_str(&hexadecimal);
                }
            }
            (_, Some(letter)) if spelling == 2 || character != '/' => {
                written.push('\\');
                written.push(letter);
            }
            _ => written.push(character),
        }
    }
    Text { value, written }
}

/// Any string, written in any way.
fn texts() -> BoxedStrategy<Text> {
    let character = prop_oneof![
        8 => proptest::char::range(' ', '~'),
        2 => select(vec!['"', '\\', '/', '\0', '\u{1f}', '\u{7f}', '\u{80}', 'é', '€', '\u{d7ff}', '\u{e000}', '\u{feff}', '\u{ffff}', '🎬', '\u{10ffff}']),
        1 => any::<char>(),
    ];
    prop_oneof![
        2 => "[a-z0-9_-]{0,24}".prop_map(Text::plain),
        // Long enough for whatever reads many bytes at once, and with one odd character anywhere.
        2 => ("[a-z0-9-]{0,70}", any::<Index>(), character.clone(), 0u8..4).prop_map(|(plain, place, odd, spelling)| {
            let mut characters: Vec<_> = plain.chars().map(|character| (character, 3)).collect();
            characters.insert(place.index(characters.len() + 1), (odd, spelling));
            text(characters)
        }),
        1 => vec((character, 0u8..6), 0..12).prop_map(text),
    ]
    .boxed()
}

fn strings(schema: &Value) -> BoxedStrategy<Json> {
    let listed =
        ["examples", "x-known-values"].into_iter().filter_map(|keyword| schema[keyword].as_array());
    let mut usual: Vec<_> = listed.flatten().filter_map(Value::as_str).map(Text::plain).collect();
    usual.push(Text::plain(""));
    let uuid =
        "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}".prop_map(Text::plain);
    prop_oneof![3 => select(usual), 2 => uuid, 2 => texts()].prop_map(Json::Text).boxed()
}

/// The bounds of a schema: keyword and number as written.
fn bounds(schema: &Value) -> Vec<(&'static str, String)> {
    let keywords = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
    keywords
        .into_iter()
        .filter_map(|keyword| Some((keyword, schema.get(keyword)?.to_string())))
        .collect()
}

/// Whether the number `text` is within the bounds of `schema`.
fn holds(schema: &Value, text: &str) -> bool {
    let number = Decimal::new(text);
    bounds(schema).iter().all(|(keyword, bound)| {
        let bound = Decimal::new(bound);
        match *keyword {
            "minimum" => number >= bound,
            "maximum" => number <= bound,
            "exclusiveMinimum" => number > bound,
            _ => number < bound,
        }
    })
}

fn integers(schema: &Value) -> BoxedStrategy<Json> {
    let side = |keyword, other: i64| schema[keyword].as_i64().unwrap_or(other);
    let (minimum, maximum) = (side("minimum", -1 << 53), side("maximum", 1 << 53));
    let examples = schema["examples"].as_array().into_iter().flatten().filter_map(Value::as_i64);
    let mut usual: Vec<_> = examples.chain([minimum, maximum, 0, 1, 1000]).collect();
    usual.retain(|value| (minimum..=maximum).contains(value));
    let value = prop_oneof![2 => select(usual), 1 => minimum..=maximum];
    within(
        schema,
        (value, 0u8..12, 0usize..20).prop_map(|(value, spelling, zeros)| match spelling {
            0 => format!("{value}.{}", "0".repeat(zeros + 1)),
            1 => format!("{value}e0"),
            2 => format!("{value}E+{}", "0".repeat(zeros + 1)),
            3 if value != 0 => format!("{value}{}e-{zeros}", "0".repeat(zeros)),
            4 if value != 0 => format!("{value}{}.0E-0{zeros}", "0".repeat(zeros)),
            5 => {
                let digits = value.to_string();
                let significant = digits.trim_end_matches('0');
                let zeros = digits.len() - significant.len();
                if significant.is_empty() { "-0".into() } else { format!("{significant}e{zeros}") }
            }
            6 => {
                // One digit before the point.
                let digits = value.abs().to_string();
                let sign = if value < 0 { "-" } else { "" };
                format!("{sign}{}.{}0e{}", &digits[..1], &digits[1..], digits.len() - 1)
            }
            7 if value == 0 => format!("0e{}", "9".repeat(zeros + 1)),
            _ => value.to_string(),
        }),
    )
}

fn numbers(schema: &Value) -> BoxedStrategy<Json> {
    let side = |keywords: [&str; 2], other: f64| {
        keywords.into_iter().find_map(|keyword| schema[keyword].as_f64()).unwrap_or(other)
    };
    let low = side(["minimum", "exclusiveMinimum"], -1e300);
    let high = side(["maximum", "exclusiveMaximum"], 1e300);
    let near = high.min(low + 1e5);
    let examples = schema["examples"].as_array().into_iter().flatten().map(Value::to_string);
    let bounds = bounds(schema).into_iter().map(|(_, bound)| bound);
    let odd = [
        "0", "-0", "-0.0", "0e9", "0E-99", "1", "1.0", "1e0", "10e-1", "0.1e1", "1e-400",
        "4.9e-324", "5e-1",
    ];
    let listed: Vec<_> = examples.chain(bounds).chain(odd.map(Into::into)).collect();
    let share = 0f64..=1f64;
    within(
        schema,
        prop_oneof![
            3 => select(listed),
            2 => share.clone().prop_map(move |share| format!("{}", low + share * (near - low))),
            2 => (0u8..100).prop_map(move |hundredths| format!("{}", low + f64::from(hundredths) / 100.0 * (near - low))),
            1 => share.prop_map(move |share| format!("{:e}", low + share * (high / 2.0 - low / 2.0))),
            2 => ("[0-9]{1,20}", "[0-9]{0,40}", -30i32..10).prop_map(|(integer, fraction, exponent)| {
                let integer = integer.trim_start_matches('0');
                let integer = if integer.is_empty() { "0" } else { integer };
                let point = if fraction.is_empty() { "" } else { "." };
                let exponent = if exponent == 0 { String::new() } else { format!("e{exponent}") };
                format!("{integer}{point}{fraction}{exponent}")
            }),
        ],
    )
}

/// Those of `numbers` that `schema` takes; an example of it for the others.
fn within(schema: &Value, numbers: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Json> {
    let schema = schema.clone();
    let example = schema["examples"][0].to_string();
    numbers
        .prop_map(move |text| {
            Json::Number(if holds(&schema, &text) { text } else { example.clone() })
        })
        .boxed()
}

/// Any well-formed value: what a reader may find under a key that it does not know.
fn junk() -> BoxedStrategy<Json> {
    let number = prop_oneof![
        any::<i64>().prop_map(|value| value.to_string()),
        select(vec![
            "0",
            "-0",
            "1.5",
            "1e308",
            "-1e-400",
            "0e999999",
            "100000000000000000000",
            "1E+2",
            "0.10"
        ])
        .prop_map(Into::into),
    ];
    let leaf = prop_oneof![
        2 => select(vec!["null", "true", "false"]).prop_map(|literal| Json::Literal(literal.into())),
        2 => number.prop_map(Json::Number),
        3 => texts().prop_map(Json::Text),
        // As deep as a delivery may be: two containers are around it.
        1 => prop_oneof![Just(0usize), 1usize..=125, Just(125)].prop_map(|depth| {
            (0..depth).fold(Json::Literal("null".into()), |inner, level| {
                if level % 3 == 0 { Json::Object(vec![Member { key: Text::plain("a"), value: inner }]) } else { Json::Array(vec![inner]) }
            })
        }),
    ];
    // What is around a deep leaf may make it too deep.
    let shallow = |json: &Json| depth(json) <= 125;
    let nested = leaf.prop_recursive(3, 12, 4, |inner| {
        // A short list of keys, so that some occur twice.
        let key = prop_oneof![
            select(vec!["a", "b", "team_id", "type", "data"]).prop_map(Text::plain),
            texts()
        ];
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Json::Array),
            vec(member(key, inner), 0..4).prop_map(Json::Object),
        ]
    });
    nested.prop_map(move |json| if shallow(&json) { json } else { Json::Array(vec![]) }).boxed()
}

/// How many containers are open at the deepest point.
fn depth(json: &Json) -> usize {
    match json {
        Json::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
        Json::Object(members) => {
            1 + members.iter().map(|member| depth(&member.value)).max().unwrap_or(0)
        }
        _ => 0,
    }
}

/// One change to a delivery; most make it invalid, none has to.
#[derive(Debug, Clone)]
pub enum Mutation {
    /// A member is gone.
    Drop(Place),
    /// A member has another value.
    Replace(Place, Json),
    /// A member has the array of its members' values.
    Flatten(Place),
    /// A member occurs again, with this value or the same one, its key written with escapes or not.
    Repeat(Place, Index, Option<Json>, bool),
    /// The whole is an array of its values.
    FlattenAll,
    /// The text ends early.
    Truncate(Index),
    /// A bit of a byte is flipped.
    Flip(Index, u8),
    /// Bytes are inserted.
    Insert(Index, Vec<u8>),
    /// A byte is gone.
    Delete(Index),
    /// Bytes are overwritten.
    Overwrite(Index, Vec<u8>),
}

/// A member of the envelope or of `data`.
pub type Place = Index;

/// Mutations, with the numbers that the schemas of `bundle` make tricky.
pub fn mutations(bundle: &Value) -> BoxedStrategy<Vec<Mutation>> {
    let traps = traps(bundle);
    let trap = select(traps).prop_map(Json::Literal);
    let value = prop_oneof![
        3 => trap,
        1 => junk(),
        2 => select(vec!["null", "true", "false", "\"\"", "\"x\"", "0", "[]", "{}", "[[]]", "{\"a\":{}}"]).prop_map(|literal| Json::Literal(literal.into())),
        // Deep enough, or one level too deep.
        1 => (120usize..130).prop_map(|depth| Json::Literal(format!("{}{}", "[".repeat(depth), "]".repeat(depth)))),
    ];
    let bytes = prop_oneof![
        3 => vec(select(br#"{}[]",:\ntfu0123.eE+-"#.to_vec()), 1..3),
        1 => vec(any::<u8>(), 1..4),
        2 => select(vec![
            &b"\\u0061"[..], b"\\ud800", b"\\udc00", b"\\ud83c\\udfac", b"\\x", b"\xff", b"\xc3", b"\xc3\xa9", b"\xed\xa0\x80",
            b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xe0\x80\x80", b"\xef\xbb\xbf", b"\0", b"\x1f", b"\x7f", b" ", b"\n", b"\t", b"\x0b", b"/**/", b",,", b"e5", b"1e400",
        ]).prop_map(<[u8]>::to_vec),
    ];
    let mutation = prop_oneof![
        2 => any::<Index>().prop_map(Mutation::Drop),
        6 => (any::<Index>(), value.clone()).prop_map(|(place, value)| Mutation::Replace(place, value)),
        1 => any::<Index>().prop_map(Mutation::Flatten),
        3 => (any::<Index>(), any::<Index>(), proptest::option::of(value), any::<bool>())
            .prop_map(|(place, at, value, escaped)| Mutation::Repeat(place, at, value, escaped)),
        1 => Just(Mutation::FlattenAll),
        1 => any::<Index>().prop_map(Mutation::Truncate),
        2 => (any::<Index>(), 0u8..8).prop_map(|(at, bit)| Mutation::Flip(at, bit)),
        2 => (any::<Index>(), bytes.clone()).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)),
        1 => any::<Index>().prop_map(Mutation::Delete),
        1 => (any::<Index>(), bytes).prop_map(|(at, bytes)| Mutation::Overwrite(at, bytes)),
    ];
    prop_oneof![4 => vec(mutation.clone(), 1), 1 => vec(mutation, 2..4)].boxed()
}

/// Numbers, and what looks like one, around the limits of formats and around every bound of the bundle.
pub fn traps(bundle: &Value) -> Vec<String> {
    let mut traps: Vec<String> =
        include_str!("../fixtures/number-traps.txt").lines().map(Into::into).collect();
    let definitions = bundle["$defs"].as_object().into_iter().flat_map(Map::values);
    for (_, bound) in definitions.flat_map(bounds) {
        let Ok(bound) = bound.parse::<i64>() else { continue };
        for zeros in [0, 1, 14, 15, 16, 17, 18, 19, 20, 30, 400] {
            let (zeros, nines) = ("0".repeat(zeros), "9".repeat(zeros));
            traps.push(format!("{bound}.{zeros}1"));
            traps.push(format!("{bound}.{zeros}"));
            traps.push(if bound > 0 {
                format!("{}.{nines}9", bound - 1)
            } else {
                format!("{}.{zeros}1", bound - 1)
            });
            traps.push(if bound == 0 {
                format!("-0.{zeros}1")
            } else {
                format!("{bound}{zeros}1e-{}", zeros.len() + 1)
            });
        }
        traps.extend([bound - 1, bound + 1, -bound].map(|near| near.to_string()));
    }
    traps
}

/// The text of `delivery`, mutated.
pub fn mutate(delivery: &Delivery, mutations: &[Mutation]) -> Vec<u8> {
    let mut json = delivery.json.clone();
    for mutation in mutations {
        match mutation {
            Mutation::Drop(place) => {
                if let Some((members, at)) = find(&mut json, *place) {
                    members.remove(at);
                }
            }
            Mutation::Replace(place, value) => {
                if let Some((members, at)) = find(&mut json, *place) {
                    members[at].value = value.clone();
                }
            }
            Mutation::Flatten(place) => {
                if let Some((members, at)) = find(&mut json, *place) {
                    flatten(&mut members[at].value);
                }
            }
            Mutation::Repeat(place, again, value, escaped) => {
                if let Some((members, at)) = find(&mut json, *place) {
                    let Member { key, value: same } = members[at].clone();
                    let spelling = if *escaped { 1 } else { 3 };
                    let key = text(key.value.chars().map(|character| (character, spelling)));
                    let value = value.clone().unwrap_or(same);
                    members.insert(again.index(members.len() + 1), Member { key, value });
                }
            }
            Mutation::FlattenAll => flatten(&mut json),
            _ => {}
        }
    }
    let mut bytes = json.write(&delivery.spaces).into_bytes();
    for mutation in mutations {
        let length = bytes.len();
        let at = |index: &Index| index.index(length + 1);
        match mutation {
            Mutation::Truncate(index) => bytes.truncate(at(index)),
            Mutation::Flip(index, bit) if length > 0 => bytes[index.index(length)] ^= 1 << bit,
            Mutation::Insert(index, inserted) => {
                let at = at(index);
                bytes.splice(at..at, inserted.iter().copied());
            }
            Mutation::Delete(index) if length > 0 => {
                bytes.remove(index.index(length));
            }
            Mutation::Overwrite(index, written) => {
                let at = at(index);
                let end = (at + written.len()).min(length);
                bytes.splice(at..end, written.iter().copied());
            }
            _ => {}
        }
    }
    bytes
}

/// The members of the envelope or of `data`, and which of them `place` is.
fn find(json: &mut Json, place: Place) -> Option<(&mut Vec<Member>, usize)> {
    let count = |json: Option<&Json>| {
        if let Some(Json::Object(members)) = json { members.len() } else { 0 }
    };
    let (outer, inner) = (count(Some(json)), count(json.get("data")));
    if outer + inner == 0 {
        return None;
    }
    let at = place.index(outer + inner);
    if at < outer {
        let Json::Object(members) = json else { return None };
        return Some((members, at));
    }
    let members = json_data(json)?;
    (at - outer < members.len()).then(|| (members, at - outer))
}

fn json_data(json: &mut Json) -> Option<&mut Vec<Member>> {
    match json.get_mut("data")? {
        Json::Object(members) => Some(members),
        _ => None,
    }
}

fn flatten(json: &mut Json) {
    if let Json::Object(members) = json {
        *json = Json::Array(members.drain(..).map(|member| member.value).collect());
    }
}
