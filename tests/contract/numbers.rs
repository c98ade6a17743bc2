//! Tricky numbers: every path gives the verdict that `fixtures/numbers.txt` lists.

use clip_events::{DurationSeconds, Event, Progress, UnixMillis};
use clip_events_agreement::json::Json;
use clip_events_agreement::paths::Paths;
use clip_events_agreement::{bundle, reference::Reference};
use clip_events_test_support::root;

use crate::delivery_of;

/// Event types with a number in `data`, and its name.
const PROGRESS: (&str, &str) = ("asset.analysis.progress", "progress");
const DURATION: (&str, &str) = ("asset.creation.succeeded", "duration_seconds");

#[test]
fn each_number_is_taken_where_its_exact_value_fits() {
    let table =
        std::fs::read_to_string(root().join("tests/fixtures/numbers.txt")).expect("the table");
    let paths = Paths::default();
    let reference = Reference::new(bundle());
    let mut judged = 0;
    for row in table.lines().filter(|row| !row.starts_with('#')) {
        let cells: Vec<_> = row.split_whitespace().collect();
        let [number, created, progress, duration] = cells[..] else { panic!("four cells: {row}") };
        for ((event_type, field), verdict) in
            [((PROGRESS.0, "created"), created), (PROGRESS, progress), (DURATION, duration)]
        {
            let expected = verdict == "yes";
            let mut delivery = delivery_of(event_type);
            *member(&mut delivery, field) = Json::Literal(number.into());
            // Compact text takes the parser's straight line, spaces its general loop.
            for spaces in [&[""][..], &[" "][..]] {
                let text = delivery.write(spaces);
                assert_eq!(reference.judge(text.as_bytes()).is_ok(), expected, "{field}: {number}");
                paths
                    .agree(text.as_bytes(), expected)
                    .unwrap_or_else(|error| panic!("{field}: {number}: {error}"));
                judged += 1;
            }
        }
        // Alone, a value is judged as it is in its delivery.
        for (name, taken, verdict) in [
            ("UnixMillis", serde_json::from_str::<UnixMillis>(number).is_ok(), created),
            ("Progress", serde_json::from_str::<Progress>(number).is_ok(), progress),
            ("DurationSeconds", serde_json::from_str::<DurationSeconds>(number).is_ok(), duration),
        ] {
            assert_eq!(taken, verdict == "yes", "{name}: {number}");
        }
    }
    assert!(judged > 300, "the table was read");
}

/// A number is stored as the nearest `f64`, ties to even, however many digits it has.
#[test]
fn numbers_are_the_nearest_f64() {
    let (event_type, field) = DURATION;
    let mut delivery = delivery_of(event_type);
    for number in [
        "0.1",
        "1834.56",
        "9007199254740993",
        "9007199254740993.0000000000000001",
        "9007199254740992.9999999999999",
        "2.2250738585072011e-308",
        "2.2250738585072012e-308",
        "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324",
        "1e-400",
        "1.7976931348623157e308",
        "1.797693134862315807e308",
        "123456789012345678901234567890",
        "0.500000000000000166533453693773481063544750213623046875",
        "3.518437208883201171875e13",
        "8.5e22",
        "1e23",
        "7.2057594037927933e16",
    ] {
        *member(&mut delivery, field) = Json::Number(number.into());
        let event = Event::from_slice(delivery.to_string().as_bytes()).expect("a number");
        let kept = serde_json::to_value(&event).expect("JSON")["data"][field].as_f64();
        let nearest: f64 = number.parse().expect("a number");
        assert_eq!(kept.map(f64::to_bits), Some(nearest.to_bits()), "{number}");
    }
}

/// The zeros of a number and its exponent make up for each other, however many there are.
#[test]
fn long_numbers_get_one_verdict() {
    let paths = Paths::default();
    let reference = Reference::new(bundle());
    // Such a delivery takes a debug build a second: each length is tried in one place.
    for (zeros, (event_type, field)) in [(655_359, PROGRESS), (700_000, DURATION)] {
        let many = "0".repeat(zeros);
        for (number, progress, duration) in [
            (format!("0.{many}15e{}", zeros + 1), false, true),
            (format!("0.{many}15e{zeros}"), true, true),
            (format!("1{many}e-{zeros}"), true, true),
            (format!("11{many}e-{zeros}"), false, true),
            (format!("-1{many}e-{zeros}"), false, false),
            (format!("1{many}e-{}", zeros - 309), false, false),
            (format!("0.{many}1e{}", zeros + 310), false, false),
        ] {
            let expected = if field == PROGRESS.1 { progress } else { duration };
            let mut delivery = delivery_of(event_type);
            *member(&mut delivery, field) = Json::Number(number.clone());
            let text = delivery.to_string();
            assert_eq!(reference.judge(text.as_bytes()).is_ok(), expected, "{field}: {zeros}");
            paths
                .agree(text.as_bytes(), expected)
                .unwrap_or_else(|error| panic!("{field}: {}", &error[..200]));
        }
    }
}

/// Every text of up to four characters in place of a number, and every text of three around some digits; followed by a
/// comma, and by a brace.
#[test]
fn every_short_text_is_judged_as_the_reference_does() {
    const MARK: &str = "\"@mark@\"";
    let longer = |texts: &[String]| -> Vec<String> {
        let characters = || "0159.e-+".chars();
        texts
            .iter()
            .flat_map(|text| characters().map(move |character| format!("{text}{character}")))
            .collect()
    };
    let one = longer(&[String::new()]);
    let two = longer(&one);
    let three = longer(&two);
    let four = longer(&three);
    // As long as the numbers that the parser has a fast path for.
    let around = three.iter().flat_map(|text| {
        [format!("{text}7458000000"), format!("17458000000{text}"), format!("0.{text}")]
    });
    let texts: Vec<_> = around.chain([one, two, three.clone(), four].concat()).collect();

    let reference = Reference::new(bundle());
    let mut taken = 0;
    for (event_type, field) in [(PROGRESS.0, "created"), PROGRESS, DURATION] {
        let mut delivery = delivery_of(event_type);
        *member(&mut delivery, field) = Json::Literal(MARK.into());
        let mut deliveries = vec![delivery.to_string()];
        if let Some(Json::Object(members)) = delivery.get_mut("data") {
            // The last one, before a brace.
            members.sort_by_key(|member| member.key.value == field);
            deliveries.push(delivery.to_string());
        }
        for text in deliveries {
            let (before, after) = text.split_once(MARK).expect("the mark");
            for number in &texts {
                let delivery = format!("{before}{number}{after}");
                let expected = reference.judge(delivery.as_bytes()).is_ok();
                assert_eq!(clip_events::judge(delivery.as_bytes()).is_ok(), expected, "{delivery}");
                assert_eq!(Event::from_slice(delivery.as_bytes()).is_ok(), expected, "{delivery}");
                taken += usize::from(expected);
            }
        }
    }
    assert!(taken > 1000, "some of them are numbers: {taken}");
}

/// The value of a declared field of the envelope or of `data`.
fn member<'a>(delivery: &'a mut Json, field: &str) -> &'a mut Json {
    let in_envelope = delivery.get(field).is_some();
    let owner = if in_envelope { Some(delivery) } else { delivery.get_mut("data") };
    owner.and_then(|owner| owner.get_mut(field)).expect("declared")
}
