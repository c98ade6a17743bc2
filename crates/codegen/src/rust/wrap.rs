//! Wraps the doc comments of printed code.

use super::docs::is_fence;

/// The width that lines are wrapped at, indentation included.
const WIDTH: usize = 100;

/// `code` with each overlong paragraph of its doc comments wrapped.
pub(super) fn wrap_docs(code: &str) -> String {
    let mut wrapped = String::new();
    let mut lines = code.lines().peekable();
    while let Some(line) = lines.next() {
        let Some((marker, first)) = doc(line) else {
            wrapped.push_str(line);
            wrapped.push('\n');
            continue;
        };
        let mut text = vec![first];
        while let Some((_, next)) =
            lines.peek().and_then(|next| doc(next)).filter(|next| next.0 == marker)
        {
            text.push(next);
            lines.next();
        }
        for line in markdown(&text, WIDTH.saturating_sub(marker.len() + 1)) {
            let line = format!("{marker} {line}");
            wrapped.push_str(line.trim_end());
            wrapped.push('\n');
        }
    }
    wrapped
}

/// The indented marker of a line of a doc comment, and its text.
fn doc(line: &str) -> Option<(&str, &str)> {
    let indent = line.len() - line.trim_start().len();
    let text = line[indent..].strip_prefix("///").or_else(|| line[indent..].strip_prefix("//!"))?;
    Some((&line[..indent + 3], text.strip_prefix(' ').unwrap_or(text)))
}

/// The lines of `text` with its overlong paragraphs and list items wrapped. A fenced block stays as it is.
fn markdown(text: &[&str], width: usize) -> Vec<String> {
    let mut wrapped = Vec::new();
    let mut block: Vec<&str> = Vec::new();
    let mut fenced = false;
    for line in text {
        let is_fence = is_fence(line.trim_start());
        let starts_block = line.trim().is_empty() || fenced || is_fence || marker(line).is_some();
        if starts_block {
            wrapped.extend(paragraph(&block, width));
            block.clear();
        }
        if fenced || is_fence || line.trim().is_empty() {
            wrapped.push((*line).to_owned());
        } else {
            block.push(line);
        }
        fenced ^= is_fence;
    }
    wrapped.extend(paragraph(&block, width));
    wrapped
}

/// One paragraph or list item, filled anew if one of its lines is too long.
fn paragraph(lines: &[&str], width: usize) -> Vec<String> {
    let Some(first) = lines.first() else { return Vec::new() };
    if lines.iter().all(|line| line.chars().count() <= width) {
        return lines.iter().map(|line| (*line).to_owned()).collect();
    }
    // What follows a list's marker stands below its text.
    let indent = first.len() - first.trim_start().len();
    let hanging = " ".repeat(indent + marker(first).map_or(0, |marker| marker.len() + 1));
    let text = lines.join(" ");
    let mut filled = Vec::new();
    let mut line = first[..indent].to_owned();
    let mut is_empty = true;
    for word in words(text.trim_start()) {
        let fits = line.chars().count() + 1 + word.chars().count() <= width;
        if is_empty {
            line.push_str(word);
        } else if fits || starts_block(word) {
            line.push(' ');
            line.push_str(word);
        } else {
            filled.push(std::mem::replace(&mut line, format!("{hanging}{word}")));
        }
        is_empty = false;
    }
    filled.push(line);
    filled
}

/// The words of `text`; a code span is one, spaces and all.
fn words(text: &str) -> Vec<&str> {
    // A backtick without its twin opens nothing.
    let spans = text.matches('`').count().is_multiple_of(2);
    let mut in_code = false;
    text.split(|c: char| {
        in_code ^= spans && c == '`';
        c.is_whitespace() && !in_code
    })
    .filter(|word| !word.is_empty())
    .collect()
}

/// The marker of the list item that `line` starts.
fn marker(line: &str) -> Option<&str> {
    let (word, _) = line.trim_start().split_once(' ')?;
    is_marker(word).then_some(word)
}

fn is_marker(word: &str) -> bool {
    let number = word.strip_suffix(['.', ')']);
    ["-", "*", "+"].contains(&word)
        || number.is_some_and(|digits| {
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// Whether Markdown would take a line that starts with `word` for something else than the rest of a paragraph.
fn starts_block(word: &str) -> bool {
    let consists_of = |c: char| word.chars().all(|other| other == c);
    is_marker(word)
        || is_fence(word)
        || word.starts_with(['>', '|', '<'])
        || ['#', '=', '-'].into_iter().any(consists_of)
}

#[cfg(test)]
mod tests {
    use super::wrap_docs;

    #[test]
    fn overlong_paragraphs_are_filled_and_the_rest_stays() {
        insta::assert_snapshot!(wrap_docs(include_str!("../../tests/fixtures/docs.rs")));
    }

    #[test]
    fn wrapping_twice_changes_nothing_more() {
        let once = wrap_docs(include_str!("../../tests/fixtures/docs.rs"));
        assert_eq!(wrap_docs(&once), once);
    }
}
