//! One event type: when it fires, what it holds, what it looks like, what to do with it.

use std::fmt::Write as _;

use clip_events_contract::deliveries::Example;
use clip_events_contract::model::{Envelope, EventShape, FollowUp, PathPart};
use clip_events_contract::{Contract, sample};
use maud::{Markup, html};
use schema_source::pretty_json;
use serde_json::Value;

use super::parts::{Site, permalink, sentences, table};
use super::{anchors, code, json};

pub(super) fn article(site: &Site<'_>, shape: &EventShape) -> Markup {
    let event_type = shape.event_type.as_str();
    let anchor = anchors::event(event_type);
    let after = &shape.after;
    let ways = site.life.ways().iter().filter(|(from, _)| from.event_type == event_type);
    let leads_to: Vec<_> = ways.map(|(_, to)| &to.event_type).collect();
    let deliveries = deliveries(site, event_type);
    let curl =
        deliveries.first().map(|example| curl(site.contract, shape, example.text.trim_end()));
    let programs =
        site.samples.iter().map(|samples| (samples.language, samples.handle[event_type].as_str()));
    let programs = programs.chain(curl.iter().map(|curl| ("curl", curl.as_str())));
    html! {
        article.event id=(anchor) data-event=(event_type) {
            h3 { code { (event_type) } " " (permalink(&anchor, event_type)) }
            p.title { (shape.title) }
            p { (sentences(&shape.description)) }
            dl.facts {
                @if shape.high_volume { div.loud { dt { "volume" } dd { "high: it fires many times for one job" } } }
                @if let Some(path) = &shape.follow_up { div { dt { "then" } dd { code { "GET " (path) } @if may_lack(path) { ", if the delivery has all that is in it" } } } }
                @if !after.is_empty() { div { dt { "comes after" } dd { (links(after)) } } }
                @if !leads_to.is_empty() { div { dt { "leads to" } dd { (links(leads_to)) } } }
            }
            @if shape.fields.is_empty() {
                p { code { (Envelope::DATA) } " has no declared fields." }
            } @else {
                (table(event_type, shape.fields.iter().flat_map(|field| site.rows(field))))
            }
            div.examples {
                @for (at, Example { name, text }) in deliveries.iter().enumerate() {
                    @let text = text.trim_end();
                    details open[at == 0] {
                        summary { "Example" @if !name.is_empty() { ": " (name.replace('-', " ")) } }
                        (code::copied(&json::marked(text), &format!("an example of {event_type}")))
                    }
                }
            }
            (code::tabs(event_type, programs))
        }
    }
}

/// Whether a delivery may lack what stands in `path`.
fn may_lack(path: &FollowUp) -> bool {
    path.path.iter().any(|part| match part {
        PathPart::Literal(_) => false,
        PathPart::Fields(fields) => {
            fields.iter().any(|field| !field.required || field.value.nullable)
        }
    })
}

fn links<T: AsRef<str>>(event_types: impl IntoIterator<Item = T>) -> Markup {
    html! {
        @for (at, event_type) in event_types.into_iter().enumerate() {
            @let event_type = event_type.as_ref();
            @if at > 0 { ", " }
            a href=(anchors::event_link(event_type)) { code { (event_type) } }
        }
    }
}

/// The example deliveries of the contract, or else one that is made of its schemas.
fn deliveries(site: &Site<'_>, event_type: &str) -> Vec<Example> {
    let given = site.extras.deliveries.get(event_type).filter(|given| !given.is_empty());
    given.cloned().unwrap_or_else(|| {
        let made = sample::delivery(site.sources, event_type).into_iter();
        made.map(|delivery| Example { name: String::new(), text: pretty_json(&delivery) }).collect()
    })
}

/// Commands that send `delivery` to a receiver, as the API sends it, and then fetch what it announces.
fn curl(contract: &Contract, shape: &EventShape, delivery: &str) -> String {
    let mut commands = "# Sends the first example to a receiver of yours.\n".to_owned();
    let body = quoted(delivery);
    let _ = writeln!(commands, "URL=http://localhost:8080/\nBODY={body}");
    let mut header = String::new();
    if let Some(facts) = &contract.manifest.delivery {
        commands.push_str(
            "SECRET=whsec_1
T=$(date +%s)
MAC=$(printf '%s.%s' \"$T\" \"$BODY\" | openssl dgst -sha256 -hmac \"$SECRET\" | sed 's/.* //')\n",
        );
        let _ = write!(header, " \\\n  -H \"{}: t=$T,v1=$MAC\"", facts.signature_header);
    }
    let _ = writeln!(
        commands,
        "curl -i \"$URL\" -H 'content-type: application/json'{header} \\\n  --data-binary \"$BODY\""
    );
    if let Some(path) = follow_up(shape, delivery) {
        let _ = writeln!(
            commands,
            "# Then fetch what it announces, with your key for the API.\ncurl -H \"$AUTHORIZATION\" \"$API\"{}",
            quoted(&path)
        );
    }
    commands
}

/// `text` as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The path of the follow-up call of `delivery`.
fn follow_up(shape: &EventShape, delivery: &str) -> Option<String> {
    let delivery: Value = serde_json::from_str(delivery).ok()?;
    let mut path = String::new();
    for part in &shape.follow_up.as_ref()?.path {
        match part {
            PathPart::Literal(text) => path.push_str(text),
            PathPart::Fields(fields) => {
                let mut value = &delivery[Envelope::DATA];
                for field in fields {
                    value = &value[&field.name];
                }
                path += &anchors::encoded(value.as_str()?);
            }
        }
    }
    Some(path)
}
