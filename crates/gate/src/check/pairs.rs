//! Which file of one side is which of the other: by path; or by `$id`, or else by content, where a file has moved.

use std::collections::HashMap;

use globset::GlobSet;

use super::side::Side;

/// A schema on one side or on both, by its paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Pairing {
    Added(String),
    Removed(String),
    Both { old: String, new: String },
}

impl Pairing {
    fn path(&self) -> &str {
        match self {
            Self::Added(path) | Self::Removed(path) | Self::Both { new: path, .. } => path,
        }
    }
}

/// The schemas of both sides that are `chosen`, in the order of their paths.
pub(crate) fn pairs(old: &Side, new: &Side, chosen: &GlobSet) -> Vec<Pairing> {
    let of = |side: &Side, other: &Side| {
        let paths = side.paths().filter(|path| chosen.is_match(path) && !other.has(path));
        paths.map(str::to_owned).collect::<Vec<_>>()
    };
    let (mut gone, mut come) = (of(old, new), of(new, old));
    let both = new.paths().filter(|path| chosen.is_match(path) && old.has(path));
    let mut pairings: Vec<_> =
        both.map(|path| Pairing::Both { old: path.to_owned(), new: path.to_owned() }).collect();
    if !gone.is_empty() && !come.is_empty() {
        for mark in [Side::id, content] {
            let moved = alone(old, &gone, mark);
            for (mark, to) in alone(new, &come, mark) {
                if let Some(from) = moved.get(&mark) {
                    pairings.push(Pairing::Both { old: from.clone(), new: to });
                }
            }
            let is_told = |path: &String| {
                pairings.iter().any(
                    |it| matches!(it, Pairing::Both { old, new } if old == path || new == path),
                )
            };
            gone.retain(|path| !is_told(path));
            come.retain(|path| !is_told(path));
        }
    }
    pairings.extend(gone.into_iter().map(Pairing::Removed));
    pairings.extend(come.into_iter().map(Pairing::Added));
    pairings.sort_by(|one, other| one.path().cmp(other.path()));
    pairings
}

/// Those of `paths` that have a mark which no other of them has.
fn alone(
    side: &Side,
    paths: &[String],
    mark: fn(&Side, &str) -> Option<String>,
) -> HashMap<String, String> {
    let mut marked: HashMap<String, Option<String>> = HashMap::new();
    for path in paths {
        if let Some(mark) = mark(side, path) {
            let path = path.clone();
            marked.entry(mark).and_modify(|known| *known = None).or_insert(Some(path));
        }
    }
    marked.into_iter().filter_map(|(mark, path)| Some((mark, path?))).collect()
}

fn content(side: &Side, path: &str) -> Option<String> {
    Some(side.source(path).ok()?.text)
}
