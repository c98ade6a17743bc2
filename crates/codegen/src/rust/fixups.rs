//! Changes typify's structs into what the types crate needs: one fixup for each difference.
//!
//! A fixup that changes nothing fails, unless the contract has nothing that it applies to. So none outlives the behaviour that
//! it corrects. Its whole effect counts, since typify's output is compared before and after it.

use clip_events_contract::Contract;
use clip_events_contract::model::{EventShape, FieldValue};
use quote::ToTokens as _;
use syn::ext::IdentExt as _;
use syn::{Attribute, Fields, File, Item, ItemStruct, parse_quote};

use super::docs::doc_attributes;
use super::{impls, names, types};
use crate::error::CodegenError;

/// The mending of one difference.
struct Fixup {
    name: &'static str,
    /// Whether the contract has what the fixup is for.
    is_needed: fn(&Contract) -> bool,
    mend: fn(&mut File, &Contract),
}

/// All of them, in the order that they are applied in.
const FIXUPS: &[Fixup] = &[
    Fixup { name: "drop_error_module", is_needed: always, mend: drop_error_module },
    Fixup { name: "restore_order", is_needed: has_unsorted_fields, mend: restore_order },
    Fixup { name: "restore_names", is_needed: has_keywords, mend: restore_names },
    Fixup { name: "drop_serde_derives", is_needed: always, mend: drop_serde_derives },
    Fixup {
        name: "drop_serde_attributes",
        is_needed: has_serde_attributes,
        mend: drop_serde_attributes,
    },
    Fixup { name: "shorten_types", is_needed: has_long_types, mend: shorten_types },
    Fixup { name: "mark_optional", is_needed: has_optional, mend: mark_optional },
    Fixup { name: "document_structs", is_needed: always, mend: document_structs },
    Fixup { name: "document_fields", is_needed: has_fields, mend: document_fields },
];

/// Mends what typify made of the shapes of `contract`.
///
/// # Errors
///
/// When a fixup has become dead.
pub(super) fn mend(file: &mut File, contract: &Contract) -> Result<(), CodegenError> {
    FIXUPS.iter().try_for_each(|fixup| fixup.apply(file, contract))
}

impl Fixup {
    fn apply(&self, file: &mut File, contract: &Contract) -> Result<(), CodegenError> {
        let before = file.to_token_stream().to_string();
        (self.mend)(file, contract);
        if (self.is_needed)(contract) && file.to_token_stream().to_string() == before {
            return Err(CodegenError::DeadFixup(self.name));
        }
        Ok(())
    }
}

/// typify emits a module with the error of conversions, which the shapes do not have.
///
/// Since <https://github.com/oxidecomputer/typify/pull/475>; later than 0.8 only where something refers to it:
/// <https://github.com/oxidecomputer/typify/pull/1080>.
fn drop_error_module(file: &mut File, _: &Contract) {
    file.items.retain(|item| !matches!(item, Item::Mod(module) if module.ident == "error"));
}

/// typify sorts fields by name; the contract's order is what people read and what is sent.
///
/// It takes properties as schemars 0.8 keeps them, in a `BTreeMap`, and does not compile with an ordered map:
/// <https://github.com/oxidecomputer/typify/issues/553>.
fn restore_order(file: &mut File, contract: &Contract) {
    for (item, event) in structs(file, contract) {
        let Fields::Named(fields) = &mut item.fields else { continue };
        let mut ordered: Vec<_> = std::mem::take(&mut fields.named).into_iter().collect();
        ordered.sort_by_key(|field| {
            let key = key(field);
            event.fields.iter().position(|declared| declared.name == key)
        });
        fields.named = ordered.into_iter().collect();
    }
}

/// typify calls a field `type_` whose key is a keyword, and renames it for serde: a raw identifier says it once.
///
/// So does its `sanitize`: <https://github.com/oxidecomputer/typify/blob/main/typify-impl/src/util.rs>.
fn restore_names(file: &mut File, contract: &Contract) {
    for (item, _) in structs(file, contract) {
        for field in &mut item.fields {
            field.ident = Some(names::identifier(&key(field)));
        }
    }
}

/// typify derives serde always, and `Default` where every field is optional. Here serde is a feature without its derive,
/// which would be half of what a user compiles: `Serialize` is rendered, and `Deserialize` goes through the crate's one
/// parser (a derived one rounds numbers, takes arrays for objects and `null` for absence).
///
/// Its settings add derives (<https://github.com/oxidecomputer/typify/pull/35>) and take none away.
fn drop_serde_derives(file: &mut File, contract: &Contract) {
    for (item, _) in structs(file, contract) {
        for attribute in item.attrs.iter_mut().filter(|attribute| is(attribute, "derive")) {
            *attribute = parse_quote!(#[derive(Clone, Debug, PartialEq)]);
        }
    }
}

/// typify tells serde how to read a field that may be absent, or that has another name, and a struct without fields.
///
/// See "Objects" in <https://github.com/oxidecomputer/typify#objects>.
fn drop_serde_attributes(file: &mut File, contract: &Contract) {
    for (item, _) in structs(file, contract) {
        item.attrs.retain(|attribute| !is(attribute, "serde"));
        for field in &mut item.fields {
            field.attrs.retain(|attribute| !is(attribute, "serde"));
        }
    }
}

/// typify writes `::std::option::Option`, in case a schema's name hides the type. Here such names are refused.
///
/// Since <https://github.com/oxidecomputer/typify/pull/705>.
fn shorten_types(file: &mut File, contract: &Contract) {
    for (item, event) in structs(file, contract) {
        for (field, declared) in item.fields.iter_mut().zip(&event.fields) {
            let ty = types::declared(declared);
            // A type that differs in more than its path is not ours to change.
            let is_same = |long: &str, short: &str| {
                long.replace(":: std :: option :: ", "").replace(":: std :: string :: ", "")
                    == short
            };
            if is_same(&field.ty.to_token_stream().to_string(), &ty.to_string()) {
                field.ty = parse_quote!(#ty);
            }
        }
    }
}

/// schemars takes an `Option` for a value that may be `null`, unless its attribute says that it is left out instead.
///
/// typify writes that attribute for serde alone: <https://github.com/oxidecomputer/typify#objects>.
fn mark_optional(file: &mut File, contract: &Contract) {
    let mark = impls::optional_mark();
    let mark: Attribute = parse_quote!(#mark);
    for (item, event) in structs(file, contract) {
        for (field, declared) in item.fields.iter_mut().zip(&event.fields) {
            if !declared.required && !field.attrs.iter().any(|attribute| same(attribute, &mark)) {
                field.attrs.push(mark.clone());
            }
        }
    }
}

/// typify documents a struct by its name, or by its schema.
///
/// See `make_doc` in <https://github.com/oxidecomputer/typify/blob/main/typify-impl/src/type_entry.rs>.
fn document_structs(file: &mut File, contract: &Contract) {
    for (item, event) in structs(file, contract) {
        document(&mut item.attrs, &format!("`{}`: {}", event.event_type, event.description));
    }
}

/// typify documents no field that is a `$ref`: a schema of draft 7, which it takes, has nothing beside that keyword.
///
/// See <https://json-schema.org/draft-07/draft-handrews-json-schema-01#rfc.section.8.3>.
fn document_fields(file: &mut File, contract: &Contract) {
    for (item, event) in structs(file, contract) {
        for (field, declared) in item.fields.iter_mut().zip(&event.fields) {
            document(&mut field.attrs, declared.description());
        }
    }
}

fn always(_: &Contract) -> bool {
    true
}

fn has_fields(contract: &Contract) -> bool {
    contract.events.iter().any(|event| !event.fields.is_empty())
}

fn has_optional(contract: &Contract) -> bool {
    contract.events.iter().flat_map(|event| &event.fields).any(|field| !field.required)
}

fn has_serde_attributes(contract: &Contract) -> bool {
    has_optional(contract) || contract.events.iter().any(|event| event.fields.is_empty())
}

fn has_keywords(contract: &Contract) -> bool {
    let mut fields = contract.events.iter().flat_map(|event| &event.fields);
    fields.any(|field| names::is_keyword(&field.name))
}

fn has_unsorted_fields(contract: &Contract) -> bool {
    !contract.events.iter().all(|event| event.fields.is_sorted_by_key(|field| &field.name))
}

fn has_long_types(contract: &Contract) -> bool {
    let mut fields = contract.events.iter().flat_map(|event| &event.fields);
    fields.any(|field| {
        let is_plain_string =
            matches!(&field.value, FieldValue::Inline(scalar) if scalar.is_string());
        !field.required || is_plain_string
    })
}

/// Each struct with its shape.
fn structs<'a>(
    file: &'a mut File,
    contract: &'a Contract,
) -> impl Iterator<Item = (&'a mut ItemStruct, &'a EventShape)> {
    file.items.iter_mut().filter_map(|item| {
        let Item::Struct(item) = item else { return None };
        let event = contract.events.iter().find(|event| item.ident == names::shape(event))?;
        Some((item, event))
    })
}

/// Makes `text` the doc comment among `attributes`.
fn document(attributes: &mut Vec<Attribute>, text: &str) {
    let docs = doc_attributes(text);
    let docs: ItemStruct = parse_quote!(#docs struct Docs;);
    attributes.retain(|attribute| !is(attribute, "doc"));
    attributes.splice(0..0, docs.attrs);
}

/// The key that serde gives a field of typify's.
fn key(field: &syn::Field) -> String {
    let mut key = field.ident.as_ref().map(|ident| ident.unraw().to_string()).unwrap_or_default();
    for attribute in field.attrs.iter().filter(|attribute| is(attribute, "serde")) {
        let renamed = attribute.parse_nested_meta(|meta| {
            if meta.path.is_ident("rename") {
                key = meta.value()?.parse::<syn::LitStr>()?.value();
            } else if meta.input.peek(syn::Token![=]) {
                meta.value()?.parse::<syn::Expr>()?;
            }
            Ok(())
        });
        // An attribute that is not written like a rename is not one.
        renamed.unwrap_or_default();
    }
    key
}

fn is(attribute: &Attribute, name: &str) -> bool {
    attribute.path().is_ident(name)
}

fn same(one: &Attribute, other: &Attribute) -> bool {
    one.to_token_stream().to_string() == other.to_token_stream().to_string()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clip_events_contract::{Contract, load};
    use clip_events_test_support::small_contract;
    use syn::File;

    use super::{FIXUPS, mend};
    use crate::error::CodegenError;
    use crate::rust::typified;

    /// A contract that has what each fixup is for: optional fields, a keyword, unsorted fields.
    fn contract() -> Contract {
        let overlay = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/fixups");
        load(small_contract(Some(&overlay)).path()).unwrap_or_else(|errors| panic!("{errors}"))
    }

    fn mended(contract: &Contract) -> File {
        let mut file = typified::file(contract).unwrap_or_else(|error| panic!("{error}"));
        mend(&mut file, contract).unwrap_or_else(|error| panic!("{error}"));
        file
    }

    #[test]
    fn the_fixups_make_plain_structs() {
        insta::assert_snapshot!(prettyplease::unparse(&mended(&contract())));
    }

    #[test]
    fn a_fixup_without_effect_fails() {
        let contract = contract();
        let file = mended(&contract);
        for fixup in FIXUPS {
            assert!((fixup.is_needed)(&contract), "{}", fixup.name);
            // On what is mended already, none has anything to do.
            let result = fixup.apply(&mut file.clone(), &contract);
            assert!(
                matches!(result, Err(CodegenError::DeadFixup(name)) if name == fixup.name),
                "{}: {result:?}",
                fixup.name
            );
        }
    }

    #[test]
    fn a_fixup_without_effect_passes_where_the_contract_has_nothing_for_it() {
        let contract = contract();
        let file = mended(&contract);
        let mut flat = contract;
        for event in &mut flat.events {
            event.fields.clear();
        }
        for fixup in FIXUPS.iter().filter(|fixup| !(fixup.is_needed)(&flat)) {
            fixup.apply(&mut file.clone(), &flat).unwrap_or_else(|error| panic!("{error}"));
        }
    }
}
