//! The reference judge: applies the rules of the bundle one by one, slowly and plainly.
//!
//! It shares no code with the crates that it judges: `serde_json` splits the text, and everything else is here. If two
//! paths differ, it says which one is right.

use serde_json::Value;

use crate::json::{Decimal, Json, Member};

/// A judge that follows one bundle.
#[derive(Debug)]
pub struct Reference {
    bundle: Value,
}

impl Reference {
    /// A judge that follows `bundle`.
    pub fn new(bundle: Value) -> Self {
        Self { bundle }
    }

    /// Judges the bytes of a delivery.
    ///
    /// # Errors
    ///
    /// If they are not a valid delivery, says why.
    pub fn judge(&self, bytes: &[u8]) -> Result<(), String> {
        self.check(&self.bundle, &Json::parse(bytes)?)
    }

    /// Checks `value` against `schema`. Every keyword is either honoured or known to constrain nothing.
    fn check(&self, schema: &Value, value: &Json) -> Result<(), String> {
        for (keyword, operand) in schema.as_object().expect("a schema is an object") {
            match keyword.as_str() {
                "$schema" | "$id" | "$comment" | "$defs" | "title" | "description" | "examples"
                | "format" => {}
                annotation if annotation.starts_with("x-") => {}
                "then" => {} // Handled with `if`.
                "$ref" => {
                    let pointer =
                        operand.as_str().and_then(|reference| reference.strip_prefix('#'));
                    let target = pointer.and_then(|pointer| self.bundle.pointer(pointer));
                    self.check(target.expect("the bundle stands alone"), value)?;
                }
                "allOf" => {
                    for branch in operand.as_array().expect("an array") {
                        self.check(branch, value)?;
                    }
                }
                "if" => {
                    if self.check(operand, value).is_ok() {
                        self.check(&schema["then"], value)?;
                    }
                }
                "properties" => {
                    for (key, schema) in operand.as_object().expect("an object") {
                        let values = members(value).filter(|member| member.key.value == *key);
                        for (index, member) in values.enumerate() {
                            if index > 0 {
                                return Err(format!("{key} occurs twice"));
                            }
                            self.check(schema, &member.value)
                                .map_err(|error| format!("{key}: {error}"))?;
                        }
                    }
                }
                "required" => {
                    for key in operand.as_array().expect("an array") {
                        let missing =
                            |value: &Json| members(value).all(|member| key != &member.key.value);
                        if matches!(value, Json::Object(_)) && missing(value) {
                            return Err(format!("{key} is missing"));
                        }
                    }
                }
                "const" => {
                    let expected = operand.as_str().expect("a string");
                    if !matches!(value, Json::Text(text) if text.value == expected) {
                        return Err(format!("not {expected}"));
                    }
                }
                "type" => {
                    let kind = operand.as_str().expect("one type");
                    if !is_of_type(value, kind) {
                        return Err(format!("no {kind}"));
                    }
                }
                "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
                    let Json::Number(number) = value else { continue };
                    let order = Decimal::new(number).cmp(&Decimal::new(&operand.to_string()));
                    let holds = match keyword.as_str() {
                        "minimum" => order.is_ge(),
                        "maximum" => order.is_le(),
                        "exclusiveMinimum" => order.is_gt(),
                        _ => order.is_lt(),
                    };
                    if !holds {
                        return Err(format!("{number} breaks {keyword} {operand}"));
                    }
                }
                unknown => panic!("the reference judge does not know the keyword `{unknown}`"),
            }
        }
        Ok(())
    }
}

fn members(value: &Json) -> impl Iterator<Item = &Member> {
    let members = if let Json::Object(members) = value { members.as_slice() } else { &[] };
    members.iter()
}

fn is_of_type(value: &Json, kind: &str) -> bool {
    match value {
        Json::Object(_) => kind == "object",
        Json::Array(_) => kind == "array",
        Json::Text(_) => kind == "string",
        Json::Number(number) => {
            kind == "number" || kind == "integer" && Decimal::new(number).is_integer()
        }
        Json::Literal(literal) if literal == "null" => kind == "null",
        Json::Literal(_) => kind == "boolean",
    }
}
