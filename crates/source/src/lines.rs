//! Lines and columns of a text, without reading it from its start for each.

/// Bytes of a block.
const BLOCK: usize = 1024;

/// What stands before each block of a text.
#[derive(Debug)]
pub(crate) struct Lines(Vec<Before>);

/// What stands before a byte.
#[derive(Debug, Clone, Copy, Default)]
struct Before {
    /// Ends of lines.
    lines: usize,
    /// Characters since the last of them.
    characters: usize,
}

impl Before {
    fn and(mut self, bytes: &[u8]) -> Self {
        for byte in bytes {
            match byte {
                b'\n' => self = Self { lines: self.lines + 1, characters: 0 },
                // All but the first byte of a character.
                0x80..=0xBF => {}
                _ => self.characters += 1,
            }
        }
        self
    }
}

impl Lines {
    pub(crate) fn of(text: &str) -> Self {
        let mut end = Before::default();
        let blocks = text.as_bytes().chunks(BLOCK).map(|block| {
            let start = end;
            end = start.and(block);
            start
        });
        Self(blocks.collect())
    }

    /// Line and column (in characters), counted from 1, of a byte of `text`; those of its end for any later byte.
    pub(crate) fn line_column(&self, text: &str, byte: usize) -> (usize, usize) {
        let byte = byte.min(text.len());
        let block = (byte / BLOCK).min(self.0.len().saturating_sub(1));
        let before = self.0.get(block).copied().unwrap_or_default();
        let Before { lines, characters } = before.and(&text.as_bytes()[block * BLOCK..byte]);
        (lines + 1, characters + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn lines_and_columns_are_those_of_a_count_from_the_start() {
        let text = "ä\n€uro, ".repeat(700) + "\n\n end";
        let lines = Lines::of(&text);
        for (byte, _) in text.char_indices() {
            let before = &text[..byte];
            let start = before.rfind('\n').map_or(0, |newline| newline + 1);
            let counted = (before.matches('\n').count() + 1, before[start..].chars().count() + 1);
            assert_eq!(lines.line_column(&text, byte), counted, "byte {byte}");
        }
        assert_eq!(lines.line_column(&text, text.len() + 9), (703, 5));
        assert_eq!(Lines::of("").line_column("", 3), (1, 1));
    }
}
