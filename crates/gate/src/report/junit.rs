//! Reports as JUnit's XML, for whatever shows the results of tests: each schema is a test.

use std::fmt::Write as _;

/// A schema, and what is wrong with it.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) outcome: Outcome,
}

pub(super) enum Outcome {
    Passed,
    /// In a line, and in full.
    Failed(String, String),
    /// It could not be judged.
    Broken(String, String),
}

/// The document of all `cases`.
pub(super) fn document(tool: &str, cases: &[Case]) -> String {
    let count = |is: fn(&Outcome) -> bool| cases.iter().filter(|case| is(&case.outcome)).count();
    let failures = count(|outcome| matches!(outcome, Outcome::Failed(..)));
    let errors = count(|outcome| matches!(outcome, Outcome::Broken(..)));
    let tool = escaped(tool);
    let counts = format!("tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\"", cases.len());
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {counts}>\n<testsuite name=\"{tool}\" {counts}>\n"
    );
    for Case { name, outcome } in cases {
        let (element, line, text) = match outcome {
            Outcome::Passed => {
                let _ =
                    writeln!(out, "<testcase classname=\"{tool}\" name=\"{}\"/>", escaped(name));
                continue;
            }
            Outcome::Failed(line, text) => ("failure", line, text),
            Outcome::Broken(line, text) => ("error", line, text),
        };
        let [name, line, text] = [name, line, text].map(|text| escaped(text));
        let _ = writeln!(
            out,
            "<testcase classname=\"{tool}\" name=\"{name}\">\n<{element} message=\"{line}\">{text}</{element}>\n</testcase>"
        );
    }
    out + "</testsuite>\n</testsuites>\n"
}

/// `text` in XML 1.0, which has no way to write most control characters.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\n' => escaped.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                escaped.extend(c.escape_unicode());
            }
            c => escaped.push(c),
        }
    }
    escaped
}
