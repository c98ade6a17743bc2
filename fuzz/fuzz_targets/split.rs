//! The splitter of inputs: what it finds in an input does not depend on how the input arrives, and it ends.
//!
//!     cargo +nightly fuzz run split fuzz/corpus

#![no_main]

use std::io::{self, Read};

use clip_events_input::{Chunk, Part, Sink, Stop, split};
use libfuzzer_sys::fuzz_target;

struct Slow<'a>(&'a [u8], usize);

impl Read for Slow<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(buffer.len());
        self.0.read(&mut buffer[..length])
    }
}

/// The lines and the parts, however they are cut into chunks.
#[derive(Default, PartialEq, Debug)]
struct Found {
    lines: Vec<u8>,
    parts: Vec<Part>,
}

impl Sink for Found {
    fn chunk(&mut self, chunk: Chunk) -> Result<(), Stop> {
        match chunk {
            Chunk::Lines { bytes, .. } => self.lines.extend(bytes),
            Chunk::Parts(parts) => self.parts.extend(parts),
        }
        Ok(())
    }

    fn buffer(&mut self) -> Vec<u8> {
        Vec::new()
    }
}

fuzz_target!(|bytes: &[u8]| {
    for lines in [true, false] {
        let [whole, slow] = [usize::MAX, 3].map(|step| {
            let mut found = Found::default();
            split(Slow(bytes, step), lines, &mut found).expect("memory can be read");
            found
        });
        assert_eq!(whole, slow);
        if lines && whole.parts.is_empty() {
            assert_eq!(whole.lines, bytes);
        }
    }
});
