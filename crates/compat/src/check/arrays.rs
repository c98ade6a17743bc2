//! Checks the steps about the items of an array.

use std::collections::HashMap;

use super::checker::{Checker, Flaw, flaw};
use super::known::Known;
use crate::literal::Literal;
use crate::literal::Sign::{Fails, Holds};
use crate::node::Node;
use crate::number::Count;
use crate::primitives::{LemmaId, NodeId};
use crate::proof::{ArrayStep, Longest};

/// The facts about the items of an array.
struct Items<'a> {
    lists: Vec<(&'a [NodeId], NodeId)>,
    everywhere: Vec<Literal>,
    at: Vec<(u64, NodeId)>,
    limits: Vec<(NodeId, NodeId, &'a Count)>,
    lower: Count,
    upper: Option<Count>,
    unique: bool,
    repeats: bool,
    /// Positions from here on are alike.
    alike: u64,
}

impl<'a> Items<'a> {
    fn read(known: &Known<'a>) -> Self {
        let mut items = Self {
            lists: Vec::new(),
            everywhere: Vec::new(),
            at: Vec::new(),
            limits: Vec::new(),
            lower: Count::ZERO,
            upper: None,
            unique: false,
            repeats: false,
            alike: 0,
        };
        let mut lengths = vec![Count::ZERO];
        for (id, node) in known.nodes(Holds) {
            match node {
                Node::Items { prefix, rest } => {
                    items.alike = items.alike.max(prefix.len() as u64);
                    items.lists.push((prefix, *rest));
                }
                Node::MinItems(min) => lengths.push(min.clone()),
                Node::MaxItems(max) => {
                    let least =
                        items.upper.take().map_or(max.clone(), |known| known.min(max.clone()));
                    items.upper = Some(least);
                }
                Node::Unique => items.unique = true,
                Node::ItemAt { index, schema } => {
                    items.at.push((*index, *schema));
                    items.alike = items.alike.max(index + 1);
                    lengths.push((index + 1).into());
                }
                Node::ItemFrom { from, .. } => lengths.push((from + 1).into()),
                Node::Contains { schema, min, max } => {
                    lengths.push(min.clone());
                    match max {
                        Some(max) if *max == Count::ZERO => {
                            items.everywhere.push(Literal::fails(*schema));
                        }
                        Some(max) => items.limits.push((id, *schema, max)),
                        None => {}
                    }
                }
                _ => {}
            }
        }
        if known.nodes(Fails).any(|(_, node)| matches!(node, Node::Unique)) {
            items.repeats = true;
            lengths.push(2_u8.into());
        }
        items.lower = lengths.into_iter().max().unwrap_or(Count::ZERO);
        items
    }

    fn position(&self, index: u64) -> Vec<Literal> {
        let mut literals = self.everywhere.clone();
        for (prefix, rest) in &self.lists {
            let at = usize::try_from(index).ok().and_then(|index| prefix.get(index));
            literals.push(Literal::holds(*at.unwrap_or(rest)));
        }
        literals.extend(
            self.at.iter().filter(|(at, _)| *at == index).map(|(_, id)| Literal::holds(*id)),
        );
        literals
    }

    /// From where on how many items of which schema are wanted.
    fn wanted(known: &Known<'a>, id: NodeId) -> Result<(u64, Count, NodeId), Flaw> {
        match known.arena.node(id) {
            _ if !known.has(Literal::holds(id)) => flaw("no items are wanted"),
            Node::ItemFrom { from, schema } => Ok((*from, 1_u8.into(), *schema)),
            Node::Contains { schema, min, .. } => Ok((0, min.clone(), *schema)),
            _ => flaw("no items are wanted"),
        }
    }

    fn limit(known: &Known<'a>, id: NodeId) -> Result<(NodeId, &'a Count), Flaw> {
        match known.arena.node(id) {
            Node::Contains { schema, max: Some(max), .. } if known.has(Literal::holds(id)) => {
                Ok((*schema, max))
            }
            _ => flaw("there is no limit"),
        }
    }
}

impl<'a> Checker<'a> {
    pub(super) fn array(&mut self, known: &Known<'a>, step: &ArrayStep) -> Result<(), Flaw> {
        let items = Items::read(known);
        match step {
            ArrayStep::TooShort { longest } => match self.longest(&items, longest)? {
                Some(upper) if items.lower > upper => Ok(()),
                _ => flaw("the array may be so long"),
            },
            ArrayStep::Missing { wanted, closed, longest } => {
                let upper = self.longest(&items, longest)?;
                let (from, count, schema) = Items::wanted(known, *wanted)?;
                let closed: HashMap<u64, LemmaId> = closed.iter().copied().collect();
                let last = items.alike.max(from);
                let mut room = Count::ZERO;
                for index in from..=last {
                    if upper.as_ref().is_some_and(|upper| Count::from(index) >= *upper) {
                        break;
                    }
                    if let Some(lemma) = closed.get(&index) {
                        let mut literals = items.position(index);
                        literals.push(Literal::holds(schema));
                        self.lemma(*lemma, &literals)?;
                    } else if index < last {
                        room += 1_u32;
                    } else {
                        match &upper {
                            Some(upper) => room += upper - Count::from(last),
                            None => return flaw("there is room for any number of items"),
                        }
                    }
                }
                if room < count { Ok(()) } else { flaw("there is room for the items") }
            }
            ArrayStep::Crowded { wanted, limit, closed, longest } => {
                let upper = self.longest(&items, longest)?;
                let (from, count, schema) = Items::wanted(known, *wanted)?;
                let (limited, max) = Items::limit(known, *limit)?;
                let closed: HashMap<u64, LemmaId> = closed.iter().copied().collect();
                for index in from..=items.alike.max(from) {
                    if upper.as_ref().is_some_and(|upper| Count::from(index) >= *upper) {
                        break;
                    }
                    let Some(lemma) = closed.get(&index) else {
                        return flaw(format!("nothing is said about item {index}"));
                    };
                    let mut literals = items.position(index);
                    literals.extend([Literal::holds(schema), Literal::fails(limited)]);
                    self.lemma(*lemma, &literals)?;
                }
                if count > *max { Ok(()) } else { flaw("so many items are allowed") }
            }
            ArrayStep::NoRepeat { pairs, longest } => {
                if !items.repeats {
                    return flaw("the items may differ");
                }
                let upper = self.longest(&items, longest)?;
                let pairs: HashMap<(u64, u64), LemmaId> = pairs
                    .iter()
                    .map(|(first, second, lemma)| ((*first, *second), *lemma))
                    .collect();
                for second in 1..=(items.alike + 1) {
                    if upper.as_ref().is_some_and(|upper| Count::from(second) >= *upper) {
                        break;
                    }
                    for first in 0..second {
                        let Some(lemma) = pairs.get(&(first, second)) else {
                            return flaw(format!("items {first} and {second} may be equal"));
                        };
                        let (first, second) = (items.position(first), items.position(second));
                        self.lemma(*lemma, &self.both(&first, &second))
                            .or_else(|_| self.lemma(*lemma, &self.both(&second, &first)))?;
                    }
                }
                Ok(())
            }
            ArrayStep::FewValues { values, lemma } => {
                let Node::Enum(list) = self.arena().node(*values) else {
                    return flaw("no values are listed");
                };
                let mut literals = items.position(0);
                literals.push(Literal::fails(*values));
                self.lemma(*lemma, &literals)?;
                let enough = items.unique && items.alike == 0;
                if enough && items.lower > Count::from(list.len()) {
                    Ok(())
                } else {
                    flaw("there are enough values")
                }
            }
        }
    }

    /// The literals that an item meets which is equal to one that meets `other`. In draft 4 it may be
    /// spelled otherwise: `1` and `1.0` are equal, but only one of them is an integer.
    fn both(&self, of_it: &[Literal], other: &[Literal]) -> Vec<Literal> {
        let arena = self.arena();
        let carries =
            |Literal { id, .. }: &&Literal| !arena.literal_integers || !arena.tells_spellings(*id);
        of_it.iter().chain(other.iter().filter(carries)).copied().collect()
    }

    /// How long the array can be, by what is said about its positions.
    fn longest(&self, items: &Items, longest: &Longest) -> Result<Option<Count>, Flaw> {
        let mut upper = items.upper.clone();
        let mut shorten = |length: Count| {
            if upper.as_ref().is_none_or(|upper| length < *upper) {
                upper = Some(length);
            }
        };
        if let Some((index, lemma)) = longest.blocked {
            self.lemma(lemma, &items.position(index))?;
            shorten(index.into());
        }
        for (limit, forced) in &longest.forced {
            let Some(&(_, schema, max)) = items.limits.iter().find(|(id, ..)| id == limit) else {
                return flaw("there is no such limit");
            };
            let mut used = Count::ZERO;
            let mut next = 0;
            for (index, lemma) in forced {
                if *index < next || *index > items.alike {
                    return flaw("the items are not in order");
                }
                next = index + 1;
                let mut literals = items.position(*index);
                literals.push(Literal::fails(schema));
                self.lemma(*lemma, &literals)?;
                if used == *max {
                    shorten((*index).into());
                } else if *index == items.alike {
                    shorten(Count::from(*index) + (max - &used));
                }
                used += 1_u32;
                if used > *max {
                    break;
                }
            }
        }
        Ok(upper)
    }
}
