//! Strategies that generate the text of valid deliveries, derived from the bundle.
//!
//! Nothing here knows an event type or a field: each schema of the bundle becomes a strategy for its values.

use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value};

use crate::json::{Decimal, Json, MAX_DEPTH, Member, Text};

/// The maximum depth of a value in `data`, which is itself two containers deep.
const DEEPEST: usize = MAX_DEPTH - 2;

/// The whitespace between tokens, used in turn.
type Spaces = Vec<&'static str>;

/// One of `choices`, each with its weight.
pub(crate) fn one_of<T: Debug + 'static>(
    choices: impl IntoIterator<Item = (u32, BoxedStrategy<T>)>,
) -> BoxedStrategy<T> {
    OneOf(choices.into_iter().collect()).boxed()
}

/// Like proptest's `Union`, but never shrinks to another choice. Keeping the other choices around costs more than
/// everything else, and the agreement tests run millions of cases.
#[derive(Debug)]
struct OneOf<T>(Vec<(u32, BoxedStrategy<T>)>);

impl<T: Debug> Strategy for OneOf<T> {
    type Tree = Box<dyn ValueTree<Value = T>>;
    type Value = T;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let total: u32 = self.0.iter().map(|(weight, _)| weight).sum();
        let mut left = runner.rng().random_range(0..total);
        for (weight, strategy) in &self.0 {
            if left < *weight {
                return strategy.new_tree(runner);
            }
            left -= weight;
        }
        unreachable!("the number is below the sum of the weights")
    }
}

/// A valid delivery.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// Its content.
    pub json: Json,
    /// Its whitespace.
    pub spaces: Spaces,
}

impl Delivery {
    /// Its text.
    pub fn text(&self) -> String {
        self.json.write(&self.spaces)
    }
}

/// Valid deliveries of all event types of `bundle`, and of event types that it does not know.
pub fn deliveries(bundle: &Value) -> BoxedStrategy<Delivery> {
    let generator = Generator { bundle, declared: declared_keys(bundle) };
    let known = generator.branches().map(|branch| {
        let properties =
            generator.envelope(&["if", "then"].map(|part| &branch[part]["properties"]));
        generator.object(&properties, &bundle["required"])
    });
    let known = one_of(known.map(|shape| (1, shape)));
    let types: Vec<_> = generator.branches().filter_map(event_type).map(str::to_owned).collect();
    let unknown = generator.object(&generator.envelope(&[]), &bundle["required"]);
    let unknown = unknown.prop_filter("a type that no branch knows", move |delivery| {
        matches!(delivery.get("type"), Some(Json::Text(text)) if !types.contains(&text.value))
    });
    let spaces = vec(select(vec!["", " ", "\n", "\r\n", "\t", "  ", "\n    "]), 1..6);
    let layout = one_of([(4, Just(vec![]).boxed()), (1, spaces.boxed())]);
    (one_of([(6, known), (1, unknown.boxed())]), layout)
        .prop_map(|(json, spaces)| Delivery { json, spaces })
        .boxed()
}

/// The event type of a branch of the dispatch on `type`.
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

    /// The properties of the envelope, overridden by those of `parts`.
    fn envelope(&self, parts: &[&Value]) -> Map<String, Value> {
        let properties = [&self.bundle["properties"]].into_iter().chain(parts.iter().copied());
        properties
            .filter_map(Value::as_object)
            .flatten()
            .map(|(key, schema)| (key.clone(), schema.clone()))
            .collect()
    }

    /// Values that `schema` accepts.
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

    /// Objects with these `properties` in any order: optional ones may be absent, undeclared ones may be added.
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
                    one_of([(2, member.boxed()), (1, Just(None).boxed())])
                }
            })
            .collect();
        let members =
            members.prop_map(|members| members.into_iter().flatten().collect::<Vec<_>>()).boxed();
        let shuffled = members.clone().prop_shuffle();
        let members = one_of([(3, members), (1, shuffled.boxed())]);
        let undeclared = member(self.undeclared(properties), junk());
        let undeclared = vec((any::<Index>(), undeclared), 1..4);
        let undeclared = one_of([(3, Just(vec![]).boxed()), (1, undeclared.boxed())]);
        (members, undeclared)
            .prop_map(|(mut members, undeclared)| {
                for (place, member) in undeclared {
                    members.insert(place.index(members.len() + 1), member);
                }
                Json::Object(members)
            })
            .boxed()
    }

    /// Keys that are not in `properties`, including those of other shapes and near misses.
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
        let likely = select(likely).prop_flat_map(spelled);
        one_of([(3, likely.boxed()), (1, texts())])
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

/// `value`, usually written plainly and sometimes with escapes.
fn spelled(value: String) -> BoxedStrategy<Text> {
    let plain = Text::plain(value.clone());
    let spelling = any::<u32>();
    let spelled = move |spelling: u32| {
        if spelling % 32 < 31 {
            return plain.clone();
        }
        let spellings = spelling.to_le_bytes();
        let characters = value.chars().zip(spellings[1..].iter().cycle());
        text(characters.map(|(character, spelling)| (character, spelling % 8)))
    };
    spelling.prop_map(spelled).boxed()
}

/// A string of `characters`. The number beside each selects how it is written.
pub(crate) fn text(characters: impl IntoIterator<Item = (char, u8)>) -> Text {
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

/// Strings of up to `longest` characters, none of which needs an escape.
fn plain(longest: usize) -> impl Strategy<Value = String> {
    const CHARACTERS: &str =
        "the-quick_brown.fox:jumps/over+the=lazy(dog)0123456789;THE,QUICK{BROWN}[FOX]";
    (0..=longest).prop_map(|length| CHARACTERS[..length].into())
}

/// Any string, written in any way.
fn texts() -> BoxedStrategy<Text> {
    let odd = vec![
        '"',
        '\\',
        '/',
        '\0',
        '\u{1f}',
        '\u{7f}',
        '\u{80}',
        'é',
        '€',
        '\u{d7ff}',
        '\u{e000}',
        '\u{feff}',
        '\u{ffff}',
        '🎬',
        '\u{10ffff}',
    ];
    let character = one_of([
        (8, proptest::char::range(' ', '~').boxed()),
        (2, select(odd).boxed()),
        (1, any::<char>().boxed()),
    ]);
    // Long enough for code that reads many bytes at a time, with one odd character somewhere.
    let long = (plain(70), any::<Index>(), character.clone(), 0u8..4);
    let long = long.prop_map(|(plain, place, odd, spelling)| {
        let mut characters: Vec<_> = plain.chars().map(|character| (character, 3)).collect();
        characters.insert(place.index(characters.len() + 1), (odd, spelling));
        text(characters)
    });
    one_of([
        (2, plain(24).prop_map(Text::plain).boxed()),
        (2, long.boxed()),
        (1, vec((character, 0u8..6), 0..12).prop_map(text).boxed()),
    ])
}

fn strings(schema: &Value) -> BoxedStrategy<Json> {
    let listed = ["examples", "x-known-values"];
    let listed = listed.into_iter().filter_map(|keyword| schema[keyword].as_array());
    let mut usual: Vec<_> = listed.flatten().filter_map(Value::as_str).map(Text::plain).collect();
    usual.push(Text::plain(""));
    let uuid = any::<u64>().prop_map(|bits| {
        let digits = format!("{bits:016x}{:016x}", bits.rotate_left(29));
        let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &digits[range]);
        Text::plain(groups.join("-"))
    });
    let any = one_of([(3, select(usual).boxed()), (2, uuid.boxed()), (2, texts())]);
    any.prop_map(Json::Text).boxed()
}

/// The bounds of a schema: the keyword, and the number as written.
pub(crate) fn bounds(schema: &Value) -> Vec<(&'static str, String)> {
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
    // Every length is equally likely.
    let lengths = (any::<u64>(), 0u32..64).prop_map(move |(bits, shift)| {
        let value = i64::try_from(bits >> 1 >> shift).unwrap_or_default();
        if value <= maximum { value.max(minimum) } else { maximum }
    });
    let value = one_of([(2, select(usual).boxed()), (3, lengths.boxed())]);
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
                // Scientific notation, with one digit before the point.
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
    let shortest = (0f64..=1f64).prop_map(move |share| format!("{}", low + share * (near - low)));
    let hundredths = (0u8..100).prop_map(move |hundredths| {
        format!("{}", low + f64::from(hundredths) / 100.0 * (near - low))
    });
    // A few digits, with zeros at either end.
    let short = (0u32..100_000, 0usize..6, 0usize..8).prop_map(|(integer, shift, places)| {
        let integer = integer / 10u32.pow(u32::try_from(shift).unwrap_or_default());
        let fraction = format!("{:08}", integer.wrapping_mul(2_654_435_761) % 100_000_000);
        format!("{integer}.{}", &fraction[..=places])
    });
    let wide = (0f64..=1f64)
        .prop_map(move |share| format!("{:e}", low + share * (high / 2.0 - low / 2.0)));
    // Fewer digits than an f64 can hold, and far more.
    let long = (any::<u64>(), any::<u64>(), 0usize..70, -30i32..10);
    let long = long.prop_map(|(integer, fraction, length, exponent)| {
        let integer = integer >> (fraction % 64);
        let fraction = fraction.to_string().repeat(70);
        let point = if length == 0 { "" } else { "." };
        let exponent = if exponent == 0 { String::new() } else { format!("e{exponent}") };
        format!("{integer}{point}{}{exponent}", &fraction[..length])
    });
    within(
        schema,
        one_of([
            (3, select(listed).boxed()),
            (2, shortest.boxed()),
            (2, hundredths.boxed()),
            (3, short.boxed()),
            (1, wide.boxed()),
            (2, long.boxed()),
        ]),
    )
}

/// `numbers`, with each one that `schema` rejects replaced by an example of the schema, or by one between its bounds.
fn within(schema: &Value, numbers: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Json> {
    let schema = schema.clone();
    let middle = || {
        let side = |keywords: [&str; 2]| keywords.iter().find_map(|name| schema[*name].as_f64());
        let low = side(["minimum", "exclusiveMinimum"]);
        let high = side(["maximum", "exclusiveMaximum"]);
        match (low, high) {
            (Some(low), Some(high)) if schema["type"] == "number" => low / 2.0 + high / 2.0,
            (Some(low), Some(high)) => (low / 2.0 + high / 2.0).ceil(),
            (Some(low), None) => low + 1.0,
            (None, Some(high)) => high - 1.0,
            (None, None) => 0.0,
        }
    };
    let example =
        schema.pointer("/examples/0").map_or_else(|| middle().to_string(), Value::to_string);
    numbers
        .prop_map(move |text| {
            Json::Number(if holds(&schema, &text) { text } else { example.clone() })
        })
        .boxed()
}

/// Any well-formed value, as a reader may find under a key that it does not know.
pub(crate) fn junk() -> BoxedStrategy<Json> {
    let odd =
        ["0", "-0", "1.5", "1e308", "-1e-400", "0e999999", "100000000000000000000", "1E+2", "0.10"];
    let number = one_of([
        (1, any::<i64>().prop_map(|value| value.to_string()).boxed()),
        (1, select(odd.to_vec()).prop_map(Into::into).boxed()),
    ]);
    let literal = select(vec!["null", "true", "false"]);
    // Up to the maximum depth of a delivery, of which two levels are taken.
    let depth_of_chain = one_of([(2, (0..=DEEPEST).boxed()), (1, Just(DEEPEST).boxed())]);
    let chain = depth_of_chain.prop_map(|depth| {
        (0..depth).fold(Json::Literal("null".into()), |inner, level| {
            if level % 3 == 0 {
                Json::Object(vec![Member { key: Text::plain("a"), value: inner }])
            } else {
                Json::Array(vec![inner])
            }
        })
    });
    let leaf = one_of([
        (4, literal.prop_map(|literal| Json::Literal(literal.into())).boxed()),
        (4, number.prop_map(Json::Number).boxed()),
        (6, texts().prop_map(Json::Text).boxed()),
        (1, chain.boxed()),
    ]);
    // A short list of keys, so that some are repeated.
    let key = select(vec!["a", "b", "team_id", "type", "data"]).prop_map(Text::plain);
    let key = one_of([(1, key.boxed()), (1, texts())]);
    let nested = leaf.prop_recursive(3, 12, 4, move |inner| {
        let array = vec(inner.clone(), 0..4).prop_map(Json::Array);
        let object = vec(member(key.clone(), inner), 0..4).prop_map(Json::Object);
        one_of([(1, array.boxed()), (1, object.boxed())])
    });
    // A deep leaf may end up too deep.
    let shallow = |json| if depth(&json) <= DEEPEST { json } else { Json::Array(vec![]) };
    nested.prop_map(shallow).boxed()
}

/// The number of containers that are open at the deepest point.
fn depth(json: &Json) -> usize {
    match json {
        Json::Array(elements) => 1 + elements.iter().map(depth).max().unwrap_or(0),
        Json::Object(members) => {
            1 + members.iter().map(|member| depth(&member.value)).max().unwrap_or(0)
        }
        _ => 0,
    }
}
