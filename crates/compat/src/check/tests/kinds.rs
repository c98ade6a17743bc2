//! The kinds of steps that a proof has.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::pattern::Part;
use crate::proof::{ArrayStep, Cell, Derivation, NoMember, ObjectStep, Other, Step};

/// All that there are.
pub(super) const KINDS: &[&str] = &[
    "bad name",
    "bad name of no member",
    "blocked",
    "by value",
    "cases",
    "cases by value",
    "cases of a part",
    "cell not among",
    "clash",
    "crowded array",
    "crowded object",
    "every type",
    "expand",
    "few values",
    "forbidden",
    "forced",
    "full",
    "joined patterns",
    "listed values",
    "member",
    "missing",
    "name not among",
    "no name in cell",
    "no number",
    "no repeat",
    "no string",
    "no value",
    "no value in cell",
    "possible",
    "shared",
    "shared with a required one",
    "split",
    "too few",
    "too short",
    "values of a type",
    "wanted",
];

/// The kinds of steps in a derivation.
pub(super) fn kinds(derivation: &Derivation) -> BTreeSet<&'static str> {
    fn reasons(keys: &[(Arc<str>, NoMember)], out: &mut BTreeSet<&'static str>) {
        out.extend(keys.iter().map(|(_, reason)| match reason {
            NoMember::Possible => "possible",
            NoMember::Forbidden => "forbidden",
            NoMember::NotAmong => "name not among",
            NoMember::BadName(_) => "bad name of no member",
            NoMember::Full => "full",
            NoMember::NoValue(_) => "no value",
        }));
    }
    fn cell(it: &Cell, out: &mut BTreeSet<&'static str>) {
        let kind = match it {
            Cell::Split { without, with, .. } => {
                cell(without, out);
                cell(with, out);
                "split"
            }
            Cell::NoName(_) => "no name in cell",
            Cell::NotAmong => "cell not among",
            Cell::NoValue(_) => "no value in cell",
        };
        out.insert(kind);
    }
    fn step(it: &Step, out: &mut BTreeSet<&'static str>) {
        match it {
            Step::EveryType(steps) => steps.iter().for_each(|(_, s)| step(s, out)),
            Step::Cases(cases) => cases.cases.iter().for_each(|case| step(&case.step, out)),
            Step::Expand { then, .. } => step(then, out),
            Step::ByValue { cases, otherwise, .. } => {
                for (_, case) in cases {
                    step(case, out);
                }
                step(otherwise, out);
            }
            Step::Shared { cases, .. } => {
                for case in cases {
                    step(&case.step, out);
                    if matches!(case.other, Other::Required(_)) {
                        out.insert("shared with a required one");
                    }
                }
            }
            _ => {}
        }
        let kind = match it {
            Step::Clash(_) => "clash",
            Step::EveryType(_) => "every type",
            Step::Cases(cases) if cases.by.is_some() => "cases by value",
            Step::Cases(cases) if cases.part.is_some() => "cases of a part",
            Step::Cases(_) => "cases",
            Step::Expand { .. } => "expand",
            Step::ByValue { .. } => "by value",
            Step::Shared { .. } => "shared",
            Step::Values { listed: Some(_), .. } => "listed values",
            Step::Values { listed: None, .. } => "values of a type",
            Step::Number { .. } => "no number",
            Step::String { none, .. } => {
                if none.parts.iter().any(|part| matches!(part, Part::Joined(_))) {
                    out.insert("joined patterns");
                }
                "no string"
            }
            Step::Object(ObjectStep::Member { .. }) => "member",
            Step::Object(ObjectStep::BadName { .. }) => "bad name",
            Step::Object(ObjectStep::Crowded) => "crowded object",
            Step::Object(ObjectStep::Wanted { keys, cells, .. }) => {
                reasons(keys, out);
                if let Some(cells) = cells {
                    cell(cells, out);
                }
                "wanted"
            }
            Step::Object(ObjectStep::TooFew { keys, cells }) => {
                reasons(keys, out);
                cell(cells, out);
                "too few"
            }
            Step::Array(step) => {
                if let ArrayStep::TooShort { longest }
                | ArrayStep::Missing { longest, .. }
                | ArrayStep::Crowded { longest, .. }
                | ArrayStep::NoRepeat { longest, .. } = step
                {
                    out.extend(longest.blocked.map(|_| "blocked"));
                    out.extend(longest.forced.first().map(|_| "forced"));
                }
                match step {
                    ArrayStep::TooShort { .. } => "too short",
                    ArrayStep::Missing { .. } => "missing",
                    ArrayStep::Crowded { .. } => "crowded array",
                    ArrayStep::NoRepeat { .. } => "no repeat",
                    ArrayStep::FewValues { .. } => "few values",
                }
            }
        };
        out.insert(kind);
    }
    let mut out = BTreeSet::new();
    derivation.lemmas.values().for_each(|lemma| step(&lemma.step, &mut out));
    out
}
