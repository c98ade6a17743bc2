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
    let large = bound("9007199254740992", false);
    assert!(number("9007199254740992").float(None, large).is_some());
    assert!(number("9007199254740993").float(None, large).is_none());
    assert!(number("9007199254740991").float(large, None).is_none());
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

/// Whether the exact path takes the number that a quick one has taken, as the same value with the same rest.
fn same_as_scanned<'a, T: PartialEq>(
    text: &'a [u8],
    quick: Option<(T, &'a [u8])>,
    exact: impl Fn(&Number<'_>) -> Option<T>,
) -> bool {
    let Some((value, rest)) = quick else { return true };
    scan(text).is_ok_and(|(number, tail)| exact(&number) == Some(value) && tail == rest)
}

/// Each text with every other byte in each place.
fn with_one_byte_changed(text: &str, mut check: impl FnMut(&[u8])) {
    let mut bytes = text.as_bytes().to_vec();
    for at in 0..bytes.len() {
        let before = bytes[at];
        for byte in 0..=u8::MAX {
            bytes[at] = byte;
            check(&bytes);
        }
        bytes[at] = before;
    }
}

const BEHIND: [&str; 4] = [
    ",\"next\":12345678901",
    "}}}}}}}}}}}}}}}}",
    "\n{\"id\":\"1234567890",
    " , \"next\": 12345678",
];

#[test]
fn times_are_read_quickly_as_they_are_exactly() {
    let max = EXACT_INTEGER as i64 - 1;
    for digits in 8..=15 {
        for value in ["123456789012345", "908070605040302", "100000000000000", "999999999999999"] {
            let value = &value[..digits];
            let expected: i64 = value.parse().expect("an integer");
            for behind in BEHIND {
                let text = format!("{value}{behind}");
                for (minimum, maximum, takes) in [
                    (0, max, true),
                    (expected, expected, true),
                    (expected + 1, max, false),
                    (-1, expected - 1, false),
                    (i64::MIN, i64::MAX, true),
                ] {
                    let quick = quick_integer(text.as_bytes(), minimum, maximum);
                    let expected = takes.then_some((expected, behind.as_bytes()));
                    assert_eq!(quick, expected, "{text} in {minimum}..={maximum}");
                }
                with_one_byte_changed(&text[..17], |text| {
                    let quick = quick_integer(text, 0, max);
                    let exact = |number: &Number<'_>| number.integer(0, max);
                    assert!(same_as_scanned(text, quick, exact), "{}", text.escape_ascii());
                });
            }
        }
    }
}

#[test]
fn short_integers_are_read_quickly_as_they_are_exactly() {
    for digits in 1..=7 {
        for value in ["1234567", "9080706", "1000000", "9999999", "0"] {
            let value = &value[..digits.min(value.len())];
            let expected: i64 = value.parse().expect("an integer");
            for behind in BEHIND.iter().flat_map(|behind| [&behind[..1], behind]) {
                let text = format!("{value}{behind}");
                for (minimum, maximum, takes) in [
                    (0, 9_999_999, true),
                    (expected, expected, true),
                    (expected + 1, 9_999_999, false),
                    (-1, expected - 1, false),
                ] {
                    for before in ["", "before: "] {
                        let context = format!("{before}{text}");
                        let rest = &context.as_bytes()[before.len()..];
                        let quick = quick_short_integer(context.as_bytes(), rest, minimum, maximum);
                        let expected = takes.then_some((expected, behind.as_bytes()));
                        assert_eq!(quick, expected, "{text} in {minimum}..={maximum}");
                    }
                }
                with_one_byte_changed(&text[..text.len().min(9)], |text| {
                    let quick = quick_short_integer(text, text, 0, 9_999_999);
                    let exact = |number: &Number<'_>| number.integer(0, 9_999_999);
                    assert!(same_as_scanned(text, quick, exact), "{}", text.escape_ascii());
                });
            }
        }
    }
}

#[test]
fn fractions_are_read_quickly_as_they_are_exactly() {
    let bound = |decimal: &'static str| {
        let value = decimal.parse().expect("a number");
        Some(Bound { value, decimal, exclusive: false })
    };
    for text in ["0.4", "0.42", "0.425", "0.99999", "1.5", "10.25", "12345.6", "123.456", "0.00001"]
    {
        let expected: f64 = text.parse().expect("a number");
        for behind in BEHIND.iter().flat_map(|behind| [&behind[..1], behind]) {
            let text = format!("{text}{behind}");
            for before in ["", "before: "] {
                let context = format!("{before}{text}");
                let rest = &context.as_bytes()[before.len()..];
                for (minimum, maximum, takes) in [
                    (None, None, true),
                    (bound("0"), bound("20000"), true),
                    (bound("20000"), None, false),
                    (None, bound("0"), false),
                ] {
                    let quick = quick_fraction(context.as_bytes(), rest, minimum, maximum);
                    let expected = takes.then_some((expected, behind.as_bytes()));
                    assert_eq!(quick, expected, "{text}");
                }
            }
            with_one_byte_changed(&text[..text.len().min(9)], |text| {
                let exact = |number: &Number<'_>| number.float(None, None);
                let quick = quick_fraction(text, text, None, None);
                assert!(same_as_scanned(text, quick, exact), "{}", text.escape_ascii());
                // A bound is left to the exact path.
                let exact = |number: &Number<'_>| number.float(bound("0"), bound("1"));
                let quick = quick_fraction(text, text, bound("0"), bound("1"));
                assert!(same_as_scanned(text, quick, exact), "{}", text.escape_ascii());
                assert!(quick.is_none_or(|(value, _)| value > 0.0 && value < 1.0));
            });
        }
    }
}

#[test]
fn large_integers_and_steps_are_exact() {
    let limits = |minimum, maximum, multiple_of| IntegerLimits { minimum, maximum, multiple_of };
    let tens = limits(None, None, Some(10));
    let positive = limits(Some(1), None, None);
    let negative = limits(None, Some(-1), None);
    for (text, is_ten, is_positive, is_negative) in [
        ("0", true, false, false),
        ("0.0e9", true, false, false),
        ("1e300", true, true, false),
        ("-1e300", true, false, true),
        ("1", false, true, false),
        ("-1", false, false, true),
        ("10", true, true, false),
        ("10.5", false, false, false),
        ("100000000000000000000001", false, true, false),
        ("100000000000000000000010", true, true, false),
        ("-100000000000000000000010.0", true, false, true),
        ("100000000000000000000010.5", false, false, false),
        ("9223372036854775807", false, true, false),
        ("9223372036854775808", false, true, false),
        ("-9223372036854775808", false, false, true),
        ("-9223372036854775810", true, false, true),
        ("1234567890123456789012345e-5", false, false, false),
        ("1234567890123456789000000e-5", true, true, false),
    ] {
        assert_eq!(number(text).is_within(&tens), is_ten, "{text}");
        assert_eq!(number(text).is_within(&positive), is_positive, "{text}");
        assert_eq!(number(text).is_within(&negative), is_negative, "{text}");
    }
    let sevens = limits(None, None, Some(7));
    for (text, is_multiple) in [("14", true), ("15", false), ("21", true), ("-700e1", true)] {
        assert_eq!(number(text).is_within(&sevens), is_multiple, "{text}");
    }
    assert!(number("1").is_within(&positive) && number("-1").is_within(&negative));
    for (text, divisor, is_multiple) in [
        ("0", "0.1", true),
        ("0.0", "7", true),
        ("0.3", "0.1", true),
        ("0.30", "0.10", true),
        ("0.35", "0.1", false),
        ("0.35", "0.05", true),
        ("0.350000000000000000000000001", "0.05", false),
        ("-1.25", "0.25", true),
        ("0.15", "0.25", false),
        ("0.5", "0.25", true),
        ("1e30", "0.25", true),
        ("1e30", "7", false),
        ("7e30", "7", true),
        ("21", "0.7", true),
        ("22", "0.7", false),
        ("1000", "1e3", true),
        ("1100", "1e3", false),
        ("100", "1e3", false),
        ("12.5", "1.25e1", true),
    ] {
        assert_eq!(number(text).is_multiple_of(divisor), is_multiple, "{text} by {divisor}");
    }
}

#[test]
fn decimals_compare_as_their_values_do() {
    let ordered = [
        "-1e300",
        "-10.5",
        "-10",
        "-9.99",
        "-2",
        "-1.0000000000000001",
        "-1",
        "-1e-400",
        "0",
        "1e-400",
        "0.09",
        "0.1",
        "0.10000000000000000001",
        "0.11",
        "1",
        "1.0000000000000001",
        "9",
        "10",
        "10.01",
        "99",
        "100",
        "1e300",
    ];
    for (at, one) in ordered.iter().enumerate() {
        for (other_at, other) in ordered.iter().enumerate() {
            let order = Decimal::new(one.as_bytes()).cmp(&Decimal::new(other.as_bytes()));
            assert_eq!(order, at.cmp(&other_at), "{one} and {other}");
        }
    }
    for (one, other) in [("0", "-0.00e5"), ("10", "1e1"), ("0.50", "5e-1"), ("-1200", "-12.0E+2")] {
        let order = Decimal::new(one.as_bytes()).cmp(&Decimal::new(other.as_bytes()));
        assert_eq!(order, Ordering::Equal, "{one} and {other}");
    }
}
