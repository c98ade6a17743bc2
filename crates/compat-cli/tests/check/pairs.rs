//! Changes of public schemas, and what is found of them.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::check_in;

#[test]
fn sixty() {
    let pairs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check/pairs");
    let folders = fs::read_dir(pairs).unwrap().map(|entry| entry.unwrap().path());
    let mut folders: Vec<_> = folders.filter(|path| path.is_dir()).collect();
    folders.sort();
    assert_eq!(folders.len(), 60);
    let (mut found, mut shown) = (String::new(), 0);
    for folder in folders {
        let arguments = ["new.json", "--base", "old.json", "--format", "json"];
        let (text, _) = check_in(&folder, &arguments);
        let told: Value = serde_json::from_str(&text).expect("a report");
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        writeln!(found, "{name}: {}", told["verdict"].as_str().unwrap()).unwrap();
        for finding in told["schemas"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|it| it["findings"].as_array())
            .flatten()
        {
            let [rule, breaks, what] =
                ["rule", "breaks", "what"].map(|key| finding[key].as_str().unwrap());
            let what: String = what.chars().take(100).collect();
            writeln!(found, "    {rule}, {breaks}: {what}").unwrap();
            shown += usize::from(finding["witness"].is_object());
        }
    }
    insta::assert_snapshot!(format!("{found}{shown} are shown by a document\n"));
}
