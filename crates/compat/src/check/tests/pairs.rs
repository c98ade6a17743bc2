//! Pairs of small schemas whose proofs have steps of every kind.

use crate::draft::Draft;
use serde_json::{Value, json};

/// Each of the first is included in the second.
pub(super) fn proved() -> Vec<(Draft, Value, Value)> {
    let mut pairs: Vec<(Draft, Value, Value)> =
        [numbers(), strings(), members(), names(), items(), unions(), events()]
            .concat()
            .into_iter()
            .map(|(sub, sup)| (Draft::Draft202012, sub, sup))
            .collect();
    pairs.push((
        Draft::Draft4,
        json!({"enum": [1, "a", [2]]}),
        json!({"type": ["number", "string", "array"], "items": {"type": "number"}}),
    ));
    pairs
}

fn numbers() -> Vec<(Value, Value)> {
    vec![
        (
            json!({"type": "integer", "minimum": 3}),
            json!({"type": "number", "exclusiveMinimum": 2}),
        ),
        (json!({"multipleOf": 6}), json!({"multipleOf": 3})),
        (json!({"type": "integer", "minimum": 1, "maximum": 2}), json!({"enum": [1, 2]})),
        (json!({"enum": [1, 2, null]}), json!({"type": ["integer", "null"]})),
        (json!({"type": ["boolean", "null"]}), json!({"enum": [true, false, null]})),
        (json!({"enum": [1, 5], "minimum": 2}), json!({"const": 5})),
    ]
}

fn strings() -> Vec<(Value, Value)> {
    vec![
        (json!({"pattern": "^a+$", "minLength": 2}), json!({"pattern": "^aa"})),
        (
            json!({"type": "string", "maxLength": 1}),
            json!({"not": {"minLength": 2}, "type": "string"}),
        ),
        // Too many words for so short a string.
        (
            json!({"type": "string", "maxLength": 12, "allOf": [
                {"pattern": "wx0"}, {"pattern": "xy1"}, {"pattern": "yz0"}, {"pattern": "zw1"},
                {"pattern": "0xw"}, {"pattern": "1yx"}, {"pattern": "0zy"}, {"pattern": "1wz"},
                {"pattern": "www"}, {"pattern": "x00"}, {"pattern": "yy1"}, {"pattern": "z1z"}, {"pattern": "00w"},
            ]}),
            json!(false),
        ),
    ]
}

fn members() -> Vec<(Value, Value)> {
    let no = || json!(false);
    vec![
        (
            json!({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}),
            json!({"type": "object", "properties": {"a": {"type": "number"}}, "required": ["a"]}),
        ),
        (
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}),
            json!({"not": {"required": ["a"], "properties": {"a": {"type": "integer"}}}}),
        ),
        // Crowded.
        (json!({"required": ["a", "b"], "type": "object"}), json!({"minProperties": 2})),
        (json!({"type": "object", "maxProperties": 1}), json!({"not": {"required": ["a", "b"]}})),
        (json!({"type": "object", "minProperties": 3}), json!({"minProperties": 2})),
        // Wanted and full.
        (
            json!({"type": "object", "required": ["a"], "maxProperties": 1, "properties": {"a": {"type": "null"}}}),
            json!({"additionalProperties": {"type": "null"}}),
        ),
        (
            json!({"type": "object", "required": ["a"], "maxProperties": 1, "properties": {"a": {"type": "null"}, "b": true}}),
            json!({"additionalProperties": {"type": "null"}, "properties": {"b": {"type": "string"}}}),
        ),
        (
            json!({"type": "object", "required": ["a"], "maxProperties": 1, "properties": {"b": {"type": "null"}}}),
            json!({"patternProperties": {"^b": {"type": "null"}}}),
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "null"}}, "additionalProperties": {"type": "integer"}}),
            json!({"properties": {"a": {"type": "null"}}, "additionalProperties": {"type": "number"}}),
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "null"}}, "additionalProperties": false}),
            json!({"properties": {"a": true}, "additionalProperties": {"type": "null"}}),
        ),
        (
            json!({"type": "object", "properties": {"a": no(), "b": {"type": "null"}}, "additionalProperties": {"type": "null"}}),
            json!({"additionalProperties": {"type": "null"}}),
        ),
        (
            json!({"type": "object", "not": {"required": ["a"]}, "properties": {"a": {"type": "string"}}, "additionalProperties": {"type": "null"}}),
            json!({"additionalProperties": {"type": "null"}}),
        ),
        // Some of those that must exist are one.
        (
            json!({"type": "object", "maxProperties": 1, "patternProperties": {"^a": {"type": "integer"}}}),
            json!({"anyOf": [{"propertyNames": {"not": {"pattern": "^a"}}}, {"additionalProperties": {"not": {"type": "string"}}}]}),
        ),
        (
            json!({"type": "object", "required": ["a"], "maxProperties": 2, "properties": {"a": {"type": "null"}}}),
            json!({"anyOf": [{"additionalProperties": {"not": {"type": "string"}}}, {"additionalProperties": {"not": {"type": "integer"}}}]}),
        ),
        (
            json!({"type": "object", "maxProperties": 1, "patternProperties": {"a[^]*b|b[^]*a": {"type": "integer"}}}),
            json!({"anyOf": [{"propertyNames": {"not": {"pattern": "a"}}}, {"propertyNames": {"not": {"pattern": "b"}}}, {"additionalProperties": {"not": {"type": "string"}}}]}),
        ),
        // Too few.
        (
            json!({"type": "object", "properties": {"a": true, "b": true}, "additionalProperties": false}),
            json!({"maxProperties": 2}),
        ),
        (
            json!({"type": "object", "propertyNames": {"enum": ["a", "b"]}, "properties": {"c": true}}),
            json!({"maxProperties": 2}),
        ),
        (
            json!({"type": "object", "not": {"required": ["c"]}, "properties": {"a": {"type": "null"}, "b": {"type": "null"}, "d": no()}, "patternProperties": {"^x": no()}, "propertyNames": {"pattern": "^[abcdx]$"}}),
            json!({"maxProperties": 2}),
        ),
        (
            json!({"const": {"a": 1, "b": {"c": [1]}}}),
            json!({"properties": {"a": {"type": "integer"}}, "required": ["b"]}),
        ),
        (
            json!({"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}}, "required": ["a", "b"], "additionalProperties": false}),
            json!({"const": {"a": 1, "b": 2}}),
        ),
    ]
}

fn names() -> Vec<(Value, Value)> {
    vec![
        (
            json!({"type": "object", "propertyNames": {"maxLength": 1}, "properties": {"bb": {"type": "null"}}, "additionalProperties": {"type": "integer"}}),
            json!({"additionalProperties": {"type": "integer"}}),
        ),
        (
            json!({"type": "object", "propertyNames": {"pattern": "^a"}}),
            json!({"not": {"required": ["b"]}}),
        ),
        (
            json!({"type": "object", "propertyNames": {"pattern": "^aa"}}),
            json!({"propertyNames": {"pattern": "^a"}}),
        ),
        (
            json!({"type": "object", "patternProperties": {"^a": {"type": "integer"}}}),
            json!({"patternProperties": {"^ab": {"type": "number"}}}),
        ),
        (
            json!({"type": "object", "patternProperties": {"^a": {"type": "integer"}}, "additionalProperties": {"type": "null"}}),
            json!({"additionalProperties": {"type": ["number", "null"]}}),
        ),
        (
            json!({"type": "object", "properties": {"ab": {"type": "integer"}}, "patternProperties": {"^a": {"type": "number"}, "b$": {"type": "null"}}, "additionalProperties": false}),
            json!({"patternProperties": {"^a": {"type": "number"}}, "propertyNames": {"pattern": "^a|b$"}}),
        ),
        (
            json!({"type": "object", "patternProperties": {"^a": {"type": "integer"}, "^b": {"type": "null"}}, "propertyNames": {"pattern": "^[ab]"}, "required": ["a"]}),
            json!({"additionalProperties": {"type": ["integer", "null"]}, "minProperties": 1}),
        ),
        (
            json!({"type": "object", "propertyNames": {"enum": ["a", "b"]}, "properties": {"b": {"type": "null"}}, "additionalProperties": {"type": "integer"}}),
            json!({"additionalProperties": {"type": ["integer", "null"]}, "propertyNames": {"maxLength": 1}}),
        ),
    ]
}

fn items() -> Vec<(Value, Value)> {
    vec![
        (
            json!({"type": "array", "items": {"type": "integer"}}),
            json!({"items": {"type": "number"}}),
        ),
        (
            json!({"type": "array", "prefixItems": [{"type": "null"}, {"type": "integer"}], "items": false}),
            json!({"maxItems": 2, "items": {"type": ["null", "number"]}}),
        ),
        (json!({"type": "array", "prefixItems": [true, true, false]}), json!({"maxItems": 2})),
        // At most two integers, and the rest must be.
        (
            json!({"type": "array", "prefixItems": [{"type": "null"}], "items": {"type": "integer"}, "contains": {"type": "number"}, "maxContains": 2}),
            json!({"maxItems": 3}),
        ),
        (
            json!({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "integer"}, {"type": "integer"}], "contains": {"type": "number"}, "minContains": 0, "maxContains": 2}),
            json!({"maxItems": 2}),
        ),
        // Missing.
        (
            json!({"type": "array", "contains": {"type": "integer"}, "minContains": 2}),
            json!({"contains": {"type": "number"}, "minContains": 2}),
        ),
        (
            json!({"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}], "items": {"type": "null"}}),
            json!({"contains": {"type": "integer"}, "maxContains": 1, "minContains": 0}),
        ),
        (
            json!({"type": "array", "prefixItems": [true, {"type": "null"}], "items": {"type": "string"}, "maxItems": 4}),
            json!({"contains": {"type": "string"}, "maxContains": 3, "minContains": 0}),
        ),
        (
            json!({"type": "array", "contains": {"type": "number"}, "minContains": 0, "maxContains": 2}),
            json!({"contains": {"type": "integer"}, "minContains": 0, "maxContains": 2}),
        ),
        (
            json!({"type": "array", "contains": {"type": "integer"}, "minContains": 0, "maxContains": 0}),
            json!({"items": {"not": {"type": "integer"}}}),
        ),
        (
            json!({"type": "array", "prefixItems": [{"type": "null"}, {"type": "integer"}], "items": {"type": "integer"}, "maxItems": 2}),
            json!({"prefixItems": [true], "items": {"type": "number"}}),
        ),
        // No repeat.
        (
            json!({"type": "array", "prefixItems": [{"type": "null"}, {"type": "integer"}, {"type": "string"}], "items": false}),
            json!({"uniqueItems": true}),
        ),
        (json!({"type": "array", "maxItems": 1}), json!({"uniqueItems": true})),
        (
            json!({"type": "array", "uniqueItems": true, "minItems": 1}),
            json!({"uniqueItems": true}),
        ),
        (
            json!({"type": "array", "prefixItems": [{"type": "null"}], "items": {"type": "integer"}, "maxItems": 2}),
            json!({"uniqueItems": true}),
        ),
        // Few values.
        (
            json!({"type": "array", "uniqueItems": true, "items": {"enum": [1, 2]}}),
            json!({"maxItems": 2}),
        ),
        (
            json!({"type": "array", "uniqueItems": true, "items": {"type": ["boolean", "null"]}}),
            json!({"maxItems": 3}),
        ),
        (
            json!({"type": "array", "prefixItems": [{"const": 1}, {"const": "a"}], "items": false, "minItems": 2}),
            json!({"const": [1, "a"]}),
        ),
    ]
}

fn unions() -> Vec<(Value, Value)> {
    let recursive = |kind: &str| {
        json!({"$ref": "#/$defs/list", "$defs": {"list": {
            "type": "object",
            "properties": {"value": {"type": kind}, "next": {"$ref": "#/$defs/list"}},
            "required": ["value"],
        }}})
    };
    let few = |types: &[&str]| json!({"anyOf": types.iter().map(|t| json!({"const": t})).collect::<Vec<_>>()});
    vec![
        (
            json!({"anyOf": [{"type": "integer", "minimum": 5}, {"type": "string", "minLength": 1}]}),
            json!({"anyOf": [{"type": "number", "minimum": 1}, {"type": "string"}]}),
        ),
        (
            json!({"oneOf": [{"type": "integer"}, {"minimum": 5}], "type": "number"}),
            json!({"anyOf": [{"maximum": 5}, {"not": {"type": "integer"}}]}),
        ),
        (
            json!({"anyOf": [{"type": "integer", "maximum": 3}, {"type": "number", "exclusiveMinimum": 3, "not": {"type": "integer"}}]}),
            json!({"oneOf": [{"type": "integer", "maximum": 4}, {"minimum": 3, "type": "number", "not": {"type": "integer"}}]}),
        ),
        (
            json!({"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": false}),
            json!({"oneOf": [{"required": ["a"]}, {"required": ["b"]}, {"properties": {"a": {"type": "null"}}}]}),
        ),
        (
            json!({"type": "array", "maxItems": 1, "items": {"type": "null"}}),
            json!({"oneOf": [{"minItems": 1}, {"maxItems": 0}]}),
        ),
        (few(&["a", "b"]), few(&["a", "b", "c"])),
        (
            json!({"allOf": [{"minimum": 2}, {"type": "integer"}]}),
            json!({"allOf": [{"minimum": 1}, {"type": "number"}]}),
        ),
        (recursive("integer"), recursive("number")),
        (
            json!({"type": "object", "if": {"required": ["a"]}, "then": {"required": ["b"]}, "else": {"required": ["c"]}}),
            json!({"anyOf": [{"required": ["b"]}, {"required": ["c"]}]}),
        ),
        (
            json!({"not": {"const": [1, 2]}, "type": "array", "prefixItems": [{"const": 1}], "minItems": 2, "maxItems": 2}),
            json!({"prefixItems": [true, {"not": {"const": 2}}]}),
        ),
        (
            json!({"not": {"const": {"a": 1}}, "type": "object", "properties": {"a": {"const": 1}}, "required": ["a"]}),
            json!({"minProperties": 2}),
        ),
    ]
}

/// Unions whose parts a member tells apart.
fn events() -> Vec<(Value, Value)> {
    let event = |kind: &str, field: &str, of: &Value| {
        json!({
            "type": "object",
            "properties": {"kind": {"const": kind}, (field): of},
            "required": ["kind", field],
        })
    };
    let nested = |kind: &str, of: &Value| {
        json!({
            "type": "object",
            "properties": {"head": {"type": "object", "properties": {"kind": {"const": kind}}, "required": ["kind"]}, "x": of},
            "required": ["head", "x"],
        })
    };
    let (integer, number) = (json!({"type": "integer"}), json!({"type": "number"}));
    let some = |of: &Value| vec![event("a", "x", of), event("b", "y", of), event("c", "z", of)];
    let many = |of: &Value| {
        let kinds = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        kinds.iter().map(|kind| event(kind, "x", of)).collect::<Vec<_>>()
    };
    let heads = |of: &Value| vec![nested("a", of), nested("b", of), nested("c", of)];
    // Two of the parts are one.
    let grouped = |of: &Value| {
        vec![
            json!({"oneOf": [event("a", "x", of), event("b", "y", of)], "type": "object"}),
            event("c", "z", of),
            event("d", "z", of),
        ]
    };
    let chain = |of: &Value| {
        let then = |kind: &str, field: &str| {
            json!({
                "if": {"properties": {"kind": {"const": kind}}, "required": ["kind"]},
                "then": {"properties": {(field): of}, "required": [field]},
            })
        };
        json!({
            "type": "object",
            "properties": {"kind": {"enum": ["a", "b", "c"]}},
            "required": ["kind"],
            "allOf": [then("a", "x"), then("b", "y"), then("c", "z")],
        })
    };
    vec![
        (json!({"oneOf": some(&integer)}), json!({"oneOf": some(&number)})),
        (json!({"anyOf": some(&integer)}), json!({"anyOf": some(&number)})),
        (json!({"oneOf": many(&integer)}), json!({"anyOf": many(&number)})),
        (json!({"oneOf": heads(&integer)}), json!({"oneOf": heads(&number)})),
        (json!({"oneOf": grouped(&integer)}), json!({"oneOf": grouped(&number)})),
        (chain(&integer), chain(&number)),
        (json!({"oneOf": some(&integer)}), chain(&number)),
    ]
}
