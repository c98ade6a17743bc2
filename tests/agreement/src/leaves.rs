//! Strategies for values without values inside: strings, numbers, and any JSON where nothing is said of it.

use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::TestRunner;
use regex_syntax::hir::{Hir, HirKind};
use serde_json::{Map, Value};

use crate::json::{Json, MAX_DEPTH, Member, Text};
use crate::reference::elements;

/// What is said of a value: the keywords of each schema that it has to meet.
pub(crate) type Parts<'a> = [&'a Map<String, Value>];

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

/// `value`, usually written plainly and sometimes with escapes.
pub(crate) fn spelled(value: String) -> BoxedStrategy<Text> {
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

/// Characters that need no escape.
const PLAIN: &str = "the-quick_brown.fox:jumps/over+the=lazy(dog)0123456789;THE,QUICK{BROWN}[FOX]";

/// Strings of up to `longest` characters, none of which needs an escape.
fn plain(longest: usize) -> impl Strategy<Value = String> {
    (0..=longest).prop_map(|length| PLAIN[..length].into())
}

/// Any character, often one that is written or measured in an odd way.
fn character() -> BoxedStrategy<char> {
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
    one_of([
        (8, proptest::char::range(' ', '~').boxed()),
        (2, select(odd).boxed()),
        (1, any::<char>().boxed()),
    ])
}

/// Any string, written in any way.
pub(crate) fn texts() -> BoxedStrategy<Text> {
    // Long enough for code that reads many bytes at a time, with one odd character somewhere.
    let long = (plain(70), any::<Index>(), character(), 0u8..4);
    let long = long.prop_map(|(plain, place, odd, spelling)| {
        let mut characters: Vec<_> = plain.chars().map(|character| (character, 3)).collect();
        characters.insert(place.index(characters.len() + 1), (odd, spelling));
        text(characters)
    });
    one_of([
        (2, plain(24).prop_map(Text::plain).boxed()),
        (2, long.boxed()),
        (1, vec((character(), 0u8..6), 0..12).prop_map(text).boxed()),
    ])
}

/// The operands of `keyword` in `parts`.
fn operands<'a>(parts: &Parts<'a>, keyword: &str) -> impl Iterator<Item = &'a Value> {
    parts.iter().filter_map(move |part| part.get(keyword))
}

/// The values that `parts` show for an example.
pub(crate) fn examples<'a>(parts: &Parts<'a>) -> impl Iterator<Item = &'a Value> {
    operands(parts, "examples").flat_map(elements)
}

/// The least and the most items or characters that `parts` take.
pub(crate) fn lengths(parts: &Parts<'_>, [least, most]: [&str; 2]) -> (usize, Option<usize>) {
    let all = |keyword| {
        let lengths = operands(parts, keyword).filter_map(Value::as_f64);
        lengths.filter_map(|length| format!("{length}").parse::<usize>().ok())
    };
    (all(least).max().unwrap_or(0), all(most).min())
}

/// Strings that often meet `parts`. `words` are strings that mean something elsewhere in the contract.
pub(crate) fn strings(parts: &Parts<'_>, words: &[String]) -> BoxedStrategy<Json> {
    let known = operands(parts, "x-known-values").flat_map(elements);
    let usual = examples(parts).chain(known).filter_map(Value::as_str);
    let mut usual: Vec<_> = usual.map(Text::plain).collect();
    usual.push(Text::plain(""));
    let uuid = any::<u64>().prop_map(|bits| {
        let digits = format!("{bits:016x}{:016x}", bits.rotate_left(29));
        let groups = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &digits[range]);
        Text::plain(groups.join("-"))
    });
    let mut all = vec![
        (3, select(usual).boxed()),
        (2, uuid.boxed()),
        (2, texts()),
        (1, select(words.to_vec()).prop_map(Text::plain).boxed()),
    ];
    for pattern in operands(parts, "pattern").filter_map(Value::as_str) {
        let Some(matching) = matching(pattern) else { continue };
        let plain = matching.clone().prop_map(Text::plain);
        let spelled = matching.clone().prop_flat_map(spelled);
        let within = (texts(), matching, texts()).prop_map(|(before, matching, after)| Text {
            value: [before.value, matching.clone(), after.value].concat(),
            written: [before.written, Text::plain(matching).written, after.written].concat(),
        });
        all.extend([(8, plain.boxed()), (8, spelled.boxed()), (2, within.boxed())]);
    }
    let (least, most) = lengths(parts, ["minLength", "maxLength"]);
    if least > 0 || most.is_some() {
        let most = most.unwrap_or(least + 40).min(least + 200).max(least);
        let length = one_of([(3, (least..=most).boxed()), (1, select(vec![least, most]).boxed())]);
        // One odd character among plain ones.
        let fitting = (length, any::<Index>(), character(), 0u8..6);
        let fitting = fitting.prop_map(|(length, place, odd, spelling)| {
            let mut characters: Vec<_> =
                PLAIN.chars().cycle().take(length).map(|character| (character, 3)).collect();
            if length > 0 {
                characters[place.index(length)] = (odd, spelling);
            }
            text(characters)
        });
        all.push((6, fitting.boxed()));
    }
    one_of(all).prop_map(Json::Text).boxed()
}

/// Strings that match `pattern` as a whole, if it can be read.
fn matching(pattern: &str) -> Option<BoxedStrategy<String>> {
    // To ECMA-262, these are of ASCII.
    let pattern = pattern.replace(r"\d", "[0-9]").replace(r"\w", "[0-9A-Za-z_]");
    let parsed = regex_syntax::parse(&pattern).ok()?;
    let strategy = proptest::string::string_regex_parsed(&without_anchors(&parsed)).ok()?;
    Some(strategy.boxed())
}

/// `pattern` as if its anchors held: they are at its ends, where the string ends as well.
fn without_anchors(pattern: &Hir) -> Hir {
    match pattern.kind() {
        HirKind::Look(_) => Hir::empty(),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(without_anchors).collect()),
        HirKind::Alternation(parts) => {
            Hir::alternation(parts.iter().map(without_anchors).collect())
        }
        HirKind::Capture(group) => without_anchors(&group.sub),
        HirKind::Repetition(repeated) => {
            let mut repeated = repeated.clone();
            repeated.sub = Box::new(without_anchors(&repeated.sub));
            Hir::repetition(repeated)
        }
        HirKind::Empty | HirKind::Literal(_) | HirKind::Class(_) => pattern.clone(),
    }
}

/// The bounds of a schema: the keyword, and the number as written.
pub(crate) fn bounds(schema: &Map<String, Value>) -> impl Iterator<Item = (&'static str, String)> {
    let keywords = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"];
    keywords.into_iter().filter_map(|keyword| {
        Some((keyword, schema.get(keyword).filter(|it| it.is_number())?.to_string()))
    })
}

/// The greatest lower bound and the least upper bound in `parts`.
fn sides(parts: &Parts<'_>) -> [Option<f64>; 2] {
    let all = |keywords: [&'static str; 2]| {
        keywords.into_iter().flat_map(|keyword| operands(parts, keyword)).filter_map(Value::as_f64)
    };
    [
        all(["minimum", "exclusiveMinimum"]).max_by(f64::total_cmp),
        all(["maximum", "exclusiveMaximum"]).min_by(f64::total_cmp),
    ]
}

/// Integers that often meet `parts`.
pub(crate) fn integers(parts: &Parts<'_>) -> BoxedStrategy<Json> {
    let side = |keyword| operands(parts, keyword).filter_map(Value::as_i64);
    let minimum = side("minimum").max();
    let maximum = side("maximum").min();
    let (low, high) = (minimum.unwrap_or(-1 << 53), maximum.unwrap_or(1 << 53));
    let step = operands(parts, "multipleOf").filter_map(Value::as_i64).max().unwrap_or(1);
    let usual = examples(parts).filter_map(Value::as_i64);
    let mut usual: Vec<_> = usual.chain([low, high, 0, 1, 1000]).collect();
    usual.retain(|value| (low..=high).contains(value));
    // Every length is equally likely.
    let lengths = (any::<i64>(), 0u32..64).prop_map(move |(bits, shift)| {
        let value = (bits >> shift).clamp(low, high.max(low));
        (value - value.rem_euclid(step)).max(value - value % step)
    });
    let value = one_of([(2, select(usual).boxed()), (3, lengths.boxed())]);
    let spelled = (value, 0u8..12, 0usize..20)
        .prop_map(|(value, spelling, zeros)| spelled_integer(value, spelling, zeros));
    // Where a side is open, there is no end.
    let sign = match (minimum, maximum) {
        (_, None) => "",
        (None, _) => "-",
        _ => return spelled.prop_map(Json::Number).boxed(),
    };
    let large = (1..1_000_u64, 16usize..300).prop_map(move |(value, zeros)| {
        format!("{sign}{}{}", value.saturating_mul(step.unsigned_abs()), "0".repeat(zeros))
    });
    one_of([(5, spelled.boxed()), (1, large.boxed())]).prop_map(Json::Number).boxed()
}

/// The integer `value`, written in the way that `spelling` chooses.
pub(crate) fn spelled_integer(value: i64, spelling: u8, zeros: usize) -> String {
    match spelling {
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
            let digits = value.unsigned_abs().to_string();
            let sign = if value < 0 { "-" } else { "" };
            format!("{sign}{}.{}0e{}", &digits[..1], &digits[1..], digits.len() - 1)
        }
        7 if value == 0 => format!("0e{}", "9".repeat(zeros + 1)),
        _ => value.to_string(),
    }
}

/// Numbers that often meet `parts`.
pub(crate) fn numbers(parts: &Parts<'_>) -> BoxedStrategy<Json> {
    let [low, high] = sides(parts);
    let (low, high) = (low.unwrap_or(-1e300), high.unwrap_or(1e300));
    let near = high.min(low + 1e5);
    let examples = examples(parts).filter(|example| example.is_number()).map(Value::to_string);
    let bounds = parts.iter().copied().flat_map(bounds).map(|(_, bound)| bound);
    let odd = [
        "0", "-0", "-0.0", "0e9", "0E-99", "1", "1.0", "1e0", "10e-1", "0.1e1", "1e-400",
        "4.9e-324", "5e-1",
    ];
    let listed: Vec<_> = examples.chain(bounds).chain(odd.map(Into::into)).collect();
    let between = (0f64..=1f64).prop_map(move |share| low + share * (near - low));
    let shortest = between.clone().prop_map(|value| format!("{value}"));
    if let Some(step) =
        operands(parts, "multipleOf").filter_map(Value::as_f64).max_by(f64::total_cmp)
    {
        let steps = between.prop_map(move |value| format!("{}", (value / step).ceil() * step));
        let all = [(1, select(listed).boxed()), (4, steps.boxed())];
        return one_of(all).prop_map(Json::Number).boxed();
    }
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
    let all = [
        (3, select(listed).boxed()),
        (2, shortest.boxed()),
        (2, hundredths.boxed()),
        (3, short.boxed()),
        (1, wide.boxed()),
        (2, long.boxed()),
    ];
    one_of(all).prop_map(Json::Number).boxed()
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
    let depth_of_chain = one_of([(2, (0..MAX_DEPTH).boxed()), (1, Just(MAX_DEPTH).boxed())]);
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
        let member = (key.clone(), inner).prop_map(|(key, value)| Member { key, value });
        let object = vec(member, 0..4).prop_map(Json::Object);
        one_of([(1, array.boxed()), (1, object.boxed())])
    });
    nested.boxed()
}

/// `json` without what `depth` containers cannot hold.
pub(crate) fn shallow(json: Json, depth: usize) -> Json {
    match json {
        Json::Array(_) | Json::Object(_) if depth == 0 => Json::Literal("null".into()),
        Json::Array(items) => {
            Json::Array(items.into_iter().map(|item| shallow(item, depth - 1)).collect())
        }
        Json::Object(members) => {
            let members = members
                .into_iter()
                .map(|Member { key, value }| Member { key, value: shallow(value, depth - 1) });
            Json::Object(members.collect())
        }
        leaf => leaf,
    }
}
