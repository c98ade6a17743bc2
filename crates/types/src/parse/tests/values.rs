//! What each kind of constraint takes, at any depth, and where it says that something is wrong.

use crate::parse::number::scan;
use crate::parse::pattern::Pattern;
use crate::parse::sink::Values;
use crate::parse::vocabulary::*;

const ZERO: Bound = Bound { value: 0.0, decimal: "0", exclusive: false };
const TENTH: Bound = Bound { value: 0.1, decimal: "0.1", exclusive: false };
const ONE: Bound = Bound { value: 1.0, decimal: "1", exclusive: true };
const TEXT: Constraint = Constraint::Text;
const SMALL: Constraint = Constraint::Integer { minimum: -1, maximum: 9 };
const SHARE: Constraint = Constraint::Float { minimum: Some(ZERO), maximum: Some(ONE) };
const PATTERNS: &[Pattern] = &[];
const SHORT: Constraint =
    Constraint::LimitedText(&TextLimits { minimum: 1, maximum: Some(2), patterns: PATTERNS });
const FROM_TWO: Constraint =
    Constraint::LimitedText(&TextLimits { minimum: 2, maximum: None, patterns: PATTERNS });
const EVEN: Constraint = Constraint::WideInteger(&IntegerLimits {
    minimum: Some(-4),
    maximum: None,
    multiple_of: Some(2),
});
const TENTHS: Constraint =
    Constraint::Steps(&Steps { minimum: Some(TENTH), maximum: None, multiple_of: "0.1" });
const LITERALS: Constraint =
    Constraint::OneOf(&[Literal::Boolean(true), Literal::Integer(7), Literal::Text("seven")]);
const FALSE: Constraint = Constraint::OneOf(&[Literal::Boolean(false)]);
const PAIRS: Constraint = Constraint::Array(&Array { items: SMALL, minimum: 1, maximum: Some(2) });
const LISTS: Constraint = Constraint::Array(&Array { items: PAIRS, minimum: 0, maximum: None });
const MAP: Constraint = Constraint::Map(&SMALL);
const MAP_OF_LISTS: Constraint = Constraint::Map(&PAIRS);
const OPEN_MAP: Constraint = Constraint::Map(&Constraint::Any);

static POINT: Shape = Shape::new(
    &[Field::required("x", SMALL, 0), Field::optional("label", TEXT, 0)],
    &[head("x"), head("label")],
);
static NAMED: Shape = Shape::new(
    &[Field::required("kind", TEXT, 0), Field::required("name", SHORT, 0)],
    &[head("kind"), head("name")],
);
const OBJECT: Constraint = Constraint::Object(&POINT);
const POINTS: Constraint = Constraint::Array(&Array { items: OBJECT, minimum: 0, maximum: None });
const TAGGED: Constraint =
    Constraint::Tagged(&Tagged { tag: "kind", branches: &[("point", &POINT), ("named", &NAMED)] });
const BY_TYPE: Constraint = Constraint::ByType(&ByType {
    null: true,
    boolean: Some(FALSE),
    number: Some(SMALL),
    string: Some(SHORT),
    array: Some(PAIRS),
    object: Some(OBJECT),
});
const NONE: Constraint = Constraint::ByType(&ByType {
    null: false,
    boolean: None,
    number: None,
    string: None,
    array: None,
    object: None,
});
const ANY_OF: Constraint =
    Constraint::Untagged(&Untagged { alternatives: &[SHORT, FROM_TWO, SMALL], exactly_one: false });
const ONE_OF: Constraint =
    Constraint::Untagged(&Untagged { alternatives: &[SHORT, FROM_TWO, SMALL], exactly_one: true });

/// A constraint, what it takes, and what it does not.
const CASES: &[(Constraint, &[&str], &[&str])] = &[
    (Constraint::Any, &["1", "\"\"", "null", "true", "[{}]", "{\"a\":[]}"], &[]),
    (Constraint::Null, &["null"], &["true", "false", "0", "\"null\"", "[]", "{}"]),
    (Constraint::Boolean, &["true", "false"], &["null", "0", "\"true\"", "[]", "{}"]),
    (TEXT, &["\"\"", "\"\\n\"", "\"\u{fc}\""], &["null", "true", "0", "[]", "{}"]),
    (
        SHORT,
        &["\"a\"", "\"ab\"", "\"\\u00fc\u{fc}\"", "\"\u{fc}\u{fc}\""],
        &["\"\"", "\"abc\"", "\"\\n\u{fc}c\"", "1"],
    ),
    (FROM_TWO, &["\"ab\"", "\"\\n\u{fc}c\""], &["\"\"", "\"a\"", "\"\\n\"", "null"]),
    (SMALL, &["-1", "0", "9", "9.0", "90e-1"], &["-2", "10", "0.5", "\"1\"", "null", "true"]),
    (EVEN, &["-4", "0", "2.0", "1e40"], &["-6", "1", "-3", "2.5", "\"2\"", "[]"]),
    (SHARE, &["0", "-0", "0.999", "1e-400"], &["1", "-1e-400", "1.0", "true", "\"0\"", "{}"]),
    (TENTHS, &["0.1", "0.3", "7", "1e3"], &["0", "-0.1", "0.25", "0.05", "\"0.1\"", "null"]),
    (
        LITERALS,
        &["true", "7", "7.0", "\"seven\"", "\"\\u0073even\""],
        &["false", "null", "8", "\"7\"", "\"\"", "[7]", "{}"],
    ),
    (FALSE, &["false"], &["true", "null", "0"]),
    (
        PAIRS,
        &["[1]", "[1,2]", "[ 1 , 2 ]", "[\n1]"],
        &["[]", "[1,2,3]", "[10]", "[1,10]", "[\"1\"]", "{}", "1", "null"],
    ),
    (
        LISTS,
        &["[]", "[ ]", "[[1],[1,2]]", "[[1] , [2]]"],
        &["[[]]", "[[1],[]]", "[[1],2]", "[[1],{}]"],
    ),
    (
        POINTS,
        &["[]", "[{\"x\":1}]", "[{\"x\":1},{\"x\":2,\"more\":[{}]}]"],
        &["[{}]", "[{\"x\":1},{}]", "[{\"x\":1},1]", "[null]"],
    ),
    (
        MAP,
        &["{}", "{\"a\":1}", "{ \"a\" : 1 , \"b\":2}", "{\"a\":1,\"a\":2}"],
        &["{\"a\":10}", "{\"a\":1,\"b\":\"\"}", "{\"a\":null}", "[]", "1"],
    ),
    (OPEN_MAP, &["{}", "{\"a\":[{}],\"b\":null}"], &["[]", "null", "\"\"", "0"]),
    (
        OBJECT,
        &["{\"x\":1}", "{ \"label\" : \"l\" , \"x\" : 1 }", "{\"y\":{},\"x\":1}"],
        &[
            "{}",
            "{\"label\":\"l\"}",
            "{\"x\":10}",
            "{\"x\":1,\"x\":1}",
            "{\"x\":1,\"label\":1}",
            "[]",
            "null",
            "\"x\"",
        ],
    ),
    (
        TAGGED,
        &[
            "{\"kind\":\"point\",\"x\":1}",
            "{\"x\":1,\"kind\":\"point\"}",
            "{\"kind\":\"named\",\"name\":\"n\"}",
            "{\"kind\":\"other\"}",
            "{\"x\":\"?\",\"kind\":\"other\",\"x\":[]}",
        ],
        &[
            "{}",
            "{\"x\":1}",
            "{\"kind\":1,\"x\":1}",
            "{\"kind\":\"point\"}",
            "{\"kind\":\"named\",\"x\":1}",
            "{\"kind\":\"named\",\"name\":\"\"}",
            "{\"kind\":\"named\",\"kind\":\"named\",\"name\":\"n\"}",
            "{\"kind\":\"other\",\"kind\":\"other\"}",
            "{\"kind\":\"other\",\"kind\":\"point\"}",
            "[]",
            "\"point\"",
        ],
    ),
    (
        BY_TYPE,
        &["null", "false", "9", "\"ab\"", "[1]", "{\"x\":1}"],
        &["true", "10", "\"abc\"", "[]", "{}"],
    ),
    (NONE, &[], &["null", "true", "false", "1", "\"\"", "[]", "{}"]),
    (ANY_OF, &["\"a\"", "\"ab\"", "\"abc\"", "1"], &["\"\"", "10", "null", "[]"]),
    (ONE_OF, &["\"a\"", "\"abc\"", "1"], &["\"\"", "\"ab\"", "10", "null", "[]"]),
];

fn judge<'a>(
    json: &'a str,
    constraint: &'static Constraint,
    open: u32,
) -> Result<&'a [u8], Fault<'a>> {
    Reader::new(json.as_bytes(), Extent::Whole).value::<u64>(json.as_bytes(), constraint, open)
}

#[test]
fn a_value_is_taken_by_its_constraint() {
    for (constraint, taken, refused) in CASES {
        for json in *taken {
            let followed = format!("{json},next");
            let Ok(rest) = judge(&followed, constraint, 3) else {
                panic!("{constraint:?} takes {json}")
            };
            assert_eq!(rest, b",next", "{constraint:?}: {json}");
        }
        for json in *refused {
            let Err(fault) = judge(json, constraint, 3) else {
                panic!("{constraint:?} refuses {json}")
            };
            let told = matches!(
                fault.reason,
                Reason::Value(_) | Reason::Missing(_) | Reason::Duplicate(_) | Reason::Length(..)
            );
            assert!(told, "{constraint:?}: {json}: {:?}", fault.reason);
        }
    }
}

#[test]
fn what_is_no_json_is_that_for_every_constraint() {
    let written = CASES.iter().flat_map(|(_, taken, refused)| taken.iter().chain(*refused));
    let texts: Vec<&str> = written.copied().collect();
    for (constraint, ..) in CASES {
        for json in texts.iter().filter(|json| json.len() > 1) {
            let number = scan(json.as_bytes()).is_ok();
            for end in (1..json.len()).filter(|end| !number && json.is_char_boundary(*end)) {
                assert!(judge(&json[..end], constraint, 3).is_err(), "{}", &json[..end]);
            }
        }
    }
    for (constraint, json) in [
        (&PAIRS, "[,1]"),
        (&PAIRS, "[1,]"),
        (&PAIRS, "[1 2]"),
        (&PAIRS, "[1;2]"),
        (&PAIRS, "[1,2}"),
        (&MAP, "{,\"a\":1}"),
        (&MAP, "{\"a\":1,}"),
        (&MAP, "{\"a\":1 \"b\":2}"),
        (&MAP, "{\"a\" 1}"),
        (&MAP, "{a:1}"),
        (&TAGGED, "{\"kind\":\"other\",}"),
        (&TAGGED, "{,\"kind\":\"other\"}"),
        (&TEXT, "nul"),
        (&TEXT, "[}"),
        (&Constraint::Null, "\"\\x\""),
        (&Constraint::Null, "-"),
        (&ANY_OF, "[1,]"),
    ] {
        let Err(fault) = judge(json, constraint, 3) else { panic!("{json} is no JSON") };
        assert!(matches!(fault.reason, Reason::Syntax(_)), "{json}: {:?}", fault.reason);
    }
}

#[test]
fn as_many_containers_may_be_open_for_every_constraint() {
    for (constraint, json, depth) in [
        (&Constraint::Any, "[]", 1),
        (&Constraint::Any, "{\"a\":[]}", 2),
        (&PAIRS, "[1]", 1),
        (&LISTS, "[[1]]", 2),
        (&POINTS, "[{\"x\":1}]", 2),
        (&MAP, "{\"a\":1}", 1),
        (&MAP_OF_LISTS, "{\"a\":[1]}", 2),
        (&OPEN_MAP, "{\"a\":{}}", 2),
        (&POINTS, "[{\"x\":1,\"y\":[]}]", 3),
        (&OBJECT, "{\"x\":1}", 1),
        (&OBJECT, "{\"x\":1,\"y\":[{}]}", 3),
        (&TAGGED, "{\"kind\":\"point\",\"x\":1}", 1),
        (&TAGGED, "{\"y\":[],\"kind\":\"other\"}", 2),
        (&BY_TYPE, "[1]", 1),
        (&BY_TYPE, "{\"x\":1}", 1),
    ] {
        assert!(judge(json, constraint, MAX_DEPTH - depth).is_ok(), "{json}");
        let Err(fault) = judge(json, constraint, MAX_DEPTH - depth + 1) else {
            panic!("{json} is too deep")
        };
        assert!(matches!(fault.reason, Reason::Depth), "{json}: {:?}", fault.reason);
    }
}

#[test]
fn a_field_is_kept_where_it_belongs() {
    for (constraint, json) in [
        (SHORT, "\"\\n\""),
        (TEXT, "\"ab\""),
        (PAIRS, "[1, 2]"),
        (LITERALS, "7"),
        (OBJECT, "{\"x\":1}"),
    ] {
        let field: &'static Field = Box::leak(Box::new(Field::required("key", constraint, 0)));
        let followed = format!("{json} ,next");
        let rest = &followed.as_bytes();
        let mut values = Values::<1, 1, 1, 1, 1>::default();
        let mut reader = Reader::new(rest, Extent::Whole);
        let Ok(rest) = reader.field::<u64, _>(&mut values, rest, field, 3) else {
            panic!("{json}")
        };
        assert_eq!(rest, b" ,next");
        match constraint {
            Constraint::Text | Constraint::LimitedText(_) => {
                assert_eq!(values.text(0).raw(), &json[1..json.len() - 1]);
            }
            _ => assert_eq!(values.json(0), json.as_bytes()),
        }
    }
}
