//! The structs of the shapes as typify makes them.

use std::iter;

use clip_events_contract::Contract;
use clip_events_contract::model::{EventShape, FieldValue, Scalar};
use schemars::schema::{InstanceType, ObjectValidation, Schema, SchemaObject};
use syn::File;
use typify::{TypeSpace, TypeSpaceSettings};

use super::names;
use crate::error::CodegenError;

/// The file that typify makes of the shapes.
pub(super) fn file(contract: &Contract) -> Result<File, CodegenError> {
    let mut settings = TypeSpaceSettings::default();
    settings.with_attr("#[cfg_attr(feature = \"schemars1\", derive(schemars::JsonSchema))]".into());
    settings.with_attr("#[non_exhaustive]".into());
    settings.with_derive("PartialEq".into());
    for definition in &contract.definitions {
        settings.with_replacement(&definition.name, &definition.name, iter::empty());
    }
    let mut types = TypeSpace::new(&settings);
    let definitions = contract
        .definitions
        .iter()
        .map(|definition| (definition.name.clone(), scalar(&definition.scalar)));
    let shapes =
        contract.events.iter().map(|event| (names::shape(event).to_string(), object(event)));
    types
        .add_ref_types(definitions.chain(shapes))
        .map_err(|error| CodegenError::Typify(error.to_string()))?;
    syn::parse2(types.to_stream()).map_err(|error| CodegenError::Syntax { path: "typify", error })
}

fn object(event: &EventShape) -> Schema {
    let properties = event.fields.iter().map(|field| {
        let schema = match &field.value {
            FieldValue::Named(definition) => {
                Schema::new_ref(format!("#/$defs/{}", definition.name))
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
