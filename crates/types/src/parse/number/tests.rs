//! Numbers as they are written: exact integers, bounds, and the nearest floats.

use super::*;

fn number(text: &str) -> Number<'_> {
    let Ok((number, rest)) = scan(text.as_bytes()) else { panic!("{text} is a number") };
    assert!(rest.is_empty(), "{text}");
    number
}

#[test]
fn integers_are_exact() {
    let max = (1 << 53) - 1;
    let integer = |text: &str| number(text).integer(0, max);
    for (text, value) in [
        ("0", 0),
        ("-0", 0),
        ("-0.0", 0),
        ("0e999999", 0),
        ("0e-999999", 0),
        ("0.000e99999999999999999999999", 0),
        ("1745800000000", 1_745_800_000_000),
        ("1745800000000.0", 1_745_800_000_000),
        ("17458e8", 1_745_800_000_000),
        ("17458E+8", 1_745_800_000_000),
        ("0.17458e13", 1_745_800_000_000),
        ("1745800000000000e-3", 1_745_800_000_000),
        ("1e3", 1000),
        ("1.5e1", 15),
        ("9007199254740991", max),
        ("9007199254740991.000000000000000000000000", max),
    ] {
        assert_eq!(integer(text), Some(value), "{text}");
    }
    for text in [
        "-1",
        "0.5",
        "1745800000000.0000000001",
        "9007199254740992",
        "9007199254740990.99999999999999999999",
        "18446744073709551615",
        "18446744073709551616",
        "18446744073709551617",
        "36893488147419103232",
        "1e-400",
        "1e-1",
        "1e16",
        "1e30",
        "1e308",
        "1.05e1",
    ] {
        assert_eq!(integer(text), None, "{text}");
    }
    let zeros = "0".repeat(5000);
    assert_eq!(integer(&format!("1{zeros}e-5000")), Some(1));
    assert_eq!(integer(&format!("0.{zeros}1e5001")), Some(1));
}

#[test]
fn bounds_compare_exactly() {
    let bound = |decimal: &'static str, exclusive| {
        Some(Bound { value: decimal.parse().expect("a number"), decimal, exclusive })
    };
    let progress = |text: &str| number(text).float(bound("0", false), bound("1", false)).is_some();
    for text in [
        "0",
        "-0",
        "-0.0",
        "0e5",
        "-0e-999999",
        "1",
        "1.0",
        "10e-1",
        "0.01e2",
        "1e-400",
        "0.9999999999999999999",
    ] {
        assert!(progress(text), "{text}");
    }
    for text in [
        "1.0000000000000001",
        "-1e-400",
        "-1e-9999999999999999999999",
        "1.1",
        "2",
        "-1",
        "100e-1",
        "10",
        "1e300",
    ] {
        assert!(!progress(text), "{text}");
    }
    let open = |text: &str| number(text).float(bound("0.1", true), bound("0.3", true)).is_some();
    assert!(open("0.10000000000000000001") && open("0.29999999999999999999") && open("0.2"));
    assert!(
        !open("0.1")
            && !open("0.3")
            && !open("0.09999999999999999999")
            && !open("0.30000000000000000001")
    );
}

#[test]
fn floats_are_the_nearest() {
    for text in [
        "0.42",
        "-0",
        "0.1",
        "1834.56",
        "0.30000000000000004",
        "123456789012345678",
        "9007199254740993",
        "1e23",
        "1e22",
        "5e-324",
        "2.4703282292062327e-324",
        "1.7976931348623157e308",
        "0.8444218515250481",
        "0.13436424411240122",
        "1e-22",
        "1e-23",
        "12345678.12345678",
        "0.000000000000000000000000000000012345",
    ] {
        let expected: f64 = text.parse().expect("a number");
        assert_eq!(
            number(text).float(None, None).map(f64::to_bits),
            Some(expected.to_bits()),
            "{text}"
        );
    }
}

#[test]
fn long_numbers_are_the_nearest() {
    for (digits, point) in [
        ("15", 1),
        ("1", 1),
        ("42", 0),
        ("17976931348623157", 309),
        ("24703282292062327", -323),
        ("24703282292062328", -323),
        ("1", -400),
        ("9007199254740993", 16),
        ("90071992547409930000000000000000000000000001", 16),
    ] {
        let expected: f64 = format!("0.{digits}e{point}").parse().expect("a number");
        for zeros in [999, 65_537, 655_359] {
            let many = "0".repeat(zeros);
            let power = i64::try_from(zeros).expect("small");
            for text in [
                format!("0.{many}{digits}e{}", point + power),
                format!("{digits}{many}e{}", point - power - digits.len() as i64),
                format!("0.{digits}{many}e{point}"),
                format!("{digits}{many}.{many}E{}", point - power - digits.len() as i64),
                format!("0.{digits}{many}1e{point}"),
            ] {
                for (text, expected) in [(format!("-{text}"), -expected), (text, expected)] {
                    let found = number(&text).nearest();
                    // A digit far behind the others decides where these stand half way between two floats.
                    let is_next = text.contains("01e")
                        && (found - expected).abs() <= f64::EPSILON * expected.abs();
                    assert!(
                        found.to_bits() == expected.to_bits() || is_next,
                        "{digits} {point} {zeros}: {found}"
                    );
                }
            }
        }
    }
    for (text, expected) in [
        (format!("0.{}1e99999999999999999999", "0".repeat(70_000)), None),
        (format!("0.{}1e-99999999999999999999", "0".repeat(70_000)), Some(0.0)),
        (format!("0.{}e99999999999999999999", "0".repeat(70_000)), Some(0.0)),
        (format!("1{}", "0".repeat(70_000)), None),
    ] {
        let found = scan(text.as_bytes()).ok().map(|(number, _)| number.nearest());
        assert_eq!(found, expected, "{}", &text[..5]);
    }
}

#[test]
fn grammar() {
    for text in
        ["", "-", ".5", "+1", "1.", "1.e1", "1e", "1e+", "-.5", "e1", "Infinity", "NaN", "-a"]
    {
        assert!(scan(text.as_bytes()).is_err(), "{text}");
    }
    // One number ends here; what follows must not.
    for (text, rest) in
        [("01", "1"), ("-01", "1"), ("0x1", "x1"), ("1.0.0", ".0"), ("1e1.5", ".5"), ("1 ", " ")]
    {
        let Ok((_, tail)) = scan(text.as_bytes()) else { panic!("{text}") };
        assert_eq!(tail, rest.as_bytes(), "{text}");
    }
    for text in ["1e309", "1e400", "-1e400", "1e99999999999999999999", "1.7976931348623159e308"] {
        assert!(scan(text.as_bytes()).is_err(), "{text}");
    }
    assert!(scan("9".repeat(309).as_bytes()).is_err());
    number("1e308");
    number(&"9".repeat(308));
    number(&format!("0.{}e309", "0".repeat(10)));
}
