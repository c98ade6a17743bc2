//! Says which keyword without a model keeps a value from being judged.

use super::solver::Solver;
use crate::node::Node;
use crate::primitives::NodeId;

impl Solver<'_> {
    /// The keyword without a model that a schema's verdict may hang on.
    fn opaque(&self, id: NodeId, depth: usize) -> Option<NodeId> {
        if depth > 20 {
            return None;
        }
        let within = |parts: &[NodeId]| parts.iter().find_map(|id| self.opaque(*id, depth + 1));
        match self.arena.node(id) {
            Node::Opaque { .. } | Node::Content(_) | Node::Format(_) => Some(id),
            Node::All(parts) | Node::Any(parts) | Node::One(parts) => within(parts),
            Node::Not(inner) => self.opaque(*inner, depth + 1),
            Node::Ref(number) => self.opaque(self.arena.definition(*number), depth + 1),
            Node::Contains { schema, .. }
            | Node::Exists { schema, .. }
            | Node::ItemAt { schema, .. }
            | Node::ItemFrom { schema, .. } => self.opaque(*schema, depth + 1),
            Node::Names(names) => self.opaque(*names, depth + 1),
            Node::Items { prefix, rest } => {
                within(prefix).or_else(|| self.opaque(*rest, depth + 1))
            }
            Node::Properties { named, patterns, rest } => named
                .values()
                .chain(patterns.iter().map(|(_, id)| id))
                .chain([rest])
                .find_map(|id| self.opaque(*id, depth + 1)),
            _ => None,
        }
    }

    /// Says why a value could not be judged by a schema.
    pub(super) fn blame(&mut self, id: NodeId) {
        let opaque = self.opaque(id, 0);
        let node = opaque.map(|id| self.arena.shared(id));
        let (text, help) = match node.as_deref() {
            Some(Node::Opaque { reason, help, .. }) => (reason.as_str(), help.as_str()),
            Some(Node::Format(_)) => (
                "`format` is compared by name only",
                "leave `format` an annotation, or say what it means by a `pattern`",
            ),
            Some(Node::Content(_)) => (
                "validators of this draft differ on whether the content keywords assert",
                "use draft 2019-09 or later, where they are annotations",
            ),
            _ => (
                "draft 4: validators differ on whether a number like 1.0 is an integer",
                "use draft 6 or later (`$schema`, or the option for the draft), where it is one",
            ),
        };
        self.unknown::<()>(text, help, opaque.or(Some(id)));
    }
}
