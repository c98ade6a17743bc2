//! Damages what is said of several patterns together, one place at a time.

use crate::pattern::{Part, Table};
use crate::primitives::SubsetId;
use crate::proof::NoString;

/// The list without each of its elements.
pub(super) fn without<T: Clone>(list: &[T]) -> Vec<Vec<T>> {
    (0..list.len())
        .map(|index| {
            let mut list = list.to_vec();
            list.remove(index);
            list
        })
        .collect()
}

pub(super) fn no_string(none: &NoString) -> Vec<(&'static str, NoString)> {
    let NoString { literals, parts } = none;
    let mut out = Vec::new();
    let with = |parts| NoString { literals: literals.clone(), parts };
    for literals in without(literals) {
        out.push(("fewer literals", NoString { literals, parts: parts.clone() }));
    }
    out.extend(without(parts).into_iter().map(|fewer| ("fewer parts", with(fewer))));
    for at in 0..parts.len() {
        let mut changed = |kind, part| {
            let mut parts = parts.clone();
            parts[at] = part;
            out.push((kind, with(parts)));
        };
        match &parts[at] {
            Part::Alone(pattern) => {
                changed("another pattern", Part::Alone(pattern + 1));
                changed("another pattern", Part::Alone(1_000));
                changed("fewer parts", Part::Joined(Vec::new()));
            }
            Part::Joined(tables) => {
                for index in 0..tables.len() {
                    let mut tables = tables.clone();
                    tables[index].0 += 1;
                    changed("another pattern", Part::Joined(tables));
                }
                for index in 0..tables.len() {
                    for (kind, table) in damaged_tables(&tables[index].1) {
                        let mut tables = tables.clone();
                        tables[index].1 = table;
                        changed(kind, Part::Joined(tables));
                    }
                }
            }
        }
    }
    out
}

fn damaged_tables(table: &Table) -> Vec<(&'static str, Table)> {
    let mut out = Vec::new();
    let mut changed = |kind, change: &dyn Fn(&mut Table)| {
        let mut table = table.clone();
        change(&mut table);
        out.push((kind, table));
    };
    let states = table.accepting.len();
    changed("a table without rows", &|table| table.next.clear());
    changed("a table without rows", &|table| table.letters += 1);
    changed("a table leads elsewhere", &|table| table.next[0] = SubsetId::new(states));
    for state in (0..states).step_by(1 + states / 7) {
        changed("a table accepts less", &|table| table.accepting[state] = false);
        changed("a table promises more", &|table| table.fewest[state] = Table::NEVER);
        changed("a table promises more", &|table| table.fewest[state] = 5);
        let entry = state * table.letters;
        changed("a table leads elsewhere", &|table| table.next[entry] = SubsetId::FIRST);
        changed("a table leads elsewhere", &|table| table.next[entry] = SubsetId::new(states - 1));
    }
    out
}
