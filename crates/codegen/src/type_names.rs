//! Names of types in languages that take letters and digits of ASCII.

/// `text` as the name of a type: `asset.analysis_failed` is `AssetAnalysisFailed`, and `URL` stays what it is.
pub(crate) fn type_name(text: &str) -> String {
    let mut name = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        let (first, rest) = word.split_at(1);
        name.push_str(&first.to_ascii_uppercase());
        name.push_str(rest);
    }
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { format!("N{name}") }
}

/// `wanted`, or else with the first number with which it is free.
pub(crate) fn free_name(wanted: &str, is_free: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number: u32| format!("{wanted}{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| is_free(name)).expect("numbers do not end")
}

#[cfg(test)]
mod tests {
    use super::type_name;

    #[test]
    fn every_text_makes_a_name() {
        for (text, name) in [
            ("asset.analysis.progress", "AssetAnalysisProgress"),
            ("AssetId", "AssetId"),
            ("asset-id", "AssetId"),
            ("URL", "URL"),
            ("größe", "GrE"),
            ("1st", "N1st"),
            ("東京", "N"),
            ("", "N"),
        ] {
            assert_eq!(type_name(text), name, "{text}");
        }
    }
}
