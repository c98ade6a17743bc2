//! The structs of the shapes as typify makes them.

use std::iter;

use clip_events_contract::Contract;
use clip_events_contract::model::{EventShape, FieldValue, Scalar};
use schemars::schema::{InstanceType, ObjectValidation, Schema, SchemaObject};
use syn::{File, Item};
use typify::{TypeSpace, TypeSpaceSettings};

use super::names;
use crate::error::CodegenError;

/// The file that typify makes of the shapes.
pub(super) fn file(contract: &Contract) -> Result<File, CodegenError> {
    let mut settings = TypeSpaceSettings::default();
    settings.with_attr("#[cfg_attr(feature = \"schemars1\", derive(schemars::JsonSchema))]".into());
    settings.with_attr("#[non_exhaustive]".into());
    settings.with_derive("PartialEq".into());
    for (at, definition) in contract.definitions.iter().enumerate() {
        settings.with_replacement(definition_alias(at), &definition.name, iter::empty());
    }
    let mut types = TypeSpace::new(&settings);
    let definitions = contract
        .definitions
        .iter()
        .enumerate()
        .map(|(at, definition)| (definition_alias(at), scalar(&definition.scalar)));
    let shapes = contract
        .events
        .iter()
        .enumerate()
        .map(|(at, event)| (shape_alias(at), object(contract, event)));
    types
        .add_ref_types(definitions.chain(shapes))
        .map_err(|error| CodegenError::Typify(error.to_string()))?;
    let mut file: File = syn::parse2(types.to_stream())
        .map_err(|error| CodegenError::Syntax { path: "typify", error })?;
    for item in &mut file.items {
        let Item::Struct(item) = item else { continue };
        let mut events = contract.events.iter().enumerate();
        if let Some((_, event)) = events.find(|(at, _)| item.ident == shape_alias(*at)) {
            item.ident = names::shape(event);
        }
    }
    Ok(file)
}

/// The name that typify knows a shape by. It spells names its own way (`ClipABShared` as `ClipAbShared`); these it leaves.
fn shape_alias(at: usize) -> String {
    format!("Shape{at}")
}

/// The name that typify knows a definition by.
fn definition_alias(at: usize) -> String {
    format!("Definition{at}")
}

fn object(contract: &Contract, event: &EventShape) -> Schema {
    let properties = event.fields.iter().map(|field| {
        let schema = match &field.value {
            FieldValue::Named(definition) => {
                let mut definitions = contract.definitions.iter();
                let at = definitions.position(|other| other.name == definition.name);
                // Without such a definition it leads nowhere, and typify says so.
                let name = at.map_or_else(|| definition.name.clone(), definition_alias);
                Schema::new_ref(format!("#/$defs/{name}"))
            }
            FieldValue::Inline(inline) => scalar(inline),
        };
        (field.name.clone(), schema)
    });
    let required = event.fields.iter().filter(|field| field.required);
    Schema::Object(SchemaObject {
        instance_type: Some(InstanceType::Object.into()),
        object: Some(Box::new(ObjectValidation {
            properties: properties.collect(),
            required: required.map(|field| field.name.clone()).collect(),
            // Without fields, typify would take an open object for a map.
            additional_properties: event.fields.is_empty().then(|| Box::new(Schema::Bool(false))),
            ..ObjectValidation::default()
        })),
        ..SchemaObject::default()
    })
}

/// The bare type: bounds live in the newtypes of `definitions.rs`, since typify drops them.
fn scalar(scalar: &Scalar) -> Schema {
    let instance_type = match scalar {
        Scalar::String { .. } => InstanceType::String,
        Scalar::Boolean => InstanceType::Boolean,
        Scalar::Integer { .. } => InstanceType::Integer,
        Scalar::Number { .. } => InstanceType::Number,
    };
    Schema::Object(SchemaObject {
        instance_type: Some(instance_type.into()),
        ..SchemaObject::default()
    })
}
