//! YAML is read as the JSON that it denotes, with the place of each part.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use schema_source::Source;
use serde_json::{Value, json};

fn parse(text: &str) -> Result<Source, String> {
    Source::parse("a.yaml".into(), text.into()).map_err(|errors| errors.to_string())
}

fn value(text: &str) -> Value {
    parse(text).unwrap_or_else(|error| panic!("{text}\n{error}")).value
}

#[test]
fn scalars_are_those_of_the_core_schema() {
    for (text, expected) in [
        ("~", json!(null)),
        ("", json!(null)),
        ("Null", json!(null)),
        ("true", json!(true)),
        ("FALSE", json!(false)),
        ("yes", json!("yes")),
        ("no", json!("no")),
        ("on", json!("on")),
        ("'true'", json!("true")),
        ("\"1\\n\\x41\\u00e9\"", json!("1\nAé")),
        ("12", json!(12)),
        ("+12", json!(12)),
        ("-0012", json!(-12)),
        ("0o17", json!(15)),
        ("0xfF", json!(255)),
        ("1.", json!(1)),
        (".5", json!(0.5)),
        ("1.5e3", json!(1500.0)),
        ("1_000", json!("1_000")),
        ("0b1", json!("0b1")),
        ("1:30", json!("1:30")),
        ("2026-11-28", json!("2026-11-28")),
        ("1.2.3", json!("1.2.3")),
        (".", json!(".")),
        ("e5", json!("e5")),
        ("18446744073709551615", json!(u64::MAX)),
        ("!!str 12", json!("12")),
        ("! 12", json!("12")),
        ("!!float 12", json!(12)),
        ("!!null ~", json!(null)),
        ("^[a-z]+$", json!("^[a-z]+$")),
        ("|\n    a\n    b\n", json!("a\nb\n")),
        (">-\n    a\n    b\n", json!("a b")),
        ("!!seq [1, {200: x, ~: y}]", json!([1, { "200": "x", "~": "y" }])),
    ] {
        let found = value(&format!("a: {text}\n"))["a"].clone();
        let is_same_number = found.as_f64().is_some() && found.as_f64() == expected.as_f64();
        assert!(found == expected || is_same_number, "{text}: {found}");
    }
}

#[test]
fn what_json_cannot_say_is_an_error() {
    for (text, expected) in [
        ("a: .inf", "a.yaml:1:4: `.inf` is no number of JSON"),
        ("a: [-.INF]", "`-.INF` is no number"),
        ("a: .nan", "`.nan` is no number"),
        ("a: 1e999", "`1e999` is no number"),
        ("a: 0.1000000000000000000001", "`a` 0.1000000000000000000001 would be kept as 0.1"),
        ("a: 0xffffffffffffffffffffffffffffffffff", "would be kept as"),
        ("a: -0", "`a` -0 is zero, which has no sign"),
        ("a: -0", "at: /a"),
        ("a: !!int x", "the tag `tag:yaml.org,2002:int` makes no JSON of this"),
        ("a: !Ref x", "the tag `!Ref`"),
        ("a: !!binary aGk=", "the tag"),
        ("a: !!set {x}", "the tag"),
        ("? [1]\n: 2", "a key that is no text"),
        ("a: &x b\n*x : 2", "an alias as a key"),
        ("a: &x [*x]", "the alias stands within what it names"),
        ("a: *x", "not YAML: "),
        (
            "a: 1\nb:\n  c: 2\n  d: 3\n  c: 4",
            "a.yaml:5:3: the key occurs twice in one object: first on line 3\n  at: /b/c",
        ),
        ("a: 1\n'a': 2", "the key occurs twice in one object: first on line 1"),
        ("b: &x {c: 1}\na:\n  <<: *x", "a.yaml:3:3: `<<` does not merge in YAML 1.2"),
        ("a: 1\n---\nb: 2", "a.yaml:2:1: a second document begins here"),
        ("", "the file is empty"),
        ("# nothing\n", "the file is empty"),
        ("a: b: c", "a.yaml:1:5: not YAML: "),
        ("a: [1", "not YAML: "),
        ("\u{feff}a: [1", "not YAML: "),
    ] {
        let error = parse(text).expect_err(text);
        assert!(error.contains(expected), "{text}\n{error}");
    }
}

#[test]
fn a_small_file_says_no_large_value() {
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..20 {
        let below = format!("*a{}", level - 1);
        writeln!(bomb, "a{level}: &a{level} [{}]", [&*below; 9].join(", ")).unwrap();
    }
    assert!(parse(&bomb).unwrap_err().contains(" more than 100000 values"));
    let nest = (0..120).fold(String::new(), |nest, level| format!("{nest}&a{level} ["));
    let wide = format!("a: {nest}{}{}", "1, ".repeat(2000), "]".repeat(120));
    assert!(parse(&wide).unwrap_err().contains("anchors name more than 100000 values"));
    let mut long = "a0: &a0 [1]\n".to_owned();
    for level in 1..200 {
        writeln!(long, "a{level}: &a{level} [*a{}]", level - 1).unwrap();
    }
    assert!(parse(&long).unwrap_err().contains("nested more than 128 deep"));
    for open in ["[", "{a: ", "- ", "? "] {
        let deep = open.repeat(100_000);
        assert!(parse(&deep).is_err(), "{open}");
    }
    let deep = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&deep(128)).is_ok());
    assert!(parse(&deep(129)).unwrap_err().contains("nested more than 128 deep"));
}

#[test]
fn parts_have_their_places() {
    let text = "# é\ntype: object\nproperties: # ü\n  é:\n    enum: [a, 'b']\n  x: &x\n    type: string\n    $comment: |\n      long\n\n  y: *x\nlast: 1\n";
    let source = parse(text).unwrap();
    let part = |pointer: &str| &text[source.span(pointer)];
    assert_eq!(part("/type"), "type: object");
    assert_eq!(part("/properties/é"), "é:\n    enum: [a, 'b']");
    assert_eq!(part("/properties/é/enum"), "enum: [a, 'b']");
    assert_eq!(part("/properties/é/enum/1"), "'b'");
    assert_eq!(part("/properties/x/type"), "type: string");
    // Of what an alias stands for, the alias.
    assert_eq!(part("/properties/y/type"), "y: *x");
    assert_eq!(part("/last"), "last: 1");
    let error = source.error("/properties/é/enum/1", "wrong", "mend it");
    assert_eq!((error.line, error.column), (5, 15));
}

/// JSON is YAML, but for what no schema of ours has.
#[test]
fn json_reads_the_same_as_yaml() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema");
    let mut count = 0;
    let mut work = vec![root];
    while let Some(path) = work.pop() {
        if path.is_dir() {
            work.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|it| it == "json") {
            let text = fs::read_to_string(&path).unwrap();
            // Half a pair of surrogates is no character of YAML.
            if text.to_lowercase().contains("\\ud8") {
                continue;
            }
            let json = Source::parse(PathBuf::from("a.json"), text.clone()).unwrap();
            let yaml = parse(&text).unwrap();
            assert_eq!(json.value, yaml.value, "{}", path.display());
            same_places(&json, &yaml, &json.value, "");
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

fn same_places(json: &Source, yaml: &Source, value: &Value, pointer: &str) {
    if !pointer.is_empty() {
        assert_eq!(json.span(pointer), yaml.span(pointer), "{pointer}");
    }
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let below = format!("{pointer}/{}", schema_source::escape_token(key));
                same_places(json, yaml, member, &below);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                same_places(json, yaml, item, &format!("{pointer}/{index}"));
            }
        }
        _ => {}
    }
}
