//! Files that are broken: the older one, which is to be mended, and the new one.

use super::{Repository, fingerprints};

/// What is no schema, and what is said of it.
const BROKEN: &[(&str, &str)] = &[
    ("{\"type\": \"string\"", "not JSON"),
    ("{\"type\": \"strin\"}", "strin"),
    ("{\"type\": \"string\", \"type\": \"null\"}", "twice"),
    ("{\"$ref\": \"gone.schema.json\"}", "gone.schema.json"),
    ("{\"type\": \"string\", \"pattern\": \"(\"}", "regex"),
];

const WHOLE: &str = r#"{"type": "string"}"#;

#[test]
fn what_was_broken_may_be_mended_once_that_is_accepted() {
    for (broken, said) in BROKEN {
        let repository = Repository::new();
        repository.write("a.schema.json", broken);
        repository.write("b.schema.json", r#"{"type": "integer"}"#);
        repository.commit();
        repository.write("a.schema.json", WHOLE);
        repository.write("b.schema.json", r#"{"type": "number"}"#);
        let (told, code) = repository.check(&["--direction", "consume"]);
        assert!(code == 1 && told.contains("older-not-judged") && told.contains(said), "{told}");
        assert!(told.ends_with("2 schemas: 1 breaking, 1 additive\n"), "{told}");
        let fingerprint = fingerprints(&told).remove(0);
        let accept = [&*fingerprint, "--reason", "it was never used", "--direction", "consume"];
        assert_eq!(repository.accept(&accept).1, 0);
        let (told, code) = repository.check(&["--direction", "consume"]);
        assert!(code == 0 && told.contains("accepted since HEAD"), "{told}");
    }
}

#[test]
fn what_is_broken_now_could_not_be_judged_and_the_rest_is() {
    for older in [None, Some(WHOLE), Some("{")] {
        for (broken, said) in BROKEN {
            let repository = Repository::new();
            repository.write("b.schema.json", r#"{"type": "integer"}"#);
            if let Some(older) = older {
                repository.write("a.schema.json", older);
            }
            repository.commit();
            repository.write("a.schema.json", broken);
            repository.write("b.schema.json", r#"{"type": "null"}"#);
            let (told, code) = repository.check(&[]);
            assert_eq!(code, 3, "{older:?} {told}");
            assert!(told.contains("a.schema.json:1:") && told.contains(said), "{older:?} {told}");
            let counts = "2 schemas: 1 could not be judged, 1 breaking\n";
            assert!(told.ends_with(counts), "{older:?} {told}");
        }
    }
}
