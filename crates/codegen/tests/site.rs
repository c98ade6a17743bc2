//! The page as text. In a browser: `tests/site/run`.

use std::fs;

use clip_events_codegen::site::{self, Change, Extras, Release};
use clip_events_contract::Sources;
use clip_events_test_support::small_contract;

/// The page of the small contract, with `to` for each `from` in its shapes.
fn page(edits: &[(&str, &str)], extras: &Extras) -> String {
    let folder = small_contract(None);
    for entry in fs::read_dir(folder.path().join("schema/data")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let text = fs::read_to_string(&path).expect("a file");
        let edited = edits.iter().fold(text, |text, (from, to)| text.replace(from, to));
        fs::write(path, edited).expect("written");
    }
    let sources = Sources::read(folder.path()).unwrap_or_else(|errors| panic!("{errors}"));
    site::render(&sources, extras).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn what_the_schemas_say_is_text_on_the_page() {
    let hostile = r"A thing</script><img src=x onerror=alert(1)> & `<b>`";
    let plain = page(&[], &Extras::default());
    let told = page(&[("A thing was made.", hostile)], &Extras::default());
    assert_ne!(told, plain);
    assert!(!told.contains("<img"), "an element");
    assert_eq!(told.matches("</script>").count(), plain.matches("</script>").count());
    assert!(told.contains("&lt;img src=x onerror=alert(1)&gt; &amp; <code>&lt;b&gt;</code>"));
}

#[test]
fn there_is_a_section_for_what_there_is() {
    let bare = page(&[], &Extras::default());
    for absent in ["id=\"/life\"", "id=\"/playground\"", "id=\"/releases\"", "id=\"module\""] {
        assert!(!bare.contains(absent), "{absent}");
    }
    let change = Change {
        title: "a new optional field".into(),
        what: "color".into(),
        event_types: vec!["thing.made".into(), "thing.lost".into()],
        breaks: false,
    };
    let release = Release { name: "1.1.0".into(), is_to_come: false, changes: Some(vec![change]) };
    let extras = Extras {
        releases: vec![release],
        playground: Some(b"\0asm".to_vec()),
        ..Extras::default()
    };
    let full = page(&[], &extras);
    for there in [
        "id=\"/playground\"",
        "id=\"/releases\"",
        "AGFzbQ==",
        r##"<code>color</code> in <a href="#thing.made"><code>thing.made</code></a>, <code>thing.lost</code>"##,
    ] {
        assert!(full.contains(there), "{there}");
    }
}
