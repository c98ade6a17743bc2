//! Programs to copy, one for each language, of which one is shown at a time.

use maud::{Markup, html};

/// `programs` by language. `owner` tells them from others on the page.
pub(super) fn tabs<'p>(owner: &str, programs: impl Iterator<Item = (&'p str, &'p str)>) -> Markup {
    html! {
        div.programs data-owner=(owner) {
            @for (language, program) in programs {
                div.program data-language=(language) {
                    h4 { (language) }
                    (copied(program, &html! { (program) }, language))
                }
            }
        }
    }
}

/// `text` in a box with a button that copies it, as it is `shown`.
pub(super) fn copied(text: &str, shown: &Markup, name: &str) -> Markup {
    let lines = text.lines().count();
    html! {
        div.copied data-lines=(lines) {
            pre tabindex="0" role="group" aria-label=(name) { code { (shown) } }
            button.copy type="button" hidden aria-label={ "Copy: " (name) } { "Copy" }
        }
    }
}
