//! What a change of the schemas does to programs that depend on the types crate, beside what it does to deliveries.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use clip_events_codegen::files::Artifact;
use clip_events_codegen::{CodegenError, rust_api};
use schema_compat_gate::releases::Releases;
use schema_compat_gate::report::Remark;
use schema_source::SchemaError;

/// Changes that are told one by one.
const MOST: usize = 10;

/// The file of the Rust API of the release `version`.
pub fn path(releases: &Releases, version: &str) -> PathBuf {
    releases.folder.join(format!("{version}.rust-api.txt"))
}

/// The Rust API of `artifacts`, a line for each of its items.
///
/// # Errors
///
/// When an artifact is not Rust.
pub fn text(artifacts: &[Artifact]) -> Result<String, CodegenError> {
    Ok(rust_api(artifacts)?.into_iter().map(|line| line + "\n").collect())
}

/// What programs that compile with the newest of `releases` find gone or changed in `artifacts`. Nothing, if that release has no file of
/// its API.
pub fn remarks(root: &Path, releases: &Releases, artifacts: &[Artifact]) -> Vec<Remark> {
    let Some(version) = releases.versions().ok().and_then(|mut versions| versions.pop()) else {
        return Vec::new();
    };
    let path = path(releases, &version.to_string());
    let released = fs::read_to_string(root.join(&path)).unwrap_or_default();
    let Ok(now) = rust_api(artifacts) else { return Vec::new() };
    let changes = changes(&released.lines().map(str::to_owned).collect(), &now);
    let remark = |message: String| {
        let help =
            "keep the name in the schemas, or raise the crates' major version with `--crates`";
        Remark { tool: "rust-api".into(), error: SchemaError::of_file(&path, message, help) }
    };
    let more = changes.len().saturating_sub(MOST);
    let more = (more > 0).then(|| format!("and {more} more changes of the Rust API"));
    changes.into_iter().take(MOST).chain(more).map(remark).collect()
}

/// What is no longer as in `released`.
fn changes(released: &BTreeSet<String>, now: &BTreeSet<String>) -> Vec<String> {
    let of_now: BTreeMap<_, _> = now.iter().map(|line| split(line)).collect();
    let mut changes = Vec::new();
    let mut renumbered = BTreeMap::new();
    for (item, released) in released.difference(now).map(|line| split(line)) {
        match of_now.get(item) {
            None => changes.push(format!("the Rust API loses `{item}`")),
            Some(_) if is_number(released) => {
                let (owner, _) = item.split_once("::").unwrap_or((item, ""));
                *renumbered.entry(owner).or_insert(0) += 1;
            }
            Some(now) => {
                changes.push(format!("the Rust API changes: `{item}{now}` was `{item}{released}`"));
            }
        }
    }
    changes.extend(renumbered.into_iter().map(|(owner, count)| {
        let variants = if count == 1 { "variant" } else { "variants" };
        format!("`{owner} as u8` is another number for {count} {variants}: no program may keep it")
    }));
    changes
}

/// Whether a line says ` = 7` of its item.
fn is_number(said: &str) -> bool {
    said.strip_prefix(" = ").is_some_and(|number| number.parse::<u32>().is_ok())
}

/// The item of a line, and what the line says of it.
fn split(line: &str) -> (&str, &str) {
    let at = line.find(": ").or_else(|| line.find(" = ")).or_else(|| line.find('('));
    line.split_at(at.unwrap_or(line.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[&str]) -> BTreeSet<String> {
        lines.iter().map(|line| (*line).to_owned()).collect()
    }

    #[test]
    fn what_programs_lose_is_told_and_what_they_gain_is_not() {
        let released = lines(&[
            "A.x: String",
            "A.y: X",
            "B::C = 0",
            "B::D = 1",
            "E::F(G)",
            "H::I",
            "struct A",
            "type T = String",
        ]);
        assert!(changes(&released, &released).is_empty());
        let now = lines(&[
            "A.x: Id",
            "B::A = 0",
            "B::C = 1",
            "B::D = 2",
            "E::F(J)",
            "struct A",
            "struct K",
            "type T = bool",
        ]);
        assert_eq!(
            changes(&released, &now),
            [
                "the Rust API changes: `A.x: Id` was `A.x: String`",
                "the Rust API loses `A.y`",
                "the Rust API changes: `E::F(J)` was `E::F(G)`",
                "the Rust API loses `H::I`",
                "the Rust API changes: `type T = bool` was `type T = String`",
                "`B as u8` is another number for 2 variants: no program may keep it",
            ]
        );
    }
}
