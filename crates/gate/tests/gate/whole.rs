//! Plain schemas, of any draft, by who must not break.

use schema_compat_gate::report::{Format, Style, Summary, render};
use schema_compat_gate::{
    Direction, Document, Draft, Finding, Gate, Layout, Outcome, Release, Report,
};
use schema_source::{Source, pretty_json};
use serde_json::{Value, json};

fn source(path: &str, value: &Value) -> Source {
    Source::parse(path.into(), pretty_json(value)).expect("JSON")
}

fn judge(direction: Direction, old: &Value, new: &Value) -> Report {
    let mut gate = Gate::new(Layout::Whole);
    gate.direction = direction;
    let new = Document::from(source("new.json", new));
    let old = Release::new("old", source("old.json", old));
    gate.judge(&new, old).unwrap_or_else(|errors| panic!("{errors}"))
}

fn rules(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.rule().id.as_str()).collect()
}

/// The dialects, with what each calls definitions, and whether bounds can be exclusive by themselves.
const DIALECTS: &[(&str, &str)] = &[
    ("http://json-schema.org/draft-04/schema#", "definitions"),
    ("http://json-schema.org/draft-06/schema#", "definitions"),
    ("http://json-schema.org/draft-07/schema#", "definitions"),
    ("https://json-schema.org/draft/2019-09/schema", "$defs"),
    ("https://json-schema.org/draft/2020-12/schema", "$defs"),
];

/// A team with members, in a definition; `edit` changes the member.
fn team(dialect: &str, definitions: &str, edit: impl FnOnce(&mut Value)) -> Value {
    let mut member = json!({
        "type": "object",
        "required": ["member_id", "role"],
        "properties": {
            "member_id": { "type": "string" },
            "role": { "enum": ["admin", "user"] },
            "age": { "type": "integer", "minimum": 0 },
            "note": { "type": "string" },
        }
    });
    edit(&mut member);
    json!({
        "$schema": dialect,
        "type": "object",
        "properties": { "members": { "type": "array", "items": { "$ref": format!("#/{definitions}/member") } } },
        definitions: { "member": member }
    })
}

#[test]
fn each_change_has_its_name_in_every_draft_and_breaks_whom_it_breaks() {
    type Edit = fn(&mut Value);
    let edits: &[(&str, Edit, &[&str], &[&str])] = &[
        ("nothing", |_| (), &[], &[]),
        (
            "an optional field",
            |it| it["properties"]["mail"] = json!({ "type": "string" }),
            &["field-added"],
            &["field-added"],
        ),
        (
            "a renamed field",
            |it| {
                let id = it["properties"].as_object_mut().unwrap().shift_remove("member_id");
                it["properties"]["memberId"] = id.unwrap();
                it["required"] = json!(["memberId", "role"]);
            },
            &["field-renamed"],
            &["field-renamed"],
        ),
        (
            "a field less",
            |it| _ = it["properties"].as_object_mut().unwrap().shift_remove("note"),
            &["field-removed"],
            &[],
        ),
        (
            "no longer required",
            |it| it["required"] = json!(["member_id"]),
            &["field-now-optional"],
            &[],
        ),
        (
            "a required field",
            |it| it["required"] = json!(["member_id", "role", "age"]),
            &[],
            &["field-now-required"],
        ),
        (
            "one value more",
            |it| it["properties"]["role"]["enum"] = json!(["admin", "user", "guest"]),
            &["values-widened"],
            &[],
        ),
        (
            "one value less",
            |it| it["properties"]["role"]["enum"] = json!(["admin"]),
            &[],
            &["values-narrowed"],
        ),
        (
            "a tighter bound",
            |it| it["properties"]["age"]["minimum"] = json!(1),
            &[],
            &["bound-tightened"],
        ),
        (
            "another type",
            |it| it["properties"]["age"]["type"] = json!("number"),
            &["type-widened"],
            &[],
        ),
        ("closed", |it| it["additionalProperties"] = json!(false), &[], &["object-closed"]),
    ];
    for (dialect, definitions) in DIALECTS {
        let old = team(dialect, definitions, |_| ());
        for (name, edit, produced, consumed) in edits {
            let new = team(dialect, definitions, edit);
            let produce = judge(Direction::Produce, &old, &new);
            assert_eq!(rules(&produce), *produced, "{dialect}: {name}, produced");
            let consume = judge(Direction::Consume, &old, &new);
            assert_eq!(rules(&consume), *consumed, "{dialect}: {name}, consumed");
            for report in [&produce, &consume] {
                assert!(report.open.is_empty(), "{dialect}: {name}: {report:?}");
                let breaks = report.findings.iter().any(Finding::breaks);
                assert_eq!(report.outcome() == Outcome::Breaking, breaks);
            }
        }
    }
}

#[test]
fn what_a_draft_says_holds() {
    // Beside a reference, older drafts see nothing; newer ones do.
    let beside = |dialect: &str, definitions: &str, most: u32| {
        json!({
            "$schema": dialect,
            "properties": { "n": { "$ref": format!("#/{definitions}/n"), "maximum": most } },
            definitions: { "n": { "type": "integer" } }
        })
    };
    for (dialect, definitions) in DIALECTS {
        let [old, new] = [9, 7].map(|most| beside(dialect, definitions, most));
        let report = judge(Direction::Both, &old, &new);
        let sees = *definitions == "$defs";
        assert_eq!(report.outcome() == Outcome::Breaking, sees, "{dialect}: {report:?}");
    }
    let bound = |exclusive: bool| json!({ "$schema": DIALECTS[0].0, "minimum": 1, "exclusiveMinimum": exclusive });
    let report = judge(Direction::Consume, &bound(false), &bound(true));
    assert_eq!(report.outcome(), Outcome::Breaking, "{report:?}");
    let shown = report.findings[0].breaking_delivery.as_ref().expect("one");
    assert_eq!(shown.delivery, 1);
}

#[test]
fn each_document_is_read_in_its_draft_or_in_that_of_the_other() {
    let of = |dialect: &str| json!({ "$schema": dialect, "type": "string" });
    let gate = Gate::new(Layout::Whole);
    let asked = |gate: &Gate, old: &Value, new: &Value| {
        let old = Release::new("old", source("old.json", old));
        gate.judge(&Document::from(source("new.json", new)), old).map(|report| report.outcome())
    };
    let (first, last) = (of(DIALECTS[0].0), of(DIALECTS[4].0));
    assert_eq!(asked(&gate, &first, &last).unwrap(), Outcome::Additive);
    let told = asked(&gate, &first, &of("http://other.example")).expect_err("none").to_string();
    assert!(told.contains("is no draft that is known here"), "{told}");
    assert_eq!(asked(&gate, &first, &json!({ "type": "string" })).unwrap(), Outcome::Additive);
    let mut chosen = gate.clone();
    chosen.draft = Some(Draft::Draft202012);
    assert_eq!(asked(&chosen, &last, &last).unwrap(), Outcome::Additive);
}

#[test]
fn nothing_is_said_of_event_types() {
    let schema = |most: u32| json!({ "properties": { "n": { "maximum": most } } });
    let new = Document::from(source("new.json", &schema(7)));
    let old = Release::new("old", source("old.json", &schema(9)));
    let reports = [Gate::new(Layout::Whole).judge(&new, old).unwrap()];
    let summary = Summary::new(&new, &reports);
    for format in [Format::Human, Format::Markdown, Format::Github] {
        let mut style = Style::new(format);
        style.proofs = true;
        let text = render(&summary, &style);
        assert!(!text.contains("envelope") && !text.contains("event type"), "{format:?}: {text}");
    }
}

/// A field that all branches require may lead back to the choice.
#[test]
fn a_choice_may_lead_back_to_itself() {
    for keyword in ["anyOf", "oneOf"] {
        let branch =
            json!({ "type": "object", "properties": { "a": { "$ref": "#" } }, "required": ["a"] });
        let other = json!({ "type": "object", "properties": { "a": { "enum": ["x"] } }, "required": ["a"] });
        let old = json!({ keyword: [branch, other] });
        let report = judge(Direction::Both, &old, &json!({ "type": "string" }));
        assert_eq!(report.outcome(), Outcome::Breaking);
        assert_ne!(
            judge(Direction::Both, &old, &json!({ keyword: [other, branch] })).outcome(),
            Outcome::Breaking
        );
    }
}

/// In more ways than anybody can wait for.
#[test]
fn definitions_may_all_lead_to_each_other() {
    let schema = |longest: u32| {
        let definition = |number: u32| {
            let others = (0..9).filter(|other| *other != number);
            let mut branches: Vec<_> =
                others.map(|other| json!({ "$ref": format!("#/$defs/{other}") })).collect();
            branches.push(json!({ "type": "string", "maxLength": number.max(longest) }));
            (number.to_string(), json!({ "anyOf": branches }))
        };
        let definitions: serde_json::Map<_, _> = (0..9).map(definition).collect();
        json!({ "properties": { "a": { "$ref": "#/$defs/0" } }, "$defs": definitions })
    };
    assert_ne!(judge(Direction::Both, &schema(3), &schema(20)).outcome(), Outcome::Additive);
}

/// What is closed promises that nothing is added.
#[test]
fn a_field_that_is_added_to_a_closed_object_is_named() {
    let object = |fields: &[&str], closed: &Value| {
        let fields = fields.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" })));
        let mut object =
            json!({ "type": "object", "properties": fields.collect::<serde_json::Map<_, _>>() });
        object.as_object_mut().unwrap().extend(closed.as_object().unwrap().clone());
        json!({ "properties": { "x": { "items": object } } })
    };
    let closings = [
        (json!({ "additionalProperties": false }), "closed-field-added"),
        (json!({ "patternProperties": { "^a$": {}, ".": false } }), "closed-field-added"),
        (json!({}), "field-added"),
        (json!({ "additionalProperties": { "type": "string" } }), "field-added"),
    ];
    for (closed, rule) in closings {
        let [old, new] = [object(&["a"], &closed), object(&["a", "b", "c"], &json!({}))];
        let found = judge(Direction::Produce, &old, &new);
        let is_closed = rule == "closed-field-added";
        let of_fields = found.findings.iter().filter(|it| it.rule().id == rule).count();
        assert_eq!(of_fields, 2, "{closed} {:?}", rules(&found));
        let shown = found
            .findings
            .iter()
            .filter(|it| it.rule().id == rule && it.breaking_delivery.is_some());
        assert_eq!(shown.count(), if is_closed { 2 } else { 0 }, "{closed}");
        assert_eq!(judge(Direction::Consume, &old, &new).outcome(), Outcome::Additive, "{closed}");
    }
}

#[test]
fn a_field_that_moved_to_another_object_is_told_as_such() {
    let of = |mail_of_user: Value, mail: Value| {
        let nested =
            json!({ "type": "array", "items": { "type": "object", "properties": mail_of_user } });
        let mut fields = json!({ "users": nested });
        fields.as_object_mut().unwrap().extend(mail.as_object().unwrap().clone());
        json!({ "type": "object", "properties": fields })
    };
    let mail = json!({ "mail": { "type": "string", "maxLength": 9 } });
    let (inside, outside) = (of(mail.clone(), json!({})), of(json!({}), mail.clone()));
    let told = |old: &Value, new: &Value| {
        let report = judge(Direction::Produce, old, new);
        let told = report.findings.iter().map(|it| format!("{} {}", it.rule().id, it.change.what));
        told.collect::<Vec<_>>()
    };
    let moved = ["field-moved /users/*/mail -> /mail", "field-added mail"];
    assert_eq!(told(&inside, &outside), moved);
    let moved = ["field-added users/*/mail", "field-moved /mail -> /users/*/mail"];
    assert_eq!(told(&outside, &inside), moved);
    // Of another description it is another field.
    let other = json!({ "mail": { "type": "integer" } });
    assert_eq!(told(&inside, &of(json!({}), other))[0], "field-removed users/*/mail");
}
