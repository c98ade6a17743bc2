//! Parses the syntax of ECMA-262 patterns, and refuses by name the constructs that cannot be read exactly.

use std::collections::HashMap;

use super::error::Unsupported;
use super::properties::property;
use super::ranges::{Ranges, digits, negate, space, word};
use crate::primitives::ClassId;

const MAX_DEPTH: usize = 100;
const MAX_RANGES: usize = 300_000;

/// A pattern, with its classes listed apart: a [`Term`] names them by index.
pub(super) struct Syntax {
    pub(super) term: Term,
    pub(super) classes: Classes,
    /// Whether there are back references.
    pub(super) refers: bool,
}

/// A pattern as it is written.
#[derive(Clone)]
pub(super) enum Term {
    Class(ClassId),
    Start,
    End,
    /// `\b`, or `\B` if `boundary` is false.
    Word {
        boundary: bool,
    },
    Look {
        ahead: bool,
        negative: bool,
        inner: Box<Term>,
    },
    /// A group that captures, by its number.
    Group(usize, Box<Term>),
    /// What the group with this number has captured.
    Back(usize),
    Concat(Vec<Term>),
    Alternation(Vec<Term>),
    Repeat {
        inner: Box<Term>,
        min: u32,
        max: Option<u32>,
    },
}

/// The classes of a pattern, each once.
#[derive(Default)]
pub(super) struct Classes {
    pub(super) all: Vec<Ranges>,
    ids: HashMap<Ranges, ClassId>,
    /// Of all classes, also of those met again.
    ranges: usize,
}

impl Classes {
    pub(super) fn intern(&mut self, ranges: Ranges) -> Result<ClassId, Unsupported> {
        self.ranges += ranges.len();
        if self.ranges > MAX_RANGES {
            return Err(Unsupported("too many classes of many characters in the pattern"));
        }
        let next = ClassId::new(self.all.len());
        let all = &mut self.all;
        let id = self.ids.entry(ranges).or_insert_with_key(|ranges| {
            all.push(ranges.clone());
            next
        });
        Ok(*id)
    }
}

pub(super) fn read(source: &str) -> Result<Syntax, Unsupported> {
    let mut parser = Parser { chars: source.chars().collect(), ..Parser::default() };
    let mut term = parser.alternation()?;
    if parser.at != parser.chars.len() {
        return Err(UNBALANCED);
    }
    if parser.unicode && parser.literal {
        return Err(MIXED);
    }
    for (name, number) in &parser.by_name {
        let group = parser.names.get(name).ok_or(NO_GROUP)?;
        term.name(*number, *group);
    }
    // Without the flag `u` it would be a character.
    if parser.largest > parser.groups {
        return Err(NO_GROUP);
    }
    let refers = parser.largest > 0 || !parser.by_name.is_empty();
    Ok(Syntax { term, classes: parser.classes, refers })
}

impl Term {
    /// The terms that it consists of.
    pub(super) fn parts(&self) -> &[Self] {
        match self {
            Self::Concat(parts) | Self::Alternation(parts) => parts,
            Self::Look { inner, .. } | Self::Group(_, inner) | Self::Repeat { inner, .. } => {
                std::slice::from_ref(inner)
            }
            _ => &[],
        }
    }

    pub(super) fn parts_mut(&mut self) -> &mut [Self] {
        match self {
            Self::Concat(parts) | Self::Alternation(parts) => parts,
            Self::Look { inner, .. } | Self::Group(_, inner) | Self::Repeat { inner, .. } => {
                std::slice::from_mut(inner)
            }
            _ => &mut [],
        }
    }

    /// Gives back references their number, once it is known.
    fn name(&mut self, temporary: usize, number: usize) {
        if let Self::Back(known) = self {
            if *known == temporary {
                *known = number;
            }
        }
        self.parts_mut().iter_mut().for_each(|part| part.name(temporary, number));
    }
}

const UNBALANCED: Unsupported = Unsupported("an unbalanced parenthesis in the pattern");
const LONE_BRACE: Unsupported =
    Unsupported("a lone `{` in the pattern: the literal is written `\\{`");
const NO_GROUP: Unsupported =
    Unsupported("a back reference to a group that the pattern does not have");
const ESCAPE: Unsupported =
    Unsupported("an unknown escape in the pattern: a literal character needs no backslash");
const MIXED: Unsupported = Unsupported(
    "an escape such as `\\-` or `\\@` beside `\\p{...}` or `\\u{...}` in the pattern, which is an error \
     or means another thing: write the character without its backslash",
);
const PROPERTY: Unsupported = Unsupported(
    "a Unicode property that ECMA-262 does not name in the pattern: write `\\p{Lu}` or \
     `\\p{Script=Greek}`, in exactly this spelling",
);
const SURROGATE: Unsupported =
    Unsupported("a lone surrogate in the pattern: no string of Unicode text holds one");
const CODE: Unsupported = Unsupported("a code point beyond U+10FFFF in the pattern");
const CLASS_BOUND: Unsupported =
    Unsupported("a range from or to a class in the pattern: for a literal `-`, put it last");

#[derive(Default)]
struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    classes: Classes,
    /// How many groups capture so far.
    groups: usize,
    /// The largest number that a back reference has.
    largest: usize,
    /// The groups with names.
    names: HashMap<String, usize>,
    /// Names in back references, each with a number of its own until that of its group is known.
    by_name: HashMap<String, usize>,
    /// Whether there is an escape that only has this meaning with the flag `u`.
    unicode: bool,
    /// Whether there is an escape that is an error with the flag `u`.
    literal: bool,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == Some(c);
        self.at += usize::from(found);
        found
    }

    fn eat_all(&mut self, text: &str) -> bool {
        let found = text.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        self.at += if found { text.chars().count() } else { 0 };
        found
    }

    fn alternation(&mut self) -> Result<Term, Unsupported> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Unsupported("more than a hundred nested groups in the pattern"));
        }
        let mut branches = vec![self.sequence()?];
        while self.eat('|') {
            branches.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(if branches.len() == 1 { branches.remove(0) } else { Term::Alternation(branches) })
    }

    fn sequence(&mut self) -> Result<Term, Unsupported> {
        let mut items = Vec::new();
        while let Some(c) = self.peek() {
            if c == '|' || c == ')' {
                break;
            }
            let atom = self.atom()?;
            items.push(self.repetition(atom)?);
        }
        Ok(Term::Concat(items))
    }

    fn repetition(&mut self, atom: Term) -> Result<Term, Unsupported> {
        let (min, max) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.at += 1;
                let min = self.count()?;
                let max = match (self.eat(','), self.peek()) {
                    (false, _) => Some(min),
                    (true, Some('}')) => None,
                    (true, _) => Some(self.count()?),
                };
                if self.peek() != Some('}') {
                    return Err(LONE_BRACE);
                }
                (min, max)
            }
            _ => return Ok(atom),
        };
        self.at += 1;
        // Lazy or greedy affects what is captured, not whether there is a match.
        self.eat('?');
        if matches!(atom, Term::Start | Term::End | Term::Word { .. } | Term::Look { .. }) {
            return Err(Unsupported(
                "a repeated assertion in the pattern: once is as good, and `?` makes it void",
            ));
        }
        if max.is_some_and(|max| max < min) {
            return Err(Unsupported("a repetition `{n,m}` with n above m in the pattern"));
        }
        Ok(Term::Repeat { inner: Box::new(atom), min, max })
    }

    fn count(&mut self) -> Result<u32, Unsupported> {
        let rest = &self.chars[self.at.min(self.chars.len())..];
        let digits: String = rest.iter().take_while(|c| c.is_ascii_digit()).collect();
        self.at += digits.len();
        if digits.is_empty() {
            return Err(LONE_BRACE);
        }
        digits.parse().map_err(|_| Unsupported("a repetition count beyond 4294967295"))
    }

    fn atom(&mut self) -> Result<Term, Unsupported> {
        let c = self.chars[self.at];
        self.at += 1;
        let ranges = match c {
            '^' => return Ok(Term::Start),
            '$' => return Ok(Term::End),
            '(' => return self.group(),
            '.' => negate(vec![(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)]),
            '[' => self.class()?,
            '\\' => match self.peek() {
                Some(c @ ('b' | 'B')) => {
                    self.at += 1;
                    return Ok(Term::Word { boundary: c == 'b' });
                }
                Some('1'..='9') => {
                    let number = self.count()?;
                    let number = usize::try_from(number).map_err(|_| NO_GROUP)?;
                    self.largest = self.largest.max(number);
                    return Ok(Term::Back(number));
                }
                Some('k') => {
                    self.at += 1;
                    if !self.eat('<') {
                        return Err(ESCAPE);
                    }
                    let name = self.name()?;
                    let next = usize::MAX - self.by_name.len();
                    return Ok(Term::Back(*self.by_name.entry(name).or_insert(next)));
                }
                _ => self.escape()?,
            },
            '*' | '+' | '?' => {
                return Err(Unsupported("a `*`, `+` or `?` with nothing to repeat in the pattern"));
            }
            '{' => return Err(LONE_BRACE),
            '}' | ']' => {
                return Err(Unsupported(
                    "a lone `}` or `]` in the pattern: the literal is written `\\}` or `\\]`",
                ));
            }
            c => vec![(c.into(), c.into())],
        };
        Ok(Term::Class(self.classes.intern(ranges)?))
    }

    fn group(&mut self) -> Result<Term, Unsupported> {
        let mut number = None;
        let look = if self.eat_all("?=") {
            Some((true, false))
        } else if self.eat_all("?!") {
            Some((true, true))
        } else if self.eat_all("?<=") {
            Some((false, false))
        } else if self.eat_all("?<!") {
            Some((false, true))
        } else {
            let captures = !self.eat_all("?:");
            self.groups += usize::from(captures);
            number = captures.then_some(self.groups);
            if captures && self.eat_all("?<") {
                let name = self.name()?;
                if self.names.insert(name, self.groups).is_some() {
                    return Err(Unsupported("two groups of one name in the pattern"));
                }
            } else if captures && self.peek() == Some('?') {
                return Err(Unsupported(
                    "a group `(?` of another kind in the pattern: for a modifier such as `(?i:a)`, \
                     write `[aA]`",
                ));
            }
            None
        };
        let inner = self.alternation()?;
        if !self.eat(')') {
            return Err(UNBALANCED);
        }
        Ok(match (look, number) {
            (Some((ahead, negative)), _) => Term::Look { ahead, negative, inner: Box::new(inner) },
            (None, Some(number)) => Term::Group(number, Box::new(inner)),
            (None, None) => inner,
        })
    }

    fn name(&mut self) -> Result<String, Unsupported> {
        let rest = &self.chars[self.at..];
        let name: String = rest.iter().take_while(|c| **c != '>').collect();
        self.at += name.chars().count();
        let word = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$');
        let digit = name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit());
        if !word || digit || !self.eat('>') {
            return Err(Unsupported("a group name that is no ASCII identifier in the pattern"));
        }
        Ok(name)
    }

    /// The class that the escape behind a backslash stands for.
    fn escape(&mut self) -> Result<Ranges, Unsupported> {
        let c = self.peek().ok_or(Unsupported("a trailing backslash in the pattern"))?;
        self.at += 1;
        let code = match c {
            'd' => return Ok(digits()),
            'D' => return Ok(negate(digits())),
            'w' => return Ok(word()),
            'W' => return Ok(negate(word())),
            's' => return Ok(space()),
            'S' => return Ok(negate(space())),
            'p' | 'P' => {
                self.unicode = true;
                if !self.eat('{') {
                    return Err(PROPERTY);
                }
                let name: String =
                    self.chars[self.at..].iter().take_while(|c| **c != '}').collect();
                self.at += name.chars().count();
                let ranges = property(&name).filter(|_| self.eat('}')).ok_or(PROPERTY)?;
                return Ok(if c == 'P' { negate(ranges) } else { ranges });
            }
            't' => 0x09,
            'n' => 0x0A,
            'v' => 0x0B,
            'f' => 0x0C,
            'r' => 0x0D,
            '0' if !self.peek().is_some_and(|c| c.is_ascii_digit()) => 0,
            'c' => match self.peek() {
                Some(letter) if letter.is_ascii_alphabetic() => {
                    self.at += 1;
                    u32::from(letter) % 32
                }
                _ => return Err(ESCAPE),
            },
            'x' => self.hex(2)?,
            'u' => self.code_point()?,
            c if "^$\\.*+?()[]{}|/".contains(c) => c.into(),
            // An error with the flag `u`, a literal without.
            c if c.is_ascii() && !c.is_ascii_alphanumeric() && c != '_' => {
                self.literal = true;
                c.into()
            }
            _ => return Err(ESCAPE),
        };
        Ok(vec![(code, code)])
    }

    /// Behind `\u`.
    fn code_point(&mut self) -> Result<u32, Unsupported> {
        let code = if self.eat('{') {
            self.unicode = true;
            let digits = self.chars[self.at..].iter().take_while(|c| **c != '}').count();
            let code = self.hex(digits)?;
            if !self.eat('}') {
                return Err(ESCAPE);
            }
            code
        } else {
            let high = self.hex(4)?;
            if (0xD800..0xDC00).contains(&high) && self.eat_all("\\u") {
                let low = self.hex(4)?;
                if !(0xDC00..0xE000).contains(&low) {
                    return Err(SURROGATE);
                }
                0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
            } else {
                high
            }
        };
        match char::from_u32(code) {
            Some(_) => Ok(code),
            None if code > 0x10_FFFF => Err(CODE),
            None => Err(SURROGATE),
        }
    }

    fn hex(&mut self, digits: usize) -> Result<u32, Unsupported> {
        let text: String = self.chars[self.at..].iter().take(digits).collect();
        let valid = text.bytes().all(|b| b.is_ascii_hexdigit());
        if text.is_empty() || text.len() != digits || !valid {
            return Err(ESCAPE);
        }
        self.at += digits;
        u32::from_str_radix(&text, 16).map_err(|_| CODE)
    }

    fn class(&mut self) -> Result<Ranges, Unsupported> {
        let negative = self.eat('^');
        let mut ranges = Vec::new();
        while !self.eat(']') {
            let low = self.class_atom()?;
            if self.peek() == Some('-') && self.chars.get(self.at + 1) != Some(&']') {
                self.at += 1;
                let high = self.class_atom()?;
                match (low, high) {
                    (Member::One(low), Member::One(high)) if low <= high => {
                        ranges.push((low, high));
                    }
                    (Member::One(_), Member::One(_)) => {
                        return Err(Unsupported("a range `[b-a]` out of order in the pattern"));
                    }
                    _ => return Err(CLASS_BOUND),
                }
            } else {
                match low {
                    Member::One(c) => ranges.push((c, c)),
                    Member::Set(set) => ranges.extend(set),
                }
            }
        }
        // The surrogates that a range spans are not scalar values.
        Ok(if negative { negate(ranges) } else { negate(negate(ranges)) })
    }

    fn class_atom(&mut self) -> Result<Member, Unsupported> {
        let c = self.peek().ok_or(Unsupported("an unclosed class `[` in the pattern"))?;
        self.at += 1;
        if c != '\\' {
            return Ok(Member::One(c.into()));
        }
        let set = matches!(self.peek(), Some('d' | 'D' | 'w' | 'W' | 's' | 'S' | 'p' | 'P'));
        if self.eat('b') {
            return Ok(Member::One(0x08));
        }
        if self.eat('-') {
            return Ok(Member::One('-'.into()));
        }
        let ranges = self.escape()?;
        Ok(if set { Member::Set(ranges) } else { Member::One(ranges[0].0) })
    }
}

/// A member of a class: only a character may bound a range.
enum Member {
    One(u32),
    Set(Ranges),
}
