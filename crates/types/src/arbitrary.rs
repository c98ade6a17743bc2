//! Values for tests: all that a constraint takes, and nothing else.

use std::ops::Bound;

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof};
use proptest::sample::select;
use proptest::strategy::{BoxedStrategy, Union};

use crate::generated::parser::Bits;
use crate::parse::{
    self, Array, ByType, Constraint, IntegerLimits, Literal, Shape, Tagged, TextLimits,
};

/// How many containers are made inside each other where it is a choice.
const DEPTH: u32 = 4;

/// The most items of a list, or entries of a map, where it is a choice.
const LENGTH: usize = 3;

/// Values that `constraint` takes, as JSON.
pub(crate) fn values(constraint: &'static Constraint) -> BoxedStrategy<String> {
    json(constraint, DEPTH)
}

/// The members of an object of `shape`, as JSON.
pub(crate) fn members(shape: &'static Shape) -> BoxedStrategy<Vec<Option<String>>> {
    members_within(shape, DEPTH)
}

fn members_within(shape: &'static Shape, depth: u32) -> BoxedStrategy<Vec<Option<String>>> {
    let fields = shape.fields.iter().map(|field| match (field.required, depth) {
        (true, _) => json(&field.constraint, depth.saturating_sub(1)).prop_map(Some).boxed(),
        (false, 0) => Just(None).boxed(),
        (false, _) => proptest::option::of(json(&field.constraint, depth - 1)).boxed(),
    });
    fields.collect::<Vec<_>>().boxed()
}

fn object(shape: &'static Shape, depth: u32) -> BoxedStrategy<String> {
    let text = |members: Vec<Option<String>>| {
        let members = shape.fields.iter().zip(members).filter_map(|(field, value)| {
            value.map(|value| format!("{}:{value}", quoted(field.key)))
        });
        format!("{{{}}}", members.collect::<Vec<_>>().join(","))
    };
    members_within(shape, depth).prop_map(text).boxed()
}

fn json(constraint: &'static Constraint, depth: u32) -> BoxedStrategy<String> {
    match constraint {
        Constraint::Any => select(vec![
            "null",
            "true",
            "-0.0",
            "1e3",
            "\"\\u00fc\"",
            "[]",
            "[1.0,\n{\"a\": 1, \"a\": 2}]",
            "{}",
        ])
        .prop_map(str::to_owned)
        .boxed(),
        Constraint::Null => Just("null".to_owned()).boxed(),
        Constraint::Boolean => any::<bool>().prop_map(|value| value.to_string()).boxed(),
        Constraint::Text => strings(&[]).prop_map(|text| quoted(&text)).boxed(),
        Constraint::LimitedText(limits) => limited(limits).prop_map(|text| quoted(&text)).boxed(),
        Constraint::Integer { minimum, maximum } => {
            (*minimum..=*maximum).prop_map(|value| value.to_string()).boxed()
        }
        Constraint::WideInteger(limits) => integers(limits),
        Constraint::Float { .. } => {
            numbers(constraint.bounds(), None).prop_map(|value| format!("{value:?}")).boxed()
        }
        Constraint::Steps(steps) => {
            let step = steps.multiple_of.parse().ok();
            numbers(constraint.bounds(), step).prop_map(|value| format!("{value:?}")).boxed()
        }
        Constraint::OneOf(literals) => {
            let literals = literals.iter().map(|literal| match literal {
                Literal::Boolean(value) => value.to_string(),
                Literal::Integer(value) => value.to_string(),
                Literal::Text(text) => quoted(text),
            });
            select(literals.collect::<Vec<_>>()).boxed()
        }
        Constraint::Array(array) => list(array, depth),
        Constraint::Map(_) if depth == 0 => Just("{}".to_owned()).boxed(),
        Constraint::Map(values) => {
            let keys = strings(&["key"]);
            let entries =
                proptest::collection::btree_map(keys, json(values, depth - 1), 0..=LENGTH);
            let text = |entries: std::collections::BTreeMap<String, String>| {
                let entries = entries.iter().map(|(key, value)| format!("{}:{value}", quoted(key)));
                format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
            };
            entries.prop_map(text).boxed()
        }
        Constraint::Object(shape) => object(shape, depth),
        Constraint::Tagged(tagged) => alternatives(tagged, depth),
        Constraint::ByType(by_type) => one_of(by_type, depth),
        Constraint::Untagged(untagged) => {
            let alternatives = untagged.alternatives.iter();
            Union::new(alternatives.map(|alternative| json(alternative, depth)))
                .prop_filter("meets exactly one alternative", move |json| {
                    parse::value::<Bits>(json.as_bytes(), constraint).is_ok()
                })
                .boxed()
        }
    }
}

fn list(array: &'static Array, depth: u32) -> BoxedStrategy<String> {
    let minimum = usize::try_from(array.minimum).unwrap_or(usize::MAX);
    let maximum = array.maximum.and_then(|maximum| usize::try_from(maximum).ok());
    let most = if depth == 0 { minimum } else { minimum + LENGTH };
    let most = maximum.map_or(most, |maximum| maximum.min(most));
    if most == 0 {
        return Just("[]".to_owned()).boxed();
    }
    let items = vec(json(&array.items, depth.saturating_sub(1)), minimum..=most);
    items.prop_map(|items| format!("[{}]", items.join(","))).boxed()
}

fn alternatives(tagged: &'static Tagged, depth: u32) -> BoxedStrategy<String> {
    let tag = quoted(tagged.tag);
    let is_known = |text: &str| tagged.branches.iter().any(|(known, _)| *known == text);
    let unknown = ["not-known-yet", "", "ü"].into_iter().filter(|text| !is_known(text));
    let unknown = unknown.map(|text| format!("{{{tag}:{},\"n\":[1.0]}}", quoted(text)));
    let unknown = select(unknown.collect::<Vec<_>>()).boxed();
    if depth == 0 {
        return unknown;
    }
    let known = tagged.branches.iter().map(|(_, shape)| object(shape, depth - 1));
    Union::new(known.chain([unknown])).boxed()
}

fn one_of(by_type: &'static ByType, depth: u32) -> BoxedStrategy<String> {
    let scalars = [&by_type.boolean, &by_type.number, &by_type.string];
    let mut all: Vec<_> =
        scalars.into_iter().flatten().map(|constraint| json(constraint, depth)).collect();
    if by_type.null {
        all.push(Just("null".to_owned()).boxed());
    }
    // At the bottom, what goes deeper is the last resort.
    if depth > 0 || all.is_empty() {
        let containers = [&by_type.array, &by_type.object].into_iter().flatten();
        let at_bottom = if depth == 0 { 1 } else { 2 };
        all.extend(
            containers.take(at_bottom).map(|constraint| json(constraint, depth.saturating_sub(1))),
        );
    }
    Union::new(all).boxed()
}

fn integers(limits: &'static IntegerLimits) -> BoxedStrategy<String> {
    let divisor = limits.multiple_of.and_then(|divisor| i64::try_from(divisor).ok()).unwrap_or(1);
    let low = limits.minimum.unwrap_or(i64::MIN);
    let high = limits.maximum.unwrap_or(i64::MAX);
    let (low, high) = (low / divisor + i64::from(low > 0 && low % divisor != 0), high / divisor);
    let inside = (low..=high.max(low)).prop_map(move |value| (value * divisor).to_string());
    let near = (low.max(-1000)..=high.min(1000).max(low.max(-1000)))
        .prop_map(move |value| (value * divisor).to_string());
    let large = match (limits.minimum, limits.maximum) {
        (_, None) => "1",
        (None, _) => "-1",
        _ => return prop_oneof![inside, near].boxed(),
    };
    let large = (1..9_u32).prop_map(move |digit| {
        format!("{large}{}", "0".repeat(20)).replace('1', &(i64::from(digit) * divisor).to_string())
    });
    prop_oneof![2 => inside, 2 => near, 1 => large].boxed()
}

fn limited(limits: &'static TextLimits) -> BoxedStrategy<String> {
    let minimum = usize::try_from(limits.minimum).unwrap_or(usize::MAX);
    let maximum = limits.maximum.and_then(|maximum| usize::try_from(maximum).ok());
    let Some((first, others)) = limits.patterns.split_first() else {
        let most = maximum.map_or(minimum + 20, |maximum| maximum.min(minimum + 20));
        return vec(any::<char>(), minimum..=most).prop_map(String::from_iter).boxed();
    };
    let sampled = move |seed: u64| {
        // SplitMix64.
        let mut state = seed;
        let mut random = |bound: u32| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            let high = u32::try_from(mixed >> 32).unwrap_or_default();
            high % bound.max(1)
        };
        first
            .sample(minimum, maximum, &mut random)
            .filter(|text| others.iter().all(|other| other.is_match(text.chars())))
    };
    any::<u64>().prop_filter_map("matches all patterns", sampled).boxed()
}

/// `text` as JSON.
fn quoted(text: &str) -> String {
    let mut json = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\0'..='\x1f' => json.extend(format!("\\u{:04x}", u32::from(c)).chars()),
            c => json.push(c),
        }
    }
    json.push('"');
    json
}

/// Strings for tests: some as they usually look, and any others, which are allowed as well.
pub(crate) fn strings(examples: &'static [&'static str]) -> impl Strategy<Value = String> {
    let usual: Vec<_> = examples.iter().chain(&[""]).map(ToString::to_string).collect();
    let characters = vec(any::<char>(), 0..40);
    prop_oneof![
        2 => select(usual),
        1 => "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}",
        1 => characters.prop_map(String::from_iter),
    ]
}

/// Numbers for tests: within the bounds, and with inclusive bounds among them.
pub(crate) fn numbers(
    bounds: (Bound<f64>, Bound<f64>),
    step: Option<f64>,
) -> impl Strategy<Value = f64> {
    use Bound::{Excluded, Included, Unbounded};
    let side = |bound, unbounded| match bound {
        Included(value) | Excluded(value) => value,
        Unbounded => unbounded,
    };
    let (low, high) = (side(bounds.0, -1e300), side(bounds.1, 1e300));
    let (near_low, near_high) = (high.min(low + 1e4), low.max(high - 1e4));
    prop_oneof![
        4 => (0f64..=1f64).prop_map(move |share| low + share * (near_low - low)),
        2 => any::<f64>().prop_map(move |value| value.clamp(low, high)),
        1 => select(vec![low, high, near_low, near_high]),
    ]
    .prop_map(move |value| match step {
        Some(step) => (value / step).trunc() * step,
        None => value,
    })
    .prop_filter("within the bounds", move |value| std::ops::RangeBounds::contains(&bounds, value))
}
