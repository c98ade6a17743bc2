//! Mutations of deliveries. Most make a valid delivery invalid, and all judges must notice.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value};

use crate::generate::{Delivery, bounds, junk, one_of, text};
use crate::json::{Json, MAX_DEPTH, Member};

/// One change to a delivery. It usually makes the delivery invalid, but need not.
#[derive(Debug, Clone)]
pub enum Mutation {
    /// Removes a member.
    Drop(Place),
    /// Replaces the value of a member.
    Replace(Place, Json),
    /// Replaces a character of a number, or inserts one.
    Respell(Place, Index, char, bool),
    /// Replaces the object that a member holds with the array of its values.
    Flatten(Place),
    /// Repeats a member, with this value or its own, and with its key escaped or not.
    Repeat(Place, Index, Option<Json>, bool),
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

/// A member of the envelope or of `data`.
pub type Place = Index;

/// Mutations, including numbers that are tricky for the schemas of `bundle`.
pub fn mutations(bundle: &Value) -> BoxedStrategy<Vec<Mutation>> {
    let traps = traps(bundle);
    let trap = select(traps).prop_map(Json::Literal);
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
    let repeat = (index(), index(), option::of(value.clone()), any::<bool>());
    // Digits, the other characters of numbers, and the neighbours of digits in ASCII.
    let characters = select("0123456789.eE+-/:,}] \"".chars().collect::<Vec<_>>());
    let respell = (index(), index(), characters, any::<bool>());
    let mutation = one_of([
        (2, index().prop_map(Mutation::Drop).boxed()),
        (6, (index(), value).prop_map(|(place, value)| Mutation::Replace(place, value)).boxed()),
        (
            3,
            respell
                .prop_map(|(place, at, character, more)| {
                    Mutation::Respell(place, at, character, more)
                })
                .boxed(),
        ),
        (1, index().prop_map(Mutation::Flatten).boxed()),
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

/// The text of `delivery` after `mutations`.
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
            Mutation::Respell(place, at, character, more) => {
                if let Some((members, member)) = find(&mut json, *place)
                    && let Json::Number(number) = &mut members[member].value
                {
                    let at = at.index(number.len() + usize::from(*more));
                    if !more {
                        number.remove(at);
                    }
                    number.insert(at, *character);
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

/// The members of the envelope or of `data`, and the index of the one that `place` selects.
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
