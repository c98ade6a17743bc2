//! What the new document is not held to: deliveries of the release with something that is declared only now.
//!
//! Names that are not declared are free, and so are the tags that an open union does not list. A delivery of the release may
//! have one, with any value, and was not sent under the promise that the new document makes about it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value, json};

use crate::node::{Node, Union};
use crate::pair::Pair;
use crate::view::{Spot, View};
use crate::words::{anything, is_tagged, nothing, where_holds};

/// The name of a definition, before its number.
const PREFIX: &str = "declared-only-now-";

/// A schema of the deliveries that have nothing which is declared only now; none if nothing is.
pub(crate) fn without_new(views: Pair<View<'_>>) -> Option<Value> {
    let root = Spot::at([String::new()]);
    let exemption = Exemption::read(views, Pair { released: root.clone(), new: root });
    let definitions = exemption.schemas();
    (!definitions.is_empty()).then(|| {
        let mut schema = reference(0);
        schema["$defs"] = definitions.into();
        schema
    })
}

fn reference(number: usize) -> Value {
    json!({ "$ref": format!("#/$defs/{PREFIX}{number}") })
}

/// For each pair of descriptions of one value, what is declared only now, by number. The first is that of a delivery.
struct Exemption<'a> {
    views: Pair<View<'a>>,
    numbers: HashMap<Pair<Spot>, usize>,
    parts: Vec<Part>,
}

/// What is declared only now of one value, or below.
#[derive(Debug, Default)]
struct Part {
    /// Fields that are declared only now.
    new_fields: BTreeSet<String>,
    /// Fields that were described before.
    fields: BTreeMap<String, usize>,
    /// All fields that are declared at all, if there are values under other names.
    beside: BTreeSet<String>,
    /// Values of a map.
    values: Option<usize>,
    /// Items of a list, but for the first so many.
    items: Option<(usize, usize)>,
    union: Option<Branches>,
}

/// What is declared only now in the branches of a union.
#[derive(Debug)]
struct Branches {
    tag: String,
    /// Tags that are listed only now.
    new: BTreeSet<String>,
    /// Tags that were listed before, or told nothing.
    known: BTreeMap<String, usize>,
    /// All others.
    other: usize,
}

impl<'a> Exemption<'a> {
    fn read(views: Pair<View<'a>>, root: Pair<Spot>) -> Self {
        let mut exemption = Self { views, numbers: HashMap::new(), parts: Vec::new() };
        let mut work = Vec::new();
        exemption.number(root, &mut work);
        while let Some((spots, number)) = work.pop() {
            exemption.parts[number] = exemption.part(&spots, &mut work);
        }
        exemption
    }

    fn number(&mut self, spots: Pair<Spot>, work: &mut Vec<(Pair<Spot>, usize)>) -> usize {
        if let Some(number) = self.numbers.get(&spots) {
            return *number;
        }
        let number = self.parts.len();
        self.parts.push(Part::default());
        self.numbers.insert(spots.clone(), number);
        work.push((spots, number));
        number
    }

    fn part(&mut self, spots: &Pair<Spot>, work: &mut Vec<(Pair<Spot>, usize)>) -> Part {
        let said = self.views.zip(spots.as_ref()).map(|(view, spot)| Said::read(view, spot));
        if let Some(tag) = said.released.tag().or(said.new.tag()).map(str::to_owned) {
            let union = self.branches(spots, said.as_ref(), tag, work);
            return Part { union: Some(union), ..Part::default() };
        }
        let mut part = Part::default();
        let declared = said.as_ref().map(Said::declared);
        for name in declared.released.union(&declared.new) {
            let known = said.released.of_field(name, false);
            let now = said.new.of_field(name, true);
            match (known, now) {
                (None, Some(_)) if declared.new.contains(name) => {
                    part.new_fields.insert(name.clone());
                }
                (Some(known), Some(now)) => {
                    let spots = Pair { released: Spot::at(known), new: Spot::at(now) };
                    part.fields.insert(name.clone(), self.number(spots, work));
                }
                _ => {}
            }
        }
        let below = |of: fn(&Node) -> &[String]| {
            let pointers = Pair { released: said.released.all(false), new: said.new.all(true) };
            let pointers = pointers.map(|nodes| nodes.flat_map(of).cloned().collect::<Vec<_>>());
            let is_described = pointers.as_ref().both(|pointers| !pointers.is_empty());
            is_described.then(|| pointers.map(Spot::at))
        };
        if let Some(spots) = below(|node| &node.values) {
            part.beside = declared.released.union(&declared.new).cloned().collect();
            part.values = Some(self.number(spots, work));
        }
        if let Some(spots) = below(|node| &node.items) {
            // `items` speaks of those after them.
            let first = said.released.first_items().max(said.new.first_items());
            part.items = Some((first, self.number(spots, work)));
        }
        part
    }

    fn branches(
        &mut self,
        spots: &Pair<Spot>,
        said: Pair<&Said>,
        tag: String,
        work: &mut Vec<(Pair<Spot>, usize)>,
    ) -> Branches {
        let unions = said.map(|said| said.node.union(&tag));
        let listed = unions.map(|union| {
            let values = union.map(|union| union.branches.iter().map(|(value, _)| value.clone()));
            values.into_iter().flatten().collect::<BTreeSet<_>>()
        });
        // Where there was no union, the field was one like any other, and its values were told.
        let before = unions.released.map(Union::values);
        let is_new =
            |value: &String| before.as_ref().is_some_and(|before| !before.contains(value.as_str()));
        let (new, known): (BTreeSet<_>, BTreeSet<_>) =
            listed.released.union(&listed.new).cloned().partition(is_new);
        let mut of_case = |value: Option<&str>| {
            let spots = spots.as_ref().map(|spot| spot.of_case(&tag, value));
            self.number(spots, work)
        };
        let known = known.into_iter().map(|value| {
            let number = of_case(Some(&value));
            (value, number)
        });
        let known = known.collect();
        let other = of_case(None);
        Branches { tag, new, known, other }
    }

    /// Schemas that reject what is declared only now, as definitions by number. None, if nothing is.
    fn schemas(&self) -> Map<String, Value> {
        let mut above = vec![Vec::new(); self.parts.len()];
        let mut work = Vec::new();
        for (number, part) in self.parts.iter().enumerate() {
            part.below().for_each(|below| above[below].push(number));
            if part.has_new() {
                work.push(number);
            }
        }
        let mut rejecting = BTreeSet::new();
        while let Some(number) = work.pop() {
            if rejecting.insert(number) {
                work.extend(&above[number]);
            }
        }
        let schema = |number: &usize| rejecting.contains(number).then(|| reference(*number));
        let schemas = rejecting
            .iter()
            .map(|number| (format!("{PREFIX}{number}"), self.parts[*number].schema(&schema)));
        schemas.collect()
    }
}

impl Part {
    fn has_new(&self) -> bool {
        !self.new_fields.is_empty()
            || self.union.as_ref().is_some_and(|union| !union.new.is_empty())
    }

    fn below(&self) -> impl Iterator<Item = usize> {
        let branches =
            self.union.iter().flat_map(|union| union.known.values().chain([&union.other]));
        let items = self.items.iter().map(|(_, number)| number);
        self.fields.values().chain(&self.values).chain(items).chain(branches).copied()
    }

    /// A schema that rejects what is declared only now; `schema` has those of the values below that reject something.
    fn schema(&self, schema: &impl Fn(&usize) -> Option<Value>) -> Value {
        let mut object = Map::new();
        let mut properties = Map::new();
        if let Some(values) = self.values.as_ref().and_then(schema) {
            properties.extend(self.beside.iter().map(|name| (name.clone(), anything())));
            object.insert("additionalProperties".into(), values);
        }
        properties.extend(self.new_fields.iter().map(|name| (name.clone(), nothing())));
        let fields = self.fields.iter().filter_map(|(name, below)| Some((name, schema(below)?)));
        properties.extend(fields.map(|(name, schema)| (name.clone(), schema)));
        if !properties.is_empty() {
            object.insert("properties".into(), properties.into());
        }
        if let Some((first, number)) = &self.items
            && let Some(items) = schema(number)
        {
            if *first > 0 {
                object.insert("prefixItems".into(), vec![anything(); *first].into());
            }
            object.insert("items".into(), items);
        }
        if let Some(Branches { tag, new, known, other }) = &self.union {
            let mut all = Vec::new();
            if !new.is_empty() {
                all.push(json!({ "not": is_tagged(tag, new) }));
            }
            for (value, number) in known {
                all.extend(schema(number).map(|then| where_holds(&is_tagged(tag, [value]), &then)));
            }
            let listed = || new.iter().chain(known.keys());
            let unlisted = || json!({ "not": is_tagged(tag, listed()) });
            all.extend(schema(other).map(|then| where_holds(&unlisted(), &then)));
            object.insert("allOf".into(), all.into());
        }
        object.into()
    }
}

/// All that a document says of one value, conditions or not.
struct Said {
    node: Node,
    /// What it says under some condition, and whether that describes the value.
    conditional: Vec<(Node, bool)>,
}

impl Said {
    fn read(view: View<'_>, spot: &Spot) -> Self {
        let node = Node::read(view, spot);
        let mut said = Self { node, conditional: Vec::new() };
        let mut seen = BTreeSet::new();
        let of = |node: &Node, describes: bool| {
            let conditional = node.conditional.iter();
            conditional
                .map(move |it| (it.pointer.clone(), it.describes && describes))
                .collect::<Vec<_>>()
        };
        let mut work = of(&said.node, true);
        while let Some((pointer, describes)) = work.pop() {
            if !seen.insert((pointer.clone(), describes)) {
                continue;
            }
            let node =
                Node::read(view, &Spot { pointers: vec![pointer], cases: spot.cases.clone() });
            work.extend(of(&node, describes));
            let branches = node.unions.iter().flat_map(|union| &union.branches);
            work.extend(branches.map(|(_, pointer)| (pointer.clone(), describes)));
            said.conditional.push((node, describes));
        }
        said
    }

    /// What it says, tests left out if only what `describes` counts.
    fn all(&self, describes: bool) -> impl Iterator<Item = &Node> {
        let conditional = self.conditional.iter().filter(move |(_, is)| *is || !describes);
        std::iter::once(&self.node).chain(conditional.map(|(node, _)| node))
    }

    /// The field that tells the branches of a union apart, if there is a union.
    fn tag(&self) -> Option<&str> {
        self.node.unions.first().map(|union| union.tag.as_str())
    }

    /// Names of the declared fields.
    fn declared(&self) -> BTreeSet<String> {
        let fields = self.all(true).flat_map(|node| node.fields.iter());
        fields.filter(|field| field.declared).map(|field| field.name.clone()).collect()
    }

    /// Where a field is described; none if nothing is said of it.
    fn of_field(&self, name: &str, describes: bool) -> Option<Vec<String>> {
        let mut pointers = None;
        for node in self.all(describes) {
            let field = node.fields.get(name).map(|field| field.pointers.clone());
            let undeclared = node.undeclared(name);
            let is_said =
                field.is_some() || !undeclared.is_empty() || !describes && node.mentions(name);
            if is_said {
                let pointers: &mut Vec<_> = pointers.get_or_insert_default();
                pointers.extend(field.unwrap_or(undeclared));
            }
        }
        pointers
    }

    fn first_items(&self) -> usize {
        let first = self.all(false).filter_map(|node| {
            let keyword = node.keywords.get("prefixItems")?;
            keyword.value.as_array().map(Vec::len)
        });
        first.max().unwrap_or_default()
    }
}
