//! Damages proofs, one place at a time.

use std::sync::Arc;

use super::bench::Bench;
use super::tables::{no_string, without};
use crate::arena::Arena;
use crate::literal::Literal;
use crate::primitives::{LemmaId, NodeId};
use crate::proof::{
    ArrayStep, Case, Cases, Cell, Derivation, Longest, NoMember, NoString, ObjectStep, Other,
    Sharing, Step, Why,
};
use crate::types::TypeSet;

type Keys = Vec<(Arc<str>, NoMember)>;

/// The kinds of damage to proofs; each shows at least once.
pub(super) const KINDS: &[&str] = &[
    "a case says more",
    "a table accepts less",
    "a table leads elsewhere",
    "a table promises more",
    "a table without rows",
    "another amount",
    "another cell",
    "another lemma",
    "another name",
    "another part",
    "another path",
    "another pattern",
    "another reason",
    "another root",
    "another schema",
    "another step",
    "another way",
    "fewer cases",
    "fewer cells",
    "fewer closed items",
    "fewer literals",
    "fewer names",
    "fewer parts",
    "fewer types",
    "fewer values",
    "fewer wanted",
    "more parts",
    "no lemma",
    "stronger lemma",
    "swapped",
];

/// The kinds of damage that are never right.
pub(super) const HARMFUL: &[&str] =
    &["another name", "another way", "fewer types", "fewer values", "more parts", "no lemma"];

/// Ways to damage a proof.
pub(super) fn damaged(bench: &Bench, derivation: &Derivation) -> Vec<(&'static str, Derivation)> {
    let mut ids: Vec<LemmaId> = derivation.lemmas.keys().copied().collect();
    ids.sort_unstable();
    let damage = Damage { arena: &bench.arena, lemmas: &ids };
    let mut out = Vec::new();
    for id in &ids {
        let lemma = &derivation.lemmas[id];
        for (kind, step) in damage.step(&lemma.step) {
            let mut other = derivation.clone();
            if let Some(lemma) = other.lemmas.get_mut(id) {
                lemma.step = step.into();
            }
            out.push((kind, other));
        }
        for index in 0..lemma.state.len() {
            let mut other = derivation.clone();
            if let Some(lemma) = other.lemmas.get_mut(id) {
                let mut state = lemma.state.to_vec();
                state.remove(index);
                lemma.state = state.into();
            }
            out.push(("stronger lemma", other));
        }
        let mut other = derivation.clone();
        other.lemmas.remove(id);
        out.push(("no lemma", other));
        if *id != derivation.root {
            out.push(("another root", Derivation { root: *id, ..derivation.clone() }));
        }
    }
    out
}

struct Damage<'a> {
    arena: &'a Arena,
    lemmas: &'a [LemmaId],
}

impl Damage<'_> {
    /// All nodes that are like this one; few of them.
    fn like(&self, id: NodeId) -> Vec<NodeId> {
        let kind = std::mem::discriminant(self.arena.node(id));
        let is_like = |other: &NodeId| {
            *other != id && std::mem::discriminant(self.arena.node(*other)) == kind
        };
        self.arena.ids().filter(is_like).take(6).collect()
    }

    fn others(&self, lemma: LemmaId) -> impl Iterator<Item = LemmaId> {
        self.lemmas.iter().copied().filter(move |other| *other != lemma).take(6)
    }

    #[allow(clippy::too_many_lines)] // One arm a kind of step.
    fn step(&self, step: &Step) -> Vec<(&'static str, Step)> {
        let mut out = Vec::new();
        let none = || Longest::default();
        let constant = [
            Step::Clash(Why::Schema(None)),
            Step::EveryType(Vec::new()),
            Step::Values { listed: None, failing: Vec::new() },
            Step::Values { listed: None, failing: vec![Literal::holds(NodeId::FALSE); 2] },
            Step::Number { text: String::new(), place: None },
            Step::Object(ObjectStep::Crowded),
            Step::Array(ArrayStep::TooShort { longest: none() }),
            Step::Array(ArrayStep::NoRepeat { pairs: Vec::new(), longest: none() }),
        ];
        let kind = |step: &Step| format!("{step:?}").split(['(', '{']).take(2).collect::<String>();
        out.extend(
            constant.into_iter().filter(|c| kind(c) != kind(step)).map(|s| ("another step", s)),
        );
        match step {
            Step::EveryType(steps) => {
                out.extend(without(steps).into_iter().map(|s| ("fewer types", Step::EveryType(s))));
                for (at, (_, inner)) in steps.iter().enumerate() {
                    for (kind, inner) in self.step(inner) {
                        let mut steps = steps.clone();
                        steps[at].1 = inner.into();
                        out.push((kind, Step::EveryType(steps)));
                    }
                    let mut swapped = steps.clone();
                    swapped[at].0 = if steps[at].0 == TypeSet::OBJECT {
                        TypeSet::ARRAY
                    } else {
                        TypeSet::OBJECT
                    };
                    out.push(("swapped", Step::EveryType(swapped)));
                }
            }
            Step::Cases(cases) => {
                out.extend(self.cases(cases).into_iter().map(|(k, c)| (k, Step::Cases(c))));
            }
            Step::Expand { union, parts, then } => {
                let expand = |union: NodeId, parts: Vec<NodeId>, then: Arc<Step>| Step::Expand {
                    union,
                    parts,
                    then,
                };
                for (kind, inner) in self.step(then) {
                    out.push((kind, expand(*union, parts.clone(), inner.into())));
                }
                for fewer in without(parts) {
                    out.push(("fewer cases", expand(*union, fewer, Arc::clone(then))));
                }
                let mut more = parts.clone();
                more.push(NodeId::TRUE);
                out.push(("more parts", expand(*union, more, Arc::clone(then))));
                for other in self.like(*union) {
                    out.push(("another schema", expand(other, parts.clone(), Arc::clone(then))));
                }
            }
            Step::ByValue { among, cases, otherwise } => {
                let by = |among, cases, otherwise| Step::ByValue { among, cases, otherwise };
                for fewer in without(cases) {
                    out.push(("fewer cases", by(*among, fewer, Arc::clone(otherwise))));
                }
                for (at, (case, inner)) in cases.iter().enumerate() {
                    out.push(("another schema", by(*case, cases.clone(), Arc::clone(otherwise))));
                    for (kind, inner) in self.step(inner) {
                        let mut cases = cases.clone();
                        cases[at].1 = inner.into();
                        out.push((kind, by(*among, cases, Arc::clone(otherwise))));
                    }
                    for other in self.like(*case) {
                        let mut cases = cases.clone();
                        cases[at].0 = other;
                        out.push(("another schema", by(*among, cases, Arc::clone(otherwise))));
                    }
                }
                for (kind, inner) in self.step(otherwise) {
                    out.push((kind, by(*among, cases.clone(), inner.into())));
                }
            }
            Step::Shared { wanted, cases } => {
                out.extend(self.shared(wanted, cases));
            }
            Step::Values { listed, failing } => {
                for fewer in without(failing) {
                    out.push(("fewer values", Step::Values { listed: *listed, failing: fewer }));
                }
                for at in 0..failing.len() {
                    for wrong in
                        [Literal::holds(NodeId::TRUE), Literal::holds(NodeId::FALSE), !failing[at]]
                    {
                        let mut failing = failing.clone();
                        failing[at] = wrong;
                        out.push(("another reason", Step::Values { listed: *listed, failing }));
                    }
                }
                for other in listed.iter().flat_map(|id| self.like(*id)) {
                    let failing = failing.clone();
                    out.push(("another schema", Step::Values { listed: Some(other), failing }));
                }
            }
            Step::Object(step) => {
                out.extend(self.object(step).into_iter().map(|(k, s)| (k, Step::Object(s))));
            }
            Step::Array(step) => {
                out.extend(self.array(step).into_iter().map(|(k, s)| (k, Step::Array(s))));
            }
            Step::String { none, place } => {
                let step = |none: NoString| Step::String { none: Arc::new(none), place: *place };
                out.extend(no_string(none).into_iter().map(|(kind, none)| (kind, step(none))));
            }
            Step::Clash(_) | Step::Number { .. } => {}
        }
        out
    }

    fn cases(&self, cases: &Cases) -> Vec<(&'static str, Cases)> {
        let mut out = Vec::new();
        let with = |list: Vec<Case>| Cases { cases: list, ..cases.clone() };
        let list = &cases.cases;
        out.extend(without(list).into_iter().map(|fewer| ("fewer cases", with(fewer))));
        let changed = |at: usize, change: &dyn Fn(&mut Case)| {
            let mut list = list.clone();
            change(&mut list[at]);
            with(list)
        };
        for (at, case) in list.iter().enumerate() {
            out.push(("another way", changed(at, &|case| case.way += 1000)));
            out.push((
                "a case says more",
                changed(at, &|case| case.add.push(Literal::holds(NodeId::FALSE))),
            ));
            for (index, literal) in case.add.iter().enumerate() {
                out.push(("a case says more", changed(at, &|case| case.add[index] = !*literal)));
                for other in self.like(literal.id) {
                    out.push(("a case says more", changed(at, &|case| case.add[index].id = other)));
                }
            }
            for (kind, step) in self.step(&case.step) {
                let step = Arc::new(step);
                out.push((kind, changed(at, &|case| case.step = Arc::clone(&step))));
            }
            if at > 0 {
                let mut list = list.clone();
                let step = Arc::clone(&list[at].step);
                list[at].step = std::mem::replace(&mut list[at - 1].step, step);
                out.push(("swapped", with(list)));
            }
        }
        let Literal { id, sign } = cases.union;
        out.push(("another schema", Cases { union: Literal::new(id, !sign), ..cases.clone() }));
        for other in self.like(id) {
            out.push((
                "another schema",
                Cases { union: Literal::new(other, sign), ..cases.clone() },
            ));
        }
        let parts = [None, Some(0), Some(1), Some(2), Some(1000)];
        out.extend(
            parts
                .into_iter()
                .filter(|part| *part != cases.part)
                .map(|part| ("another part", Cases { part, ..cases.clone() })),
        );
        for path in [&["nowhere"][..], &["kind"], &["x"], &[]] {
            let path: Vec<Arc<str>> = path.iter().map(|name| (*name).into()).collect();
            let by = Some(path.into());
            if by != cases.by {
                out.push(("another path", Cases { by, ..cases.clone() }));
            }
        }
        out
    }

    fn shared(&self, wanted: &[NodeId], cases: &[Sharing]) -> Vec<(&'static str, Step)> {
        let mut out = Vec::new();
        let step =
            |wanted: &[NodeId], cases: Vec<_>| Step::Shared { wanted: wanted.to_vec(), cases };
        let fewer = |(kind, wanted): (_, Vec<_>)| (kind, step(&wanted, cases.to_vec()));
        out.extend(without(wanted).into_iter().map(|wanted| fewer(("fewer wanted", wanted))));
        out.extend(without(cases).into_iter().map(|fewer| ("fewer cases", step(wanted, fewer))));
        for (at, id) in wanted.iter().enumerate() {
            for other in self.like(*id) {
                let mut wanted = wanted.to_vec();
                wanted[at] = other;
                out.push(("another schema", step(&wanted, cases.to_vec())));
            }
        }
        for (at, case) in cases.iter().enumerate() {
            let changed = |change: &dyn Fn(&mut Sharing)| {
                let mut cases = cases.to_vec();
                change(&mut cases[at]);
                step(wanted, cases)
            };
            out.push(("another way", changed(&|case| case.one += 1000)));
            for other in [Other::Wanted(0), Other::Wanted(1000), Other::Required("nothing".into())]
            {
                out.push(("another way", changed(&|case| case.other = other.clone())));
            }
            for other in self.like(case.both) {
                out.push(("a case says more", changed(&|case| case.both = other)));
            }
            for (kind, inner) in self.step(&case.step) {
                let inner = Arc::new(inner);
                out.push((kind, changed(&|case| case.step = Arc::clone(&inner))));
            }
        }
        out
    }

    fn keys(keys: &Keys, lemmas: &[LemmaId]) -> Vec<(&'static str, Keys)> {
        let mut out: Vec<(&str, Keys)> =
            without(keys).into_iter().map(|keys| ("fewer names", keys)).collect();
        for (at, (_, reason)) in keys.iter().enumerate() {
            let mut others = vec![NoMember::Forbidden, NoMember::NotAmong, NoMember::Full];
            others.extend([NoMember::BadName(NodeId::FALSE), NoMember::BadName(NodeId::TRUE)]);
            others.push(NoMember::Possible);
            let kind = if matches!(reason, NoMember::NoValue(_)) {
                "another lemma"
            } else {
                "another reason"
            };
            let more = lemmas.iter().take(6).map(|lemma| (kind, NoMember::NoValue(*lemma)));
            for (kind, reason) in others.into_iter().map(|no| ("another reason", no)).chain(more) {
                let mut keys = keys.clone();
                if format!("{:?}", keys[at].1) != format!("{reason:?}") {
                    keys[at].1 = reason;
                    out.push((kind, keys));
                }
            }
        }
        out
    }

    fn cell(&self, cell: &Cell) -> Vec<(&'static str, Cell)> {
        let mut out = vec![];
        match cell {
            Cell::Split { pattern, without, with } => {
                let split = |pattern: NodeId, without: &Cell, with: &Cell| Cell::Split {
                    pattern,
                    without: without.clone().into(),
                    with: with.clone().into(),
                };
                out.extend([
                    ("fewer cells", (**with).clone()),
                    ("fewer cells", (**without).clone()),
                ]);
                out.push(("swapped", split(*pattern, with, without)));
                out.push(("another cell", split(NodeId::FALSE, without, with)));
                out.extend(
                    self.like(*pattern)
                        .into_iter()
                        .map(|p| ("another cell", split(p, without, with))),
                );
                out.extend(
                    self.cell(without).into_iter().map(|(k, c)| (k, split(*pattern, &c, with))),
                );
                out.extend(
                    self.cell(with).into_iter().map(|(k, c)| (k, split(*pattern, without, &c))),
                );
            }
            Cell::NoName(lemma) => {
                out.extend(self.others(*lemma).map(|l| ("another lemma", Cell::NoName(l))));
                out.extend([
                    ("another cell", Cell::NoValue(*lemma)),
                    ("another cell", Cell::NotAmong),
                ]);
            }
            Cell::NoValue(lemma) => {
                out.extend(self.others(*lemma).map(|l| ("another lemma", Cell::NoValue(l))));
                out.extend([
                    ("another cell", Cell::NoName(*lemma)),
                    ("another cell", Cell::NotAmong),
                ]);
            }
            Cell::NotAmong => out.extend(self.lemmas.iter().take(6).flat_map(|lemma| {
                [("another cell", Cell::NoName(*lemma)), ("another cell", Cell::NoValue(*lemma))]
            })),
        }
        out
    }

    fn object(&self, step: &ObjectStep) -> Vec<(&'static str, ObjectStep)> {
        let mut out = Vec::new();
        match step {
            ObjectStep::Member { name, lemma } => {
                let member = |name: &str, lemma| ObjectStep::Member { name: name.into(), lemma };
                out.extend(
                    ["nothing", "a", "b"]
                        .into_iter()
                        .filter(|other| *other != &**name)
                        .map(|n| ("another name", member(n, *lemma))),
                );
                out.extend(self.others(*lemma).map(|l| ("another lemma", member(name, l))));
            }
            ObjectStep::BadName { name, names } => {
                let bad = |name: &str, names| ObjectStep::BadName { name: name.into(), names };
                out.extend(["nothing", "a"].map(|n| ("another name", bad(n, *names))));
                out.extend([NodeId::FALSE, NodeId::TRUE].map(|n| ("another schema", bad(name, n))));
            }
            ObjectStep::Crowded => {}
            ObjectStep::Wanted { exists, keys, cells } => {
                let wanted = |exists: NodeId, keys: &Keys, cells: Option<Cell>| {
                    ObjectStep::Wanted { exists, keys: keys.clone(), cells }
                };
                for other in self.like(*exists) {
                    out.push(("another schema", wanted(other, keys, cells.clone())));
                }
                for (kind, keys) in Self::keys(keys, self.lemmas) {
                    out.push((kind, wanted(*exists, &keys, cells.clone())));
                }
                match cells {
                    None => out.push(("another cell", wanted(*exists, keys, Some(Cell::NotAmong)))),
                    Some(cell) => {
                        out.push(("fewer cells", wanted(*exists, keys, None)));
                        for (kind, cell) in self.cell(cell) {
                            out.push((kind, wanted(*exists, keys, Some(cell))));
                        }
                    }
                }
            }
            ObjectStep::TooFew { keys, cells } => {
                for (kind, keys) in Self::keys(keys, self.lemmas) {
                    out.push((kind, ObjectStep::TooFew { keys, cells: cells.clone() }));
                }
                for (kind, cells) in self.cell(cells) {
                    out.push((kind, ObjectStep::TooFew { keys: keys.clone(), cells }));
                }
            }
        }
        out
    }

    fn indexed(&self, list: &[(u64, LemmaId)]) -> Vec<(&'static str, Vec<(u64, LemmaId)>)> {
        let mut out: Vec<(&str, Vec<_>)> =
            without(list).into_iter().map(|list| ("fewer closed items", list)).collect();
        for (at, (index, lemma)) in list.iter().enumerate() {
            let numbers =
                [index + 1, index.wrapping_sub(1) % 1000].map(|i| ("another amount", (i, *lemma)));
            let lemmas = self.others(*lemma).map(|l| ("another lemma", (*index, l)));
            for (kind, entry) in numbers.into_iter().chain(lemmas) {
                let mut list = list.to_vec();
                list[at] = entry;
                out.push((kind, list));
            }
            let mut twice = list.to_vec();
            twice.push((*index, *lemma));
            twice.push((index + 1, *lemma));
            out.push(("another amount", twice));
        }
        out
    }

    fn longest(&self, longest: &Longest) -> Vec<(&'static str, Longest)> {
        let mut out = Vec::new();
        if let Some((index, lemma)) = longest.blocked {
            let with = |blocked| Longest { blocked, ..longest.clone() };
            out.push(("fewer closed items", with(None)));
            out.push(("another amount", with(Some((index.saturating_sub(1), lemma)))));
            out.push(("another amount", with(Some((index + 1, lemma)))));
            out.extend(self.others(lemma).map(|l| ("another lemma", with(Some((index, l))))));
        } else {
            out.extend(self.lemmas.iter().take(6).map(|lemma| {
                ("another lemma", Longest { blocked: Some((0, *lemma)), ..longest.clone() })
            }));
        }
        for (at, (id, list)) in longest.forced.iter().enumerate() {
            let with = |entry: (NodeId, Vec<(u64, LemmaId)>)| {
                let mut forced = longest.forced.clone();
                forced[at] = entry;
                Longest { forced, ..longest.clone() }
            };
            out.extend(
                self.indexed(list).into_iter().map(|(kind, list)| (kind, with((*id, list)))),
            );
            out.extend(
                self.like(*id).into_iter().map(|id| ("another schema", with((id, list.clone())))),
            );
        }
        out
    }

    fn array(&self, step: &ArrayStep) -> Vec<(&'static str, ArrayStep)> {
        let mut out = Vec::new();
        match step {
            ArrayStep::TooShort { longest } => {
                let short = |longest| ArrayStep::TooShort { longest };
                out.extend(self.longest(longest).into_iter().map(|(k, l)| (k, short(l))));
            }
            ArrayStep::Missing { wanted, closed, longest } => {
                let missing = |wanted: NodeId, closed: &Vec<_>, longest: &Longest| {
                    ArrayStep::Missing { wanted, closed: closed.clone(), longest: longest.clone() }
                };
                out.extend(
                    self.like(*wanted)
                        .into_iter()
                        .map(|w| ("another schema", missing(w, closed, longest))),
                );
                out.extend(
                    self.indexed(closed).iter().map(|(k, c)| (*k, missing(*wanted, c, longest))),
                );
                out.extend(
                    self.longest(longest).iter().map(|(k, l)| (*k, missing(*wanted, closed, l))),
                );
            }
            ArrayStep::Crowded { wanted, limit, closed, longest } => {
                let crowded =
                    |wanted: NodeId, limit: NodeId, closed: &Vec<_>, longest: &Longest| {
                        ArrayStep::Crowded {
                            wanted,
                            limit,
                            closed: closed.clone(),
                            longest: longest.clone(),
                        }
                    };
                out.extend(
                    self.like(*wanted)
                        .into_iter()
                        .map(|w| ("another schema", crowded(w, *limit, closed, longest))),
                );
                out.extend(
                    self.like(*limit)
                        .into_iter()
                        .map(|l| ("another schema", crowded(*wanted, l, closed, longest))),
                );
                out.extend(
                    self.indexed(closed)
                        .iter()
                        .map(|(k, c)| (*k, crowded(*wanted, *limit, c, longest))),
                );
                out.extend(
                    self.longest(longest)
                        .iter()
                        .map(|(k, l)| (*k, crowded(*wanted, *limit, closed, l))),
                );
            }
            ArrayStep::NoRepeat { pairs, longest } => {
                let repeat = |pairs: Vec<_>, longest: &Longest| ArrayStep::NoRepeat {
                    pairs,
                    longest: longest.clone(),
                };
                out.extend(
                    without(pairs).into_iter().map(|p| ("fewer closed items", repeat(p, longest))),
                );
                for (at, (first, second, lemma)) in pairs.iter().enumerate() {
                    let mut entries = vec![("another amount", (*first, second + 1, *lemma))];
                    entries.push(("another amount", (first + 1, *second, *lemma)));
                    entries.extend(
                        self.others(*lemma).map(|l| ("another lemma", (*first, *second, l))),
                    );
                    for (kind, entry) in entries {
                        let mut pairs = pairs.clone();
                        pairs[at] = entry;
                        out.push((kind, repeat(pairs, longest)));
                    }
                }
                out.extend(
                    self.longest(longest).iter().map(|(k, l)| (*k, repeat(pairs.clone(), l))),
                );
            }
            ArrayStep::FewValues { values, lemma } => {
                let few = |values, lemma| ArrayStep::FewValues { values, lemma };
                out.extend(
                    self.like(*values).into_iter().map(|v| ("another schema", few(v, *lemma))),
                );
                out.extend(self.others(*lemma).map(|l| ("another lemma", few(*values, l))));
            }
        }
        out
    }
}
