//! The page of the event types: its contents lead to its headings, whatever these are called.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use clip_events_contract::Sources;
use clip_events_test_support::small_contract;
use serde_json::{Value, json};

fn add_shape(root: &Path, event_type: &str, domain: &str, more: &Value) {
    let mut shape = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": format!("https://clip-events.example/schema/data/{event_type}.schema.json"),
        "title": format!("The | of\n{event_type}"),
        "description": "It happened.",
        "x-domain": domain,
        "type": "object",
        "properties": {},
        "examples": [{}]
    });
    for (keyword, value) in more.as_object().expect("an object") {
        shape[keyword] = value.clone();
    }
    let path = root.join(format!("schema/data/{event_type}.schema.json"));
    fs::write(path, format!("{shape:#}")).expect("written");
}

fn page(root: &Path) -> String {
    let sources = Sources::read(root).unwrap_or_else(|errors| panic!("{errors}"));
    let artifacts = clip_events_codegen::render(&sources).unwrap_or_else(|error| panic!("{error}"));
    let page = artifacts.into_iter().find(|artifact| artifact.path.ends_with("events.md"));
    page.expect("the page").text
}

#[test]
fn everything_is_listed_and_every_link_leads_to_a_heading() {
    let root = small_contract(None);
    let root = root.path();
    // Headings that are alike: a domain like an open set, event types like each other, a domain like a part of the page.
    let open = json!({ "high": { "description": "Now | then.", "type": "string", "x-known-values": ["a", "b"] } });
    let more = json!({ "x-high-volume": true, "required": ["high"], "properties": open, "examples": [{ "high": "a" }] });
    add_shape(root, "a.bc", "color", &more);
    add_shape(root, "ab.c", "color", &json!({}));
    add_shape(root, "d", "open-sets", &json!({}));
    let page = page(root);
    insta::assert_snapshot!(page);

    let mut anchors = BTreeSet::new();
    for heading in page.lines().filter_map(|line| line.strip_prefix('#')) {
        let words = heading.trim_start_matches('#').trim().to_lowercase();
        let anchor = words.replace(['`', '.', '|'], "").replace(' ', "-");
        let again = (1..).map(|count| format!("{anchor}-{count}"));
        let free = [anchor.clone()].into_iter().chain(again).find(|name| !anchors.contains(name));
        anchors.extend(free);
    }
    let links: Vec<_> =
        page.split("](#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() > 8, "{links:?}");
    for link in links {
        assert!(anchors.contains(link), "#{link} is none of {anchors:?}");
    }
}
