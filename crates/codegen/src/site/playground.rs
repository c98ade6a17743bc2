//! Where deliveries are judged and signatures are checked, by the parser itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, PreEscaped, html};

use super::anchors::Section;
use super::parts::Site;

pub(super) fn section(site: &Site<'_>) -> Markup {
    if site.extras.playground.is_none() {
        return html! {};
    }
    let header = site.contract.manifest.delivery.as_ref().map(|facts| &facts.signature_header);
    html! {
        section #(Section::Playground.anchor()) {
            h2 { (Section::Playground.title()) }
            p {
                "Paste a delivery: the parser of the Rust crate judges it, here in your browser. Nothing leaves this page."
            }
            noscript { p { "It needs JavaScript and WebAssembly." } }
            p #silent hidden {}
            div #playground hidden {
                p.tools {
                    label for="example" { "Example " }
                    select #example {
                        @for shape in &site.contract.events { option value=(shape.event_type) { (shape.event_type) } }
                    }
                    label.button for="file" { "Open a file" }
                    input #file.unseen type="file" accept=".json,application/json,text/plain";
                }
                label for="delivery" { "Delivery" }
                textarea #delivery rows="14" spellcheck="false" autocomplete="off" {}
                p #exact hidden {}
                div #verdict { p.told role="status" {} ul.faults {} }
                @if let Some(header) = header {
                    fieldset {
                        legend { "Signature" }
                        label for="secret" { "Signing secret" }
                        input #secret type="text" autocomplete="off" spellcheck="false";
                        label for="signature" { code { (header) } }
                        input #signature type="text" autocomplete="off" spellcheck="false";
                        label.check { input #archived type="checkbox"; " It is an old delivery: the time does not matter" }
                        p.tools { button #sign type="button" { "Sign it now" } }
                        div #genuine { p.told role="status" hidden {} }
                    }
                }
            }
        }
    }
}

/// The module itself, inside the page.
pub(super) fn module(wasm: &[u8]) -> Markup {
    html! { script #module type="application/wasm" { (PreEscaped(STANDARD.encode(wasm))) } }
}
