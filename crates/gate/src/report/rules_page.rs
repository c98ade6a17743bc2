//! All rules as a page for people.

use std::fmt::Write as _;

use crate::rules::{Breaks, Rule, rules};

/// The page of all rules, in Markdown: `head`, then the rules by whom they break.
pub fn page(head: &str) -> String {
    let mut page = format!("{head}\n");
    for (breaks, title) in [
        (Breaks::Readers, "Breaks readers of a release"),
        (Breaks::Archives, "Breaks archives of a release"),
        (Breaks::Nobody, "Breaks nobody"),
    ] {
        let _ = write!(page, "\n## {title}\n");
        for Rule { id, title, why, instead, .. } in
            rules().iter().filter(|rule| rule.breaks == breaks)
        {
            let _ = write!(page, "\n### `{id}`: {title}\n\n{why}\n");
            if !instead.is_empty() {
                let _ = write!(page, "\nInstead: {instead}\n");
            }
        }
    }
    page
}
