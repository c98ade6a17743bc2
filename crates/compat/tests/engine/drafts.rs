//! Two schemas of different drafts: each means what it means in its own.

use schema_compat::{Answer, Draft, Error, Inclusion, Options, Schema};

/// Whether every instance of one is an instance of the other, either way; `None` is undecided.
fn included(one: &str, other: &str, options: &Options) -> Result<[Option<bool>; 2], Error> {
    let [one, other] = [one, other].map(|text| text.parse::<Schema>().unwrap());
    let decide = |subset: &Schema, superset: &Schema| match (Inclusion { subset, superset })
        .decide(options)?
    {
        Answer::Proved(_) => Ok(Some(true)),
        Answer::Refuted(_) => Ok(Some(false)),
        Answer::Undecided(_) => Ok::<_, Error>(None),
    };
    Ok([decide(&one, &other)?, decide(&other, &one)?])
}

fn of(draft: &str, keywords: &str) -> String {
    let dialect = match draft {
        "2019-09" | "2020-12" => format!("https://json-schema.org/draft/{draft}/schema"),
        draft => format!("http://json-schema.org/draft-0{draft}/schema#"),
    };
    format!(r#"{{"$schema": "{dialect}", {keywords}}}"#)
}

#[test]
fn each_keyword_means_what_it_means_in_its_own_draft() {
    let by_value = Options::default().with_zero_fraction_is_integer(true);
    let (yes, no) = (Some(true), Some(false));
    for (one, first, other, second, expected) in [
        (
            "4",
            r#""minimum": 3, "exclusiveMinimum": true"#,
            "7",
            r#""exclusiveMinimum": 3"#,
            [yes, yes],
        ),
        ("4", r#""const": 1"#, "6", r#""const": 1"#, [no, yes]),
        ("4", r#""type": "integer""#, "2020-12", r#""type": "integer""#, [yes, yes]),
        (
            "7",
            r#""items": [{"type": "string"}], "additionalItems": false"#,
            "2020-12",
            r#""prefixItems": [{"type": "string"}], "items": false"#,
            [yes, yes],
        ),
        (
            "7",
            r##""allOf": [{"$ref": "#/definitions/a", "maxLength": 3}], "definitions": {"a": {"type": "string"}}"##,
            "2019-09",
            r##""allOf": [{"$ref": "#/$defs/a", "maxLength": 3}], "$defs": {"a": {"type": "string"}}"##,
            [no, yes],
        ),
        (
            "6",
            r#""if": {"type": "string"}, "then": {"maxLength": 1}"#,
            "7",
            r#""if": {"type": "string"}, "then": {"maxLength": 1}"#,
            [no, yes],
        ),
        ("2019-09", r#""prefixItems": [false]"#, "2020-12", r#""prefixItems": [false]"#, [no, yes]),
        (
            "7",
            r#""dependencies": {"a": ["b"]}"#,
            "2020-12",
            r#""dependentRequired": {"a": ["b"]}"#,
            [yes, yes],
        ),
    ] {
        let (one, other) = (of(one, first), of(other, second));
        assert_eq!(included(&one, &other, &by_value).unwrap(), expected, "{one}\n{other}");
    }
}

#[test]
fn a_draft_that_is_set_counts_for_both_and_a_schema_without_one_has_that_of_the_other() {
    let old = of("4", r#""const": 1"#);
    let new = of("7", r#""const": 1"#);
    let both = Options::default().with_draft(Draft::Draft7);
    assert_eq!(included(&old, &new, &both).unwrap(), [Some(true); 2]);
    let bare = r#"{"const": 1}"#;
    assert_eq!(included(bare, &old, &Options::default()).unwrap(), [Some(true); 2]);
}

#[test]
fn what_an_integer_is_has_to_be_said_where_one_is_draft_4() {
    let (old, new) = (of("4", r#""type": "integer""#), of("7", r#""type": "integer""#));
    for options in [Options::default(), Options::default().with_zero_fraction_is_integer(false)] {
        let error = included(&old, &new, &options).unwrap_err();
        assert!(matches!(error, Error::Drafts), "{error}");
    }
}
