//! Splits an input into deliveries while holding little more than one of them in memory.
//!
//! An input is either *lines* (NDJSON: one delivery per line) or *values* (JSON documents one after the other,
//! pretty-printed or not; each element of an array is a delivery). The names `.ndjson` and `.jsonl` mean lines. For any
//! other name the content decides: an array is values, and so is a document whose first line is incomplete and continues
//! on the second; everything else is lines. A broken line therefore affects that line only, even if it is the first.

use std::hash::Hasher as _;
use std::io::{self, Read};
use std::mem;

use memchr::{memchr, memchr_iter, memrchr};
use twox_hash::xxhash3_64::Hasher;

use crate::chunk::{Chunk, Content, MAX_DELIVERY, NOT_CLOSED, Part};

/// The number of bytes to ask for in one read.
const READ: usize = 256 << 10;
/// The number of bytes of values to scan before the deliveries found are handed over.
const BATCH: usize = 64 << 10;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// The reason why splitting ended early.
#[derive(Debug)]
pub enum Stop {
    /// The input could not be read to its end.
    Input(io::Error),
    /// Nobody is left to take the chunks.
    Output,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Input(error)
    }
}

/// Takes chunks and gives back their buffers.
pub trait Sink {
    /// Takes the next chunk.
    ///
    /// # Errors
    ///
    /// [`Stop::Output`] if no more are wanted.
    fn chunk(&mut self, chunk: Chunk) -> Result<(), Stop>;

    /// A buffer to reuse, empty or not.
    fn buffer(&mut self) -> Vec<u8>;
}

/// Splits `input`. `lines` is true if its name promises lines.
///
/// # Errors
///
/// When the input cannot be read to its end, or `sink` wants no more. What came before is in `sink`.
pub fn split(input: impl Read, lines: bool, sink: &mut impl Sink) -> Result<(), Stop> {
    let mut window = Window::new(input, sink.buffer());
    while window.filled < 4 && window.fill() > 0 {}
    if let Some(message) = foreign_encoding(window.bytes()) {
        let content = Content::Defect("encoding", message);
        return sink.chunk(Chunk::Parts(vec![Part { line: 1, column: 1, content }]));
    }
    if lines || recognise(&mut window) == Layout::Lines {
        split_lines(&mut window, sink)?;
    } else {
        split_values(&mut window, sink)?;
    }
    window.failure.map_or(Ok(()), |error| Err(error.into()))
}

/// The bytes that have been read but not passed on yet.
struct Window<R> {
    input: R,
    /// Holds data up to `filled`; the rest is free for the next read.
    buffer: Vec<u8>,
    filled: usize,
    /// Why the input ends before its end.
    failure: Option<io::Error>,
}

impl<R: Read> Window<R> {
    fn new(input: R, buffer: Vec<u8>) -> Self {
        Self { input, buffer, filled: 0, failure: None }
    }

    fn bytes(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }

    /// Reads once more. Returns the number of bytes read, which is 0 only at the end of the input, or where it fails: what was read
    /// before is still split.
    fn fill(&mut self) -> usize {
        if self.failure.is_some() {
            return 0;
        }
        let wanted = self.filled + READ;
        if self.buffer.len() < wanted {
            if self.buffer.capacity() < wanted {
                // What is left of a line before it has another length each time, and a buffer is to be used again.
                self.buffer.reserve_exact(wanted + READ / 8 - self.buffer.len());
            }
            self.buffer.resize(wanted, 0);
        }
        loop {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.failure = Some(error);
                    return 0;
                }
                Ok(read) => {
                    self.filled += read;
                    return read;
                }
            }
        }
    }

    /// Hands over the first `length` bytes and moves the rest into `next`.
    fn take(&mut self, length: usize, mut next: Vec<u8>) -> Vec<u8> {
        let rest = self.filled - length;
        if next.len() < rest {
            next.resize(rest, 0);
        }
        next[..rest].copy_from_slice(&self.buffer[length..self.filled]);
        let mut taken = mem::replace(&mut self.buffer, next);
        self.filled = rest;
        taken.truncate(length);
        taken
    }
}

/// What to say of an input that starts with `bytes` and is in another encoding, by where its first characters, which are ASCII in any
/// JSON, have zeros. Said once: read as UTF-8 it would be a broken delivery a line.
fn foreign_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..]
        | [0, 0, 0xFE, 0xFF, ..]
        | [1..=255, 0, 0, 0, ..]
        | [0, 0, 0, 1..=255, ..] => Some("the input is in UTF-32 and was skipped: send UTF-8."),
        [0xFF, 0xFE, 1..=255, 0, ..]
        | [0xFE, 0xFF, 0, 1..=255, ..]
        | [1..=255, 0, 1..=255, 0, ..]
        | [0, 1..=255, 0, 1..=255, ..] => {
            Some("the input is in UTF-16 and was skipped: send UTF-8.")
        }
        _ => None,
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Layout {
    Lines,
    Values,
}

/// Tells lines from values by looking at the first two lines that are not blank.
fn recognise(window: &mut Window<impl Read>) -> Layout {
    loop {
        let at_end = window.filled > MAX_DELIVERY || window.fill() == 0;
        let bytes = window.bytes();
        // A byte order mark is a violation of the first delivery, which the verdict will report.
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start();
        if bytes.first() == Some(&b'[') {
            return Layout::Values;
        }
        if let Some(newline) = memchr(b'\n', bytes) {
            let first = bytes[..newline].trim_ascii_end();
            let next = bytes[newline..].trim_ascii_start().first();
            let finished = !serde_json::from_slice::<serde::de::IgnoredAny>(first)
                .is_err_and(|error| error.is_eof());
            if finished {
                return Layout::Lines;
            }
            if let Some(next) = next {
                // Within a document, `{` follows only a colon, a bracket or a comma. After anything else a new delivery
                // starts here.
                let goes_on = *next != b'{' || matches!(first.last(), Some(b':' | b'[' | b','));
                return if goes_on { Layout::Values } else { Layout::Lines };
            }
        }
        if at_end {
            return Layout::Lines;
        }
    }
}

fn split_lines(window: &mut Window<impl Read>, sink: &mut impl Sink) -> Result<(), Stop> {
    let mut line = 1;
    loop {
        if let Some(newline) = memrchr(b'\n', window.bytes()) {
            let bytes = window.take(newline + 1, sink.buffer());
            line = lines(line, bytes, sink)?;
        }
        if window.filled > MAX_DELIVERY {
            let mut sum = Hasher::new();
            let end = loop {
                let newline = memchr(b'\n', window.bytes());
                sum.write(&window.bytes()[..newline.unwrap_or(window.filled)]);
                if newline.is_some() {
                    break newline;
                }
                window.filled = 0;
                if window.fill() == 0 {
                    break None;
                }
            };
            too_large(line, &sum, sink)?;
            let Some(newline) = end else { return Ok(()) };
            drop(window.take(newline + 1, sink.buffer()));
            line += 1;
            continue;
        }
        if window.fill() == 0 {
            let bytes = window.take(window.filled, Vec::new());
            if !bytes.is_empty() {
                lines(line, bytes, sink)?;
            }
            return Ok(());
        }
    }
}

/// Hands over whole lines, of which the first is number `first`; those that are too large alone. Returns the number of the next.
fn lines(mut first: u64, mut bytes: Vec<u8>, sink: &mut impl Sink) -> Result<u64, Stop> {
    while let Some((start, end)) = too_large_line(&bytes) {
        let rest = bytes.split_off(end);
        let mut sum = Hasher::new();
        sum.write(bytes[start..].strip_suffix(b"\n").unwrap_or(&bytes[start..]));
        bytes.truncate(start);
        first = hand_over(first, bytes, sink)?;
        too_large(first, &sum, sink)?;
        first += 1;
        bytes = rest;
    }
    hand_over(first, bytes, sink)
}

fn hand_over(first: u64, bytes: Vec<u8>, sink: &mut impl Sink) -> Result<u64, Stop> {
    let next = first + memchr_iter(b'\n', &bytes).count() as u64;
    if !bytes.is_empty() {
        sink.chunk(Chunk::Lines { first, bytes })?;
    }
    Ok(next)
}

/// Where a line that is too large starts, and where it ends, its line feed included.
fn too_large_line(bytes: &[u8]) -> Option<(usize, usize)> {
    if bytes.len() <= MAX_DELIVERY {
        return None;
    }
    let mut start = 0;
    for newline in memchr_iter(b'\n', bytes) {
        if newline - start > MAX_DELIVERY {
            return Some((start, newline + 1));
        }
        start = newline + 1;
    }
    (bytes.len() - start > MAX_DELIVERY).then_some((start, bytes.len()))
}

fn too_large(line: u64, sum: &Hasher, sink: &mut impl Sink) -> Result<(), Stop> {
    let content = Content::TooLarge(sum.finish());
    sink.chunk(Chunk::Parts(vec![Part { line, column: 1, content }]))
}

fn split_values(window: &mut Window<impl Read>, sink: &mut impl Sink) -> Result<(), Stop> {
    let mut scanner = Scanner::default();
    while window.filled > 0 || window.fill() > 0 {
        for batch in window.bytes().chunks(BATCH) {
            for byte in batch {
                scanner.byte(*byte);
            }
            if !scanner.parts.is_empty() {
                sink.chunk(Chunk::Parts(mem::take(&mut scanner.parts)))?;
            }
        }
        window.filled = 0;
    }
    scanner.end();
    sink.chunk(Chunk::Parts(scanner.parts))
}

/// Finds where values start and end by brackets and quotes alone. The text in between is judged later.
struct Scanner {
    line: u64,
    column: u64,
    /// Line and column at which the current array starts.
    array: Option<(u64, u64)>,
    /// The last thing seen in that array.
    elements: Elements,
    value: Option<Unfinished>,
    parts: Vec<Part>,
}

#[derive(Debug, PartialEq, Eq)]
enum Elements {
    None,
    Element,
    Comma,
}

struct Unfinished {
    line: u64,
    column: u64,
    bytes: Vec<u8>,
    /// The sum of its bytes, once it is too large.
    too_large: Option<Hasher>,
    depth: usize,
    inside: Inside,
    /// Whether it starts with a bracket, and so ends with the matching one.
    bracketed: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Inside {
    Structure,
    String,
    /// A string, after a backslash.
    Escape,
}

impl Default for Scanner {
    fn default() -> Self {
        Self {
            line: 1,
            column: 1,
            array: None,
            elements: Elements::None,
            value: None,
            parts: Vec::new(),
        }
    }
}

impl Scanner {
    fn byte(&mut self, byte: u8) {
        match &mut self.value {
            None => self.between(byte),
            Some(value) => {
                let ends = if self.array.is_some() {
                    value.is_balanced() && matches!(byte, b',' | b']')
                } else if value.bracketed {
                    value.is_balanced()
                } else {
                    byte == b'\n'
                };
                if ends {
                    self.finish();
                    self.between(byte);
                } else {
                    value.push(byte);
                }
            }
        }
        match byte {
            b'\n' => (self.line, self.column) = (self.line + 1, 1),
            0x80..=0xBF => {} // Continues a character.
            _ => self.column += 1,
        }
    }

    /// Takes a byte between two values, or the first byte of a value.
    fn between(&mut self, byte: u8) {
        match (byte, self.array) {
            (b' ' | b'\t' | b'\r' | b'\n', _) => {}
            (b'[', None) => {
                self.array = Some((self.line, self.column));
                self.elements = Elements::None;
            }
            (b']', Some(_)) => {
                if self.elements == Elements::Comma {
                    self.broken_array("there is a comma before the end of the array: remove it.");
                }
                self.array = None;
            }
            (b',', Some(_)) => {
                if self.elements != Elements::Element {
                    self.broken_array("there is no delivery before this comma: remove the comma.");
                }
                self.elements = Elements::Comma;
            }
            _ => {
                let mut value = Unfinished {
                    line: self.line,
                    column: self.column,
                    bytes: Vec::new(),
                    too_large: None,
                    depth: 0,
                    inside: Inside::Structure,
                    bracketed: false,
                };
                value.push(byte);
                self.value = Some(value);
            }
        }
    }

    fn finish(&mut self) {
        if let Some(Unfinished { line, column, mut bytes, too_large, .. }) = self.value.take() {
            bytes.truncate(bytes.trim_ascii_end().len());
            let content = match too_large {
                Some(sum) => Content::TooLarge(sum.finish()),
                None => Content::Delivery(bytes),
            };
            self.parts.push(Part { line, column, content });
            self.elements = Elements::Element;
        }
    }

    fn broken_array(&mut self, message: &'static str) {
        let content = Content::Defect("syntax", message);
        self.parts.push(Part { line: self.line, column: self.column, content });
    }

    fn end(&mut self) {
        let complete = self.value.as_ref().is_none_or(Unfinished::is_balanced);
        self.finish();
        if let Some((line, column)) = self.array.filter(|_| complete) {
            let content = Content::Defect("syntax", NOT_CLOSED);
            self.parts.push(Part { line, column, content });
        }
    }
}

impl Unfinished {
    /// Whether every bracket and quote so far has been closed.
    fn is_balanced(&self) -> bool {
        self.depth == 0 && self.inside == Inside::Structure
    }

    fn push(&mut self, byte: u8) {
        let at_start = self.bytes.is_empty() || self.bytes == BYTE_ORDER_MARK;
        self.bracketed |= at_start && self.too_large.is_none() && matches!(byte, b'{' | b'[');
        self.inside = match (&self.inside, byte) {
            // No JSON string spans lines, so one that lacks its closing quote ends at the line feed.
            (Inside::String, b'"' | b'\n') => Inside::Structure,
            (Inside::String, b'\\') => Inside::Escape,
            (Inside::String | Inside::Escape, _) | (Inside::Structure, b'"') => Inside::String,
            (Inside::Structure, _) => {
                match byte {
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                    _ => {}
                }
                Inside::Structure
            }
        };
        if self.bytes.len() == MAX_DELIVERY {
            let mut sum = Hasher::new();
            sum.write(&self.bytes);
            self.too_large = Some(sum);
            self.bytes = Vec::new();
        }
        match &mut self.too_large {
            Some(sum) => sum.write(&[byte]),
            None => self.bytes.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// A reader that yields at most `step` bytes at a time.
    struct Slow<'a> {
        bytes: &'a [u8],
        step: usize,
    }

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.step.min(buffer.len());
            self.bytes.read(&mut buffer[..length])
        }
    }

    #[derive(Default)]
    struct Collect(Vec<String>);

    impl Sink for Collect {
        fn chunk(&mut self, chunk: Chunk) -> Result<(), Stop> {
            match chunk {
                Chunk::Lines { first, bytes } => {
                    let text = String::from_utf8_lossy(&bytes);
                    let lines = text.lines().zip(first..);
                    self.0.extend(lines.map(|(line, number)| format!("line {number}: {line:?}")));
                }
                Chunk::Parts(parts) => {
                    self.0.extend(parts.into_iter().map(|Part { line, column, content }| {
                        let content = match content {
                            Content::Delivery(bytes) => {
                                format!("{:?}", String::from_utf8_lossy(&bytes))
                            }
                            other => format!("{other:?}"),
                        };
                        format!("{line}:{column}: {content}")
                    }));
                }
            }
            Ok(())
        }

        fn buffer(&mut self) -> Vec<u8> {
            Vec::new()
        }
    }

    /// The parts of `input`, after checking that they do not depend on the size of the reads.
    fn parts(input: &str) -> String {
        let split_by = |step| {
            let mut sink = Collect::default();
            split(Slow { bytes: input.as_bytes(), step }, false, &mut sink).unwrap();
            sink.0.join("\n")
        };
        let whole = split_by(usize::MAX);
        for step in [1, 2, 7, 64] {
            assert_eq!(split_by(step), whole, "{step} bytes at a time");
        }
        whole
    }

    #[test]
    fn layouts() {
        let mut text = String::new();
        for (layout, input) in [
            ("nothing", ""),
            ("an array of nothing", "[]"),
            ("lines", "{\"a\": 1}\n\n{\"b\": \r\n{\"c\": 3}"),
            ("lines, the first broken", "\n{\"a\": {\"b\"\n{\"c\": 3}\n"),
            ("lines, the first not JSON", "oops\n{\"c\": 3}\n"),
            ("documents", "{\n  \"a}\": \"\\\"}\"\n}\n {\n} {\"b\": [\n{}]}{} null\n7"),
            ("documents, with a value that opens on a line of its own", "{\"a\":\n{\n}}\n{}"),
            ("documents after a byte order mark", "\u{feff}{\n \"é\": 1} {}"),
            ("arrays", "\n [{\"a\": [1, 2]}, \"x,]\" ,\n[[]]\n] [] [1]"),
            ("broken elements", "[{\"a\": \"1\n}, {} {}, , 1,]\n]{}"),
            ("an array cut off within an element", "[{}, {\"a\""),
            ("an array cut off after an element", "[{}, {}\n"),
        ] {
            let _ = writeln!(text, "=== {layout}: {input:?}\n{}\n", parts(input));
        }
        insta::assert_snapshot!(text);
    }

    /// What stands for the one delivery that is too large.
    fn sums(found: &[String]) -> String {
        let found = found.iter().find_map(|found| found.split_once(": TooLarge("));
        format!("TooLarge({}", found.unwrap().1)
    }

    #[test]
    fn deliveries_that_are_too_large_are_skipped() {
        let large = || io::repeat(b'x').take(2 * MAX_DELIVERY as u64);
        let mut sink = Collect::default();
        let input = b"{}\n".chain(large()).chain(&b"\n{}"[..]);
        split(input, true, &mut sink).unwrap();
        let sum = sums(&sink.0);
        assert_eq!(sink.0, ["line 1: \"{}\"", &format!("2:1: {sum}"), "line 3: \"{}\""]);
        // The same, whatever is read at once.
        let mut whole = Collect::default();
        let mut bytes = Vec::new();
        b"{}\n".chain(large()).chain(&b"\n{}"[..]).read_to_end(&mut bytes).unwrap();
        lines(1, bytes, &mut whole).unwrap();
        assert_eq!(whole.0, sink.0);

        let mut sink = Collect::default();
        let array = b"[1,".chain(large()).chain(&b",2]"[..]);
        split(array, false, &mut sink).unwrap();
        assert_eq!(sums(&sink.0), sum, "it is the same delivery");
        assert_eq!(sink.0, ["1:2: \"1\"", &format!("1:4: {sum}"), "1:33554437: \"2\""]);

        let mut sink = Collect::default();
        split(large(), true, &mut sink).unwrap();
        assert_eq!(sink.0, [format!("1:1: {sum}")]);
    }
}
