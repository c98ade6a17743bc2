//! What a document says of one value: its constraints, its fields, items and branches, wherever they are written.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use schema_source::escape_token;
use serde_json::{Map, Value, json};

use crate::keywords::{Types, is_annotation, is_stricter};
use crate::pointer::{definition, of_reference};
use crate::rules::promising;
use crate::told::OpenBranches;
use crate::view::{Case, Spot, View, open_branch, says_nothing};

/// A subschema, with what `$ref`, `allOf` and the branches of unions bring in.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) spot: Spot,
    /// JSON Pointer of the part that says most of it, for a report.
    pub(crate) pointer: String,
    pub(crate) types: Types,
    /// The keywords that constrain a value and are not spoken of below.
    pub(crate) keywords: BTreeMap<String, Keyword>,
    /// The annotations that a rule is about.
    pub(crate) promises: BTreeMap<&'static str, Keyword>,
    /// The definitions that it refers to.
    pub(crate) definitions: Vec<Reference>,
    pub(crate) fields: Fields,
    /// Where the items of a list are described.
    pub(crate) items: Vec<String>,
    /// Where the values of a map are described: all that are under no declared name.
    pub(crate) values: Vec<String>,
    /// The unions whose branches a field tells apart.
    pub(crate) unions: Vec<Union>,
    /// Subschemas that hold under some other condition.
    pub(crate) conditional: Vec<Conditional>,
    /// The parts that speak of objects.
    objects: Vec<ObjectPart>,
}

/// The value of a keyword, and its JSON Pointer in the document.
#[derive(Debug, Clone)]
pub(crate) struct Keyword {
    pub(crate) value: Value,
    pub(crate) pointer: String,
}

/// A reference to a definition.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    /// The name of the definition, as a token of a JSON Pointer.
    pub(crate) name: String,
    /// JSON Pointer of the reference in the document.
    pub(crate) pointer: String,
}

/// The declared fields, in declared order; those that are required and nothing else at the end.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    all: Vec<Field>,
    by_name: HashMap<String, usize>,
}

/// A declared field.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// Where it is declared: its subschemas, or `required` alone; then what else speaks of it.
    pub(crate) pointers: Vec<String>,
    pub(crate) required: bool,
    /// Whether it has a subschema, and is not only required.
    pub(crate) declared: bool,
}

/// A union of objects that one field tells apart.
#[derive(Debug, Clone)]
pub(crate) struct Union {
    /// The field.
    pub(crate) tag: String,
    /// Its values, each with where its branch stands.
    pub(crate) branches: Vec<(String, String)>,
    /// Where the keyword stands that rejects all other values; none if the union is open.
    pub(crate) closed: Option<String>,
}

/// A subschema that may hold.
#[derive(Debug, Clone)]
pub(crate) struct Conditional {
    pub(crate) pointer: String,
    /// Whether it describes values, rather than tests them.
    pub(crate) describes: bool,
}

/// One schema object that speaks of objects: it describes what is under the names that it declares, and perhaps the rest.
#[derive(Debug, Clone)]
struct ObjectPart {
    declared: BTreeSet<String>,
    /// Names by pattern, each with where their schema stands.
    patterns: Vec<(String, String)>,
    rest: Option<String>,
}

impl Fields {
    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Field> {
        self.all.iter()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Field> {
        self.by_name.get(name).map(|index| &self.all[*index])
    }

    fn declare(&mut self, name: &str) -> &mut Field {
        let index = *self.by_name.entry(name.to_owned()).or_insert_with(|| {
            let name = name.to_owned();
            let (required, declared) = (false, false);
            self.all.push(Field { name, pointers: Vec::new(), required, declared });
            self.all.len() - 1
        });
        &mut self.all[index]
    }
}

impl Field {
    /// Where it is declared, for a report.
    pub(crate) fn pointer(&self) -> &str {
        self.pointers.first().map_or("", String::as_str)
    }
}

impl Union {
    pub(crate) fn values(&self) -> HashSet<&str> {
        self.branches.iter().map(|(value, _)| value.as_str()).collect()
    }
}

impl Node {
    /// What the document says at `spot`.
    pub(crate) fn read(view: View<'_>, spot: &Spot) -> Self {
        Self::read_with(view, spot, Choices::Read)
    }

    pub(crate) fn read_with(view: View<'_>, spot: &Spot, choices: Choices) -> Self {
        let pointer = spot.pointers.first().cloned().unwrap_or_default();
        let mut node = Self { spot: spot.clone(), ..Self::new(pointer) };
        let mut reader = Reader::new(view, &spot.cases, choices);
        for pointer in &spot.pointers {
            reader.add(&mut node, pointer);
        }
        let objects = std::mem::take(&mut node.objects);
        for field in &mut node.fields.all {
            let more = objects.iter().flat_map(|part| part.undeclared(&field.name));
            let more: Vec<_> = more.filter(|pointer| !field.pointers.contains(pointer)).collect();
            field.pointers.extend(more);
        }
        node.objects = objects;
        node
    }

    pub(crate) fn new(pointer: String) -> Self {
        Self {
            spot: Spot::default(),
            pointer,
            types: Types::ALL,
            keywords: BTreeMap::new(),
            promises: BTreeMap::new(),
            definitions: Vec::new(),
            fields: Fields::default(),
            items: Vec::new(),
            values: Vec::new(),
            unions: Vec::new(),
            conditional: Vec::new(),
            objects: Vec::new(),
        }
    }

    /// Where the value of a field is described that is not declared.
    pub(crate) fn undeclared(&self, name: &str) -> Vec<String> {
        self.objects.iter().flat_map(|part| part.undeclared(name)).collect()
    }

    /// Whether a keyword that describes no field says something of the field `name`.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        let dependent =
            self.keywords.get("dependentRequired").map(|keyword| keyword.value.to_string());
        self.keywords.contains_key("unevaluatedProperties")
            || dependent.is_some_and(|dependent| dependent.contains(&Value::from(name).to_string()))
    }

    pub(crate) fn union(&self, tag: &str) -> Option<&Union> {
        self.unions.iter().find(|union| union.tag == tag)
    }

    /// Where the fields are declared, for a report.
    pub(crate) fn properties(&self) -> String {
        let of_first = self.fields.all.first().filter(|_| self.spot.cases.is_empty());
        let place = of_first.and_then(|field| field.pointer().rsplit_once("/properties/"));
        let place = place.map_or(&*self.pointer, |(place, _)| place);
        format!("{place}/properties")
    }

    /// Where `keyword` stands, or else the subschema.
    pub(crate) fn pointer_to(&self, keyword: &str) -> &str {
        let keywords = self.keywords.get(keyword).or_else(|| self.promises.get(keyword));
        keywords.map_or(&self.pointer, |keyword| &keyword.pointer)
    }

    /// Adds a keyword; where there is one already, both hold.
    pub(crate) fn constrain(&mut self, keyword: &str, value: &Value, pointer: String) {
        let Some(known) = self.keywords.get_mut(keyword) else {
            let added = Keyword { value: value.clone(), pointer };
            self.keywords.insert(keyword.to_owned(), added);
            return;
        };
        let stricter = is_stricter(keyword, value, &known.value)
            .or_else(|| (known.value == *value).then_some(false));
        match stricter {
            Some(true) => *known = Keyword { value: value.clone(), pointer },
            Some(false) => {}
            None => {
                let both = self.keywords.entry("allOf".into());
                let both = both.or_insert_with(|| Keyword { value: json!([]), pointer });
                if let Value::Array(both) = &mut both.value {
                    both.push(json!({ keyword: value }));
                }
            }
        }
    }

    /// Adds `types`, which `pointer` says; where there are some already, both hold.
    pub(crate) fn restrict(&mut self, types: Types, pointer: impl FnOnce() -> String) {
        if self.types.and(types) != self.types {
            self.types = self.types.and(types);
            let pointer = pointer();
            self.keywords.insert("type".into(), Keyword { value: Value::Null, pointer });
        }
    }

    /// Adds `values`, one of which the value is.
    fn one_of(&mut self, values: &[Value], pointer: String) {
        let types = values.iter().map(Types::of).fold(Types::NONE, Types::or);
        let keyword = pointer.clone();
        self.restrict(types, || keyword);
        match self.keywords.get_mut("enum") {
            Some(Keyword { value: Value::Array(known), .. }) => {
                known.retain(|value| values.contains(value));
            }
            _ => self.constrain("enum", &Value::from(values), pointer),
        }
    }

    /// Adds what `schema` says of the fields of an object.
    fn describe_fields(&mut self, schema: &Map<String, Value>, pointer: &str) {
        let mut part = ObjectPart { declared: BTreeSet::new(), patterns: Vec::new(), rest: None };
        let properties = schema.get("properties").and_then(Value::as_object);
        for name in properties.into_iter().flat_map(Map::keys) {
            let place = format!("{pointer}/properties/{}", escape_token(name));
            let field = self.fields.declare(name);
            field.pointers.push(place);
            field.declared = true;
            part.declared.insert(name.clone());
        }
        for name in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            let Some(name) = name.as_str() else { continue };
            let field = self.fields.declare(name);
            field.required = true;
            if field.pointers.is_empty() {
                field.pointers.push(format!("{pointer}/required"));
            }
        }
        let patterns = schema.get("patternProperties").and_then(Value::as_object);
        for pattern in patterns.into_iter().flat_map(Map::keys) {
            let place = format!("{pointer}/patternProperties/{}", escape_token(pattern));
            part.patterns.push((pattern.clone(), place));
        }
        let rest = schema.get("additionalProperties").filter(|rest| !says_nothing(rest));
        part.rest = rest.map(|_| format!("{pointer}/additionalProperties"));
        if part.rest.is_some() || !part.patterns.is_empty() {
            self.objects.push(part);
        }
    }

    /// Adds the subschemas of `keyword` that may hold for the same value.
    pub(crate) fn condition(&mut self, keyword: &str, value: &Value, pointer: &str) {
        let mut add = |pointer: String, describes| {
            self.conditional.push(Conditional { pointer, describes });
        };
        match (keyword, value) {
            ("anyOf" | "oneOf", Value::Array(branches)) => {
                (0..branches.len()).for_each(|index| add(format!("{pointer}/{index}"), true));
            }
            ("then" | "else", _) => add(pointer.to_owned(), true),
            ("if" | "not", _) => add(pointer.to_owned(), false),
            ("dependentSchemas", Value::Object(schemas)) => {
                let names = schemas.keys().map(|name| escape_token(name));
                names.for_each(|name| add(format!("{pointer}/{name}"), true));
            }
            _ => {}
        }
    }

    /// Adds what `other` says, types aside: what it says of each type holds for values of that type.
    pub(crate) fn absorb(&mut self, other: Self) {
        for (keyword, Keyword { value, pointer }) in other.keywords {
            if keyword != "type" {
                self.constrain(&keyword, &value, pointer);
            }
        }
        for (keyword, promise) in other.promises {
            self.promises.entry(keyword).or_insert(promise);
        }
        for field in other.fields.all {
            let known = self.fields.declare(&field.name);
            known.required |= field.required;
            known.declared |= field.declared;
            known.pointers.extend(field.pointers);
        }
        self.definitions.extend(other.definitions);
        self.items.extend(other.items);
        self.values.extend(other.values);
        self.unions.extend(other.unions);
        self.conditional.extend(other.conditional);
        self.objects.extend(other.objects);
    }
}

impl ObjectPart {
    /// Where this part describes the value under `name`, unless it declares it.
    fn undeclared(&self, name: &str) -> Vec<String> {
        if self.declared.contains(name) {
            return Vec::new();
        }
        let named = |pattern: &str| {
            let schema = json!({ "patternProperties": { pattern: false } });
            let validator = jsonschema::draft202012::new(&schema);
            // What cannot be read is taken to speak of every name.
            validator.map_or(true, |validator| !validator.is_valid(&json!({ name: null })))
        };
        let by_pattern = self.patterns.iter().filter(|(pattern, _)| named(pattern));
        let by_pattern: Vec<_> = by_pattern.map(|(_, pointer)| pointer.clone()).collect();
        if by_pattern.is_empty() { self.rest.iter().cloned().collect() } else { by_pattern }
    }
}

/// References that are followed to read what is said of one value: in all, and of those that several others lead to. The rest are kept as
/// they are: definitions that all refer to each other lead everywhere in more ways than anybody can wait for.
const MAX_REFERENCES: [u32; 2] = [1000, 64];
/// So many are several.
const SEVERAL: usize = 3;

/// Reads subschemas of one value.
pub(crate) struct Reader<'a> {
    pub(crate) view: View<'a>,
    pub(crate) cases: &'a [Case],
    /// The references that led here.
    open: Vec<String>,
    /// How many more are followed: anywhere, and by way of several others.
    references: [u32; 2],
    pub(crate) choices: Choices,
}

/// What becomes of a choice of subschemas.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Choices {
    /// Each is read, to find what tells them apart.
    Read,
    /// It is kept as it is. So is one in a field that may tell others apart, where it might lead back to these without an end.
    Kept,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(view: View<'a>, cases: &'a [Case], choices: Choices) -> Self {
        Self { view, cases, open: Vec::new(), references: MAX_REFERENCES, choices }
    }

    /// What is said at `pointer` alone.
    pub(crate) fn read(&mut self, pointer: &str) -> Node {
        let mut node = Node::new(pointer.to_owned());
        self.add(&mut node, pointer);
        node
    }

    /// Whether one more reference is followed, which is counted then.
    fn may_follow(&mut self) -> bool {
        let left = &mut self.references[usize::from(self.open.len() >= SEVERAL)];
        let may = *left > 0;
        *left = left.saturating_sub(1);
        may
    }

    /// Adds what is said at `pointer`.
    pub(crate) fn add(&mut self, node: &mut Node, pointer: &str) {
        let at = |keyword: &str| format!("{pointer}/{}", escape_token(keyword));
        let schema = match self.view.part(pointer) {
            Some(Value::Object(schema)) => schema,
            // What no value fits.
            Some(Value::Bool(false)) => return node.constrain("not", &json!({}), pointer.into()),
            _ => return,
        };
        if let Some((tag, values)) = open_branch(schema) {
            return self.branch(node, tag, &values, &at("then"), None);
        }
        self.refer(node, schema, pointer);
        if let Some(types) = schema.get("type") {
            node.restrict(Types::of_keyword(types), || at("type"));
        }
        for (keyword, value) in schema {
            if let Some(keyword) = promising(keyword) {
                let promised = || Keyword { value: value.clone(), pointer: at(keyword) };
                node.promises.entry(keyword).or_insert_with(promised);
            }
            match (keyword.as_str(), value) {
                // Below, once the rest is known.
                ("type" | "properties" | "required" | "$ref" | "allOf" | "anyOf" | "oneOf", _) => {}
                ("items", Value::Object(_)) => node.items.push(at("items")),
                ("additionalProperties", value) if says_nothing(value) => {}
                ("additionalProperties", Value::Object(_)) => node.values.push(at(keyword)),
                ("enum", Value::Array(values)) => node.one_of(values, at("enum")),
                ("const", value) => node.one_of(std::slice::from_ref(value), at("const")),
                (keyword, _) if is_annotation(keyword) => {}
                (keyword, value) => {
                    node.constrain(keyword, value, at(keyword));
                    node.condition(keyword, value, &at(keyword));
                }
            }
        }
        node.describe_fields(schema, pointer);
        if let Some(value @ Value::String(reference)) = schema.get("$ref") {
            let target = of_reference(reference).filter(|to| self.view.part(to).is_some());
            match target {
                Some(target)
                    if self.may_follow() && !self.open.iter().any(|open| *open == target) =>
                {
                    self.open.push(target.clone().into_owned());
                    self.add(node, &target);
                    self.open.pop();
                }
                _ => node.constrain("$ref", value, at("$ref")),
            }
        }
        if let Some(Value::Array(parts)) = schema.get("allOf") {
            for index in self.parts(parts, &at("allOf")) {
                self.add(node, &format!("{pointer}/allOf/{index}"));
            }
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(value) = schema.get(keyword) {
                self.choice(node, keyword, value, &at(keyword));
            }
        }
    }

    /// Which of `parts`, an `allOf`, say something of a value of the known branches.
    fn parts(&self, parts: &[Value], pointer: &str) -> Vec<usize> {
        if self.cases.is_empty() {
            return (0..parts.len()).collect();
        }
        let read = || {
            let mut all = OpenBranches::default();
            for (place, part) in parts.iter().enumerate() {
                all.add(place, part.as_object().and_then(open_branch));
            }
            all
        };
        let known = |tag: &str| {
            let case = self.cases.iter().find(|case| case.tag == tag)?;
            Some(case.value.as_deref())
        };
        self.view.told_apart.parts_of(pointer, read).of(known)
    }

    /// Adds the definition that `schema` refers to.
    fn refer(&self, node: &mut Node, schema: &Map<String, Value>, pointer: &str) {
        let reference = schema.get("$ref").and_then(Value::as_str);
        let name = reference.and_then(definition);
        if let Some(name) = name.filter(|_| self.open.is_empty()) {
            let pointer = format!("{pointer}/$ref");
            node.definitions.push(Reference { name, pointer });
        }
    }

    /// Adds a branch of a union, which holds where `tag` is one of `values`.
    pub(crate) fn branch(
        &mut self,
        node: &mut Node,
        tag: &str,
        values: &[&str],
        pointer: &str,
        closed: Option<&str>,
    ) {
        if let Some(case) = self.cases.iter().find(|case| case.tag == tag) {
            if case.value.as_deref().is_some_and(|value| values.contains(&value)) {
                pointer.clone_into(&mut node.pointer);
                self.add(node, pointer);
            }
            return;
        }
        let index = node.unions.iter().position(|union| union.tag == tag).unwrap_or_else(|| {
            let (tag, closed) = (tag.to_owned(), closed.map(str::to_owned));
            node.unions.push(Union { tag, branches: Vec::new(), closed });
            node.unions.len() - 1
        });
        let branches = values.iter().map(|value| ((*value).to_owned(), pointer.to_owned()));
        node.unions[index].branches.extend(branches);
    }
}
