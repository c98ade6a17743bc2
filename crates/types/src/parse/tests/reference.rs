//! The reference: deliveries as data, and their meaning under the toy contract. It reads no JSON.

use std::fmt;

use super::toy::{Delivery, ToyData};

/// A JSON value: first how it is written, then what it says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(&'static str, &'static str),
    Boolean(bool),
    /// The integer that it is, if any; the nearest binary64; whether it is above 0 and at most 1.
    Number(&'static str, Option<i64>, f64, bool),
    Other(&'static str),
    Object(Vec<Member>),
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Member {
    pub(super) key: &'static str,
    pub(super) value: Value,
    pub(super) spelling: Spelling,
}

/// The way in which a member is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Spelling {
    Compact,
    /// As most programs write what is not compact.
    Blank,
    /// The same on a line of its own.
    Indented,
    /// With blanks that nobody expects.
    Spaced,
    EscapedKey,
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(written, _) | Value::Number(written, ..) | Value::Other(written) => {
                f.write_str(written)
            }
            Value::Boolean(value) => write!(f, "{value}"),
            Value::Object(members) => {
                f.write_str("{")?;
                for (at, Member { key, value, spelling }) in members.iter().enumerate() {
                    f.write_str(if at > 0 { "," } else { "" })?;
                    let (initial, others) = (key.as_bytes()[0], &key[1..]);
                    match spelling {
                        Spelling::Compact => write!(f, "\"{key}\":{value}")?,
                        Spelling::Blank if at > 0 => write!(f, " \"{key}\": {value}")?,
                        Spelling::Blank => write!(f, "\"{key}\": {value}")?,
                        Spelling::Indented => write!(f, "\n  \"{key}\": {value}")?,
                        Spelling::Spaced => write!(f, " \"{key}\"\t: {value}  ")?,
                        Spelling::EscapedKey => {
                            write!(f, "\"\\u{initial:04x}{others}\":{value}")?;
                        }
                    }
                }
                let indented = |member: &Member| member.spelling == Spelling::Indented;
                f.write_str(if members.iter().any(indented) { "\n}" } else { "}" })
            }
        }
    }
}

impl Value {
    fn text(&self) -> Option<String> {
        if let Value::Text(_, says) = self { Some((*says).into()) } else { None }
    }

    fn boolean(&self) -> Option<bool> {
        if let Value::Boolean(value) = self { Some(*value) } else { None }
    }

    fn integer(&self, minimum: i64, maximum: i64) -> Option<i64> {
        let Value::Number(_, Some(value), ..) = self else { return None };
        (minimum..=maximum).contains(value).then_some(*value)
    }

    fn float(&self, within: bool) -> Option<f64> {
        let Value::Number(_, _, value, is_within) = self else { return None };
        (*is_within || !within).then_some(*value)
    }
}

/// The one value of `key`; `Err` if it occurs twice, or `take` does not take it.
fn field<T>(
    members: &[Member],
    key: &str,
    take: impl Fn(&Value) -> Option<T>,
) -> Result<Option<T>, ()> {
    let mut values = members.iter().filter(|member| member.key == key);
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(member), None) => take(&member.value).map(Some).ok_or(()),
        (Some(_), Some(_)) => Err(()),
    }
}

/// The reference: the delivery that `members` make under the contract.
pub(super) fn judge(members: &[Member]) -> Result<Delivery, ()> {
    let object = |value: &Value| match value {
        Value::Object(members) => Some(members.clone()),
        _ => None,
    };
    let toy = field(members, "toy", object)?.ok_or(())?;
    let kind = field(members, "kind", Value::text)?.ok_or(())?;
    let id = field(members, "id", Value::text)?.ok_or(())?;
    let gift = field(members, "gift", Value::boolean)?;
    let age = field(members, "age", |value| value.integer(0, 99))?.ok_or(())?;
    let note = field(members, "note", Value::text)?;
    let toy = match kind.as_str() {
        "ball" => ToyData::Ball {
            size: field(&toy, "size", |value| value.integer(-5, 5))?.ok_or(())?,
            weight: field(&toy, "weight", |value| value.float(true))?,
            loud: field(&toy, "loud", Value::boolean)?.ok_or(())?,
        },
        "train" => ToyData::Train {
            maker: field(&toy, "maker", Value::text)?,
            size: field(&toy, "size", Value::text)?.ok_or(())?,
            weight: field(&toy, "weight", |value| value.float(false))?.ok_or(())?,
        },
        _ => ToyData::Unknown { kind, toy: Value::Object(toy).to_string() },
    };
    Ok(Delivery { id, gift, age, note, toy })
}

fn member(key: &'static str, value: Value) -> Member {
    Member { key, value, spelling: Spelling::Compact }
}

/// Values of all sorts.
pub(super) fn values() -> Vec<Value> {
    vec![
        Value::Text("\"a\"", "a"),
        Value::Text("\"\"", ""),
        Value::Text(
            "\"5f0c6a52-3f0b-4a57-9d8e-0c1b2a394857\"",
            "5f0c6a52-3f0b-4a57-9d8e-0c1b2a394857",
        ),
        Value::Text("\"\\u00fc\\n\"", "ü\n"),
        Value::Text("\"zwölf\"", "zwölf"),
        Value::Text("\"ball\"", "ball"),
        Value::Text("\"\\u0062all\"", "ball"),
        Value::Text("\"train\"", "train"),
        Value::Text("\"kite\"", "kite"),
        Value::Boolean(true),
        Value::Boolean(false),
        Value::Number("0", Some(0), 0.0, false),
        Value::Number("-0.0", Some(0), -0.0, false),
        Value::Number("1", Some(1), 1.0, true),
        Value::Number("-5", Some(-5), -5.0, false),
        Value::Number("5.0", Some(5), 5.0, false),
        Value::Number("6", Some(6), 6.0, false),
        Value::Number("99", Some(99), 99.0, false),
        Value::Number("100", Some(100), 100.0, false),
        Value::Number("0.25", None, 0.25, true),
        Value::Number("2.5e-1", None, 0.25, true),
        Value::Number("1e-400", None, 0.0, true),
        Value::Number("1.0000000000000001", None, 1.0, false),
        Value::Number("1745800000000", Some(1_745_800_000_000), 1_745_800_000_000.0, false),
        Value::Other("null"),
        Value::Other("[true,{\"size\":1}]"),
        Value::Object(vec![]),
        Value::Object(vec![member("size", Value::Boolean(true))]),
    ]
}

/// Deliveries in declared order that pass.
pub(super) fn passing() -> Vec<Vec<Member>> {
    let text = |text| Value::Text(text, &text[1..text.len() - 1]);
    let number = |text, integer: i32| {
        Value::Number(text, Some(integer.into()), integer.into(), integer == 1)
    };
    let around = |kind, toy: Vec<Member>, optional: bool| {
        let mut members = vec![member("id", text("\"e1\""))];
        members.extend(optional.then(|| member("gift", Value::Boolean(true))));
        members.push(member("kind", text(kind)));
        members.push(member("age", number("7", 7)));
        members.push(member("toy", Value::Object(toy)));
        members.extend(optional.then(|| member("note", text("\"n\""))));
        members
    };
    let weight = || member("weight", Value::Number("0.5", None, 0.5, true));
    let size = || member("size", number("3", 3));
    let loud = || member("loud", Value::Boolean(false));
    vec![
        around("\"ball\"", vec![size(), loud()], false),
        around("\"ball\"", vec![size(), weight(), loud()], true),
        around("\"train\"", vec![member("size", text("\"s\"")), weight()], true),
        around(
            "\"train\"",
            vec![member("maker", text("\"m\"")), member("size", text("\"s\"")), weight()],
            false,
        ),
        around("\"kite\"", vec![size(), size()], true),
    ]
}
