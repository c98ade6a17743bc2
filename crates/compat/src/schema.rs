//! Schema documents, with the exact value of every number in them.

use std::collections::HashMap;

use serde_json::Value;

use crate::address::Address;
use crate::error::Error;
use crate::number::{self, Rational};
use crate::place::Side;

/// Containers that may be open at once in a document, as `serde_json` reads.
const MAX_NESTING: usize = 127;

/// A schema document.
///
/// Parsed from text, every number keeps its exact value. Made from a [`Value`], it has the values that
/// `serde_json` keeps. Whether it is a valid schema shows when a question about it is decided.
///
/// ```
/// use schema_compat::Schema;
/// use serde_json::json;
///
/// let exact: Schema = r#"{"maximum": 0.10000000000000000001}"#.parse()?;
/// let rounded = Schema::from(json!({"maximum": 0.1}));
/// assert_eq!(exact.value(), rounded.value()); // For `serde_json` they are equal.
/// # Ok::<(), schema_compat::Error>(())
/// ```
#[derive(Debug)]
pub struct Schema {
    // Boxed: `exact` knows numbers by address.
    value: Box<Value>,
    exact: HashMap<Address, Rational>,
    /// A number whose value is beyond exact arithmetic, as it is written.
    distant: Option<String>,
}

impl Schema {
    /// The document as `serde_json` holds it.
    pub fn value(&self) -> &Value {
        &self.value
    }

    pub(crate) fn exact(&self) -> &HashMap<Address, Rational> {
        &self.exact
    }

    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.exact.is_empty() && other.exact.is_empty() && self.value == other.value
    }

    /// Refuses a document that cannot be read: by its nesting, or a number beyond exact arithmetic.
    pub(crate) fn check_reach(&self, side: Side) -> Result<(), Error> {
        let distant = self.distant.as_deref().map(|literal| {
            let short: String = literal.chars().take(40).collect();
            format!("the number {short} has more digits or a larger exponent than can be compared")
        });
        match distant.or_else(|| out_of_reach(self.value())) {
            Some(message) => Err(Error::Schema { side, pointer: String::new(), message }),
            None => Ok(()),
        }
    }
}

impl From<Value> for Schema {
    fn from(value: Value) -> Self {
        Self { value: Box::new(value), exact: HashMap::new(), distant: None }
    }
}

impl std::str::FromStr for Schema {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        if text.starts_with('\u{feff}') {
            return Err(Error::ByteOrderMark);
        }
        let value: Box<Value> = Box::new(serde_json::from_str(text)?);
        let mut exact = HashMap::new();
        let mut tokens = TokenReader { text, at: 0, distant: None, twice: None };
        if let Some(rounded) = tokens.value() {
            rounded.place(&value, &mut exact);
        }
        if let Some((key, first, second)) = tokens.twice {
            let [first, second] = [first, second].map(|at| line_column(text, at));
            return Err(Error::DuplicateKey { key, first, second });
        }
        Ok(Self { value, exact, distant: tokens.distant.map(str::to_owned) })
    }
}

/// The numbers in a value that `serde_json` had to round, with the way to them.
enum Rounded {
    Number(Rational),
    Items(Vec<(usize, Rounded)>),
    Members(HashMap<String, Rounded>),
}

impl Rounded {
    fn place(self, value: &Value, exact: &mut HashMap<Address, Rational>) {
        match (self, value) {
            (Self::Number(number), value) => {
                exact.insert(Address::of(value), number);
            }
            (Self::Items(rounded), Value::Array(items)) => {
                for (index, rounded) in rounded {
                    if let Some(item) = items.get(index) {
                        rounded.place(item, exact);
                    }
                }
            }
            (Self::Members(rounded), Value::Object(members)) => {
                for (name, rounded) in rounded {
                    if let Some(member) = members.get(&name) {
                        rounded.place(member, exact);
                    }
                }
            }
            _ => {}
        }
    }
}

/// One walk over a text that `serde_json` has read, for what it does not tell: the spelling of numbers, and keys that occur twice.
struct TokenReader<'a> {
    text: &'a str,
    at: usize,
    /// A number whose value is beyond exact arithmetic.
    distant: Option<&'a str>,
    /// The first key that occurs twice in one object, and the bytes where it does.
    twice: Option<(String, usize, usize)>,
}

impl<'a> TokenReader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip(&mut self, wanted: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&wanted) {
            self.at += 1;
        }
    }

    /// The next token's first byte: all between tokens has no meaning here.
    fn token(&mut self) -> Option<u8> {
        self.skip(|byte| byte.is_ascii_whitespace() || byte == b',' || byte == b':');
        self.peek()
    }

    /// The string that starts here, without its quotes, as it is written.
    fn string(&mut self) -> &'a str {
        self.at += 1;
        let start = self.at;
        loop {
            self.skip(|byte| byte != b'"' && byte != b'\\');
            if self.peek() != Some(b'\\') {
                break;
            }
            self.at += 2;
        }
        let end = self.at.min(self.text.len());
        self.at = end + 1;
        &self.text[start..end]
    }

    fn value(&mut self) -> Option<Rounded> {
        match self.token()? {
            b'"' => {
                self.string();
                None
            }
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                let mut index = 0;
                while self.token()? != b']' {
                    items.extend(self.value().map(|rounded| (index, rounded)));
                    index += 1;
                }
                self.at += 1;
                (!items.is_empty()).then_some(Rounded::Items(items))
            }
            b'{' => {
                self.at += 1;
                let (mut members, mut places) = (HashMap::new(), HashMap::new());
                while self.token()? != b'}' {
                    let start = self.at;
                    let name = unescaped(self.string());
                    if let Some(first) = places.insert(name.clone(), start) {
                        self.twice.get_or_insert((name.clone(), first, start));
                    }
                    members.extend(self.value().map(|rounded| (name, rounded)));
                }
                self.at += 1;
                (!members.is_empty()).then_some(Rounded::Members(members))
            }
            b'-' | b'0'..=b'9' => {
                let start = self.at;
                let part = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
                self.skip(part);
                let literal = &self.text[start..self.at];
                match rounded(literal) {
                    Spelling::Held => None,
                    Spelling::Rounded(value) => Some(Rounded::Number(value)),
                    Spelling::Distant => {
                        self.distant = self.distant.or(Some(literal));
                        None
                    }
                }
            }
            _ => {
                self.skip(|byte| byte.is_ascii_alphabetic());
                None
            }
        }
    }
}

/// Line and column of a byte of `text`, counted from 1.
fn line_column(text: &str, at: usize) -> (usize, usize) {
    // A token begins with a character.
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

fn unescaped(name: &str) -> String {
    if name.contains('\\') {
        serde_json::from_str(&format!("\"{name}\""))
            .unwrap_or_else(|_| unreachable!("`serde_json` has read the document with this name"))
    } else {
        name.to_owned()
    }
}

/// How a number is held that `serde_json` has read.
enum Spelling {
    Held,
    Rounded(Rational),
    /// Its value is beyond exact arithmetic.
    Distant,
}

fn rounded(literal: &str) -> Spelling {
    if literal.len() <= 18 && literal.bytes().all(|byte| byte.is_ascii_digit()) {
        return Spelling::Held;
    }
    let held =
        serde_json::from_str::<serde_json::Number>(literal).ok().and_then(|n| number::exact(&n));
    match (number::parse(literal), held) {
        (Some(value), Some(held)) if value == held => Spelling::Held,
        (Some(value), _) => Spelling::Rounded(value),
        (None, _) => Spelling::Distant,
    }
}

/// The reason why a document cannot be read, if there is one: its nesting, or a number beyond exact
/// arithmetic.
fn out_of_reach(value: &Value) -> Option<String> {
    let mut distant = false;
    let mut work = vec![(value, 0)];
    while let Some((value, depth)) = work.pop() {
        if depth > MAX_NESTING {
            return Some(format!("more than {MAX_NESTING} containers are nested"));
        }
        match value {
            Value::Number(number) => distant |= !is_reachable(number),
            Value::Array(items) => work.extend(items.iter().map(|v| (v, depth + 1))),
            Value::Object(members) => work.extend(members.values().map(|v| (v, depth + 1))),
            _ => {}
        }
    }
    distant.then(|| "a number's exponent is out of reach".to_owned())
}

fn is_reachable(number: &serde_json::Number) -> bool {
    number::exact(number).is_some()
}
