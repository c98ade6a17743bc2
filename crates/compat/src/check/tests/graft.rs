//! Proofs of true statements told of false ones: a schema is changed a little, so that the inclusion
//! fails, and every place of the proof that speaks of what was changed is made to speak of the new.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::bench::{Bench, question};
use super::pairs;
use super::tamper::damaged;
use crate::arena::Arena;
use crate::json::Json;
use crate::literal::Literal;
use crate::literal::Sign::Fails;
use crate::node::{Keys, Node};
use crate::primitives::NodeId;
use crate::proof::{
    ArrayStep, Case, Cases, Cell, Derivation, Lemma, Longest, NoMember, ObjectStep, Sharing, Step,
};

/// All small changes of a document.
fn edits(value: &Value) -> Vec<Value> {
    let mut out = Vec::new();
    match value {
        Value::Bool(b) => out.push(json!(!b)),
        Value::Number(n) => {
            if let Some(n) = n.as_i64() {
                out.extend([json!(n + 1), json!(n - 1)]);
            }
        }
        Value::String(s) => {
            let other = match s.as_str() {
                "integer" => "number",
                "number" => "integer",
                "null" => "string",
                "a" => "b",
                "b" => "c",
                _ => "a",
            };
            out.push(json!(other));
            if matches!(s.as_str(), "null" | "string" | "array" | "object") {
                out.push(json!(["integer", s]));
            }
        }
        Value::Array(items) => {
            for index in 0..items.len() {
                let mut fewer = items.clone();
                fewer.remove(index);
                if !fewer.is_empty() {
                    out.push(Value::Array(fewer));
                }
                for edited in edits(&items[index]) {
                    let mut items = items.clone();
                    items[index] = edited;
                    out.push(Value::Array(items));
                }
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let mut fewer = members.clone();
                fewer.remove(name);
                out.push(Value::Object(fewer.clone()));
                // The same about another property, or an old one by another keyword.
                let other = match name.as_str() {
                    "a" => "b",
                    "b" => "a",
                    "oneOf" => "anyOf",
                    "anyOf" => "oneOf",
                    "minimum" => "exclusiveMinimum",
                    _ => "",
                };
                if !other.is_empty() && !members.contains_key(other) {
                    fewer.insert(other.to_owned(), member.clone());
                    out.push(Value::Object(fewer));
                }
                for edited in edits(member) {
                    let mut members = members.clone();
                    members.insert(name.clone(), edited);
                    out.push(Value::Object(members));
                }
            }
        }
        Value::Null => out.push(json!(0)),
    }
    out
}

/// The node that stands for each node.
struct Graft<'a> {
    arena: &'a mut Arena,
    ids: HashMap<NodeId, NodeId>,
}

impl Graft<'_> {
    /// Goes through two schemas side by side.
    #[allow(clippy::many_single_char_names)] // Two schemas, and what stands at the same place in each.
    fn pair(&mut self, a: NodeId, b: NodeId) {
        if a == b || self.ids.contains_key(&a) {
            return;
        }
        self.ids.insert(a, b);
        let (one, other) = (self.arena.shared(a), self.arena.shared(b));
        if let (Some(one), Some(other)) = (one.opposite(), other.opposite()) {
            let (one, other) = (self.arena.add(one, None), self.arena.add(other, None));
            self.ids.insert(one, other);
        }
        match (&*one, &*other) {
            (Node::All(x), Node::All(y))
            | (Node::Any(x), Node::Any(y))
            | (Node::One(x), Node::One(y)) => {
                let gone: Vec<NodeId> = x.iter().copied().filter(|id| !y.contains(id)).collect();
                let new: Vec<NodeId> = y.iter().copied().filter(|id| !x.contains(id)).collect();
                gone.into_iter().zip(new).for_each(|(a, b)| self.pair(a, b));
            }
            (Node::Not(x), Node::Not(y)) | (Node::Names(x), Node::Names(y)) => self.pair(*x, *y),
            (Node::Ref(x), Node::Ref(y)) => {
                self.pair(self.arena.definition(*x), self.arena.definition(*y));
            }
            (Node::Items { prefix: p, rest: r }, Node::Items { prefix: q, rest: s }) => {
                p.iter().zip(q).for_each(|(a, b)| self.pair(*a, *b));
                self.pair(*r, *s);
            }
            (Node::Contains { schema: x, .. }, Node::Contains { schema: y, .. }) => {
                self.pair(*x, *y);
            }
            (
                Node::Properties { named: n, patterns: p, rest: r },
                Node::Properties { named: m, patterns: q, rest: s },
            ) => {
                for (name, a) in n {
                    self.pair(*a, m.get(name).copied().unwrap_or(*s));
                }
                p.iter().zip(q).for_each(|((_, a), (_, b))| self.pair(*a, *b));
                self.pair(*r, *s);
            }
            _ => {}
        }
    }

    /// The node that stands for another: the one found beside it, or itself made of those that stand for
    /// its parts.
    fn id(&mut self, id: NodeId) -> NodeId {
        if let Some(new) = self.ids.get(&id) {
            return *new;
        }
        self.ids.insert(id, id);
        let mut node = (*self.arena.shared(id)).clone();
        match &mut node {
            Node::All(parts) | Node::Any(parts) | Node::One(parts) => {
                for part in parts {
                    *part = self.id(*part);
                }
            }
            Node::Not(inner) | Node::Names(inner) => *inner = self.id(*inner),
            Node::Items { prefix, rest } => {
                prefix.iter_mut().chain([rest]).for_each(|part| *part = self.id(*part));
            }
            Node::Contains { schema, .. }
            | Node::ItemAt { schema, .. }
            | Node::ItemFrom { schema, .. } => {
                *schema = self.id(*schema);
            }
            Node::Exists { keys: Keys { names, .. }, schema } => {
                *schema = self.id(*schema);
                *names = names.map(|literal| self.literal(literal));
            }
            Node::Properties { named, patterns, rest } => {
                let named = named.values_mut();
                for part in named.chain(patterns.iter_mut().map(|(_, part)| part)) {
                    *part = self.id(*part);
                }
                *rest = self.id(*rest);
            }
            _ => {}
        }
        let new = match node {
            Node::Not(inner) => self.arena.not(inner),
            node => self.arena.add(node, None),
        };
        self.ids.insert(id, new);
        new
    }

    fn literal(&mut self, Literal { id, sign }: Literal) -> Literal {
        Literal::new(self.id(id), sign)
    }

    fn literals(&mut self, literals: &[Literal]) -> Vec<Literal> {
        literals.iter().map(|literal| self.literal(*literal)).collect()
    }

    fn derivation(&mut self, derivation: &Derivation) -> Derivation {
        let lemmas = derivation.lemmas.iter().map(|(id, lemma)| {
            let state = self.literals(&lemma.state).into();
            (*id, Lemma { state, step: self.step(&lemma.step) })
        });
        Derivation { lemmas: lemmas.collect(), root: derivation.root }
    }

    /// The number of a way when the parts of a union are others.
    fn way(&mut self, union: Literal, part: Option<usize>, way: usize) -> usize {
        let (old, new) = (self.arena.shared(union.id), self.id(union.id));
        let new = self.arena.shared(new);
        let first = usize::from(matches!((&*old, union.sign, part), (Node::One(_), Fails, None)));
        match (&*old, &*new) {
            (Node::All(x), Node::All(y))
            | (Node::Any(x), Node::Any(y))
            | (Node::One(x), Node::One(y)) => {
                let old = way.checked_sub(first).and_then(|at| x.get(at));
                let new = old.map(|id| self.id(*id));
                let at = new.and_then(|id| y.iter().position(|part| *part == id));
                at.map_or(way, |at| at + first)
            }
            _ => way,
        }
    }

    fn step(&mut self, step: &Arc<Step>) -> Arc<Step> {
        Arc::new(match &**step {
            Step::EveryType(steps) => Step::EveryType(
                steps.iter().map(|(types, step)| (*types, self.step(step))).collect(),
            ),
            Step::Cases(Cases { union, part, by, cases }) => {
                let cases = cases.iter().map(|case| Case {
                    way: self.way(*union, *part, case.way),
                    add: self.literals(&case.add),
                    step: self.step(&case.step),
                });
                let cases = cases.collect();
                Step::Cases(Cases {
                    union: self.literal(*union),
                    part: *part,
                    by: by.clone(),
                    cases,
                })
            }
            Step::Expand { union, parts, then } => Step::Expand {
                union: self.id(*union),
                parts: parts.iter().map(|id| self.id(*id)).collect(),
                then: self.step(then),
            },
            Step::ByValue { among, cases, otherwise } => Step::ByValue {
                among: self.id(*among),
                cases: cases.iter().map(|(id, step)| (self.id(*id), self.step(step))).collect(),
                otherwise: self.step(otherwise),
            },
            Step::Shared { wanted, cases } => {
                let cases = cases.iter().map(|case| Sharing {
                    both: self.id(case.both),
                    step: self.step(&case.step),
                    ..case.clone()
                });
                let cases = cases.collect();
                Step::Shared { wanted: wanted.iter().map(|id| self.id(*id)).collect(), cases }
            }
            Step::Values { listed, failing } => {
                let listed = listed.map(|id| self.id(id));
                Step::Values { listed, failing: self.literals(failing) }
            }
            Step::Object(ObjectStep::BadName { name, names }) => {
                Step::Object(ObjectStep::BadName { name: Arc::clone(name), names: self.id(*names) })
            }
            Step::Object(ObjectStep::Wanted { exists, keys, cells }) => {
                Step::Object(ObjectStep::Wanted {
                    exists: self.id(*exists),
                    keys: self.keys(keys),
                    cells: cells.as_ref().map(|cell| self.cell(cell)),
                })
            }
            Step::Object(ObjectStep::TooFew { keys, cells }) => {
                Step::Object(ObjectStep::TooFew { keys: self.keys(keys), cells: self.cell(cells) })
            }
            Step::Array(step) => {
                let mut step = step.clone();
                match &mut step {
                    ArrayStep::TooShort { longest } | ArrayStep::NoRepeat { longest, .. } => {
                        self.longest(longest);
                    }
                    ArrayStep::Missing { wanted, longest, .. } => {
                        *wanted = self.id(*wanted);
                        self.longest(longest);
                    }
                    ArrayStep::Crowded { wanted, limit, longest, .. } => {
                        (*wanted, *limit) = (self.id(*wanted), self.id(*limit));
                        self.longest(longest);
                    }
                    ArrayStep::FewValues { values, .. } => *values = self.id(*values),
                }
                Step::Array(step)
            }
            step => step.clone(),
        })
    }

    fn keys(&mut self, keys: &[(Arc<str>, NoMember)]) -> Vec<(Arc<str>, NoMember)> {
        let key = |(name, reason): &(Arc<str>, NoMember)| {
            let reason = match reason {
                NoMember::BadName(names) => NoMember::BadName(self.id(*names)),
                reason => reason.clone(),
            };
            (Arc::clone(name), reason)
        };
        keys.iter().map(key).collect()
    }

    fn cell(&mut self, cell: &Cell) -> Cell {
        match cell {
            Cell::Split { pattern, without, with } => Cell::Split {
                pattern: self.id(*pattern),
                without: self.cell(without).into(),
                with: self.cell(with).into(),
            },
            cell => cell.clone(),
        }
    }

    fn longest(&mut self, longest: &mut Longest) {
        longest.forced.iter_mut().for_each(|(id, _)| *id = self.id(*id));
    }
}

/// No proof of a true statement, told of a false one, passes: as it is, or damaged besides.
#[test]
fn false_statements_have_no_proof() {
    let (mut told, mut tried, mut all_damaged) = (0, 0, 0);
    for (draft, sub, sup) in pairs::proved() {
        let subs = edits(&sub).into_iter().map(|edited| (edited, sup.clone()));
        let sups = edits(&sup).into_iter().map(|edited| (sub.clone(), edited));
        for (wrong_sub, wrong_sup) in subs.chain(sups) {
            tried += 1;
            // Not every change leaves a schema with a meaning.
            let documents = [&sub, &sup, &wrong_sub, &wrong_sup];
            let read = std::panic::catch_unwind(|| Bench::new(draft, &documents));
            let Ok(Some(mut bench)) = read else { continue };
            let (right, wrong) = (question(&bench, 0, 1), question(&bench, 2, 3));
            if !bench.is_met(&wrong) {
                continue;
            }
            let derivation = bench.proof(&right).expect("a proof");
            let roots = bench.roots.clone();
            let mut graft = Graft { arena: &mut bench.arena, ids: HashMap::new() };
            graft.pair(roots[0], roots[2]);
            graft.pair(roots[1], roots[3]);
            let grafted = graft.derivation(&derivation);
            told += 1;
            let passes = |derivation: &Derivation| bench.check(derivation, &wrong).is_ok();
            let says = format!("{wrong_sub} {wrong_sup}, from {sub} {sup}");
            assert!(!passes(&grafted), "{says}");
            assert!(!passes(&derivation), "{says}");
            for (kind, damaged) in damaged(&bench, &grafted).into_iter().step_by(97) {
                all_damaged += 1;
                assert!(!passes(&damaged), "{says}: {kind}");
            }
        }
    }
    eprintln!("{told} of {tried} changes make a false statement, {all_damaged} damaged proofs");
    assert!(told > 200, "{told} false statements");
}

/// Values that two schemas list, and small ones made of them.
pub(super) fn values(sub: &Value, sup: &Value) -> Vec<Json> {
    fn collect(value: &Value, out: &mut Vec<Value>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
            Value::Object(members) => members.iter().for_each(|(name, member)| {
                out.push(json!(name));
                collect(member, out);
            }),
            _ => {}
        }
        out.push(value.clone());
    }
    let mut plain =
        vec![json!(null), json!(true), json!(0), json!(1), json!(2), json!(7), json!(0.5)];
    plain.extend([json!(""), json!("a"), json!("b"), json!("ab"), json!([]), json!({})]);
    let mut named = Vec::new();
    collect(sub, &mut named);
    collect(sup, &mut named);
    plain.extend(named);
    let few: Vec<&Value> = plain.iter().take(9).collect();
    let mut all = plain.clone();
    for value in &few {
        all.extend([
            json!([value]),
            json!([value, value]),
            json!([1, value]),
            json!([value, 1, 2]),
        ]);
        for name in ["a", "b", "x"] {
            all.push(json!({ name: value }));
            all.push(json!({ name: value, "c": 1 }));
            all.push(json!({"kind": name, "x": value, "y": value}));
        }
        all.push(json!({"a": 1, "b": value}));
        all.push(json!({"a": value, "b": value, "c": value}));
    }
    all.iter().map(|value| Json::read(value, &|_| None)).collect()
}
