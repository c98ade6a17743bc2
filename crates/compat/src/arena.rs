//! Holds the nodes of all documents that were read, each once.
//!
//! Equal schemas get equal ids, in all documents, however they are spelled and wherever they are defined.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::json::Json;
use crate::node::Node;
use crate::pattern::Pattern;
use crate::place::{Origin, Place, Side};
use crate::primitives::{DefinitionId, DocumentId, NodeId, PatternId};
use crate::types::TypeSet;

/// All nodes of the documents that questions are about.
pub(crate) struct Arena {
    nodes: Vec<Rc<Node>>,
    ids: HashMap<Rc<Node>, NodeId>,
    bytes: usize,
    origins: Vec<Option<Origin>>,
    /// The node that each [`Node::Ref`] stands for.
    definitions: Vec<NodeId>,
    patterns: Vec<Pattern>,
    pattern_ids: HashMap<String, PatternId>,
    /// What the documents are in the question that is being decided.
    pub(crate) sides: Vec<(DocumentId, Side)>,
    /// [`Arena::widest_recursion`] of so many definitions.
    widest: Cell<(usize, u64)>,
    /// A definition that refers to itself for the same value, which has no defined meaning.
    pub(crate) endless: Option<Origin>,
    /// A schema with the id of another one in its document, which makes references to it ambiguous.
    pub(crate) twice: Option<Origin>,
    /// Whether a document has more paths than can be followed. A validator would be too slow for it as well.
    pub(crate) intricate: bool,
    /// Draft 4: the spelling of a number may decide whether it is an integer.
    pub(crate) literal_integers: bool,
    /// It does for every validator that is asked about.
    pub(crate) surely_literal: bool,
}

impl Arena {
    pub(crate) fn new(literal_integers: bool) -> Self {
        let mut arena = Self {
            nodes: Vec::new(),
            ids: HashMap::new(),
            bytes: 0,
            origins: Vec::new(),
            definitions: Vec::new(),
            patterns: Vec::new(),
            pattern_ids: HashMap::new(),
            sides: Vec::new(),
            widest: Cell::new((0, 1)),
            endless: None,
            twice: None,
            intricate: false,
            literal_integers,
            surely_literal: false,
        };
        let (yes, no) = (arena.add(Node::True, None), arena.add(Node::False, None));
        debug_assert_eq!((yes, no), (NodeId::TRUE, NodeId::FALSE));
        arena
    }

    /// Roughly the memory that the nodes take.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// All nodes.
    #[cfg(test)]
    pub(crate) fn ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len()).map(NodeId::new)
    }

    /// The node, to be held while others are added.
    pub(crate) fn shared(&self, id: NodeId) -> Rc<Node> {
        Rc::clone(&self.nodes[id.index()])
    }

    /// The id of a node that is there already.
    pub(crate) fn find(&self, node: &Node) -> Option<NodeId> {
        self.ids.get(node).copied()
    }

    /// Where a node was first seen, if that is in one of the two schemas of the question.
    pub(crate) fn place(&self, id: NodeId) -> Option<Place> {
        self.place_of(self.origin(id)?)
    }

    pub(crate) fn place_of(&self, origin: &Origin) -> Option<Place> {
        let (_, side) = self.sides.iter().find(|(document, _)| *document == origin.document)?;
        Some(Place::new(*side, &*origin.pointer))
    }

    /// The parts of the widest union in a definition that refers to itself; 1 if there is none.
    pub(crate) fn widest_recursion(&self) -> u64 {
        let (definitions, widest) = self.widest.get();
        if definitions == self.definitions.len() {
            return widest;
        }
        let (mut widest, mut seen) = (1, HashSet::new());
        let mut work = self.definitions.clone();
        while let Some(id) = work.pop() {
            if !seen.insert(id) {
                continue;
            }
            let node = self.node(id);
            if let Node::Any(parts) | Node::One(parts) = node {
                widest = widest.max(parts.len() as u64);
            }
            node.children(&mut work);
        }
        self.widest.set((self.definitions.len(), widest));
        widest
    }

    /// Whether one of the two holds exactly where the other fails.
    pub(crate) fn are_opposite(&self, a: NodeId, b: NodeId) -> bool {
        match (self.node(a), self.node(b)) {
            (Node::True, Node::False) | (Node::False, Node::True) => true,
            (Node::Not(inner), _) if *inner == b => true,
            (_, Node::Not(inner)) => *inner == a,
            (Node::Types(a), Node::Types(b)) => a.complement() == *b,
            _ => false,
        }
    }

    /// Draft 4: whether a schema may hold for a value in one spelling of its numbers and fail in
    /// another.
    pub(crate) fn tells_spellings(&self, id: NodeId) -> bool {
        let (mut seen, mut work) = (HashSet::new(), vec![id]);
        while let Some(id) = work.pop() {
            if !seen.insert(id) {
                continue;
            }
            match self.node(id) {
                Node::Types(types)
                    if types.meets(TypeSet::NUMBER) && !types.includes(TypeSet::NUMBER) =>
                {
                    return true;
                }
                Node::Opaque { .. } => return true,
                Node::Ref(number) => work.push(self.definition(*number)),
                node => node.children(&mut work),
            }
        }
        false
    }

    pub(crate) fn origin(&self, id: NodeId) -> Option<&Origin> {
        self.origins[id.index()].as_ref()
    }

    pub(crate) fn add(&mut self, node: Node, origin: Option<&Origin>) -> NodeId {
        if let Some(&id) = self.ids.get(&node) {
            if self.origins[id.index()].is_none() {
                self.origins[id.index()] = origin.cloned();
            }
            return id;
        }
        let id = NodeId::new(self.nodes.len());
        let node = Rc::new(node);
        // The place itself, its origin, its entry in the table.
        self.bytes += 2 * size_of::<Node>() + 64 + node.bytes();
        self.nodes.push(Rc::clone(&node));
        self.origins.push(origin.cloned());
        self.ids.insert(node, id);
        id
    }

    /// The node that a definition stands for.
    pub(crate) fn definition(&self, id: DefinitionId) -> NodeId {
        self.definitions[id.index()]
    }

    /// Adds a definition; [`Arena::define`] says later which node it stands for.
    pub(crate) fn add_definition(&mut self) -> DefinitionId {
        self.definitions.push(NodeId::FALSE);
        DefinitionId::new(self.definitions.len() - 1)
    }

    pub(crate) fn define(&mut self, id: DefinitionId, node: NodeId) {
        self.definitions[id.index()] = node;
    }

    pub(crate) fn pattern(&self, id: PatternId) -> &Pattern {
        &self.patterns[id.index()]
    }

    pub(crate) fn add_pattern(&mut self, pattern: Pattern) -> PatternId {
        if let Some(&id) = self.pattern_ids.get(pattern.source()) {
            return id;
        }
        let id = PatternId::new(self.patterns.len());
        self.pattern_ids.insert(pattern.source().to_owned(), id);
        self.patterns.push(pattern);
        id
    }

    pub(crate) fn not(&mut self, id: NodeId) -> NodeId {
        match *self.node(id) {
            Node::True => NodeId::FALSE,
            Node::False => NodeId::TRUE,
            Node::Not(inner) => inner,
            Node::Types(types) => self.types(types.complement()),
            _ => {
                let origin = self.origin(id).cloned();
                self.add(Node::Not(id), origin.as_ref())
            }
        }
    }

    pub(crate) fn types(&mut self, types: TypeSet) -> NodeId {
        match types {
            TypeSet::NONE => NodeId::FALSE,
            TypeSet::ALL => NodeId::TRUE,
            _ => self.add(Node::Types(types), None),
        }
    }

    pub(crate) fn all(&mut self, parts: Vec<NodeId>, origin: Option<&Origin>) -> NodeId {
        let parts = self.flatten(parts, true);
        if parts.contains(&NodeId::FALSE) {
            return NodeId::FALSE;
        }
        match parts.as_slice() {
            [] => NodeId::TRUE,
            [one] => *one,
            _ => self.add(Node::All(parts), origin),
        }
    }

    pub(crate) fn any(&mut self, parts: Vec<NodeId>, origin: Option<&Origin>) -> NodeId {
        let parts = self.flatten(parts, false);
        if parts.contains(&NodeId::TRUE) {
            return NodeId::TRUE;
        }
        // Enumerations and type sets of one union are one.
        let (mut values, mut types, mut rest) = (Vec::new(), TypeSet::NONE, Vec::new());
        for id in parts {
            match self.node(id) {
                Node::Enum(more) => values.extend(more.iter().cloned()),
                Node::Types(more) => types = types.union(*more),
                _ => rest.push(id),
            }
        }
        if !values.is_empty() {
            rest.push(self.enumeration(values, origin));
        }
        rest.push(self.types(types));
        rest.retain(|id| *id != NodeId::FALSE);
        if rest.contains(&NodeId::TRUE) {
            return NodeId::TRUE;
        }
        rest.sort_unstable();
        rest.dedup();
        match rest.as_slice() {
            [] => NodeId::FALSE,
            [one] => *one,
            _ => self.add(Node::Any(rest), origin),
        }
    }

    /// Exactly one of the parts holds.
    pub(crate) fn one(&mut self, mut parts: Vec<NodeId>, origin: Option<&Origin>) -> NodeId {
        parts.sort_unstable();
        parts.retain(|id| *id != NodeId::FALSE);
        let mut listed: Vec<&Json> = Vec::new();
        let lists = parts.iter().all(|id| match self.node(*id) {
            Node::Enum(values) => {
                listed.extend(values);
                true
            }
            _ => false,
        });
        listed.sort();
        if lists && listed.windows(2).all(|pair| pair[0] != pair[1]) {
            return self.any(parts, origin);
        }
        match parts.as_slice() {
            [] => NodeId::FALSE,
            [one] => *one,
            _ => self.add(Node::One(parts), origin),
        }
    }

    pub(crate) fn enumeration(&mut self, mut values: Vec<Json>, origin: Option<&Origin>) -> NodeId {
        if self.literal_integers {
            // A listed number is equal to itself in its other spelling.
            values = values.into_iter().map(Json::respelled).collect();
        }
        values.sort();
        values.dedup();
        if values.is_empty() {
            return NodeId::FALSE;
        }
        self.add(Node::Enum(values), origin)
    }

    fn flatten(&self, parts: Vec<NodeId>, all: bool) -> Vec<NodeId> {
        let neutral = if all { NodeId::TRUE } else { NodeId::FALSE };
        let mut flat = Vec::new();
        for id in parts {
            match self.node(id) {
                Node::All(inner) if all => flat.extend_from_slice(inner),
                Node::Any(inner) if !all => flat.extend_from_slice(inner),
                _ if id == neutral => {}
                _ => flat.push(id),
            }
        }
        flat.sort_unstable();
        flat.dedup();
        flat
    }
}
