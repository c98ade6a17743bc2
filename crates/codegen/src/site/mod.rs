//! The page about the contract: one file of HTML that needs no server and asks for nothing from a network.
//!
//! `mod` puts together what the rooms of the page render: `event` (one event type), `timeline` (the life of a job, drawn), `code` (programs to
//! copy), `json` (text with its parts marked), `playground`, `releases`. `anchors` says what each part is called in a link. How it looks and
//! what it does when somebody touches it stands in `page.css` and `page.js`.

mod anchors;
mod code;
mod event;
mod extras;
mod json;
mod life;
mod parts;
mod playground;
mod releases;
mod timeline;

use clip_events_contract::model::{Definition, Member};
use clip_events_contract::{Contract, Sources};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::error::CodegenError;
use crate::{python, rust, typescript};
use anchors::{Section, domain_anchor, set_anchor};
pub use extras::{Change, Extras, Release};
use life::Life;
use parts::{Row, Site, permalink, sentences, spoken, table};

/// Renders the page.
///
/// # Errors
///
/// When the schemas are not a contract, or when two of its names become one in a language that the page has programs in.
pub fn render(sources: &Sources, extras: &Extras) -> Result<String, CodegenError> {
    let contract = clip_events_contract::lower(sources)?;
    let site = Site {
        sources,
        contract: &contract,
        extras,
        samples: vec![
            rust::samples(sources, &contract)?,
            typescript::samples(&contract),
            python::samples(sources, &contract)?,
        ],
        life: Life::of(&contract),
    };
    Ok(site.page().into_string())
}

/// Nothing is fetched, whatever a schema says: what breaks this is refused by the browser.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'wasm-unsafe-eval'; img-src data:; base-uri 'none'; form-action 'none'";

impl Site<'_> {
    fn page(&self) -> Markup {
        let title = &self.contract.manifest.title;
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta http-equiv="Content-Security-Policy" content=(POLICY);
                    meta name="color-scheme" content="light dark";
                    meta name="description" content=(self.contract.envelope.description);
                    link rel="icon" href="data:,";
                    title { (title) }
                    style { (PreEscaped(include_str!("page.css"))) }
                }
                body {
                    a.skip href=(Section::Overview.link()) { "Skip to the contents" }
                    (self.head())
                    div.columns {
                        (self.contents())
                        main {
                            (self.overview())
                            (timeline::section(self))
                            @for (domain, events) in self.life.domains() {
                                section.domain id=(domain_anchor(domain)) {
                                    h2 { (spoken(domain)) " " (permalink(&domain_anchor(domain), &spoken(domain))) }
                                    @for shape in events { (event::article(self, shape)) }
                                }
                            }
                            p #nothing hidden { "Nothing on this page has that in it." }
                            (self.sets())
                            (self.receive())
                            (playground::section(self))
                            (releases::section(self))
                        }
                    }
                    @if let Some(module) = &self.extras.playground { (playground::module(module)) }
                    script { (PreEscaped(include_str!("page.js"))) }
                }
            }
        }
    }

    fn head(&self) -> Markup {
        html! {
            header {
                a.brand href=(Section::Overview.link()) { (self.contract.manifest.title) }
                form.search role="search" hidden {
                    label.unseen for="query" { "Search event types and fields" }
                    input #query type="search" placeholder="Search events and fields" autocomplete="off" spellcheck="false" aria-keyshortcuts="/";
                    kbd aria-hidden="true" { "/" }
                }
                p #found role="status" {}
                button #theme type="button" hidden { "Dark theme" }
            }
        }
    }

    fn contents(&self) -> Markup {
        html! {
            nav aria-label="Contents" {
                details open {
                    summary { "Contents" }
                    (self.list(Section::BEFORE))
                    @for (domain, events) in self.life.domains() {
                        p.domain { a href={ "#" (domain_anchor(domain)) } { (spoken(domain)) } }
                        ul.events {
                            @for event in events {
                                li data-event=(event.event_type) { a href=(anchors::event_link(&event.event_type)) { (event.event_type) } }
                            }
                        }
                    }
                    (self.list(Section::AFTER))
                }
            }
        }
    }

    fn list(&self, sections: &'static [Section]) -> Markup {
        html! {
            ul { @for section in self.sections(sections) { li { a href=(section.link()) { (section.title()) } } } }
        }
    }

    /// Those of `sections` that the page has.
    fn sections(&self, sections: &'static [Section]) -> impl Iterator<Item = Section> {
        sections.iter().copied().filter(|section| match section {
            Section::Overview => true,
            Section::Life => self.life.is_told(),
            Section::Sets => self.open_sets().next().is_some(),
            Section::Receive => self.contract.manifest.delivery.is_some(),
            Section::Playground => self.extras.playground.is_some(),
            Section::Releases => !self.extras.releases.is_empty(),
        })
    }

    fn overview(&self) -> Markup {
        let Contract { envelope, events, manifest, .. } = self.contract;
        let released = self.extras.releases.iter().find(|release| !release.is_to_come);
        html! {
            section #(Section::Overview.anchor()) {
                h1 { (manifest.title) }
                p.lead {
                    "Everything that is sent to your webhook, and how to read it. It only grows: within a major version no field is removed or renamed, and what reads it today goes on reading it."
                }
                dl.facts {
                    div { dt { "event types" } dd { (events.len()) } }
                    div { dt { "groups" } dd { (self.life.domains().count()) } }
                    @if let Some(release) = released { div { dt { "contract" } dd { (release.name) } } }
                }
                h2 { "The envelope" }
                p { (sentences(&envelope.description)) }
                (table("", envelope.members.iter().flat_map(|member| match member {
                    Member::Field(field) => self.rows(field),
                    Member::Type => vec![Row {
                        path: member.key().into(),
                        values: html! { "string" },
                        is_required: true,
                        meaning: envelope.type_description.clone(),
                    }],
                    Member::Data => vec![Row {
                        path: member.key().into(),
                        values: html! { "object" },
                        is_required: true,
                        meaning: "What happened. Its shape is that of the event type.".into(),
                    }],
                })))
            }
        }
    }

    fn open_sets(&self) -> impl Iterator<Item = &Definition> {
        self.contract.definitions.values().filter(|definition| !definition.known_values.is_empty())
    }

    fn sets(&self) -> Markup {
        if self.sections(&[Section::Sets]).next().is_none() {
            return html! {};
        }
        html! {
            section #(Section::Sets.anchor()) {
                h2 { (Section::Sets.title()) }
                p { "Their values grow: accept one that is not listed." }
                @for set in self.open_sets() {
                    h3 id=(set_anchor(&set.name)) { (set.name) " " (permalink(&set_anchor(&set.name), &set.name)) }
                    p { (sentences(&set.description)) }
                    p { @for value in &set.known_values { code.value { (value) } " " } }
                }
            }
        }
    }

    fn receive(&self) -> Markup {
        let Some(delivery) = &self.contract.manifest.delivery else { return html! {} };
        let programs =
            self.samples.iter().map(|samples| (samples.language, samples.receive.as_str()));
        html! {
            section #(Section::Receive.anchor()) {
                h2 { (Section::Receive.title()) }
                p { (sentences(&delivery.description)) }
                h3 { "Who sent it" }
                p { "The header " code { (delivery.signature_header) } ": " (sentences(&delivery.signature_description)) }
                (code::tabs("receive", programs))
                @if let Some(repository) = &self.extras.repository { (packages(repository)) }
                h3 { "What your answer means" }
                dl.answers {
                    @for (status, meaning) in &delivery.answers {
                        div { dt { (status) } dd { (sentences(meaning)) } }
                    }
                }
            }
        }
    }
}

/// Where the programs come from.
fn packages(repository: &str) -> Markup {
    let file = |path: &str| format!("{repository}/blob/main/{path}");
    html! {
        h3 { "Get the packages" }
        ul {
            li { a href=(file("crates/types/README.md")) { "Rust" } ", and a " a href=(file("crates/receiver/README.md")) { "receiver that stores before it answers" } }
            li { a href=(file("bindings/typescript/README.md")) { "TypeScript and JavaScript" } }
            li { a href=(file("bindings/python/README.md")) { "Python" } }
            li {
                "any other language: the " a href=(file("crates/cli/README.md")) { "command" } ", the "
                a href=(file("crates/validator/src/generated/contract.schema.json")) { "JSON Schema" } ", "
                a href=(file("docs/generated/openapi.json")) { "OpenAPI" } ", "
                a href=(file("docs/generated/asyncapi.json")) { "AsyncAPI" }
            }
        }
    }
}
