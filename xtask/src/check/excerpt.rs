//! What a person needs of the output of a program that failed.

/// Lines that are shown of one failing test, and of a program that fails as a whole.
const TEST_LINES: usize = 12;
const PROGRAM_LINES: usize = 40;

/// What a person needs of the output: of each test that failed the first lines, or else the first lines of all.
pub(super) fn excerpt(text: &str) -> String {
    let tests = failed_tests(text);
    if !tests.is_empty() {
        return tests.join("\n");
    }
    let lines: Vec<_> = text.lines().collect();
    let first_error = lines.iter().position(|line| line.starts_with("error")).unwrap_or(0);
    shortened(&lines[first_error..], PROGRAM_LINES)
}

fn failed_tests(text: &str) -> Vec<String> {
    let mut tests: Vec<String> = Vec::new();
    let mut target = "";
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let line = line.trim_start();
        if let Some(name) = line.strip_prefix("Running ").or(line.strip_prefix("Doc-tests ")) {
            target = name.split(" (").next().unwrap_or(name);
        }
        let head = line.strip_prefix("---- ").and_then(|line| line.strip_suffix(" stdout ----"));
        let Some(test) = head else { continue };
        let mut told = Vec::new();
        while let Some(line) =
            lines.next_if(|line| !line.starts_with("---- ") && *line != "failures:")
        {
            if !line.trim().is_empty() {
                told.push(line);
            }
        }
        tests.push(format!(
            "{target}: {test}\n  {}",
            shortened(&told, TEST_LINES).replace('\n', "\n  ")
        ));
    }
    tests
}

fn shortened(lines: &[&str], most: usize) -> String {
    const WIDTH: usize = 200;
    let short = |line: &&str| match line.char_indices().nth(WIDTH) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => (*line).to_owned(),
    };
    let mut shown: Vec<_> = lines.iter().take(most).map(short).collect();
    if lines.len() > most {
        shown.push(format!("... {} more lines", lines.len() - most));
    }
    shown.join("\n")
}
