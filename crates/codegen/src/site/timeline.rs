//! The life of a job as a drawing: what comes after what, one lane for what happens on its own.

use std::collections::BTreeMap;

use clip_events_contract::model::EventShape;
use maud::{Markup, html};

use super::anchors::{Section, event_link};
use super::parts::{Site, spoken};

/// Widths and heights of the drawing, in its own units.
const BOX: (usize, usize) = (117, 48);
const GAP: (usize, usize) = (30, 16);
/// Around the boxes of a domain: for its frame, and above for its name.
const FRAME: (usize, usize) = (10, 34);

pub(super) fn section(site: &Site<'_>) -> Markup {
    if !site.life.is_told() {
        return html! {};
    }
    let drawing = Drawing::of(site);
    html! {
        section #(Section::Life.anchor()) {
            h2 { (Section::Life.title()) }
            p {
                "From left to right, each event type after those that lead to it; one with a dashed edge fires many times. "
                "This is the usual course of a job, not the order in which deliveries come: that is not promised."
            }
            div.drawing tabindex="0" role="region" aria-label=(Section::Life.title()) { (drawing.svg()) }
        }
    }
}

/// Where everything stands.
struct Drawing<'a> {
    frames: Vec<Frame<'a>>,
    boxes: BTreeMap<&'a str, Placed<'a>>,
    ways: &'a [(&'a EventShape, &'a EventShape)],
    size: (usize, usize),
}

/// The frame around the boxes of one domain.
struct Frame<'a> {
    domain: &'a str,
    at: (usize, usize),
    size: (usize, usize),
}

struct Placed<'a> {
    event: &'a EventShape,
    at: (usize, usize),
}

impl<'a> Drawing<'a> {
    fn of(site: &'a Site<'_>) -> Self {
        let mut frames = Vec::new();
        let mut boxes = BTreeMap::new();
        // For each lane, the first free step and the height of its frames.
        let mut lanes: Vec<(usize, usize)> = Vec::new();
        let mut placed = Vec::new();
        let told = site.life.domains().filter(|(domain, _)| site.life.is_told_of(domain));
        for (domain, events) in told {
            let steps = events.iter().map(|event| site.life.step(&event.event_type));
            let (first, last) = (steps.clone().min().unwrap_or(0), steps.max().unwrap_or(0));
            let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
            for event in events {
                *rows.entry(site.life.step(&event.event_type)).or_default() += 1;
            }
            let rows = rows.into_values().max().unwrap_or(0);
            let lane = lanes.iter().position(|(free, _)| *free <= first).unwrap_or_else(|| {
                lanes.push((0, 0));
                lanes.len() - 1
            });
            lanes[lane] = (last + 1, lanes[lane].1.max(rows));
            placed.push((domain, events, lane, first, last, rows));
        }
        let frame_height = |rows: usize| FRAME.1 + rows * (BOX.1 + GAP.1);
        let top = |lane: usize| -> usize {
            lanes[..lane].iter().map(|(_, rows)| frame_height(*rows) + GAP.1).sum()
        };
        let left = |step: usize| FRAME.0 + step * (BOX.0 + GAP.0);
        for (domain, events, lane, first, last, rows) in placed {
            frames.push(Frame {
                domain,
                at: (left(first) - FRAME.0, top(lane)),
                size: (left(last) - left(first) + BOX.0 + 2 * FRAME.0, frame_height(rows)),
            });
            let mut rows: BTreeMap<usize, usize> = BTreeMap::new();
            for event in events {
                let step = site.life.step(&event.event_type);
                let row = rows.entry(step).or_default();
                let at = (left(step), top(lane) + FRAME.1 + *row * (BOX.1 + GAP.1));
                *row += 1;
                boxes.insert(event.event_type.as_str(), Placed { event, at });
            }
        }
        let right = frames.iter().map(|frame| frame.at.0 + frame.size.0).max().unwrap_or(0);
        Self { frames, boxes, ways: site.life.ways(), size: (right, top(lanes.len()) - GAP.1) }
    }

    fn svg(&self) -> Markup {
        let (width, height) = self.size;
        html! {
            svg viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height) role="group" aria-label="What leads to what; each event type says it, too" {
                defs {
                    marker #arrow viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto" {
                        path d="M0 0 8 4 0 8z" {}
                    }
                }
                @for frame in &self.frames {
                    rect.frame x=(frame.at.0) y=(frame.at.1) width=(frame.size.0) height=(frame.size.1) rx="12" {}
                    text.domain x=(frame.at.0 + FRAME.0) y=(frame.at.1 + 22) { (spoken(frame.domain)) }
                }
                @for (from, to) in self.ways {
                    path.arrow d=(way(self.place(from), self.place(to))) marker-end="url(#arrow)" {}
                }
                @for Placed { event, at: (x, y) } in self.boxes.values() {
                    a href=(event_link(&event.event_type)) {
                        title { (event.title) }
                        rect.box.loud[event.high_volume] x=(x) y=(y) width=(BOX.0) height=(BOX.1) rx="8" {}
                        @let (group, name) = event.event_type.rsplit_once('.').unwrap_or(("", &event.event_type));
                        (label("group", group, 17, (x + BOX.0 / 2, y + 18)))
                        (label("name", name, 13, (x + BOX.0 / 2, y + 36)))
                    }
                }
            }
        }
    }

    fn place(&self, event: &EventShape) -> (usize, usize) {
        self.boxes[event.event_type.as_str()].at
    }
}

/// An arrow between two boxes. One that passes boxes between them bends around these.
fn way(from: (usize, usize), to: (usize, usize)) -> String {
    let middle = BOX.1 / 2;
    let (x1, y1) = (from.0 + BOX.0, from.1 + middle);
    let (x2, y2) = (to.0 - 1, to.1 + middle);
    if to.0 - from.0 > BOX.0 + GAP.0 {
        let below = y1.min(y2) + middle + GAP.1 / 2;
        let (bend1, bend2) = (x1 + GAP.0 / 2, x2 - GAP.0 / 2);
        let (start, end) = (x1 + GAP.0, x2 - GAP.0);
        return format!(
            "M{x1} {y1}C{bend1} {y1} {bend1} {below} {start} {below}H{end}C{bend2} {below} {bend2} {y2} {x2} {y2}"
        );
    }
    let half = x1.midpoint(x2);
    format!("M{x1} {y1}C{half} {y1} {half} {y2} {x2} {y2}")
}

/// A line of text in a box. One that has more characters than fit is squeezed.
fn label(class: &str, text: &str, fit: usize, at: (usize, usize)) -> Markup {
    let width = (text.chars().count() > fit).then_some(BOX.0 - 10);
    html! {
        text class=(class) x=(at.0) y=(at.1) textLength=[width] lengthAdjust=[width.map(|_| "spacingAndGlyphs")] { (text) }
    }
}
