//! `x-follow-up`: the path of the call that fetches what an event announces.

use serde_json::Value;

use super::context::{Context, Part};
use crate::model::{Field, FollowUp, PathPart};

/// The follow-up of the shape in `file`, if it has one; each `{name}` in it is one of `fields`, a string.
pub(super) fn follow_up(
    context: &mut Context<'_>,
    file: &Part<'_>,
    fields: &[Field],
) -> Option<FollowUp> {
    let part = file.key("x-follow-up");
    let template = match file.get("x-follow-up")? {
        Value::String(template) if template.starts_with('/') => template,
        _ => {
            context.report(&part, "not an absolute path", "write \"/v1/...\", the path to GET");
            return None;
        }
    };
    let mut texts = template.split('{');
    let mut literals = vec![texts.next().unwrap_or_default()];
    let mut path = vec![PathPart::Literal(literals[0].to_owned())];
    for text in texts {
        let Some((name, literal)) = text.split_once('}') else {
            context.report(&part, "a `{` without its `}`", "write `{field}`");
            continue;
        };
        literals.push(literal);
        match fields.iter().find(|field| field.name == name && field.scalar().is_string()) {
            Some(field) => path.push(PathPart::Field(field.clone())),
            None => context.report(
                &part,
                format!("`{{{name}}}` is not a string field of this shape"),
                "name a declared field",
            ),
        }
        if !literal.is_empty() {
            path.push(PathPart::Literal(literal.to_owned()));
        }
    }
    if literals.iter().any(|literal| literal.contains('}')) {
        context.report(&part, "a `}` without its `{`", "write `{field}`");
    }
    Some(FollowUp { path })
}
