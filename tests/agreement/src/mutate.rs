//! Mutations of deliveries. Most make a valid delivery invalid, and all judges must notice.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use crate::generate::Delivery;
use crate::json::{Json, MAX_DEPTH, Member, Text};
use crate::leaves::{bounds, junk, one_of, text};
use crate::reference::each_object;

/// One change to a delivery. It usually makes the delivery invalid, but need not.
#[derive(Debug, Clone)]
pub enum Mutation {
    /// Removes a value from what holds it.
    Drop(Place),
    /// Replaces a value.
    Replace(Place, Json),
    /// Replaces a value with another one of the delivery.
    Copy(Place, Place),
    /// Replaces a character of a number or a string, or inserts one.
    Respell(Place, Index, char, bool),
    /// Replaces an object with the array of its values.
    Flatten(Place),
    /// Repeats a member or an item, with this value or its own, and a member's key escaped or not.
    Repeat(Place, Index, Option<Json>, bool),
    /// Puts a value that holds another one into that one's place, again and again, up to this depth, and this one into the last.
    Deepen(Place, usize, Option<Json>),
    /// Replaces the whole delivery with the array of its values.
    FlattenAll,
    /// Cuts off the end of the text.
    Truncate(Index),
    /// Flips a bit of a byte.
    Flip(Index, u8),
    /// Inserts bytes.
    Insert(Index, Vec<u8>),
    /// Removes a byte.
    Delete(Index),
    /// Overwrites bytes.
    Overwrite(Index, Vec<u8>),
}

/// A value at any depth. At each level it chooses one child, and whether to go on, so that large values do not attract all
/// mutations.
#[derive(Debug, Clone, Copy)]
pub struct Place(u64);

impl Place {
    /// A number below `limit`, and the choices that are left.
    fn choose(&mut self, limit: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from(mixed >> 33).expect("31 bits") % limit
    }

    /// The way to the value: the position of a child at each level. Empty if `json` holds nothing.
    fn path(mut self, json: &Json) -> Vec<usize> {
        let mut path = Vec::new();
        let mut here = json;
        loop {
            let count = here.children().count();
            if count == 0 || !path.is_empty() && self.choose(3) == 0 {
                return path;
            }
            let at = self.choose(count);
            path.push(at);
            here = here.children().nth(at).expect("counted");
        }
    }

    fn find(self, json: &mut Json) -> &mut Json {
        let path = self.path(json);
        value_at(json, &path)
    }
}

/// Mutations, including numbers that are tricky for the schemas of `bundle`.
pub fn mutations(bundle: &Value) -> BoxedStrategy<Vec<Mutation>> {
    let trap = select(traps(bundle)).prop_map(Json::Literal);
    let usual =
        ["null", "true", "false", r#""""#, r#""x""#, "0", "[]", "{}", "[[]]", r#"{"a":{}}"#];
    // Up to the maximum depth, or a little deeper.
    let deep = (MAX_DEPTH - 7..MAX_DEPTH + 3)
        .prop_map(|depth| Json::Literal(format!("{}{}", "[".repeat(depth), "]".repeat(depth))));
    let value = one_of([
        (3, trap.boxed()),
        (1, junk()),
        (2, select(usual.to_vec()).prop_map(|literal| Json::Literal(literal.into())).boxed()),
        (1, deep.boxed()),
    ]);
    let special: [&[u8]; 24] = [
        br"\u0061",
        br"\ud800",
        br"\udc00",
        br"\ud83c\udfac",
        br"\x",
        b"\xff",
        b"\xc3",
        b"\xc3\xa9",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xc0\x80",
        b"\xe0\x80\x80",
        b"\xef\xbb\xbf",
        b"\0",
        b"\x1f",
        b"\x7f",
        b" ",
        b"\n",
        b"\t",
        b"\x0b",
        b"/**/",
        b",,",
        b"e5",
        b"1e400",
    ];
    let syntax = select(br#"{}[]",:\ntfu0123.eE+-"#.to_vec());
    let bytes = one_of([
        (3, vec(syntax, 1..3).boxed()),
        (1, vec(any::<u8>(), 1..4).boxed()),
        (2, select(special.to_vec()).prop_map(<[u8]>::to_vec).boxed()),
    ]);
    let index = any::<Index>;
    let place = || any::<u64>().prop_map(Place);
    let repeat = (place(), index(), option::of(value.clone()), any::<bool>());
    // Digits, the other characters of numbers, and the neighbours of digits in ASCII.
    let characters = select("0123456789.eE+-/:,}] \"aZé🎬".chars().collect::<Vec<_>>());
    let respell = (place(), index(), characters, any::<bool>());
    let depth = one_of([(1, (2..12usize).boxed()), (1, (MAX_DEPTH - 3..MAX_DEPTH + 3).boxed())]);
    let deepen = (place(), depth, option::of(value.clone()));
    let mutation = one_of([
        (2, place().prop_map(Mutation::Drop).boxed()),
        (6, (place(), value).prop_map(|(place, value)| Mutation::Replace(place, value)).boxed()),
        (
            3,
            respell
                .prop_map(|(place, at, character, more)| {
                    Mutation::Respell(place, at, character, more)
                })
                .boxed(),
        ),
        (2, (place(), place()).prop_map(|(to, from)| Mutation::Copy(to, from)).boxed()),
        (1, deepen.prop_map(|(place, depth, last)| Mutation::Deepen(place, depth, last)).boxed()),
        (1, place().prop_map(Mutation::Flatten).boxed()),
        (
            3,
            repeat
                .prop_map(|(place, at, value, escaped)| Mutation::Repeat(place, at, value, escaped))
                .boxed(),
        ),
        (1, Just(Mutation::FlattenAll).boxed()),
        (1, index().prop_map(Mutation::Truncate).boxed()),
        (2, (index(), 0u8..8).prop_map(|(at, bit)| Mutation::Flip(at, bit)).boxed()),
        (2, (index(), bytes.clone()).prop_map(|(at, bytes)| Mutation::Insert(at, bytes)).boxed()),
        (1, index().prop_map(Mutation::Delete).boxed()),
        (1, (index(), bytes).prop_map(|(at, bytes)| Mutation::Overwrite(at, bytes)).boxed()),
    ]);
    one_of([(4, vec(mutation.clone(), 1).boxed()), (1, vec(mutation, 2..4).boxed())])
}

/// Numbers and near-numbers around the limits of number formats and around every bound of the bundle.
pub fn traps(bundle: &Value) -> Vec<String> {
    let mut traps: Vec<String> =
        include_str!("../fixtures/number-traps.txt").lines().map(Into::into).collect();
    let mut numbers = BTreeSet::new();
    let mut words = BTreeSet::new();
    each_object(bundle, &mut |schema| {
        numbers.extend(bounds(schema).map(|(_, bound)| bound));
        for keyword in ["const", "enum", "multipleOf"] {
            let operands = schema.get(keyword).into_iter();
            for operand in operands.flat_map(|operand| match operand {
                Value::Array(members) => members.as_slice(),
                one => std::slice::from_ref(one),
            }) {
                let set = if operand.is_number() { &mut numbers } else { &mut words };
                set.insert(operand.to_string());
            }
        }
    });
    traps.extend(words);
    for bound in numbers {
        traps.push(bound.clone());
        let Ok(bound) = bound.parse::<i64>() else { continue };
        for zeros in [0, 1, 14, 15, 16, 17, 18, 19, 20, 30, 400] {
            let (zeros, nines) = ("0".repeat(zeros), "9".repeat(zeros));
            traps.push(format!("{bound}.{zeros}1"));
            traps.push(format!("{bound}.{zeros}"));
            traps.push(if bound > 0 {
                format!("{}.{nines}9", bound.saturating_sub(1))
            } else {
                format!("{}.{zeros}1", bound.saturating_sub(1))
            });
            traps.push(if bound == 0 {
                format!("-0.{zeros}1")
            } else {
                format!("{bound}{zeros}1e-{}", zeros.len() + 1)
            });
        }
        traps.extend(
            [bound.saturating_sub(1), bound.saturating_add(1), bound.saturating_neg()]
                .map(|near| near.to_string()),
        );
    }
    traps
}

/// The text of `delivery` after `mutations`.
pub fn mutate(delivery: &Delivery, mutations: &[Mutation]) -> Vec<u8> {
    let mut json = delivery.json.clone();
    for mutation in mutations {
        apply(mutation, &mut json);
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

/// Makes the changes of `mutation` that are not of the text.
fn apply(mutation: &Mutation, json: &mut Json) {
    match mutation {
        Mutation::Drop(place) => {
            if let Some((holder, at)) = holder(json, *place) {
                match holder {
                    Json::Array(items) => drop(items.remove(at)),
                    Json::Object(members) => drop(members.remove(at)),
                    _ => {}
                }
            }
        }
        Mutation::Replace(place, value) => *place.find(json) = value.clone(),
        Mutation::Copy(to, from) => {
            let value = from.find(json).clone();
            *to.find(json) = value;
        }
        Mutation::Respell(place, at, character, more) => {
            let respelled = |text: &str| {
                let mut characters: Vec<_> = text.chars().collect();
                let at = at.index(characters.len() + usize::from(*more || characters.is_empty()));
                if !more && at < characters.len() {
                    characters.remove(at);
                }
                characters.insert(at, *character);
                String::from_iter(characters)
            };
            match place.find(json) {
                Json::Number(number) => *number = respelled(number),
                Json::Text(text) => *text = Text::plain(respelled(&text.value)),
                _ => {}
            }
        }
        Mutation::Flatten(place) => flatten(place.find(json)),
        Mutation::Repeat(place, again, value, escaped) => match holder(json, *place) {
            Some((Json::Object(members), at)) => {
                let Member { key, value: same } = members[at].clone();
                let spelling = if *escaped { 1 } else { 3 };
                let key = text(key.value.chars().map(|character| (character, spelling)));
                let value = value.clone().unwrap_or(same);
                members.insert(again.index(members.len() + 1), Member { key, value });
            }
            Some((Json::Array(items), at)) => {
                let item = value.clone().unwrap_or_else(|| items[at].clone());
                items.insert(again.index(items.len() + 1), item);
            }
            _ => {}
        },
        Mutation::Deepen(place, depth, last) => {
            let mut place = *place;
            let inner = place.path(json);
            if inner.len() > 2 {
                // From a value in `data` on, down to one that it holds.
                let from = 1 + place.choose(inner.len() - 1);
                let outer = value_at(json, &inner[..from]).clone();
                let step = &inner[from..];
                let mut path = inner.clone();
                while path.len() < *depth {
                    *value_at(json, &path) = outer.clone();
                    path.extend(step);
                }
                if let Some(last) = last {
                    *value_at(json, &path) = last.clone();
                }
            }
        }
        Mutation::FlattenAll => flatten(json),
        _ => {}
    }
}

/// The value at the end of the way `path`.
fn value_at<'a>(json: &'a mut Json, path: &[usize]) -> &'a mut Json {
    path.iter().fold(json, |json, at| json.child_mut(*at))
}

/// What holds the value at `place`, and its position there.
fn holder(json: &mut Json, place: Place) -> Option<(&mut Json, usize)> {
    let path = place.path(json);
    let (at, above) = path.split_last()?;
    Some((value_at(json, above), *at))
}

fn flatten(json: &mut Json) {
    if let Json::Object(members) = json {
        *json = Json::Array(members.drain(..).map(|member| member.value).collect());
    }
}
