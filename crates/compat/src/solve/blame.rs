//! Says which keyword without a model keeps a value from being judged.

use super::solver::Solver;
use crate::format::is_known;
use crate::node::Node;
use crate::primitives::NodeId;

/// Schemas within each other in which the keyword is sought.
const MAX_DEPTH: usize = 20;

impl Solver<'_> {
    /// The keyword without a model that the judgement of a schema may hang on.
    fn opaque(&self, id: NodeId, depth: usize) -> Option<NodeId> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut within = Vec::new();
        match self.arena.node(id) {
            Node::Opaque { .. } | Node::Content(_) | Node::Format(_) => return Some(id),
            Node::Ref(number) => within.push(self.arena.definition(*number)),
            node => node.children(&mut within),
        }
        within.into_iter().find_map(|id| self.opaque(id, depth + 1))
    }

    /// Records why a value could not be judged by a schema.
    pub(super) fn blame(&mut self, id: NodeId) {
        let opaque = self.opaque(id, 0);
        let node = opaque.map(|id| self.arena.shared(id));
        let (text, help) = match node.as_deref() {
            Some(Node::Opaque { reason, help, .. }) => (reason.as_str(), help.as_str()),
            Some(Node::Format(name)) if is_known(name) => (
                "validators differ on which strings have this format, and the answer depends on one of those",
                "leave `format` an annotation, or say what it means by a `pattern`",
            ),
            Some(Node::Format(_)) => (
                "a `format` that no draft knows is compared by name only",
                "leave `format` an annotation, or say what it means by a `pattern`",
            ),
            Some(Node::Content(_)) => (
                "what a string holds by the content keywords is looked at for listed strings only",
                "say what is allowed by a `pattern`, or list the strings",
            ),
            _ => (
                "draft 4: validators differ on whether a number like 1.0 is an integer",
                "set `Options::zero_fraction_is_integer`, or use draft 6 or later, where it is one",
            ),
        };
        self.unknown::<()>(text, help, opaque.or(Some(id)));
    }
}
