//! Programs to copy, one for each language, of which one is shown at a time.

use maud::{Markup, html};

/// `programs` by language. `owner` tells them from others on the page.
pub(super) fn tabs<'p>(owner: &str, programs: impl Iterator<Item = (&'p str, &'p str)>) -> Markup {
    html! {
        div.programs data-owner=(owner) {
            @for (language, program) in programs {
                div.program data-language=(language) {
                    h4 { (language) }
                    (copied(&html! { (program) }, language))
                }
            }
        }
    }
}

/// `shown` in a box with a button that copies its text.
pub(super) fn copied(shown: &Markup, name: &str) -> Markup {
    html! {
        div.copied {
            pre tabindex="0" role="group" aria-label=(name) { code { (shown) } }
            button.copy type="button" hidden aria-label={ "Copy: " (name) } { "Copy" }
        }
    }
}
