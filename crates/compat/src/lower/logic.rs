//! Keywords that combine schemas about the same value.

use serde_json::Value;

use super::reader::{Keyword, Reader, SchemaObject};
use crate::draft::Draft;
use crate::place::Origin;
use crate::primitives::NodeId;

impl<'d> Reader<'_, 'd> {
    pub(super) fn logic_keyword(
        &mut self,
        object: SchemaObject<'_, 'd>,
        keyword: Keyword<'_, 'd>,
    ) -> Option<NodeId> {
        let Keyword { name, value, origin } = keyword;
        Some(match (name, value) {
            ("allOf", Value::Array(parts)) => {
                let parts = self.schemas(parts, object);
                self.arena.all(parts, Some(origin))
            }
            ("anyOf", Value::Array(parts)) => {
                let parts = self.schemas(parts, object);
                self.arena.any(parts, Some(origin))
            }
            ("oneOf", Value::Array(parts)) => {
                let parts = self.schemas(parts, object);
                self.arena.one(parts, Some(origin))
            }
            ("not", value) => {
                let inner = self.schema(value, object.resolver);
                self.arena.not(inner)
            }
            ("if", value) if self.reading.draft >= Draft::Draft7 => {
                self.condition(value, origin, object)
            }
            _ => return None,
        })
    }

    fn schemas(&mut self, parts: &'d [Value], object: SchemaObject<'_, 'd>) -> Vec<NodeId> {
        parts.iter().map(|part| self.schema(part, object.resolver)).collect()
    }

    /// `if`, `then` and `else`: where the condition holds, so does the one, else the other.
    fn condition(
        &mut self,
        condition: &'d Value,
        origin: &Origin,
        object: SchemaObject<'_, 'd>,
    ) -> NodeId {
        let condition = self.schema(condition, object.resolver);
        let mut branch = |keyword: &str| {
            let branch = object.members.get(keyword);
            branch.map_or(NodeId::TRUE, |branch| self.schema(branch, object.resolver))
        };
        let (then, otherwise) = (branch("then"), branch("else"));
        let not = self.arena.not(condition);
        let yes = self.arena.any(vec![not, then], Some(origin));
        let no = self.arena.any(vec![condition, otherwise], Some(origin));
        self.arena.all(vec![yes, no], Some(origin))
    }
}
