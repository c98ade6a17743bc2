//! Makes a pair with a fault smaller, as long as the fault stays.

use std::collections::BTreeSet;

use schema_compat::Draft;

use crate::attack::{Fault, Pair, attack, explanation, features};
use crate::edit::{at_mut, places};
use crate::json::Json;
use crate::random::Random;
use crate::resources;

/// Pairs tried when one is made smaller.
const MAX_TRIES: usize = 1_500;

/// A fault with the smallest pair found that shows it.
pub(crate) struct Find {
    pub(crate) fault: Fault,
    pub(crate) pair: Pair,
    pub(crate) value: Option<Json>,
    pub(crate) note: String,
}

impl Find {
    /// The trap that it fell into, if that is a known one.
    pub(crate) fn trap(&self) -> Option<&'static str> {
        explanation(&self.pair, self.value.as_ref().unwrap_or(&Json::Null))
    }

    /// The features that set it apart from others: the fault and the trap or, in detail, the keywords.
    pub(crate) fn signature(&self, in_detail: bool) -> String {
        if let Some(trap) = self.trap().filter(|_| !in_detail) {
            return format!("{:?}, {trap}", self.fault);
        }
        let mut used = BTreeSet::new();
        features(&self.pair.sub, &mut used);
        let mut sup = BTreeSet::new();
        features(&self.pair.sup, &mut sup);
        let join = |used: BTreeSet<String>| used.into_iter().collect::<Vec<_>>().join("+");
        let (sub, sup) = (join(used), join(sup));
        let trap = self.trap().map(|trap| format!(" ({trap})")).unwrap_or_default();
        format!("{:?}, {sub} / {sup}{trap}", self.fault)
    }
}

/// Shrinks a pair with a fault.
pub(crate) fn shrink(pair: &Pair, fault: Fault, effort: usize, random: &Random) -> Option<Find> {
    let shows = |pair: &Pair| {
        // The same choices for each, so that a pair shows its fault when it is tried again.
        let outcome = attack(pair, effort, &mut random.clone());
        let found = outcome.faults.into_iter().find(|(found, ..)| *found == fault)?;
        Some(Find { fault, pair: pair.clone(), value: found.1, note: found.2 })
    };
    let mut best = shows(pair)?;
    let mut tries = 0;
    let most = if fault == Fault::Slow { 60 } else { MAX_TRIES };
    'again: loop {
        for smaller in smaller(&best.pair) {
            tries += 1;
            if tries > most {
                return Some(best);
            }
            if let Some(find) = shows(&smaller) {
                best = find;
                continue 'again;
            }
        }
        return Some(best);
    }
}

/// Pairs that are smaller by one step, the smallest first.
fn smaller(pair: &Pair) -> Vec<Pair> {
    let mut out = Vec::new();
    for schema in smaller_schemas(&pair.sub, pair.draft) {
        out.push(Pair { sub: schema, ..pair.clone() });
    }
    for schema in smaller_schemas(&pair.sup, pair.sup_draft) {
        out.push(Pair { sup: schema, ..pair.clone() });
    }
    // The same step in both.
    let shared = places(&pair.sub, pair.draft);
    for place in shared.iter().filter(|place| resources::at(&pair.sup, place).is_some()) {
        let Some(Json::Object(members)) = resources::at(&pair.sub, place) else { continue };
        for name in members.keys() {
            let mut both = pair.clone();
            for document in [&mut both.sub, &mut both.sup] {
                if let Some(Json::Object(members)) = at_mut(document, place) {
                    members.remove(name);
                }
            }
            out.push(both);
        }
    }
    out.sort_by_cached_key(|pair| pair.sub.to_string().len() + pair.sup.to_string().len());
    out
}

fn smaller_schemas(document: &Json, draft: Draft) -> Vec<Json> {
    let size = document.to_string().len();
    let mut out = Vec::new();
    let mut replace = |place: &str, new: Json| {
        let mut changed = document.clone();
        if let Some(schema) = at_mut(&mut changed, place) {
            *schema = new;
            if changed.to_string().len() < size {
                out.push(changed);
            }
        }
    };
    for place in places(document, draft) {
        let Some(schema) = resources::at(document, &place) else { continue };
        if !place.is_empty() {
            replace(&place, Json::object([]));
            if draft != Draft::Draft4 {
                replace(&place, true.into());
                replace(&place, false.into());
            }
        }
        for (_, child) in resources::children(schema, draft) {
            replace(&place, child.clone());
        }
        let Json::Object(members) = schema else { continue };
        for (name, value) in members {
            let mut fewer = members.clone();
            fewer.remove(name);
            replace(&place, Json::Object(fewer));
            let at = format!("{place}/{}", resources::escape(name));
            match value {
                Json::Array(items) => {
                    for index in 0..items.len() {
                        let mut fewer = items.clone();
                        fewer.remove(index);
                        replace(&at, Json::Array(fewer));
                    }
                }
                Json::Object(named) => {
                    for key in named.keys() {
                        let mut fewer = named.clone();
                        fewer.remove(key);
                        replace(&at, Json::Object(fewer));
                    }
                }
                _ => {}
            }
        }
    }
    out
}
