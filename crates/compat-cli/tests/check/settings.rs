//! `schema-compat.toml`, and `schema-compat init`.

use std::fs;

use super::{Repository, run_in};

fn init(repository: &Repository) -> (String, i32) {
    run_in(repository.0.path(), "init", &[])
}

#[test]
fn what_is_written_is_what_goes_without() {
    let repository = Repository::new();
    repository.write("a.schema.json", r#"{ "type": "string" }"#);
    repository.commit();
    repository.write("a.schema.json", r#"{ "type": ["string", "null"] }"#);
    let without = repository.check(&[]);
    assert_eq!(without.1, 1);
    assert_eq!(init(&repository), (String::new(), 0));
    assert_eq!(repository.check(&[]), without);
    let (told, code) = init(&repository);
    assert!(code == 3 && told.contains("schema-compat.toml is there already"), "{told}");
    // With what its comments say, it is read as well.
    let path = repository.0.path().join("schema-compat.toml");
    let text = fs::read_to_string(&path).unwrap();
    let lines = text
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|line| line.contains(" = ")).unwrap_or(line));
    let all = lines.collect::<Vec<_>>().join("\n");
    assert_eq!(all.matches("\nbase =").count() + all.matches("\ndraft =").count(), 2, "{all}");
    fs::write(&path, all.replace("origin/main", "HEAD")).unwrap();
    assert_eq!(repository.check(&[]).1, 1);
}

#[test]
fn each_list_has_its_direction_and_options_count_more() {
    let repository = Repository::new();
    for folder in ["sent", "read"] {
        repository.write(&format!("{folder}/a.json"), r#"{ "type": "string" }"#);
    }
    repository.commit();
    repository.git(&["tag", "v1"]);
    repository.write("sent/a.json", r#"{ "type": "string", "minLength": 1 }"#);
    repository.write("read/a.json", r#"{ "type": ["string", "null"] }"#);
    repository.write(
        "schema-compat.toml",
        "base = \"v1\"\naccepted = \"breaks.json\"\n[[schemas]]\npaths = [\"sent\"]\ndirection = \"produce\"\n\
         [[schemas]]\npaths = [\"read/*.json\"]\ndirection = \"consume\"\n",
    );
    repository.commit();
    let (told, code) = repository.check(&[]);
    assert!(code == 0 && told.ends_with("2 schemas: 2 additive\n"), "{told}");
    let (told, code) = repository.check(&["--direction", "consume"]);
    assert!(code == 1 && told.contains("sent/a.json: since v1: breaking"), "{told}");
    let (told, code) = repository.check(&["--base", "HEAD"]);
    assert_eq!((told.as_str(), code), ("2 schemas: 2 unchanged\n", 0));
    let (told, code) = repository.check(&["read"]);
    assert!(code == 1 && told.ends_with("1 schema: 1 breaking\n"), "{told}");
    let fingerprint = super::fingerprints(&told).remove(0);
    assert_eq!(repository.accept(&[&fingerprint, "--reason", "meant", "read"]).1, 0);
    assert!(repository.0.path().join("breaks.json").is_file());
    assert_eq!(repository.check(&["read"]).1, 0);
    // Of what is not checked, nothing is known.
    let (told, code) = repository.check(&["sent", "--direction", "produce"]);
    assert!(code == 0 && !told.contains("any more"), "{told}");
    repository.git(&["rm", "--quiet", "read/a.json"]);
    let (told, code) = repository.check(&["sent", "--direction", "produce"]);
    assert!(code == 1 && told.contains("nothing breaks any more as was accepted"), "{told}");
}

#[test]
fn mistakes_are_told_with_their_places() {
    let repository = Repository::new();
    for (text, expected) in [
        ("path = []", "line 1"),
        ("[[schemas]]\npaths = \"x\"", "line 2"),
        ("[[schemas]]\npaths = []\ndirection = \"up\"", "line 3"),
        ("[[schemas]]\ndirection = \"both\"", "missing field `paths`"),
        ("[[schemas]", "line 1"),
    ] {
        repository.write("schema-compat.toml", text);
        let (told, code) = repository.check(&[]);
        assert!(
            code == 3 && told.contains("schema-compat.toml: ") && told.contains(expected),
            "{text}\n{told}"
        );
    }
}
