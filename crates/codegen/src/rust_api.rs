//! The Rust API of the types crate as lines to compare: what a change of the schemas does to programs beside what it does to deliveries.

use std::collections::BTreeSet;

use quote::ToTokens;
use syn::{Expr, Fields, ImplItem, Item, Visibility};

use crate::error::CodegenError;
use crate::files::Artifact;

/// The files with the types that programs name.
const FILES: [&str; 4] = ["data.rs", "definitions.rs", "event.rs", "event_type.rs"];

/// One line for each type, field, variant and constant that the generated types of `artifacts` have, sorted. A variant of an enum
/// without fields has its number: `EventType::PostFailed = 7`.
///
/// # Errors
///
/// When a generated file is not Rust.
pub fn rust_api(artifacts: &[Artifact]) -> Result<BTreeSet<String>, CodegenError> {
    let mut lines = BTreeSet::new();
    for artifact in artifacts {
        let file = FILES.iter().find(|file| artifact.path.ends_with(file));
        let Some(path) = file.filter(|_| artifact.path.starts_with("crates/types")) else {
            continue;
        };
        let file = syn::parse_file(&artifact.text)
            .map_err(|error| CodegenError::Syntax { path, error })?;
        file.items.iter().for_each(|item| add(item, &mut lines));
    }
    Ok(lines)
}

fn add(item: &Item, lines: &mut BTreeSet<String>) {
    match item {
        Item::Struct(item) if is_public(&item.vis) => {
            let name = &item.ident;
            lines.insert(format!("struct {name}"));
            for field in item.fields.iter().filter(|field| is_public(&field.vis)) {
                let field_name =
                    field.ident.as_ref().map_or_else(|| "0".into(), ToString::to_string);
                lines.insert(format!("{name}.{field_name}: {}", text(&field.ty)));
            }
        }
        Item::Enum(item) if is_public(&item.vis) => {
            let name = &item.ident;
            lines.insert(format!("enum {name}"));
            let is_plain =
                item.variants.iter().all(|variant| matches!(variant.fields, Fields::Unit));
            for (number, variant) in item.variants.iter().enumerate() {
                let (variant, fields) = (&variant.ident, text(&variant.fields));
                lines.insert(if is_plain {
                    format!("{name}::{variant} = {number}")
                } else {
                    format!("{name}::{variant}{fields}")
                });
            }
        }
        Item::Type(item) if is_public(&item.vis) => {
            lines.insert(format!("type {} = {}", item.ident, text(&item.ty)));
        }
        Item::Impl(item) if item.trait_.is_none() => {
            let constants = item.items.iter().filter_map(|inner| match inner {
                ImplItem::Const(constant) if is_public(&constant.vis) => Some(constant),
                _ => None,
            });
            let name = text(&item.self_ty);
            lines.extend(constants.map(|constant| match &constant.expr {
                Expr::Lit(value) => format!("{name}::{} = {}", constant.ident, text(value)),
                _ => format!("{name}::{}", constant.ident),
            }));
        }
        _ => {}
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// The tokens of `part` without the blanks that `quote` puts between them.
fn text(part: &impl ToTokens) -> String {
    part.to_token_stream().to_string().replace(' ', "")
}
