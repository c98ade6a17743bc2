//! Objects in objects: the work for a delivery grows with its length, whatever is wrong with it.

use std::cell::Cell;

use crate::parse::*;

static NODE: Shape = Shape::new(
    &[
        Field::required("name", Constraint::Text, 0),
        Field::optional("child", Constraint::Object(&NODE), 1),
        Field::optional("children", Constraint::Array(&NODES), 2),
        Field::optional("either", Constraint::ByType(&EITHER), 3),
        Field::optional("kind", Constraint::OneOf(KINDS), 4),
    ],
    &[head("name"), head("child"), head("children"), head("either"), head("kind")],
)
.with_lines(Lines { compact, spaced: line::<true> });

const KINDS: &[Literal] = &[Literal::Text("leaf"), Literal::Text("root")];

static ROOT: Constraint = Constraint::Object(&NODE);

static NODES: Array = Array { items: Constraint::Object(&NODE), minimum: 0, maximum: None };

static EITHER: ByType = ByType {
    null: true,
    boolean: None,
    number: None,
    string: None,
    array: Some(Constraint::Array(&NODES)),
    object: Some(Constraint::Object(&NODE)),
};

thread_local! {
    static OBJECTS: Cell<usize> = const { Cell::new(0) };
}

fn compact<'a>(
    reader: &mut Reader<'a>,
    sink: &mut Slots<'_, 'a>,
    at: &'a [u8],
    open: u32,
) -> (u64, &'a [u8]) {
    OBJECTS.set(OBJECTS.get() + 1);
    assert!(OBJECTS.get() < 1_000, "there are fewer objects: some are judged again and again");
    line::<false>(reader, sink, at, open, 0)
}

fn line<'a, const SPACED: bool>(
    reader: &mut Reader<'a>,
    sink: &mut Slots<'_, 'a>,
    at: &'a [u8],
    open: u32,
    seen: u64,
) -> (u64, &'a [u8]) {
    let from = if SPACED { end(seen) } else { 0 };
    let (seen, at) = if from > 0 {
        (seen, at)
    } else {
        match reader.literal_string::<SPACED>(sink, at, b"\"name\":\"", Place(0)) {
            Some(at) => (seen | 1, at),
            None => return (seen, at),
        }
    };
    let mut passed = (seen, at);
    for position in from.max(1)..4 {
        let (seen, at) = passed;
        let field = &NODE.fields[position];
        let rest = match position {
            1 => {
                let child = (&NODE, Place(1));
                reader.literal_object::<SPACED, u32>(sink, at, b",\"child\":{", child, open)
            }
            2 => reader.literal_value::<SPACED, u32>(sink, at, b",\"children\":", field, open),
            _ => reader.literal_value::<SPACED, u32>(sink, at, b",\"either\":", field, open),
        };
        if let Some(at) = rest {
            passed = (seen | 1 << position, at);
        }
    }
    let (seen, at) = passed;
    let find = |at| after(at, b"leaf\"").or_else(|| after(at, b"root\"")).map(|at| ((), at));
    match reader.literal_known::<SPACED>(sink, at, b",\"kind\":\"", find, Place(4)) {
        Some(at) if from < 5 => (seen | 16, at),
        _ => passed,
    }
}

/// The ways in which a node holds another one.
const WAYS: [(&str, &str); 8] = [
    (r#"{"name":"n","child":"#, "}"),
    (r#"{"name":"n","children":["#, "]}"),
    (r#"{"name":"n","either":"#, "}"),
    (r#"{"name":"n","either":["#, "]}"),
    (r#"{"name":"n","child": "#, "}"),
    (r#"{"child":"#, r#","name":"n"}"#),
    (r#"{"name":"n","x":1,"children":[{"name":""},"#, "]}"),
    (r#"{"name":"\u006e","chil\u0064":"#, "}"),
];

/// Half of what a thread has by default, and the code here is not optimised.
const STACK: usize = 1 << 20;

#[test]
fn no_object_is_judged_twice_whatever_is_wrong_deep_inside() {
    let judge = std::thread::Builder::new().stack_size(STACK).spawn(judge_all);
    judge.expect("a thread").join().expect("it ends well");
}

fn judge_all() {
    let innermost = [
        (r#"{"name":"n"}"#, true),
        (r#"{ "name" : "n" }"#, true),
        (r#"{"name":1}"#, false),
        (r#"{"name":"n","name":"n"}"#, false),
        (r#"{"name":"n","children":[1]}"#, false),
        (r#"{"name":"n","either":[0]}"#, false),
        (r#"{"name":"n","child":null}"#, false),
        (r#"{"name":"n","child":{}"#, false),
        (",", false),
        ("}", false),
        ("1", false),
        ("[", false),
    ];
    for (at, one) in WAYS.iter().enumerate() {
        for other in &WAYS[at..] {
            for (inner, is_valid) in innermost {
                for pairs in [1, 15, 70] {
                    let before = format!("{}{}", one.0, other.0).repeat(pairs);
                    let after = format!("{}{}", other.1, one.1).repeat(pairs);
                    let json = format!("{before}{inner}{after}");
                    OBJECTS.set(0);
                    let verdict = value::<u32>(json.as_bytes(), &ROOT);
                    let is_deep = before.matches(['{', '[']).count() > 126;
                    assert_eq!(verdict.is_ok(), is_valid && !is_deep, "{json}: {verdict:?}");
                    let objects = json.matches('{').count();
                    assert!(OBJECTS.get() <= objects, "{} of {objects}: {json}", OBJECTS.get());
                }
            }
        }
    }
}

/// Members of a node, and what is true of each: whether it is a name, a child, or neither, and whether its value is fine.
const MEMBERS: [(&str, &str, &str, bool); 11] = [
    ("name", r#""name""#, r#""n""#, true),
    ("name", r#""n\u0061me""#, r#""n""#, true),
    ("name", r#""name""#, "1", false),
    ("child", r#""child""#, r#"{"name":"c"}"#, true),
    ("child", r#""child""#, "{}", false),
    ("children", r#""children""#, r#"[{"x":[],"name":"c"}]"#, true),
    ("kind", r#""kind""#, r#""root""#, true),
    ("kind", r#""kind""#, r#""roof""#, false),
    ("", r#""more""#, r#""m""#, true),
    ("", r#""nam""#, r#"{"name":1}"#, true),
    ("", r#""é""#, "0.5", true),
];

/// What stands before a member, before its key, and after its colon.
const LAYOUTS: [(&str, &str, &str); 5] =
    [("", "", ""), ("", " ", " "), ("\n", "\n    ", " "), ("\t", "  ", "  "), ("", "", " ")];

#[test]
fn members_may_come_in_any_order_and_layout() {
    let none = [None];
    let some = || none.into_iter().chain((0..MEMBERS.len()).map(Some));
    let all = some()
        .flat_map(|one| some().flat_map(move |two| some().map(move |three| [one, two, three])));
    let mut valid = 0;
    for members in all {
        OBJECTS.set(0);
        let members: Vec<_> = members.into_iter().flatten().map(|at| MEMBERS[at]).collect();
        let count = |field: &str| members.iter().filter(|(name, ..)| *name == field).count();
        let once = ["child", "children", "kind"].iter().all(|field| count(field) <= 1);
        let is_valid = count("name") == 1 && once && members.iter().all(|(.., fine)| *fine);
        valid += usize::from(is_valid);
        for (first, before, after) in LAYOUTS {
            let members = members.iter().enumerate().map(|(at, (_, key, value, _))| {
                let before = if at == 0 { first.to_owned() } else { format!(",{before}") };
                format!("{before}{key}:{after}{value}")
            });
            let node = format!("{{{}}}", members.collect::<String>());
            let around = format!("{{\"more\":[{node}],\"name\":\"n\",\"child\":{node}}}");
            for json in [&node, &around] {
                let verdict = value::<u32>(json.as_bytes(), &ROOT);
                assert_eq!(verdict.is_ok(), is_valid, "{json}: {verdict:?}");
            }
            if is_valid {
                let ([name, child, _, _, kind], rest) =
                    super::super::members::<5>(node.as_bytes(), &NODE, None);
                let is_root = matches!(kind, Slot::Json(br#""root""#));
                assert_eq!(is_root, count("kind") == 1, "{node}: {kind:?}");
                assert!(matches!(name, Slot::Text(_) | Slot::Json(_)), "{node}: {name:?}");
                let is_there = !matches!(child, Slot::Absent);
                assert_eq!((is_there, rest), (count("child") == 1, &b""[..]), "{node}");
            }
        }
    }
    assert!(valid > 50, "{valid}");
}

/// A word of the input is longer than this object.
#[test]
fn the_shortest_object_has_its_member() {
    static POINT: Shape = Shape::new(
        &[
            Field::optional("y", Constraint::Integer { minimum: 0, maximum: 9 }, 0),
            Field::required("x", Constraint::Integer { minimum: 1, maximum: 9 }, 1),
        ],
        &[head("y"), head("x")],
    );
    static POINT_ALONE: Constraint = Constraint::Object(&POINT);
    let json = br#"{"x":5}"#;
    assert!(value::<u32>(json, &POINT_ALONE).is_ok());
    let ([y, x], rest) = members::<2>(json, &POINT, None);
    assert!(matches!((y, x, rest), (Slot::Absent, Slot::Json(b"5"), [])), "{y:?} {x:?} {rest:?}");
}
