//! Splits an input into deliveries without holding more of it than one of them.
//!
//! An input is either *lines* (NDJSON: one delivery a line) or *values* (JSON documents one after the
//! other, pretty-printed or not; of arrays, each element is a delivery). `.ndjson` and `.jsonl` say
//! lines. Otherwise the content tells: an array is values, and so is a document whose first line is
//! unfinished and goes on in the second; all else is lines. So a broken line costs that line only,
//! even when it is the first.

use std::io::{self, Read};
use std::mem;

use memchr::{memchr, memchr_iter, memrchr};

/// The largest delivery that is judged, in bytes. What is larger is reported and passed over.
pub(crate) const MAX_DELIVERY: usize = 16 << 20;

/// Bytes asked for at once.
const READ: usize = 256 << 10;
/// Bytes of values that are scanned and handed over at once.
const BATCH: usize = 64 << 10;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// A part of an input, in its order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Chunk {
    /// Whole lines, the first of them numbered `first`.
    Lines { first: u64, bytes: Vec<u8> },
    /// Deliveries that were cut out one by one.
    Parts(Vec<Part>),
}

/// Something between two places of an input.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Where it starts; both count from 1, columns in characters.
    pub(crate) line: u64,
    pub(crate) column: u64,
    pub(crate) content: Content,
}

impl Part {
    /// Bytes of input that it holds.
    pub(crate) fn size(&self) -> usize {
        if let Content::Delivery(bytes) = &self.content { bytes.len() } else { 0 }
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Delivery(Vec<u8>),
    /// Larger than [`MAX_DELIVERY`].
    TooLarge,
    /// An array that lacks an element or its end.
    BrokenArray(&'static str),
}

/// Why splitting ended early.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The input could not be read to its end.
    Input(io::Error),
    /// Nobody takes the chunks any more.
    Output,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Input(error)
    }
}

/// Where chunks go to, and where spent buffers come from.
pub(crate) trait Sink {
    /// Takes the next chunk; `Err` when no more are wanted.
    fn chunk(&mut self, chunk: Chunk) -> Result<(), Stop>;

    /// A buffer to use again, empty or not.
    fn buffer(&mut self) -> Vec<u8>;
}

/// Splits `input`. `lines` says that its name promises lines.
pub(crate) fn split(input: impl Read, lines: bool, sink: &mut impl Sink) -> Result<(), Stop> {
    let mut window = Window::new(input, sink.buffer());
    if lines || recognise(&mut window)? == Layout::Lines {
        split_lines(window, sink)
    } else {
        split_values(window, sink)
    }
}

/// Bytes that were read and not yet passed on.
struct Window<R> {
    input: R,
    /// Initialised throughout; of interest up to `filled`.
    buffer: Vec<u8>,
    filled: usize,
}

impl<R: Read> Window<R> {
    fn new(input: R, buffer: Vec<u8>) -> Self {
        Self { input, buffer, filled: 0 }
    }

    fn bytes(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }

    /// Reads on, once; returns how much came, which is nothing at the end only.
    fn fill(&mut self) -> io::Result<usize> {
        if self.buffer.len() < self.filled + READ {
            self.buffer.resize(self.filled + READ, 0);
        }
        loop {
            match self.input.read(&mut self.buffer[self.filled..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
                Ok(read) => {
                    self.filled += read;
                    return Ok(read);
                }
            }
        }
    }

    /// Hands over the first `length` bytes; the rest moves into `next`.
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

#[derive(Debug, PartialEq, Eq)]
enum Layout {
    Lines,
    Values,
}

/// Tells lines from values by the first two lines that are not blank.
fn recognise(window: &mut Window<impl Read>) -> io::Result<Layout> {
    loop {
        let at_end = window.filled > MAX_DELIVERY || window.fill()? == 0;
        let bytes = window.bytes();
        // A delivery may not start with it, but that is for the verdict to say.
        let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes).trim_ascii_start();
        if bytes.first() == Some(&b'[') {
            return Ok(Layout::Values);
        }
        if let Some(newline) = memchr(b'\n', bytes) {
            let first = bytes[..newline].trim_ascii_end();
            let next = bytes[newline..].trim_ascii_start().first();
            let finished = !serde_json::from_slice::<serde::de::IgnoredAny>(first)
                .is_err_and(|error| error.is_eof());
            if finished {
                return Ok(Layout::Lines);
            }
            if let Some(next) = next {
                // In an object, `{` follows only a colon, in an array also a bracket or comma: after
                // anything else the next delivery starts there.
                let goes_on = *next != b'{' || matches!(first.last(), Some(b':' | b'[' | b','));
                return Ok(if goes_on { Layout::Values } else { Layout::Lines });
            }
        }
        if at_end {
            return Ok(Layout::Lines);
        }
    }
}

fn split_lines(mut window: Window<impl Read>, sink: &mut impl Sink) -> Result<(), Stop> {
    let mut line = 1;
    loop {
        if let Some(newline) = memrchr(b'\n', window.bytes()) {
            let bytes = window.take(newline + 1, sink.buffer());
            let first = line;
            line += memchr_iter(b'\n', &bytes).count() as u64;
            sink.chunk(Chunk::Lines { first, bytes })?;
        }
        if window.filled > MAX_DELIVERY {
            sink.chunk(Chunk::Parts(vec![Part { line, column: 1, content: Content::TooLarge }]))?;
            while memchr(b'\n', window.bytes()).is_none() {
                window.filled = 0;
                if window.fill()? == 0 {
                    return Ok(());
                }
            }
            let newline = memchr(b'\n', window.bytes()).unwrap_or_default();
            drop(window.take(newline + 1, sink.buffer()));
            line += 1;
            continue;
        }
        if window.fill()? == 0 {
            let bytes = window.take(window.filled, Vec::new());
            if !bytes.is_empty() {
                sink.chunk(Chunk::Lines { first: line, bytes })?;
            }
            return Ok(());
        }
    }
}

fn split_values(mut window: Window<impl Read>, sink: &mut impl Sink) -> Result<(), Stop> {
    let mut scanner = Scanner::default();
    while window.filled > 0 || window.fill()? > 0 {
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

/// Finds where values start and end, by brackets and quotes alone: what is between is judged later.
#[derive(Debug)]
struct Scanner {
    line: u64,
    column: u64,
    /// Where the array starts whose elements are scanned.
    array: Option<(u64, u64)>,
    /// Whether the array has an element, or a comma, before this place.
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

#[derive(Debug)]
struct Unfinished {
    line: u64,
    column: u64,
    bytes: Vec<u8>,
    too_large: bool,
    depth: usize,
    inside: Inside,
    /// Starts with a bracket and so ends with its partner.
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

    /// A byte that belongs to no value, or starts one.
    fn between(&mut self, byte: u8) {
        match (byte, self.array) {
            (b' ' | b'\t' | b'\r' | b'\n', _) => {}
            (b'[', None) => {
                self.array = Some((self.line, self.column));
                self.elements = Elements::None;
            }
            (b']', Some(_)) => {
                if self.elements == Elements::Comma {
                    self.broken_array("a comma before the end of the array: remove it.");
                }
                self.array = None;
            }
            (b',', Some(_)) => {
                if self.elements != Elements::Element {
                    self.broken_array("a comma without a delivery before it: remove it.");
                }
                self.elements = Elements::Comma;
            }
            _ => {
                let mut value = Unfinished {
                    line: self.line,
                    column: self.column,
                    bytes: Vec::new(),
                    too_large: false,
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
            let content = if too_large { Content::TooLarge } else { Content::Delivery(bytes) };
            self.parts.push(Part { line, column, content });
            self.elements = Elements::Element;
        }
    }

    fn broken_array(&mut self, what: &'static str) {
        let content = Content::BrokenArray(what);
        self.parts.push(Part { line: self.line, column: self.column, content });
    }

    fn end(&mut self) {
        let complete = self.value.as_ref().is_none_or(Unfinished::is_balanced);
        self.finish();
        if let Some((line, column)) = self.array.filter(|_| complete) {
            let content = Content::BrokenArray("the array that starts here has no end: add `]`.");
            self.parts.push(Part { line, column, content });
        }
    }
}

impl Unfinished {
    /// Whether every bracket and quote has its partner.
    fn is_balanced(&self) -> bool {
        self.depth == 0 && self.inside == Inside::Structure
    }

    fn push(&mut self, byte: u8) {
        let at_start = self.bytes.is_empty() || self.bytes == BYTE_ORDER_MARK;
        self.bracketed |= at_start && !self.too_large && matches!(byte, b'{' | b'[');
        self.inside = match (&self.inside, byte) {
            // No string goes on in the next line: one that lacks its quote ends there.
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
            self.too_large = true;
            self.bytes = Vec::new();
        }
        if !self.too_large {
            self.bytes.push(byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    /// An input that gives `step` bytes at a time.
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

    /// What `input` is split into, however it arrives.
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
            ("lines, the first no JSON", "oops\n{\"c\": 3}\n"),
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

    #[test]
    fn what_is_too_large_is_passed_over() {
        let large = || io::repeat(b'x').take(2 * MAX_DELIVERY as u64);
        let mut sink = Collect::default();
        let lines = b"{}\n".chain(large()).chain(&b"\n{}"[..]);
        split(lines, true, &mut sink).unwrap();
        assert_eq!(sink.0, ["line 1: \"{}\"", "2:1: TooLarge", "line 3: \"{}\""]);

        let mut sink = Collect::default();
        let array = b"[1,".chain(large()).chain(&b",2]"[..]);
        split(array, false, &mut sink).unwrap();
        assert_eq!(sink.0, ["1:2: \"1\"", "1:4: TooLarge", "1:33554437: \"2\""]);

        let mut sink = Collect::default();
        split(large(), true, &mut sink).unwrap();
        assert_eq!(sink.0, ["1:1: TooLarge"]);
    }
}
