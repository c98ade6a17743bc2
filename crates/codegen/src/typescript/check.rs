//! `check.ts`: whether a value that `JSON.parse` has made is a delivery: a function for each object, list, map and union, whose lines
//! ask one thing each.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use clip_events_contract::Contract;
use clip_events_contract::model::{
    Bound, Branch, Definition, Envelope, Field, Literal, Schema, SchemaRef, StringLimits, Value,
};

use super::code::{member, string};
use super::names::Names;
use super::patterns::Patterns;

/// The functions of `values.ts` and `pattern.ts` that the checks call.
const HELPERS: &[&str] = &["hasLength", "isMultiple", "isObject", "own"];

pub(super) fn render(contract: &Contract, names: &Names, patterns: &Patterns) -> String {
    let (functions, wanted) = (Vec::new(), BTreeSet::new());
    let mut checks = Checks { contract, names, patterns, functions, wanted };
    let delivery = checks.delivery();
    let mut done = BTreeSet::new();
    while let Some(name) = checks.wanted.difference(&done).next().cloned() {
        checks.definition(&contract.definitions[&name]);
        done.insert(name);
    }
    let mut body = delivery;
    for function in &checks.functions {
        body.push('\n');
        body.push_str(function);
    }
    let used = HELPERS.iter().filter(|name| body.contains(&format!("{name}(")));
    let used = used.copied().collect::<Vec<_>>().join(", ");
    let matches =
        if body.contains("matches(") { "import { matches } from \"../pattern.js\";\n" } else { "" };
    format!(
        "// Whether a value that `JSON.parse` has made is a delivery, if the text was a usual one (`parse.ts`).\n\n\
         {matches}import {{ {used} }} from \"../values.js\";\n{}\n{body}",
        patterns.import()
    )
}

struct Checks<'a> {
    contract: &'a Contract,
    names: &'a Names,
    patterns: &'a Patterns,
    /// Of values, besides the delivery.
    functions: Vec<String>,
    /// The definitions whose functions are called.
    wanted: BTreeSet<String>,
}

impl Checks<'_> {
    fn delivery(&mut self) -> String {
        let fields = self.fields(self.contract.envelope.fields(), "delivery");
        let data = member("delivery", Envelope::DATA);
        let mut cases = String::new();
        for event in &self.contract.events {
            let name = format!("check{}", self.names.shape(event));
            match &event.fields[..] {
                [whole] if event.is_whole => {
                    let test = self.test(&whole.value, "data");
                    self.function(&name, &format!("  return {test};\n"), "data");
                }
                fields => {
                    let lines = self.fields(fields, "data");
                    self.function(&name, &format!("{lines}  return true;\n"), "data");
                }
            }
            let _ = write!(
                cases,
                "    case {}:\n      return {name}(data);\n",
                string(&event.event_type)
            );
        }
        let variable = variable(&fields);
        format!(
            "export function isDelivery(delivery: any): boolean {{\n  \
             if (!isObject(delivery)) return false;\n{variable}{fields}  \
             const data = {data};\n  if (!isObject(data)) return false;\n  \
             switch ({}) {{\n{cases}    default:\n      return typeof {} === \"string\";\n  }}\n}}\n",
            member("delivery", Envelope::TYPE),
            member("delivery", Envelope::TYPE),
        )
    }

    /// The function of a definition.
    fn definition(&mut self, definition: &Definition) {
        let name = self.call_of(&definition.name);
        match &definition.schema {
            Schema::Object(fields) => {
                let lines = self.fields(fields, "value");
                let body =
                    format!("  if (!isObject(value)) return false;\n{lines}  return true;\n");
                self.function(&name, &body, "value");
            }
            Schema::Tagged { tag, branches } => {
                let body = self.tagged(tag, branches);
                self.function(&name, &body, "value");
            }
            schema => {
                let body = self.container(schema);
                self.function(&name, &body, "value");
            }
        }
    }

    fn function(&mut self, name: &str, body: &str, parameter: &str) {
        let variable = variable(body);
        self.functions
            .push(format!("function {name}({parameter}: any): boolean {{\n{variable}{body}}}\n"));
    }

    /// The function of the definition, which will be there.
    fn call_of(&mut self, definition: &str) -> String {
        self.wanted.insert(definition.to_owned());
        format!("check{}", self.names.definition(definition))
    }

    /// A line for each field of `object`.
    fn fields<'f>(&mut self, fields: impl IntoIterator<Item = &'f Field>, object: &str) -> String {
        let mut lines = String::new();
        for field in fields {
            let test = self.test(&field.value, "v");
            let condition = match (field.required, test.as_str()) {
                (true, "true") => "v === undefined".to_owned(),
                (false, "true") => continue,
                (true, test) => format!("!({test})"),
                (false, test) => format!("v !== undefined && !({test})"),
            };
            let value = member(object, &field.name);
            let _ = writeln!(lines, "  v = {value};\n  if ({condition}) return false;");
        }
        lines
    }

    fn tagged(&mut self, tag: &str, branches: &[Branch]) -> String {
        let mut cases = String::new();
        for branch in branches {
            let _ = write!(
                cases,
                "    case {}:\n      return {}(value);\n",
                string(&branch.value),
                self.call_of(&branch.definition)
            );
        }
        let tag = member("value", tag);
        format!(
            "  if (!isObject(value)) return false;\n  switch ({tag}) {{\n{cases}    default:\n      \
             return typeof {tag} === \"string\";\n  }}\n"
        )
    }

    /// The body of the function of a list, a map or a union.
    fn container(&mut self, schema: &Schema) -> String {
        match schema {
            Schema::Array { items, minimum, maximum } => {
                let mut lines = String::from("  if (!Array.isArray(value)) return false;\n");
                if *minimum > 0 {
                    let _ = writeln!(lines, "  if (value.length < {minimum}) return false;");
                }
                if let Some(maximum) = maximum {
                    let _ = writeln!(lines, "  if (value.length > {maximum}) return false;");
                }
                match self.test(items, "v").as_str() {
                    "true" => {}
                    test => {
                        let _ = write!(
                            lines,
                            "  for (let at = 0; at < value.length; at++) {{\n    \
                             v = value[at];\n    if (!({test})) return false;\n  }}\n"
                        );
                    }
                }
                lines + "  return true;\n"
            }
            Schema::Map(values) => {
                let mut lines = String::from("  if (!isObject(value)) return false;\n");
                match self.test(values, "v").as_str() {
                    "true" => {}
                    test => {
                        let _ = write!(
                            lines,
                            "  for (const key in value) {{\n    \
                             v = value[key];\n    if (!({test})) return false;\n  }}\n"
                        );
                    }
                }
                lines + "  return true;\n"
            }
            Schema::Untagged { alternatives, exactly_one } => {
                self.untagged(alternatives, *exactly_one, false)
            }
            Schema::ByType(alternatives) => self.untagged(alternatives, false, false),
            _ => unreachable!("it has no function"),
        }
    }

    fn untagged(&mut self, alternatives: &[Value], exactly_one: bool, null: bool) -> String {
        let tests = alternatives.iter().map(|alternative| self.test(alternative, "value"));
        let mut tests: Vec<_> = tests.collect();
        tests.extend(null.then(|| "value === null".to_owned()));
        if exactly_one {
            let counted = tests.iter().map(|test| format!("  if ({test}) met++;\n"));
            let counted = counted.collect::<String>();
            format!("  let met = 0;\n{counted}  return met === 1;\n")
        } else {
            let tried = tests.iter().map(|test| format!("  if ({test}) return true;\n"));
            tried.collect::<String>() + "  return false;\n"
        }
    }

    /// The expression that tells whether `expression`, a name, is one of the values; `true` for any.
    fn test(&mut self, value: &Value, expression: &str) -> String {
        let contract = self.contract;
        if value.nullable
            && let Schema::Untagged { alternatives, exactly_one } = contract.schema(value)
        {
            // Null is one of the alternatives: of exactly one that is met.
            let body = self.untagged(alternatives, *exactly_one, true);
            return self.call(&body, expression);
        }
        let test = match &value.schema {
            SchemaRef::Named(name) => {
                let schema = &contract.definitions[name].schema;
                if has_function(schema) {
                    format!("{}({expression})", self.call_of(name))
                } else {
                    self.scalar(schema, expression)
                }
            }
            SchemaRef::Inline(schema) if has_function(schema) => {
                let body = self.container(schema);
                self.call(&body, expression)
            }
            SchemaRef::Inline(schema) => self.scalar(schema, expression),
        };
        match test.as_str() {
            "true" => test,
            test if value.nullable => format!("{expression} === null || {test}"),
            _ => test,
        }
    }

    /// The call of the function with this body, and no name of the contract's.
    fn call(&mut self, body: &str, expression: &str) -> String {
        let name = format!("check{}", self.functions.len());
        self.function(&name, body, "value");
        format!("{name}({expression})")
    }

    fn scalar(&self, schema: &Schema, v: &str) -> String {
        match schema {
            Schema::Any => "true".to_owned(),
            Schema::Null => format!("{v} === null"),
            Schema::Boolean => format!("typeof {v} === \"boolean\""),
            Schema::String { limits, .. } => self.text(limits, v),
            Schema::Integer { minimum, maximum, multiple_of } => {
                let mut test = format!("Number.isInteger({v})");
                let mut add = |sign: &str, bound: Option<i64>| {
                    if let Some(bound) = bound {
                        let _ = write!(test, " && {v} {sign} {bound}");
                    }
                };
                add(">=", *minimum);
                add("<=", *maximum);
                if let Some(divisor) = multiple_of {
                    let _ = write!(test, " && {v} % {divisor} === 0");
                }
                test
            }
            Schema::Number { minimum, maximum, multiple_of } => {
                let mut test = format!("typeof {v} === \"number\"");
                let mut add = |sign: &str, bound: &Option<Bound>| {
                    if let Some(Bound { value, exclusive }) = bound {
                        let equal = if *exclusive { "" } else { "=" };
                        let _ = write!(test, " && {v} {sign}{equal} {value}");
                    }
                };
                add(">", minimum);
                add("<", maximum);
                if let Some(divisor) = multiple_of {
                    let _ = write!(test, " && isMultiple({v}, {divisor})");
                }
                test
            }
            Schema::Enum(literals) => {
                let tests = literals.iter().map(|literal| match literal {
                    Literal::String(text) => format!("{v} === {}", string(text)),
                    literal => format!("{v} === {literal}"),
                });
                tests.collect::<Vec<_>>().join(" || ")
            }
            _ => unreachable!("it has a function"),
        }
    }

    fn text(&self, limits: &StringLimits, v: &str) -> String {
        let mut test = format!("typeof {v} === \"string\"");
        if limits.minimum > 0 || limits.maximum.is_some() {
            let maximum = limits.maximum.map_or("Infinity".to_owned(), |count| count.to_string());
            let _ = write!(test, " && hasLength({v}, {}, {maximum})", limits.minimum);
        }
        for pattern in &limits.patterns {
            let _ = write!(test, " && matches({}, {v})", self.patterns.name(pattern));
        }
        test
    }
}

/// Whether values of `schema` are checked by a function of their own.
fn has_function(schema: &Schema) -> bool {
    matches!(
        schema,
        Schema::Object(_)
            | Schema::Tagged { .. }
            | Schema::Array { .. }
            | Schema::Map(_)
            | Schema::ByType(_)
            | Schema::Untagged { .. }
    )
}

/// The declaration of the variable that holds one value after the other, if `body` has values.
fn variable(body: &str) -> &'static str {
    if body.contains(" v = ") { "  let v: any;\n" } else { "" }
}
