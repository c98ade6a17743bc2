//! What the large contract is made of: its definitions, and objects of fields with made-up names.

use std::collections::BTreeSet;
use std::ops::Range;

use serde_json::{Map, Value, json};

use super::made::{Made, Member};
use super::random::Random;

/// Fields that a definition may have and still be referred to anywhere: so the largest delivery stays below 100 kB.
const SMALL: usize = 40;

const FIRST: [&str; 20] = [
    "archive", "base", "billing", "default", "external", "first", "head", "html", "last", "merge",
    "mirror", "node", "open", "owner", "parent", "public", "review", "source", "target", "total",
];
/// What the name of a field ends in says what it holds.
const LAST: [&str; 20] = [
    "at",
    "count",
    "description",
    "enabled",
    "id",
    "kind",
    "label",
    "locked",
    "name",
    "number",
    "on",
    "ratio",
    "reason",
    "sha",
    "slug",
    "state",
    "template",
    "topics",
    "url",
    "version",
];
/// Names that mean something to Rust, or that are no identifiers.
const AWKWARD: [&str; 8] =
    ["type", "self", "ref", "+1", "_links", "private", "content-type", "match"];

/// The definitions so far.
#[derive(Debug)]
pub(super) struct Shapes {
    definitions: Vec<(String, Made)>,
    /// Those that anything may refer to, as their indexes: so chains of references stay short.
    common: Range<usize>,
    /// How a definition is referred to, up to its name.
    prefix: &'static str,
}

impl Shapes {
    /// The definitions that stand for what every large contract has, and `count` more.
    pub(super) fn new(random: &mut Random, count: usize) -> Self {
        let mut this = Self { definitions: Vec::new(), common: 0..0, prefix: "#/$defs/" };
        this.define("link", Made::record(&[("href", uri(), page())]));
        let reactions = ["total_count", "+1", "-1", "laugh", "confused", "heart", "hooray", "eyes"];
        let reactions = reactions.map(|key| (key, integer(), json!(7)));
        this.define("reactions", Made::record(&reactions));
        let urls = ["url", "html_url", "avatar_url", "gists_url", "repos_url", "events_url"];
        let mut user = vec![
            ("login", string(), json!("octavia")),
            ("id", integer(), json!(9919)),
            ("email", json!({ "type": ["string", "null"] }), Value::Null),
            ("type", closed(&["Bot", "User", "Organization"]), json!("User")),
            ("site_admin", boolean(), json!(false)),
        ];
        user.extend(urls.map(|key| (key, uri(), page())));
        this.define("user", Made::record(&user));
        user.push(("is_verified", boolean(), json!(true)));
        this.define("organization", Made::record(&user));
        let installation = [("id", integer(), json!(1)), ("node_id", string(), json!("MDIz"))];
        this.define("installation", Made::record(&installation));
        let item = vec![
            ("state".to_owned(), Made::scalar(closed(&["open", "closed"]), json!("open")), true),
            ("closed_by".to_owned(), this.reference("user").nullable(random), true),
            ("reactions".to_owned(), this.reference("reactions"), false),
        ];
        this.define("item", Made::object(item));
        this.define("location", location());
        this.define("tree", tree());
        let value =
            json!({ "oneOf": [string(), integer(), { "type": "array", "items": string() }] });
        this.define("property-value", Made::scalar(value, json!(["a"])));
        this.common = 0..this.definitions.len();
        let repository = this.object(random, 90, 0);
        this.define("repository", repository);
        for number in 0..count {
            let width = if number % 6 == 0 { 40 + random.below(9) } else { 5 + random.below(16) };
            let definition = this.object(random, width, 1);
            let words = (random.pick(&FIRST), random.pick(&LAST));
            this.define(&format!("{}-{}-{number}", words.0, words.1), definition);
        }
        this.common = 0..this.definitions.len();
        this.prefix = "../definitions.schema.json#/$defs/";
        this
    }

    fn define(&mut self, name: &str, made: Made) {
        self.definitions.push((name.to_owned(), made));
    }

    /// The schemas of the definitions by their names.
    pub(super) fn definitions(&self) -> Map<String, Value> {
        let schemas = self.definitions.iter();
        schemas.map(|(name, made)| (name.clone(), made.schema.clone())).collect()
    }

    pub(super) fn reference(&self, name: &str) -> Made {
        let found = self.definitions.iter().find(|(defined, _)| defined == name);
        let (_, made) = found.unwrap_or_else(|| panic!("{name} is defined"));
        Made { schema: json!({ "$ref": format!("{}{name}", self.prefix) }), ..made.clone() }
    }

    /// The definition of this number among those with made-up names.
    pub(super) fn numbered(&self, number: usize) -> Made {
        let suffix = format!("-{number}");
        let mut names = self.definitions.iter().map(|(name, _)| name);
        let found = names.find(|name| name.ends_with(&suffix));
        self.reference(found.unwrap_or_else(|| panic!("there is a definition {number}")))
    }

    fn any_reference(&self, random: &mut Random) -> Made {
        let common = &self.definitions[self.common.clone()];
        let small = common.iter().filter(|(_, made)| made.fields <= SMALL);
        let small: Vec<_> = small.map(|(name, _)| name.as_str()).collect();
        let name: &str = random.pick::<&str>(&small);
        self.reference(name)
    }

    /// An object of `width` fields, with objects nested in it to the given depth.
    pub(super) fn object(&self, random: &mut Random, width: usize, depth: usize) -> Made {
        let mut members: Vec<Member> = Vec::new();
        let mut taken = BTreeSet::new();
        while members.len() < width {
            let last = *random.pick(&LAST);
            let key = match random.below(100) {
                0..3 => (*random.pick(&AWKWARD)).to_owned(),
                3..15 => last.to_owned(),
                _ => format!("{}_{last}", random.pick(&FIRST)),
            };
            if !taken.insert(key.clone()) {
                continue;
            }
            // One way down for sure, others by chance.
            let nests = depth > 0 && (members.is_empty() || random.chance(4));
            let member = match random.below(100) {
                _ if nests => self.nested(random, depth - 1),
                0..8 => self.any_reference(random),
                8..12 => self.any_reference(random).nullable(random),
                12..15 => self.any_reference(random).list(),
                15 => self.any_reference(random).map(),
                _ => scalar(random, last),
            };
            members.push((key, member, random.chance(75)));
        }
        Made::object(members)
    }

    /// An object written inline, alone or in a list, a map, or with null.
    fn nested(&self, random: &mut Random, depth: usize) -> Made {
        let width = 2 + random.below(7);
        let object = self.object(random, width, depth);
        match random.below(10) {
            0..3 => object.list(),
            3 => object.map(),
            4 => object.nullable(random),
            _ => object,
        }
    }

    /// The definition `item` in one state alone.
    pub(super) fn item_in(&self, state: &str) -> Made {
        let mut made = self.reference("item");
        made.schema = json!({
            "allOf": [made.schema, {
                "type": "object",
                "required": ["state"],
                "properties": { "state": { "type": "string", "enum": [state] } }
            }]
        });
        for value in [&mut made.full, &mut made.least] {
            value["state"] = state.into();
        }
        made
    }
}

/// What an edit changed: for some fields, the value that they had.
pub(super) fn changes(random: &mut Random) -> Made {
    let fields = ["title", "body", "state"].map(|key| {
        let from = Made::object(vec![("from".to_owned(), scalar(random, "label"), true)]);
        (key.to_owned(), from, false)
    });
    Made::object(fields.into())
}

/// What a field holds whose name ends in `last`.
fn scalar(random: &mut Random, last: &str) -> Made {
    let (schema, value) = match last {
        "at" | "on" => {
            (json!({ "type": "string", "format": "date-time" }), json!("2026-03-01T05:40:00Z"))
        }
        "count" | "id" | "number" | "version" => (integer(), json!(random.below(1_000_000_000))),
        "enabled" | "locked" => (boolean(), json!(random.chance(50))),
        "kind" | "reason" | "state" => {
            let values = ["open", "closed", "off-topic", "too heated", "resolved", "spam"];
            let values = &values[..2 + random.below(5)];
            if random.chance(25) {
                let values: Vec<_> =
                    values.iter().map(|value| json!(value)).chain([Value::Null]).collect();
                (json!({ "type": ["string", "null"], "enum": values }), Value::Null)
            } else {
                (closed(values), json!(random.pick(values)))
            }
        }
        "ratio" => (json!({ "type": "number" }), json!(0.25)),
        "topics" => (json!({ "type": "array", "items": string() }), json!(["rust", "größe"])),
        "template" => (json!({ "type": "string", "format": "uri-template" }), json!("/x{/id}")),
        "url" => (uri(), page()),
        _ => (string(), json!("Hello \"World\"")),
    };
    let one_type = schema["type"].as_str().filter(|_| schema.get("enum").is_none());
    match one_type.map(str::to_owned) {
        Some(one_type) if random.chance(25) => {
            let mut schema = schema;
            schema["type"] = json!([one_type, "null"]);
            Made { least: Value::Null, ..Made::scalar(schema, value) }
        }
        _ => Made::scalar(schema, value),
    }
}

/// A tagged union.
fn location() -> Made {
    let branch = |kind: &str, field: &str| {
        let kind_schema = json!({ "type": "string", "const": kind });
        Made::record(&[("kind", kind_schema, json!(kind)), (field, string(), json!("a"))])
    };
    let (commit, title) = (branch("commit", "sha"), branch("issue-title", "issue_url"));
    let schema = json!({ "oneOf": [commit.schema, title.schema] });
    Made { schema, full: commit.full, least: title.full, fields: commit.fields }
}

/// A definition that refers to itself.
fn tree() -> Made {
    let schema = json!({
        "type": "object",
        "required": ["name", "parts"],
        "properties": {
            "name": string(),
            "parts": { "type": "array", "items": { "$ref": "#/$defs/tree" } }
        }
    });
    let least = json!({ "name": "leaf", "parts": [] });
    Made { schema, full: json!({ "name": "root", "parts": [least, least] }), least, fields: 6 }
}

fn string() -> Value {
    json!({ "type": "string" })
}

fn integer() -> Value {
    json!({ "type": "integer" })
}

fn boolean() -> Value {
    json!({ "type": "boolean" })
}

fn uri() -> Value {
    json!({ "type": "string", "format": "uri" })
}

fn page() -> Value {
    json!("https://large-vendor.example/x")
}

fn closed(values: &[&str]) -> Value {
    json!({ "type": "string", "enum": values })
}
