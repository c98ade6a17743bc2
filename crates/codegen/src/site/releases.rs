//! What each release of the contract changed, as the gate tells it.

use maud::{Markup, html};

use super::anchors::{Section, event_link};
use super::extras::{Change, Release};
use super::parts::{Site, permalink};

pub(super) fn section(site: &Site<'_>) -> Markup {
    let releases = &site.extras.releases;
    if releases.is_empty() {
        return html! {};
    }
    html! {
        section #(Section::Releases.anchor()) {
            h2 { (Section::Releases.title()) }
            p { "Each is compared with the one before: that a change breaks nobody is proved, not promised." }
            @for Release { name, changes, .. } in releases {
                @let anchor = format!("{}/{name}", Section::Releases.anchor());
                h3 id=(anchor) { (name) " " (permalink(&anchor, name)) }
                @match changes.as_deref() {
                    None => p { "The first release of the contract." },
                    Some([]) => p { "No change that a receiver could see." },
                    Some(changes) => ul.changes { @for same in alike(changes) { (item(site, &same)) } },
                }
            }
        }
    }
}

/// The changes of one kind beside each other, in the order of their first ones.
fn alike(changes: &[Change]) -> Vec<Vec<&Change>> {
    let mut groups: Vec<Vec<&Change>> = Vec::new();
    for change in changes {
        match groups.iter_mut().find(|group| group[0].title == change.title) {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }
    groups
}

fn item(site: &Site<'_>, same: &[&Change]) -> Markup {
    let [first, ..] = same else { return html! {} };
    html! {
        li {
            @if first.breaks { span.badge.breaks { "breaking" } }
            (first.title)
            ul { @for change in same { li { code { (change.what) } (places(site, &change.event_types)) } } }
        }
    }
}

fn places(site: &Site<'_>, event_types: &[String]) -> Markup {
    let is_shown = |name: &str| site.contract.events.iter().any(|event| event.event_type == name);
    html! {
        @for (at, event_type) in event_types.iter().enumerate() {
            @if at == 0 { " in " } @else { ", " }
            @if is_shown(event_type) { a href=(event_link(event_type)) { code { (event_type) } } } @else { code { (event_type) } }
        }
    }
}
