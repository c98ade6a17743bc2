//! The kinds of rules that a delivery can break.

use std::fmt;

macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $id:literal,)*) => {
        /// The kinds of rules. Each has a stable id, which [`as_str`](Self::as_str) returns.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum ViolationKind {
            $($(#[$doc])* #[doc = concat!("\n\nId: `", $id, "`")] $name,)*
        }

        impl ViolationKind {
            /// The id of the rule, in kebab case. Ids never change.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }
        }
    };
}

rules! {
    /// The document is not UTF-8, or starts with a byte order mark.
    Encoding = "encoding",
    /// The document is not JSON (RFC 8259).
    Syntax = "syntax",
    /// Objects and arrays are nested more than 127 levels deep.
    Nesting = "nesting",
    /// A number is too large for binary64 (an IEEE 754 double).
    NumberRange = "number-range",
    /// A declared key appears more than once in its object.
    DuplicateKey = "duplicate-key",
    /// A required field is missing.
    Required = "required",
    /// A value does not have the type that the schema asks for. An array is not an object, `null` does not mean
    /// absent, and a number is an integer if its exact value is one.
    Type = "type",
    /// A number is below its `minimum`.
    Minimum = "minimum",
    /// A number is above its `maximum`.
    Maximum = "maximum",
    /// A number is not above its `exclusiveMinimum`.
    ExclusiveMinimum = "exclusive-minimum",
    /// A number is not below its `exclusiveMaximum`.
    ExclusiveMaximum = "exclusive-maximum",
    /// A number is not a multiple of its `multipleOf`.
    MultipleOf = "multiple-of",
    /// A string has fewer characters than its `minLength`.
    MinLength = "min-length",
    /// A string has more characters than its `maxLength`.
    MaxLength = "max-length",
    /// A string does not match its `pattern`.
    Pattern = "pattern",
    /// A list has fewer items than its `minItems`.
    MinItems = "min-items",
    /// A list has more items than its `maxItems`.
    MaxItems = "max-items",
    /// A value is not the only one that there may be, its `const`.
    Const = "const",
    /// A value is not in its closed set, its `enum`.
    Enum = "enum",
    /// A value meets none of its alternatives (`anyOf`, `oneOf`), or more than the one that it should.
    Schema = "schema",
    /// A string does not have the `format` that the schema names. [`Mode::Producer`](crate::Mode::Producer) only.
    Format = "format",
    /// A field is not declared. [`Mode::Producer`](crate::Mode::Producer) only.
    UndeclaredField = "undeclared-field",
    /// The event type is not in the contract. [`Mode::Producer`](crate::Mode::Producer) only.
    UnknownType = "unknown-type",
    /// A value of an open set is not one of the known values. [`Mode::Producer`](crate::Mode::Producer) only.
    UnknownValue = "unknown-value",
    /// There are more than [`MAX_VIOLATIONS`](crate::MAX_VIOLATIONS) violations. This entry stands for the rest.
    TooMany = "too-many",
}

impl fmt::Display for ViolationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
