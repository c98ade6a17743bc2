//! Random schemas of every draft, with every keyword, dense where mistakes are made.

use std::collections::BTreeMap;

use schema_compat::Draft;

use crate::edit;
use crate::json::Json;
use crate::meaning::Meaning;
use crate::random::Random;
use crate::reading;
use crate::resources::{self, Resources, year};
use crate::vocabulary::{
    BASE, CLUSTERS, COUNTS, DIVISORS, ENCODED, FORMATS, FORMATTED, KEYWORDS, LARGE, NAMES, PIECES,
    REPEATS, SMALL, STRINGS, THEMES, TYPES, Theme,
};

pub(crate) const DRAFTS: &[Draft] =
    &[Draft::Draft4, Draft::Draft6, Draft::Draft7, Draft::Draft201909, Draft::Draft202012];

/// Makes schemas.
pub(crate) struct Generator {
    pub(crate) random: Random,
    pub(crate) draft: Draft,
    /// What schemas mean where that is left open.
    pub(crate) meaning: Meaning,
    pub(crate) theme: Theme,
    /// Chance of numbers out of the ordinary.
    large: usize,
    cluster: usize,
}

impl Generator {
    pub(crate) fn new(mut random: Random) -> Self {
        let theme = random.weighted(THEMES);
        let since = if matches!(theme, Theme::Dynamic | Theme::Unevaluated) { 3 } else { 0 };
        let draft = *random.pick(&DRAFTS[since..]);
        let large = if random.percent(35) { 50 } else { 3 };
        let fits = |(_, themes): &(&[&str], &[Theme])| themes.contains(&theme);
        let clusters: Vec<usize> =
            (0..CLUSTERS.len()).filter(|i| theme == Theme::Mixed || fits(&CLUSTERS[*i])).collect();
        let cluster = if clusters.is_empty() { 0 } else { *random.pick(&clusters) };
        let meaning = Meaning {
            formats: random.percent(if theme == Theme::Strings { 50 } else { 10 }),
            content: random.percent(30).then(|| random.percent(70)),
            zero_fraction_is_integer: random.percent(40).then(|| random.percent(50)),
            lenient: None,
        };
        Self { random, draft, meaning, theme, large, cluster }
    }

    /// The draft of the other schema: now and then another one, if that is a question.
    pub(crate) fn other_draft(&mut self) -> Draft {
        let other = *self.random.pick(DRAFTS);
        let mixes = (other == Draft::Draft4) != (self.draft == Draft::Draft4);
        let is_question = !mixes || self.meaning.zero_fraction_is_integer == Some(true);
        if self.random.percent(15) && is_question { other } else { self.draft }
    }

    pub(crate) fn year(&self) -> u16 {
        year(self.draft)
    }

    pub(crate) fn number(&mut self) -> Json {
        let large = self.random.percent(self.large);
        Json::number(self.random.word(if large { LARGE } else { SMALL }))
    }

    fn count(&mut self) -> Json {
        if self.random.percent(self.large / 2) {
            return Json::number(self.random.word(COUNTS));
        }
        Json::number(self.random.word(&["0", "1", "1", "2", "3"]))
    }

    pub(crate) fn name(&mut self) -> String {
        let known = if self.random.percent(85) { 4 } else { NAMES.len() };
        self.random.word(&NAMES[..known]).to_owned()
    }

    fn names(&mut self, least: usize) -> Json {
        let count = least + self.random.below(3);
        let mut names: Vec<String> = (0..count).map(|_| self.name()).collect();
        names.sort();
        names.dedup();
        Json::Array(names.into_iter().map(Json::String).collect())
    }

    /// A pattern that ECMA-262 knows.
    pub(crate) fn pattern(&mut self) -> String {
        for _ in 0..20 {
            let mut pattern = String::new();
            if self.random.percent(40) {
                pattern.push('^');
            }
            for _ in 0..=self.random.below(3) {
                pattern.push_str(self.random.word(PIECES));
                pattern.push_str(self.random.word(REPEATS));
                if self.random.percent(10) {
                    pattern.push('|');
                }
            }
            if self.random.percent(40) {
                pattern.push('$');
            }
            if reading::regex(&pattern).is_some() {
                return pattern;
            }
        }
        "a".to_owned()
    }

    /// A schema of at most one keyword.
    pub(crate) fn plain(&mut self) -> Json {
        let old = self.year() == 4;
        match (self.random.below(10), self.theme) {
            (0..4, _) if !old => self.random.percent(80).into(),
            (0..4, _) => Json::object([]),
            (4 | 5, Theme::Numbers) => {
                Json::object([("multipleOf", Json::number(self.random.word(DIVISORS)))])
            }
            (4 | 5, Theme::Strings) => Json::object([("pattern", Json::String(self.pattern()))]),
            (6 | 7, _) => Json::object([("enum", vec![self.value(1)].into())]),
            _ => Json::object([("type", self.random.word(TYPES).into())]),
        }
    }

    /// A schema of some keywords that look at the same things.
    fn cluster(&mut self) -> Json {
        let (names, _) = CLUSTERS[self.cluster];
        let mut members = BTreeMap::new();
        for name in names {
            if self.random.percent(45) && self.knows(name) {
                members.insert((*name).to_owned(), self.keyword_value(name, 0));
            }
        }
        Json::Object(members)
    }

    pub(crate) fn knows(&self, name: &str) -> bool {
        KEYWORDS.iter().any(|(known, since, _)| *known == name && *since <= self.year())
    }

    /// Two small schemas about the same.
    fn small_pair(&mut self) -> (Json, Json) {
        let one = self.cluster();
        let mut other = match self.random.below(10) {
            0 => self.cluster(),
            1 | 2 => {
                let values = (0..=self.random.below(2)).map(|_| self.value(2)).collect();
                return (Json::object([("enum", Json::Array(values))]), one);
            }
            _ => one.clone(),
        };
        if let Json::Object(members) = &mut other {
            let names: Vec<String> = members.keys().cloned().collect();
            if !names.is_empty() && self.random.percent(50) {
                members.remove(self.random.pick(&names));
            }
            let name = self.random.word(CLUSTERS[self.cluster].0);
            if self.random.percent(50) && self.knows(name) {
                members.insert(name.to_owned(), self.keyword_value(name, 0));
            }
        }
        if self.random.percent(20) {
            edit::edit(self, &mut other);
        }
        if self.random.percent(50) { (one, other) } else { (other, one) }
    }

    /// A value, mostly small.
    pub(crate) fn value(&mut self, depth: usize) -> Json {
        let kinds = if depth == 0 { 4 } else { 6 };
        let kind = match self.theme {
            Theme::Numbers if self.random.percent(70) => 1,
            Theme::Strings if self.random.percent(70) => 2,
            _ => self.random.below(kinds),
        };
        match kind {
            0 => self.random.pick(&[Json::Null, true.into(), false.into()]).clone(),
            1 => self.number(),
            2 | 3 if self.meaning.formats && self.random.percent(60) => {
                Json::from(self.random.word(FORMATTED))
            }
            2 | 3 if self.meaning.content == Some(true) && self.random.percent(30) => {
                Json::from(self.random.word(ENCODED))
            }
            2 | 3 => Json::from(self.random.word(STRINGS)),
            4 => Json::Array((0..self.random.below(4)).map(|_| self.value(depth - 1)).collect()),
            _ => {
                let count = self.random.below(3);
                Json::Object((0..count).map(|_| (self.name(), self.value(depth - 1))).collect())
            }
        }
    }

    /// A schema that may hold others, down to a depth.
    pub(crate) fn schema(&mut self, depth: usize) -> Json {
        if self.random.percent(8) && self.year() > 4 {
            return self.random.percent(60).into();
        }
        if depth == 0 || self.random.percent(12) {
            return if self.random.percent(15) { self.keywords(1, 0) } else { self.plain() };
        }
        if self.theme == Theme::Unions && self.random.percent(25) {
            return self.union(depth);
        }
        match self.theme {
            Theme::Unevaluated if self.random.percent(20) => return self.conditions(depth - 1),
            Theme::Objects if self.random.percent(20) => return self.wanted(),
            _ => {}
        }
        let count = 1 + self.random.below(4);
        self.keywords(count, depth - 1)
    }

    fn keywords(&mut self, count: usize, depth: usize) -> Json {
        let mut members = BTreeMap::new();
        for _ in 0..count {
            let (name, value) = self.keyword(depth);
            if name == "if" {
                for branch in ["then", "else"] {
                    if self.random.percent(65) {
                        members.insert(branch.to_owned(), self.schema(depth));
                    }
                }
            }
            if name == "additionalItems" && self.random.percent(70) {
                let tuple = self.schemas(depth);
                members.insert("items".to_owned(), tuple);
            }
            members.insert(name, value);
        }
        // Ignored up to draft 7, which some read otherwise.
        if self.year() < 2019 && members.contains_key("$ref") && self.random.percent(85) {
            members.retain(|name, _| name == "$ref");
        }
        Json::Object(members)
    }

    fn schemas(&mut self, depth: usize) -> Json {
        let count = 1 + self.random.below(3);
        Json::Array((0..count).map(|_| self.schema(depth)).collect())
    }

    fn named(&mut self, depth: usize) -> Json {
        let count = 1 + self.random.below(3);
        Json::Object((0..count).map(|_| (self.name(), self.schema(depth))).collect())
    }

    /// A keyword and its value.
    pub(crate) fn keyword(&mut self, depth: usize) -> (String, Json) {
        if self.random.percent(35) {
            let (names, themes) = CLUSTERS[self.cluster];
            let name = self.random.word(names);
            if self.knows(name) && (self.theme == Theme::Mixed || themes.contains(&self.theme)) {
                return (name.to_owned(), self.keyword_value(name, depth));
            }
        }
        let foreign = self.random.percent(2);
        let weights: Vec<(usize, &str)> = KEYWORDS
            .iter()
            .filter(|(_, since, _)| foreign || *since <= self.year())
            .filter(|(name, ..)| self.year() != 2020 || *name != "$recursiveRef")
            .map(|(name, _, themes)| {
                let focus = themes.iter().filter(|theme| **theme == self.theme).count();
                let base = if self.theme == Theme::Mixed { 3 } else { 1 };
                (if name.starts_with('$') { focus * 8 + base - 1 } else { base + focus * 8 }, *name)
            })
            .collect();
        let name = self.random.weighted(&weights);
        (name.to_owned(), self.keyword_value(name, depth))
    }

    pub(crate) fn keyword_value(&mut self, name: &str, depth: usize) -> Json {
        let dependent = |this: &mut Self| Json::Object([(this.name(), this.names(1))].into());
        match name {
            "type" if self.random.percent(25) => {
                let first = self.random.below(TYPES.len() - 1);
                let second = first + 1 + self.random.below(TYPES.len() - 1 - first);
                Json::Array(vec![TYPES[first].into(), TYPES[second].into()])
            }
            "type" => Json::from(self.random.word(TYPES)),
            "enum" => {
                let mut values: Vec<Json> = Vec::new();
                for _ in 0..=self.random.below(3) {
                    let value = self.value(2);
                    if !values.contains(&value) {
                        values.push(value);
                    }
                }
                Json::Array(values)
            }
            "const" => self.value(2),
            "exclusiveMinimum" | "exclusiveMaximum" if self.year() == 4 => {
                self.random.percent(80).into()
            }
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => self.number(),
            "multipleOf" => Json::number(self.random.word(DIVISORS)),
            "minLength" | "maxLength" | "minItems" | "maxItems" | "minContains" | "maxContains"
            | "minProperties" | "maxProperties" => self.count(),
            "pattern" => Json::String(self.pattern()),
            "format" => Json::from(self.random.word(FORMATS)),
            "contentEncoding" => {
                Json::from(self.random.word(&["base64", "base64", "base64", "base32", "7bit"]))
            }
            "contentMediaType" => Json::from(self.random.word(&["application/json", "text/html"])),
            "uniqueItems" => self.random.percent(85).into(),
            "items" if self.year() < 2020 && self.random.percent(35) => self.schemas(depth),
            "allOf" | "anyOf" | "oneOf" | "prefixItems" => self.schemas(depth),
            "properties" | "dependentSchemas" => self.named(depth),
            "patternProperties" => {
                let count = 1 + self.random.below(2);
                Json::Object((0..count).map(|_| (self.pattern(), self.schema(depth))).collect())
            }
            "required" => self.names(1),
            "dependencies" if self.random.percent(50) => self.named(depth),
            "dependencies" | "dependentRequired" => dependent(self),
            "$ref" => Json::String(self.reference()),
            "$dynamicRef" => {
                let all = ["#T", "#T", "#T", "#U", "a#T", "b#U", "#", "#/$defs/a"];
                Json::from(self.random.word(&all))
            }
            "$recursiveRef" => "#".into(),
            "additionalProperties"
            | "unevaluatedProperties"
            | "unevaluatedItems"
            | "additionalItems"
                if self.random.percent(45) =>
            {
                false.into()
            }
            _ => self.schema(depth),
        }
    }

    fn definitions(&self) -> &'static str {
        if self.year() >= 2019 { "$defs" } else { "definitions" }
    }

    fn reference(&mut self) -> String {
        let definitions = self.definitions();
        if self.theme == Theme::Dynamic && self.random.percent(60) {
            return self.random.word(&["a", "b", "root", "a#T", "#T", "b#U"]).to_owned();
        }
        match self.random.below(10) {
            0 | 1 => "#".to_owned(),
            2 => "#/properties/a".to_owned(),
            3 => "#/allOf/0".to_owned(),
            4..=6 => format!("#/{definitions}/a"),
            _ => format!("#/{definitions}/b"),
        }
    }

    /// A union whose branches a member tells apart.
    fn union(&mut self, depth: usize) -> Json {
        let tag = self.name();
        let only = |this: &Self, value: Json| match this.year() {
            4 => Json::object([("enum", vec![value].into())]),
            _ => Json::object([("const", value)]),
        };
        let chain = self.year() >= 7 && self.random.percent(25);
        let mut branches = Vec::new();
        for _ in 0..=1 + self.random.below(2) {
            let value = match self.random.below(4) {
                0 => self.value(0),
                1 => Json::from(self.random.word(&["a", "b", "ab"])),
                _ => self.random.pick(&[Json::number("1"), "x".into(), "a".into()]).clone(),
            };
            let tagged = only(self, value);
            let mut required = vec![Json::String(tag.clone())];
            let mut properties = match self.named(depth.saturating_sub(1)) {
                Json::Object(members) => members,
                _ => BTreeMap::new(),
            };
            required.extend(
                properties.keys().filter(|n| **n != tag).take(1).cloned().map(Json::String),
            );
            properties.insert(tag.clone(), tagged.clone());
            let mut branch = Json::object([
                ("type", "object".into()),
                ("properties", Json::Object(properties)),
                ("required", Json::Array(required)),
            ]);
            if let (Json::Object(members), true) = (&mut branch, self.random.percent(30)) {
                members.insert("additionalProperties".to_owned(), false.into());
            }
            branches.push(if chain {
                let tagged = Json::Object([(tag.clone(), tagged)].into());
                Json::object([("if", Json::object([("properties", tagged)])), ("then", branch)])
            } else {
                branch
            });
        }
        let keyword = self.random.word(&["oneOf", "oneOf", "anyOf"]);
        Json::object([(if chain { "allOf" } else { keyword }, Json::Array(branches))])
    }

    /// A document: a schema with definitions that refer to each other and to it.
    pub(crate) fn document(&mut self) -> Json {
        let deep = self.random.percent(4);
        let depth = 1 + self.random.below(3) + if deep { 2 } else { 0 };
        let mut document = match self.schema(depth) {
            Json::Object(members) => members,
            _ => BTreeMap::new(),
        };
        let definitions = self.definitions();
        let mut named = BTreeMap::new();
        for name in ["a", "b"] {
            if self.random.percent(90) {
                let schema = self.schema(depth - 1);
                named.insert(name.to_owned(), schema);
            }
        }
        if self.theme == Theme::Dynamic && self.year() >= 2019 {
            for (name, schema) in &mut named {
                self.identify(schema, name);
            }
            let mut root = Json::Object(document);
            self.identify(&mut root, "root");
            document = match root {
                Json::Object(members) => members,
                _ => BTreeMap::new(),
            };
        }
        document.insert(definitions.to_owned(), Json::Object(named));
        let mut document = Json::Object(document);
        self.repair(&mut document);
        document
    }

    /// Makes a schema a resource of its own, that dynamic references may be bent to.
    fn identify(&mut self, schema: &mut Json, name: &str) {
        let Json::Object(members) = schema else { return };
        if self.random.percent(90) {
            let id = if name == "root" { format!("{BASE}root") } else { name.to_owned() };
            members.insert("$id".to_owned(), Json::String(id));
        }
        if self.random.percent(70) {
            let (keyword, value) = match self.year() {
                2019 => ("$recursiveAnchor", self.random.percent(85).into()),
                _ => ("$dynamicAnchor", Json::from(self.random.word(&["T", "T", "T", "U"]))),
            };
            members.insert(keyword.to_owned(), value);
        }
    }

    /// Takes references that lead nowhere out of a document, and definitions nobody needs.
    pub(crate) fn repair(&mut self, document: &mut Json) {
        let Some(resources) = Resources::read(document, self.draft) else { return };
        for place in edit::places(document, self.draft) {
            let Some(Json::Object(members)) = resources::at(document, &place) else { continue };
            let mut broken = Vec::new();
            for keyword in ["$ref", "$dynamicRef", "$recursiveRef"] {
                let Some(reference) = members.get(keyword).and_then(Json::as_str) else { continue };
                let target = resources.resolve(resources.of(&place), reference);
                let target = target.and_then(|(target, _)| resources::at(document, &target));
                if !matches!(target, Some(Json::Object(_) | Json::Bool(_))) {
                    broken.push(keyword);
                }
            }
            let Some(Json::Object(members)) = edit::at_mut(document, &place) else { continue };
            members.retain(|keyword, _| !broken.contains(&keyword.as_str()));
            // Draft 4 asks for both.
            for (flag, limit) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")]
            {
                if self.draft == Draft::Draft4 && members.contains_key(flag) {
                    members.entry(limit.to_owned()).or_insert_with(|| Json::number("1"));
                }
            }
        }
        if !document.to_string().contains("Ref\":") && !document.to_string().contains("$ref") {
            if let Json::Object(members) = document {
                members.remove(self.definitions());
            }
        }
    }

    /// A sub and a super.
    pub(crate) fn pair(&mut self) -> (Json, Json) {
        if matches!(self.theme, Theme::Unevaluated | Theme::Objects) && self.random.percent(30) {
            return self.dense_pair();
        }
        if self.random.percent(50) {
            let (mut one, mut other) = self.small_pair();
            for document in [&mut one, &mut other] {
                self.repair(document);
            }
            return (one, other);
        }
        let one = self.document();
        let other = match self.random.below(100) {
            // Two of their own.
            0..15 => self.document(),
            // Few values against a schema.
            15..27 => {
                let count = 1 + self.random.below(3);
                let values = (0..count).map(|_| self.value(2)).collect();
                return (Json::object([("enum", Json::Array(values))]), one);
            }
            // The complements of two, the other way round.
            27..34 if one.get("$ref").is_none() => {
                let mut edited = one.clone();
                edit::edit(self, &mut edited);
                let without = |schema: Json| Json::object([("not", schema)]);
                let refers = one.to_string().contains("Ref") || one.to_string().contains("$ref");
                if refers { edited } else { return (without(one), without(edited)) }
            }
            _ => {
                let mut edited = one.clone();
                for _ in 0..=self.random.below(3) {
                    edit::edit(self, &mut edited);
                }
                edited
            }
        };
        if self.random.percent(50) { (one, other) } else { (other, one) }
    }
}
