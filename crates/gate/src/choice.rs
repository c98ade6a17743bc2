//! A choice of subschemas, `anyOf` or `oneOf`: what tells its branches apart.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use crate::keywords::Types;
use crate::node::{Choices, Keyword, Node, Reader};
use crate::told::Told;
use crate::view::Spot;

/// What was read of the branches of a choice.
struct Branches {
    /// The types of values that some branch takes.
    types: Types,
    /// Those whose types no other branch has.
    apart: Vec<Node>,
    /// All others.
    tagged: Vec<Node>,
    /// The field that tells these apart, and its values in each.
    tag: Option<(String, Vec<Vec<String>>)>,
}

impl Reader<'_> {
    /// Adds a choice of subschemas. The JSON type of a value, or a field of it, may tell which of them holds.
    pub(crate) fn choice(&mut self, node: &mut Node, keyword: &str, value: &Value, pointer: &str) {
        let Value::Array(branches) = value else { return };
        if self.choices == Choices::Kept {
            return node.constrain(keyword, value, pointer.to_owned());
        }
        if self.known_branch(node, branches.len(), pointer) {
            return;
        }
        let Branches { types, apart, tagged, tag } = self.branches(branches.len(), pointer);
        node.restrict(types, || pointer.to_owned());
        if !tagged.is_empty() && tag.is_none() {
            node.constrain(keyword, value, pointer.to_owned());
            node.condition(keyword, value, pointer);
            node.definitions.extend(tagged.into_iter().flat_map(|branch| branch.definitions));
            node.definitions.extend(apart.into_iter().flat_map(|branch| branch.definitions));
            return;
        }
        if let Some((tag, values)) = tag {
            for (values, branch) in values.iter().zip(&tagged) {
                let values: Vec<_> = values.iter().map(String::as_str).collect();
                self.branch(node, &tag, &values, &branch.pointer, Some(pointer));
            }
        }
        node.absorb(of_other_types(apart, pointer));
    }

    /// Adds the branch of which the value is known to be. Whether it is known.
    fn known_branch(&mut self, node: &mut Node, count: usize, pointer: &str) -> bool {
        if self.cases.is_empty() {
            return false;
        }
        let Some(told) = self.told(count, pointer) else { return false };
        let Some(case) = self.cases.iter().find(|case| case.tag == told.tag) else { return false };
        node.restrict(told.types, || pointer.to_owned());
        if let Some(place) = case.value.as_ref().and_then(|value| told.places.get(value)) {
            place.clone_into(&mut node.pointer);
            self.add(node, place);
        }
        let apart = told.apart.iter().map(|place| self.read(place)).collect();
        node.absorb(of_other_types(apart, pointer));
        true
    }

    /// The choice of `count` branches at `pointer`, if a field tells them apart.
    fn told(&self, count: usize, pointer: &str) -> Option<Arc<Told>> {
        self.view.told_apart.or_read(pointer, || {
            let branches = Reader::new(self.view, &[], Choices::Read).branches(count, pointer);
            let Branches { types, apart, tagged, tag } = branches;
            let (tag, values) = tag?;
            let places = values.into_iter().zip(tagged).flat_map(|(values, branch)| {
                values.into_iter().map(move |value| (value, branch.pointer.clone()))
            });
            let apart = apart.into_iter().map(|branch| branch.pointer).collect();
            Some(Told { tag, types, places: places.collect(), apart })
        })
    }

    /// The `count` branches of the choice at `pointer`.
    fn branches(&mut self, count: usize, pointer: &str) -> Branches {
        let read: Vec<_> =
            (0..count).map(|index| self.read(&format!("{pointer}/{index}"))).collect();
        let (mut types, mut shared) = (Types::NONE, Types::NONE);
        for branch in &read {
            shared = shared.or(types.and(branch.types));
            types = types.or(branch.types);
        }
        let (apart, tagged): (Vec<_>, Vec<_>) =
            read.into_iter().partition(|branch| branch.types.is_apart_from(shared));
        let tag = self.tag(&tagged);
        Branches { types, apart, tagged, tag }
    }

    /// The field that tells `branches` apart, and its values in each of them.
    fn tag(&self, branches: &[Node]) -> Option<(String, Vec<Vec<String>>)> {
        let first = branches.first()?;
        first.fields.iter().find_map(|field| {
            let values = branches.iter().map(|branch| {
                let field = branch.fields.get(&field.name).filter(|field| field.required)?;
                let spot = Spot::at(field.pointers.iter().cloned());
                let value = Node::read_with(self.view, &spot, Choices::Kept);
                let values = value.keywords.get("enum")?.value.as_array()?.iter();
                values.map(|value| value.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()
            });
            let values = values.collect::<Option<Vec<_>>>()?;
            let distinct: BTreeSet<_> = values.iter().flatten().collect();
            let is_distinct = distinct.len() == values.iter().map(Vec::len).sum::<usize>();
            is_distinct.then(|| (field.name.clone(), values))
        })
    }
}

/// What branches of types that no other has say together: each holds for values of its types.
fn of_other_types(branches: Vec<Node>, pointer: &str) -> Node {
    let mut all = Node::new(pointer.to_owned());
    for branch in branches {
        let values = branch.keywords.get("enum").map(|keyword| keyword.value.clone());
        match (all.keywords.get_mut("enum"), values) {
            // One list of values for each type is one list.
            (Some(Keyword { value: Value::Array(known), .. }), Some(Value::Array(more))) => {
                known.extend(more);
                let mut branch = branch;
                branch.keywords.remove("enum");
                all.absorb(branch);
            }
            _ => all.absorb(branch),
        }
    }
    all
}
