//! `x-follow-up`: the path of the call that fetches what an event announces.

use serde_json::Value as Json;

use super::context::{Context, Part};
use crate::model::{Field, FollowUp, PathPart, Schema};

/// The follow-up of the shape in `file`, if it has one; each `{name}` in it is one of `fields`, a string; `{video.id}` is a field
/// of a field.
pub(super) fn follow_up(
    context: &mut Context<'_>,
    file: &Part<'_>,
    fields: &[Field],
) -> Option<FollowUp> {
    let part = file.key("x-follow-up");
    let template = match file.get("x-follow-up")? {
        Json::String(template) if template.starts_with('/') => template,
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
        match string_at(context, fields, name) {
            Some(fields) => path.push(PathPart::Fields(fields)),
            None => context.report(
                &part,
                format!("`{{{name}}}` is not a string field of this shape"),
                "name a declared field; one of an object by `{object.field}`",
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

/// The fields that lead from `fields` to the string called `name`.
fn string_at(context: &Context<'_>, fields: &[Field], name: &str) -> Option<Vec<Field>> {
    // A key may have a dot in it.
    let whole = fields.iter().find(|field| field.name == name);
    let split = |(at, _): (usize, _)| Some((&name[..at], Some(&name[at + 1..])));
    let ways = name.match_indices('.').filter_map(split);
    let ways = ways.chain(whole.is_some().then_some((name, None)));
    for (first, rest) in ways {
        let Some(field) = fields.iter().find(|field| field.name == first) else { continue };
        match (context.schema(&field.value), rest) {
            (Some(Schema::String { .. }), None) => return Some(vec![field.clone()]),
            (Some(Schema::Object(inner)), Some(rest)) => {
                if let Some(mut path) = string_at(context, inner, rest) {
                    path.insert(0, field.clone());
                    return Some(path);
                }
            }
            _ => {}
        }
    }
    None
}
