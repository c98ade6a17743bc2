//! The rules as a page for people.

use std::fmt::Write as _;

use crate::{Breaks, RULES, Rule};

/// The page of all rules, in Markdown. `made_by` is its first line: which command makes it.
pub fn page(made_by: &str) -> String {
    let mut page = format!(
        "{made_by}\n\n# Rules of the compatibility gate\n\n\
         What `cargo xtask compat` calls a change, whom it breaks, and what to do instead.\n"
    );
    for (breaks, title) in [
        (Breaks::Readers, "Breaks readers of a release"),
        (Breaks::Archives, "Breaks archives of a release"),
        (Breaks::Nobody, "Breaks nobody"),
    ] {
        let _ = write!(page, "\n## {title}\n");
        for Rule { id, title, why, instead, .. } in
            RULES.iter().filter(|rule| rule.breaks == breaks)
        {
            let _ = write!(page, "\n### `{id}`: {title}\n\n{why}\n");
            if !instead.is_empty() {
                let _ = write!(page, "\nInstead: {instead}\n");
            }
        }
    }
    page
}
