//! Regular expressions as automata over Unicode scalar values, with the meaning of ECMA-262.
//!
//! A pattern that cannot be read exactly is refused, never approximated: back references, word
//! boundaries, and look-around anywhere but directly behind a leading `^`.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Sorted, disjoint, inclusive ranges of scalar values.
type Ranges = Vec<(u32, u32)>;

const MAX_NFA: usize = 20_000;
const SURROGATES: (u32, u32) = (0xD800, 0xDFFF);

/// Why a pattern has no automaton.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unsupported(pub(crate) &'static str);

#[derive(Debug, Clone)]
enum Ast {
    Class(Ranges),
    Start,
    End,
    Concat(Vec<Ast>),
    Alternation(Vec<Ast>),
    Repeat { inner: Box<Ast>, min: u32, max: Option<u32> },
    Ahead { inner: Box<Ast>, negative: bool },
}

/// A pattern as a conjunction of automata, some of them negated (its leading look-aheads).
pub(crate) fn parse(source: &str) -> Result<Vec<(Pattern, bool)>, Unsupported> {
    let mut parser = Parser { chars: source.chars().collect(), at: 0, depth: 0 };
    let ast = parser.alternation()?;
    if parser.at != parser.chars.len() {
        return Err(Unsupported("unbalanced parenthesis in the pattern"));
    }
    let mut parts = Vec::new();
    // `^(?=a)(?!b)c` is `^a` and not `^b` and `^c`.
    if let Ast::Concat(items) = &ast {
        let aheads = items.iter().skip(1).take_while(|i| matches!(i, Ast::Ahead { .. })).count();
        if aheads > 0 && matches!(items[0], Ast::Start) {
            for (index, item) in items[1..=aheads].iter().enumerate() {
                if let Ast::Ahead { inner, negative } = item {
                    let ast = Ast::Concat(vec![Ast::Start, (**inner).clone()]);
                    parts.push((Pattern::build(format!("{source} (?{index})"), &ast)?, !negative));
                }
            }
            let mut rest = vec![Ast::Start];
            rest.extend_from_slice(&items[aheads + 1..]);
            parts.push((Pattern::build(format!("{source} (?)"), &Ast::Concat(rest))?, true));
            return Ok(parts);
        }
    }
    parts.push((Pattern::build(source.to_owned(), &ast)?, true));
    Ok(parts)
}

fn normalise(mut ranges: Ranges) -> Ranges {
    ranges.sort_unstable();
    let mut out: Ranges = Vec::new();
    for (low, high) in ranges {
        match out.last_mut() {
            Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
            _ => out.push((low, high)),
        }
    }
    out
}

/// Everything but `ranges` (and but the surrogates, which no JSON string holds).
fn negate(ranges: Ranges) -> Ranges {
    let mut ranges = ranges;
    ranges.push(SURROGATES);
    let mut out = Vec::new();
    let mut next = 0;
    for (low, high) in normalise(ranges) {
        if low > next {
            out.push((next, low - 1));
        }
        next = high + 1;
    }
    if next <= 0x10_FFFF {
        out.push((next, 0x10_FFFF));
    }
    out
}

fn digits() -> Ranges {
    vec![(0x30, 0x39)]
}

fn word() -> Ranges {
    vec![(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)]
}

/// ECMA-262 `WhiteSpace` and `LineTerminator`.
fn space() -> Ranges {
    vec![
        (0x09, 0x0D),
        (0x20, 0x20),
        (0xA0, 0xA0),
        (0x1680, 0x1680),
        (0x2000, 0x200A),
        (0x2028, 0x2029),
        (0x202F, 0x202F),
        (0x205F, 0x205F),
        (0x3000, 0x3000),
        (0xFEFF, 0xFEFF),
    ]
}

fn dot() -> Ranges {
    negate(vec![(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)])
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
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
        let text: Vec<char> = text.chars().collect();
        let found = self.chars[self.at.min(self.chars.len())..].starts_with(&text);
        self.at += if found { text.len() } else { 0 };
        found
    }

    fn alternation(&mut self) -> Result<Ast, Unsupported> {
        self.depth += 1;
        if self.depth > 100 {
            return Err(Unsupported("the pattern nests too deeply"));
        }
        let mut branches = vec![self.sequence()?];
        while self.eat('|') {
            branches.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(if branches.len() == 1 { branches.remove(0) } else { Ast::Alternation(branches) })
    }

    fn sequence(&mut self) -> Result<Ast, Unsupported> {
        let mut items = Vec::new();
        while let Some(c) = self.peek() {
            if c == '|' || c == ')' {
                break;
            }
            let atom = self.atom()?;
            items.push(self.repetition(atom)?);
        }
        Ok(Ast::Concat(items))
    }

    fn repetition(&mut self, atom: Ast) -> Result<Ast, Unsupported> {
        let (min, max) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                let close = self.chars[self.at..]
                    .iter()
                    .position(|c| *c == '}')
                    .ok_or(Unsupported("a lone `{` in the pattern"))?;
                let body: String = self.chars[self.at + 1..self.at + close].iter().collect();
                let number = |text: &str| {
                    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
                        return Err(Unsupported("a lone `{` in the pattern"));
                    }
                    text.parse::<u32>().map_err(|_| Unsupported("a repetition count out of reach"))
                };
                let bounds = match body.split_once(',') {
                    None => (number(&body)?, Some(number(&body)?)),
                    Some((min, "")) => (number(min)?, None),
                    Some((min, max)) => (number(min)?, Some(number(max)?)),
                };
                self.at += close;
                bounds
            }
            _ => return Ok(atom),
        };
        self.at += 1;
        // Lazy or greedy matters to what is captured, not to whether there is a match.
        self.eat('?');
        if matches!(atom, Ast::Start | Ast::End | Ast::Ahead { .. }) {
            return Err(Unsupported("a repeated assertion in the pattern"));
        }
        if matches!(self.peek(), Some('*' | '+' | '?')) || max.is_some_and(|max| max < min) {
            return Err(Unsupported("an invalid repetition in the pattern"));
        }
        Ok(Ast::Repeat { inner: Box::new(atom), min, max })
    }

    fn atom(&mut self) -> Result<Ast, Unsupported> {
        let c = self.chars[self.at];
        self.at += 1;
        Ok(match c {
            '^' => Ast::Start,
            '$' => Ast::End,
            '.' => Ast::Class(dot()),
            '[' => Ast::Class(self.class()?),
            '(' => {
                let ast = if self.eat_all("?:") {
                    self.alternation()?
                } else if self.eat_all("?=") {
                    Ast::Ahead { inner: Box::new(self.alternation()?), negative: false }
                } else if self.eat_all("?!") {
                    Ast::Ahead { inner: Box::new(self.alternation()?), negative: true }
                } else if self.eat_all("?<") {
                    if matches!(self.peek(), Some('=' | '!')) {
                        return Err(Unsupported("look-behind in the pattern"));
                    }
                    while self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
                        self.at += 1;
                    }
                    if !self.eat('>') {
                        return Err(Unsupported("an unknown group in the pattern"));
                    }
                    self.alternation()?
                } else if self.peek() == Some('?') {
                    return Err(Unsupported("an unknown group in the pattern"));
                } else {
                    self.alternation()?
                };
                if !self.eat(')') {
                    return Err(Unsupported("unbalanced parenthesis in the pattern"));
                }
                ast
            }
            '\\' => match self.peek() {
                Some('b' | 'B') => return Err(Unsupported("a word boundary in the pattern")),
                Some('k' | '1'..='9') => {
                    return Err(Unsupported("a back reference in the pattern"));
                }
                _ => Ast::Class(self.escape()?),
            },
            '*' | '+' | '?' => return Err(Unsupported("nothing to repeat in the pattern")),
            '{' | '}' | ']' => return Err(Unsupported("a lone bracket in the pattern")),
            c => Ast::Class(vec![(c.into(), c.into())]),
        })
    }

    /// The class that the escape behind a backslash stands for.
    fn escape(&mut self) -> Result<Ranges, Unsupported> {
        let c = self.peek().ok_or(Unsupported("a trailing backslash in the pattern"))?;
        self.at += 1;
        let one = |c: u32| Ok(vec![(c, c)]);
        match c {
            'd' => Ok(digits()),
            'D' => Ok(negate(digits())),
            'w' => Ok(word()),
            'W' => Ok(negate(word())),
            's' => Ok(space()),
            'S' => Ok(negate(space())),
            't' => one(0x09),
            'n' => one(0x0A),
            'v' => one(0x0B),
            'f' => one(0x0C),
            'r' => one(0x0D),
            '0' if !self.peek().is_some_and(|c| c.is_ascii_digit()) => one(0),
            'c' => match self.peek() {
                Some(letter) if letter.is_ascii_alphabetic() => {
                    self.at += 1;
                    one(u32::from(letter) % 32)
                }
                _ => Err(Unsupported("an unknown escape in the pattern")),
            },
            'x' => {
                let code = self.hex(2)?;
                one(code)
            }
            'u' => {
                let code = if self.eat('{') {
                    let digits = self.chars[self.at..].iter().take_while(|c| **c != '}').count();
                    let code = self.hex(digits)?;
                    self.at += 1;
                    code
                } else {
                    let high = self.hex(4)?;
                    if (0xD800..0xDC00).contains(&high) && self.eat_all("\\u") {
                        let low = self.hex(4)?;
                        if !(0xDC00..0xE000).contains(&low) {
                            return Err(Unsupported("a lone surrogate in the pattern"));
                        }
                        0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
                    } else {
                        high
                    }
                };
                if char::from_u32(code).is_none() {
                    return Err(Unsupported("a lone surrogate in the pattern"));
                }
                one(code)
            }
            'p' | 'P' => {
                if !self.eat('{') {
                    return Err(Unsupported("an unknown escape in the pattern"));
                }
                let name: String =
                    self.chars[self.at..].iter().take_while(|c| **c != '}').collect();
                self.at += name.chars().count() + 1;
                let ranges = unicode_property(&name)?;
                Ok(if c == 'P' { negate(ranges) } else { ranges })
            }
            c if !c.is_alphanumeric() && c != '_' => one(c.into()),
            _ => Err(Unsupported("an unknown escape in the pattern")),
        }
    }

    fn hex(&mut self, digits: usize) -> Result<u32, Unsupported> {
        let end = self.at + digits;
        let text: String = self
            .chars
            .get(self.at..end)
            .ok_or(Unsupported("an unknown escape in the pattern"))?
            .iter()
            .collect();
        if text.is_empty() || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(Unsupported("an unknown escape in the pattern"));
        }
        self.at = end;
        u32::from_str_radix(&text, 16).map_err(|_| Unsupported("an unknown escape in the pattern"))
    }

    fn class(&mut self) -> Result<Ranges, Unsupported> {
        let negative = self.eat('^');
        let mut ranges = Vec::new();
        loop {
            if self.eat(']') {
                break;
            }
            let low = self.class_atom()?;
            if self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|c| *c != ']') {
                self.at += 1;
                let high = self.class_atom()?;
                match (low.as_slice(), high.as_slice()) {
                    ([(a, b)], [(c, d)]) if a == b && c == d && a <= c => ranges.push((*a, *c)),
                    _ => return Err(Unsupported("a malformed class in the pattern")),
                }
            } else {
                ranges.extend(low);
            }
        }
        // The surrogates that a range spans are no scalar values.
        Ok(if negative { negate(ranges) } else { negate(negate(ranges)) })
    }

    fn class_atom(&mut self) -> Result<Ranges, Unsupported> {
        let c = self.peek().ok_or(Unsupported("an unclosed class in the pattern"))?;
        self.at += 1;
        if c != '\\' {
            return Ok(vec![(c.into(), c.into())]);
        }
        match self.peek() {
            Some('b') => {
                self.at += 1;
                Ok(vec![(0x08, 0x08)])
            }
            _ => self.escape(),
        }
    }
}

/// The scalar values with a Unicode property, by `regex-syntax`'s tables.
fn unicode_property(name: &str) -> Result<Ranges, Unsupported> {
    let unknown = Unsupported("an unknown Unicode property in the pattern");
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '=') {
        return Err(unknown);
    }
    let hir = regex_syntax::parse(&format!("\\p{{{name}}}")).map_err(|_| unknown.clone())?;
    match hir.kind() {
        regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => Ok(class
            .ranges()
            .iter()
            .map(|range| (range.start().into(), range.end().into()))
            .collect()),
        _ => Err(unknown),
    }
}

#[derive(Debug)]
enum State {
    Class(Ranges, u32),
    Split(Vec<u32>),
    Start(u32),
    End(u32),
    Match,
}

/// The language of the strings in which a regular expression finds a match.
#[derive(Debug)]
pub(crate) struct Pattern {
    source: String,
    states: Vec<State>,
    start: u32,
    dfa: std::cell::RefCell<Dfa>,
}

/// The states of the deterministic automaton met so far.
#[derive(Debug, Default)]
struct Dfa {
    /// Sets of automaton states; `None` is the accepting sink.
    sets: Vec<Option<Arc<[u32]>>>,
    ids: HashMap<Option<Arc<[u32]>>, u32>,
    steps: HashMap<(u32, u32), u32>,
    accepting: Vec<bool>,
}

impl Pattern {
    pub(crate) fn source(&self) -> &str {
        &self.source
    }

    fn build(source: String, ast: &Ast) -> Result<Self, Unsupported> {
        let mut pattern = Self {
            source,
            states: vec![State::Match],
            start: 0,
            dfa: std::cell::RefCell::default(),
        };
        pattern.start = pattern.compile(ast, 0)?;
        Ok(pattern)
    }

    fn push(&mut self, state: State) -> Result<u32, Unsupported> {
        if self.states.len() >= MAX_NFA {
            return Err(Unsupported("the pattern is too large"));
        }
        self.states.push(state);
        Ok(u32::try_from(self.states.len() - 1).unwrap_or(u32::MAX))
    }

    /// Adds the states that match `ast` and then go on at `next`.
    fn compile(&mut self, ast: &Ast, next: u32) -> Result<u32, Unsupported> {
        Ok(match ast {
            Ast::Class(ranges) => self.push(State::Class(ranges.clone(), next))?,
            Ast::Start => self.push(State::Start(next))?,
            Ast::End => self.push(State::End(next))?,
            Ast::Concat(items) => {
                let mut next = next;
                for item in items.iter().rev() {
                    next = self.compile(item, next)?;
                }
                next
            }
            Ast::Alternation(branches) => {
                let starts = branches
                    .iter()
                    .map(|branch| self.compile(branch, next))
                    .collect::<Result<_, _>>()?;
                self.push(State::Split(starts))?
            }
            Ast::Repeat { inner, min, max } => {
                let mut next = next;
                match max {
                    None => {
                        let split = self.push(State::Split(Vec::new()))?;
                        let body = self.compile(inner, split)?;
                        self.states[split as usize] = State::Split(vec![body, next]);
                        next = split;
                    }
                    Some(max) => {
                        let end = next;
                        for _ in *min..*max {
                            let body = self.compile(inner, next)?;
                            next = self.push(State::Split(vec![body, end]))?;
                        }
                    }
                }
                for _ in 0..*min {
                    next = self.compile(inner, next)?;
                }
                next
            }
            Ast::Ahead { .. } => return Err(Unsupported("look-around in the pattern")),
        })
    }

    /// All states reachable from `from` without reading a character, and whether that is a match.
    fn closure(
        &self,
        from: impl IntoIterator<Item = u32>,
        first: bool,
        last: bool,
    ) -> (Vec<u32>, bool) {
        let mut seen = vec![false; self.states.len()];
        let mut stack: Vec<u32> = from.into_iter().collect();
        let mut kept = Vec::new();
        let mut matched = false;
        while let Some(id) = stack.pop() {
            if std::mem::replace(&mut seen[id as usize], true) {
                continue;
            }
            match &self.states[id as usize] {
                State::Class(..) => kept.push(id),
                State::Split(next) => stack.extend(next),
                State::Start(next) if first => stack.push(*next),
                State::Start(_) => {}
                State::End(next) => {
                    kept.push(id);
                    if last {
                        stack.push(*next);
                    }
                }
                State::Match => matched = true,
            }
        }
        kept.sort_unstable();
        (kept, matched)
    }

    fn intern(&self, set: Option<Arc<[u32]>>) -> u32 {
        if let Some(id) = self.dfa.borrow().ids.get(&set) {
            return *id;
        }
        let accepts = match &set {
            None => true,
            Some(set) => self.closure(set.iter().copied(), false, true).1,
        };
        let mut dfa = self.dfa.borrow_mut();
        let id = u32::try_from(dfa.sets.len()).unwrap_or(u32::MAX);
        dfa.sets.push(set.clone());
        dfa.accepting.push(accepts);
        dfa.ids.insert(set, id);
        id
    }

    /// The state before the first character. No other state is the same: only there `^` holds.
    fn initial(&self) -> u32 {
        if self.dfa.borrow().sets.is_empty() {
            let (set, matched) = self.closure([self.start], true, false);
            let accepts = matched || self.closure([self.start], true, true).1;
            let mut dfa = self.dfa.borrow_mut();
            dfa.sets.push((!matched).then(|| set.into()));
            dfa.accepting.push(accepts);
        }
        0
    }

    fn step(&self, state: u32, c: u32) -> u32 {
        if let Some(next) = self.dfa.borrow().steps.get(&(state, c)) {
            return *next;
        }
        let set = self.dfa.borrow().sets[state as usize].clone();
        let next = match set {
            None => None,
            Some(set) => {
                // A search may start anywhere.
                let mut targets = vec![self.start];
                for id in set.iter() {
                    if let State::Class(ranges, next) = &self.states[*id as usize] {
                        if contains(ranges, c) {
                            targets.push(*next);
                        }
                    }
                }
                let (set, matched) = self.closure(targets, false, false);
                (!matched).then(|| Arc::from(set))
            }
        };
        let id = self.intern(next);
        self.dfa.borrow_mut().steps.insert((state, c), id);
        id
    }

    fn accepts(&self, state: u32) -> bool {
        self.dfa.borrow().accepting[state as usize]
    }

    /// Whether no continuation can change the answer, and that answer.
    fn settled(&self, state: u32) -> Option<bool> {
        match &self.dfa.borrow().sets[state as usize] {
            None => Some(true),
            Some(set) if set.is_empty() => Some(false),
            Some(_) => None,
        }
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        let mut state = self.initial();
        for c in text.chars() {
            if self.settled(state).is_some() {
                break;
            }
            state = self.step(state, c.into());
        }
        // A match that the empty prefix already holds stays one.
        self.accepts(state)
    }

    fn boundaries(&self, into: &mut Vec<u32>) {
        for state in &self.states {
            if let State::Class(ranges, _) = state {
                for (low, high) in ranges {
                    into.push(*low);
                    into.push(*high + 1);
                }
            }
        }
    }
}

fn contains(ranges: &Ranges, c: u32) -> bool {
    ranges
        .binary_search_by(|(low, high)| {
            if c < *low {
                std::cmp::Ordering::Greater
            } else if c > *high {
                std::cmp::Ordering::Less
            } else {
                std::cmp::Ordering::Equal
            }
        })
        .is_ok()
}

/// What a string must look like.
#[derive(Default)]
pub(crate) struct Language<'a> {
    pub(crate) min: u64,
    pub(crate) max: Option<u64>,
    pub(crate) matching: Vec<&'a Pattern>,
    pub(crate) unmatched: Vec<&'a Pattern>,
    pub(crate) except: Vec<Arc<str>>,
}

pub(crate) enum Found {
    Strings(Vec<String>),
    Nothing,
    /// The search ended for want of budget.
    Unknown,
}

/// A string on the way: the states of all patterns, the excluded strings that begin with it, its
/// length up to the one that matters, and the step before it.
struct Step {
    states: Vec<u32>,
    alive: Vec<u32>,
    length: u64,
    before: usize,
    c: u32,
}

/// Longest string made up for a witness.
const MAX_STRING: u64 = 10_000;

impl Language<'_> {
    /// Up to `wanted` of the shortest strings in the language. `Nothing` is a proof.
    pub(crate) fn search(&self, wanted: usize, budget: &mut u64) -> Found {
        if self.max.is_some_and(|max| max < self.min) {
            return Found::Nothing;
        }
        if self.matching.is_empty() && self.unmatched.is_empty() {
            return self.plain(wanted);
        }
        let longest = self.except.iter().map(|s| s.chars().count() as u64).max().unwrap_or(0);
        // Beyond this length nothing depends on the length any more.
        let cap = self.max.map_or(self.min, |max| max + 1).max(longest + 1);
        let alphabet = self.alphabet();
        let patterns: Vec<&Pattern> =
            self.matching.iter().chain(&self.unmatched).copied().collect();
        let excepts: Vec<Vec<u32>> =
            self.except.iter().map(|s| s.chars().map(u32::from).collect()).collect();

        let mut steps = vec![Step {
            states: patterns.iter().map(|p| p.initial()).collect(),
            alive: (0..u32::try_from(excepts.len()).unwrap_or(0)).collect(),
            length: 0,
            before: usize::MAX,
            c: 0,
        }];
        let mut seen: std::collections::HashSet<(Vec<u32>, Vec<u32>, u64)> =
            std::collections::HashSet::new();
        let mut queue = VecDeque::from([0]);
        let mut found = Vec::new();
        while let Some(at) = queue.pop_front() {
            let Step { states, alive, length, .. } = &steps[at];
            let (states, alive, length) = (states.clone(), alive.clone(), *length);
            let accepted = patterns
                .iter()
                .zip(&states)
                .enumerate()
                .all(|(index, (p, state))| p.accepts(*state) == (index < self.matching.len()));
            let excluded = alive.iter().any(|i| excepts[*i as usize].len() as u64 == length);
            if accepted && !excluded && length >= self.min && self.max.is_none_or(|m| length <= m) {
                let mut text = Vec::new();
                let mut back = at;
                while steps[back].before != usize::MAX {
                    text.push(char::from_u32(steps[back].c).unwrap_or('\u{FFFD}'));
                    back = steps[back].before;
                }
                found.push(text.iter().rev().collect());
                if found.len() >= wanted {
                    return Found::Strings(found);
                }
            }
            if self.max.is_some_and(|max| length >= max) {
                continue;
            }
            for c in &alphabet {
                let cost = 1 + states.len() as u64;
                if *budget < cost {
                    return if found.is_empty() { Found::Unknown } else { Found::Strings(found) };
                }
                *budget -= cost;
                let next: Vec<u32> =
                    patterns.iter().zip(&states).map(|(p, state)| p.step(*state, *c)).collect();
                let dead = patterns.iter().zip(&next).enumerate().any(|(index, (p, state))| {
                    p.settled(*state) == Some(index >= self.matching.len())
                });
                if dead {
                    continue;
                }
                let next_alive: Vec<u32> = alive
                    .iter()
                    .copied()
                    .filter(|i| {
                        excepts[*i as usize].get(usize::try_from(length).unwrap_or(usize::MAX))
                            == Some(c)
                    })
                    .collect();
                let next_length = (length + 1).min(cap);
                // Every string up to the cap counts once; beyond it, only new states matter.
                if seen.insert((next.clone(), next_alive.clone(), next_length)) {
                    steps.push(Step {
                        states: next,
                        alive: next_alive,
                        length: next_length,
                        before: at,
                        c: *c,
                    });
                    queue.push_back(steps.len() - 1);
                }
            }
        }
        if found.is_empty() { Found::Nothing } else { Found::Strings(found) }
    }

    /// Strings bounded in length only.
    fn plain(&self, wanted: usize) -> Found {
        if self.max == Some(0) {
            let excluded = self.except.iter().any(|s| s.is_empty());
            return if excluded { Found::Nothing } else { Found::Strings(vec![String::new()]) };
        }
        if self.min > MAX_STRING {
            return Found::Unknown;
        }
        let mut found = Vec::new();
        let longest = self.except.iter().map(|s| s.chars().count() as u64).max().unwrap_or(0);
        let top = self.max.unwrap_or(longest + wanted as u64 + 1).min(MAX_STRING).max(self.min);
        'length: for length in self.min..=top {
            // More letters than exceptions: one of them is always free.
            for letter in 0..=(self.except.len() + wanted) {
                let letter =
                    char::from_u32(0x61 + u32::try_from(letter).unwrap_or(0)).unwrap_or('a');
                let text: String =
                    std::iter::repeat_n(letter, usize::try_from(length).unwrap_or(0)).collect();
                if !self.except.iter().any(|s| **s == *text) {
                    found.push(text);
                    if found.len() >= wanted {
                        break 'length;
                    }
                    if length == 0 {
                        continue 'length;
                    }
                }
            }
        }
        if found.is_empty() { Found::Unknown } else { Found::Strings(found) }
    }

    /// One character for every class of characters that no pattern here tells apart.
    fn alphabet(&self) -> Vec<u32> {
        let mut bounds = vec![0, SURROGATES.0, SURROGATES.1 + 1, 0x11_0000];
        for pattern in self.matching.iter().chain(&self.unmatched) {
            pattern.boundaries(&mut bounds);
        }
        for c in self.except.iter().flat_map(|s| s.chars()) {
            bounds.push(c.into());
            bounds.push(u32::from(c) + 1);
        }
        bounds.sort_unstable();
        bounds.dedup();
        let mut alphabet: Vec<u32> = bounds
            .windows(2)
            .filter(|w| w[0] < 0x11_0000 && w[0] != SURROGATES.0)
            .map(|w| {
                // A letter or digit reads best in a witness.
                [(0x61, 0x7A), (0x41, 0x5A), (0x30, 0x39), (0x20, 0x7E)]
                    .iter()
                    .map(|(low, high)| (w[0].max(*low), (w[1] - 1).min(*high)))
                    .find(|(low, high)| low <= high)
                    .map_or(w[0], |(low, _)| low)
            })
            .collect();
        let niceness = |c: &u32| match *c {
            0x61..=0x7A => 0,
            0x30..=0x39 => 1,
            0x41..=0x5A => 2,
            0x21..=0x7E => 3,
            0x20 => 4,
            // Every engine agrees that `.` does not match this one.
            0x0A => 5,
            0xA0.. => 6,
            _ => 7,
        };
        alphabet.sort_by_key(niceness);
        alphabet
    }
}
