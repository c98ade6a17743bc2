//! Confirms witnesses, by the normal form and by the validator, and makes them as small as they get.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use jsonschema::Validator;
use serde_json::Value;

use super::content::{is_json, of_base64};
use super::edits::{Effort, ValueSearch, nodes};
use super::message::Short;
use super::mutate::{Constants, MAX_VISITS, MUTANTS};
use super::shrink::{CHUNKS, SHRINKS};
use crate::answer::{Failure, Witness};
use crate::draft::Draft;
use crate::eval::{Judge, StringJudge};
use crate::format::is_known;
use crate::json::Json;
use crate::primitives::NodeId;
use crate::schema::Schema;

/// Violations told of one witness.
const MAX_VIOLATIONS: usize = 20;

/// How often the validator may look at the innermost values of an instance.
const MAX_PATHS: u64 = 3_000_000;

/// The same when it explains a rejection: then no branch is left out.
const MAX_EXPLAINED_PATHS: u64 = 2_000;

pub(crate) struct Refuter<'a> {
    /// Those of the subset, then that of the superset. `None` where one would not fit the stack: nothing is checked then.
    validators: Option<(Vec<&'a Validator>, &'a Validator)>,
    documents: Vec<&'a Schema>,
    slow: Cell<bool>,
    formats: RefCell<HashMap<String, Option<Validator>>>,
}

impl StringJudge for Refuter<'_> {
    fn has_format(&self, format: &str, text: &str) -> Option<bool> {
        // What is certain of these is told by patterns; on the rest validators differ.
        if is_known(format) {
            return None;
        }
        self.is_valid(&serde_json::json!({ "format": format }), Draft::Draft202012, text)
    }

    fn has_content(&self, schema: &str, text: &str) -> Option<bool> {
        let schema: Value = serde_json::from_str(schema).ok()?;
        // The drafts that assert it say the same of it.
        let valid = self.is_valid(&schema, Draft::Draft7, text)?;
        if !valid && schema.get("contentMediaType").is_some_and(|it| it == "application/json") {
            let content = match schema.get("contentEncoding") {
                None => Some(text.to_owned()),
                Some(_) => of_base64(text),
            };
            // What its parser has no room for is JSON all the same, and others have.
            if content.is_some_and(|content| is_json(&content)) {
                return None;
            }
        }
        Some(valid)
    }
}

impl<'a> Refuter<'a> {
    pub(crate) fn new(validators: Vec<Option<&'a Validator>>, documents: Vec<&'a Schema>) -> Self {
        let validators: Option<Vec<_>> = validators.into_iter().collect();
        let validators = validators.and_then(|mut sub| sub.pop().map(|sup| (sub, sup)));
        Self { validators, documents, slow: Cell::new(false), formats: RefCell::default() }
    }

    /// Whether the text is valid by a schema of its own.
    fn is_valid(&self, schema: &Value, draft: Draft, text: &str) -> Option<bool> {
        let mut formats = self.formats.borrow_mut();
        let validator = formats.entry(schema.to_string()).or_insert_with(|| {
            jsonschema::options()
                .with_draft(draft.validator())
                .should_validate_formats(true)
                .offline()
                .build(schema)
                .ok()
        });
        Some(validator.as_ref()?.is_valid(&Value::String(text.to_owned())))
    }

    /// The value as a shrunk witness; `None` if it is not a witness.
    pub(crate) fn check(
        &self,
        judge: &Judge<'_>,
        left: &[NodeId],
        right: NodeId,
        value: &Json,
    ) -> Option<Witness> {
        let mut instance = value.to_value()?;
        let refutes = |value: &Value| self.refutes(judge, left, right, value);
        if !refutes(&instance) {
            return None;
        }
        let mut chunks = ValueSearch { test: &refutes, left: CHUNKS };
        chunks.without_chunks(&mut instance, &mut Vec::new());
        let mut singles = ValueSearch { test: &refutes, left: SHRINKS };
        while singles.without_one(&mut instance, &mut Vec::new()) == Some(true) {}
        let failures = if Self::paths(judge, &instance) > MAX_EXPLAINED_PATHS {
            let (schema, at) = judge.failing(right, &Json::read(&instance, &|_| None));
            let keyword = judge.arena().place(schema).map_or(String::new(), |place| place.pointer);
            let message = "the value is rejected by this schema".to_owned();
            vec![Failure { instance: at, keyword, message }]
        } else {
            let (_, sup) = self.validators.as_ref()?;
            sup.iter_errors(&instance)
                .take(MAX_VIOLATIONS)
                .map(|error| Failure {
                    instance: error.instance_path().to_string(),
                    keyword: error.schema_path().to_string(),
                    message: Short::of(&error),
                })
                .collect()
        };
        Some(Witness { instance, failures })
    }

    /// Whether the validator is done with the value in reasonable time.
    fn is_quick(&self, judge: &Judge<'_>, value: &Value) -> bool {
        let quick = Self::paths(judge, value) <= MAX_PATHS;
        self.slow.set(self.slow.get() || !quick);
        quick
    }

    /// Whether a value was not shown to the validator, as it would have taken too long.
    pub(crate) fn was_slow(&self) -> bool {
        self.slow.get() || self.validators.is_none()
    }

    /// How often the validator may look at the innermost values, at worst: it tries the branches of
    /// a recursive union anew at every level.
    fn paths(judge: &Judge<'_>, instance: &Value) -> u64 {
        let (mut deepest, mut work) = (0, vec![(instance, 0)]);
        while let Some((value, depth)) = work.pop() {
            deepest = deepest.max(depth);
            match value {
                Value::Array(items) => work.extend(items.iter().map(|v| (v, depth + 1))),
                Value::Object(members) => work.extend(members.values().map(|v| (v, depth + 1))),
                _ => {}
            }
        }
        judge.arena().widest_recursion().saturating_pow(deepest)
    }

    /// Both the normal form and the validator must agree; the former is asked first, as it looks at
    /// no part of a value twice.
    fn refutes(&self, judge: &Judge<'_>, left: &[NodeId], right: NodeId, value: &Value) -> bool {
        let Some((sub, sup)) = &self.validators else { return false };
        let exact = Json::read(value, &|_| None);
        left.iter().all(|left| judge.holds(*left, &exact) == Some(true))
            && judge.holds(right, &exact) == Some(false)
            && self.is_quick(judge, value)
            && sub.iter().all(|sub| sub.is_valid(value))
            && !sup.is_valid(value)
    }

    /// Looks for a witness by changing one place at a time in known values.
    pub(crate) fn mutate(
        &self,
        judge: &Judge<'_>,
        left: &[NodeId],
        right: NodeId,
        seeds: &[Json],
    ) -> Option<Witness> {
        self.validators.as_ref()?;
        let mut constants = Constants::new();
        for document in &self.documents {
            constants.collect(document.value());
        }
        let refutes = |value: &Value| self.refutes(judge, left, right, value);
        // To judge a value takes time in proportion to the schemas, too.
        let size: usize = self.documents.iter().map(|document| nodes(document.value())).sum();
        let tries = MUTANTS.tries.min(MAX_VISITS / size.max(1));
        let mut search = ValueSearch { test: &refutes, left: Effort { tries, ..MUTANTS } };
        let pool = &constants.pool;
        let seeds = seeds.iter().filter_map(Json::to_value);
        for mut seed in seeds.chain(pool.iter().map(|value| value.clone().into_owned())) {
            let found = match search.test(&seed) {
                Some(false) => search.mutated(&mut seed, &mut Vec::new(), &constants),
                found => found,
            };
            if found? {
                return self.check(judge, left, right, &Json::read(&seed, &|_| None));
            }
        }
        None
    }
}
