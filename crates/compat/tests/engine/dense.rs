//! Random schemas whose cases multiply: conditions beside an unevaluated keyword, and properties
//! that must exist where there is little room.

use std::collections::BTreeMap;

use crate::generate::Generator;
use crate::json::Json;
use crate::vocabulary::Theme;

impl Generator {
    /// Such a schema against small values, of which it takes some, or against nothing.
    pub(crate) fn dense_pair(&mut self) -> (Json, Json) {
        let not = |schema: Json| Json::object([("not", schema)]);
        let one = match self.theme {
            Theme::Unevaluated => self.conditions(1),
            _ => self.wanted(),
        };
        let of_items = one.get("unevaluatedItems").is_some();
        let values = (0..=self.random.below(3)).map(|_| self.small_value(of_items)).collect();
        let listed = Json::object([("enum", Json::Array(values))]);
        match self.random.below(4) {
            0 | 1 if self.theme == Theme::Unevaluated => (listed, one),
            2 => (one, not(listed)),
            _ => (one, not(Json::object([]))),
        }
    }

    /// An array or an object of some plain values.
    fn small_value(&mut self, of_items: bool) -> Json {
        let count = 1 + self.random.below(4);
        if of_items {
            return Json::Array((0..count).map(|_| self.value(0)).collect());
        }
        Json::Object((0..count).map(|_| (self.name(), self.value(0))).collect())
    }

    fn boolean_or_plain(&mut self) -> Json {
        if self.random.percent(50) { true.into() } else { self.plain() }
    }

    /// An unevaluated keyword beside many conditions.
    pub(crate) fn conditions(&mut self, depth: usize) -> Json {
        let of_items = self.random.percent(40);
        let mut members = BTreeMap::new();
        let (mut any, mut one, mut all) = (Vec::new(), Vec::new(), Vec::new());
        let mut dependent = BTreeMap::new();
        for _ in 0..2 + self.random.below(9) {
            let branch = self.evaluates(of_items);
            match self.random.below(if of_items { 4 } else { 5 }) {
                0 | 1 => any.push(branch),
                2 => one.push(branch),
                3 => {
                    let condition = self.evaluates(of_items);
                    let mut chain = BTreeMap::from([("if".to_owned(), condition)]);
                    let word = self.random.word(&["then", "then", "else"]);
                    chain.insert(word.to_owned(), branch);
                    all.push(Json::Object(chain));
                }
                _ => {
                    dependent.insert(self.name(), branch);
                }
            }
        }
        for (keyword, list) in [("anyOf", any), ("oneOf", one), ("allOf", all)] {
            if !list.is_empty() {
                members.insert(keyword.to_owned(), Json::Array(list));
            }
        }
        if !dependent.is_empty() {
            members.insert("dependentSchemas".to_owned(), Json::Object(dependent));
        }
        let keyword = if of_items { "unevaluatedItems" } else { "unevaluatedProperties" };
        let others = if self.random.percent(60) { false.into() } else { self.schema(depth.min(1)) };
        members.insert(keyword.to_owned(), others);
        Json::Object(members)
    }

    /// A schema that evaluates some members or items.
    fn evaluates(&mut self, of_items: bool) -> Json {
        let mut members = BTreeMap::new();
        if of_items {
            if self.random.percent(75) {
                let tuple = (0..=self.random.below(3)).map(|_| self.boolean_or_plain()).collect();
                let keyword = if self.year() < 2020 { "items" } else { "prefixItems" };
                members.insert(keyword.to_owned(), Json::Array(tuple));
            }
            if self.random.percent(20) {
                members.insert("contains".to_owned(), self.plain());
            }
            if self.random.percent(30) {
                members.insert("minItems".to_owned(), Json::number("1"));
            }
            return Json::Object(members);
        }
        let name = self.name();
        if self.random.percent(75) {
            let schema = self.boolean_or_plain();
            members.insert("properties".to_owned(), Json::Object([(name.clone(), schema)].into()));
        }
        if self.random.percent(20) {
            let pattern = self.pattern();
            let schema = self.boolean_or_plain();
            members
                .insert("patternProperties".to_owned(), Json::Object([(pattern, schema)].into()));
        }
        if self.random.percent(30) {
            members.insert("required".to_owned(), Json::Array(vec![Json::String(name)]));
        }
        if self.random.percent(10) {
            let inner = vec![self.evaluates(false), self.evaluates(false)];
            members.insert("anyOf".to_owned(), Json::Array(inner));
        }
        Json::Object(members)
    }

    /// An object in which properties must exist, of names that are not said, with little room.
    pub(crate) fn wanted(&mut self) -> Json {
        let not = |schema: Json| Json::object([("not", schema)]);
        let mut all = Vec::new();
        for _ in 0..2 + self.random.below(3) {
            let pattern = self.random.word(&["a", "b", "^a", "b$", "^.$", "^..$"]).to_owned();
            let never = match self.random.below(3) {
                0 if self.year() > 4 => {
                    let names = not(Json::object([("pattern", Json::String(pattern))]));
                    Json::object([("propertyNames", names)])
                }
                1 => Json::object([("additionalProperties", not(self.plain()))]),
                _ => {
                    let schema = not(self.plain());
                    Json::object([("patternProperties", Json::Object([(pattern, schema)].into()))])
                }
            };
            all.push(not(never));
        }
        let most = self.random.word(&["0", "1", "1", "2", "2", "3"]);
        let mut members = BTreeMap::from([
            ("type".to_owned(), "object".into()),
            ("maxProperties".to_owned(), Json::number(most)),
            ("allOf".to_owned(), Json::Array(all)),
        ]);
        for keyword in ["required", "properties", "patternProperties", "propertyNames"] {
            let often = if keyword == "required" { 50 } else { 25 };
            if self.random.percent(often) && self.knows(keyword) {
                members.insert(keyword.to_owned(), self.keyword_value(keyword, 0));
            }
        }
        Json::Object(members)
    }
}
