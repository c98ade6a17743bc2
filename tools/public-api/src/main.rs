//! Compares the public API of each library with its file beside this program: every change is seen, none by accident.
//!
//! ```console
//! $ cargo run --manifest-path tools/public-api/Cargo.toml               # compare
//! $ cargo run --manifest-path tools/public-api/Cargo.toml -- --accept   # write the files anew
//! ```

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use similar::TextDiff;

/// The libraries of the workspace.
const PACKAGES: &[&str] = &[
    "clip-events",
    "clip-events-codegen",
    "clip-events-contract",
    "clip-events-input",
    "clip-events-receiver",
    "clip-events-validator",
    "schema-compat",
    "schema-compat-gate",
    "schema-source",
];

/// Set where this program is in the place of rustdoc.
const AS_RUSTDOC: &str = "PUBLIC_API_AS_RUSTDOC";

fn main() -> Result<ExitCode, Box<dyn Error>> {
    if std::env::var_os(AS_RUSTDOC).is_some() {
        return as_rustdoc();
    }
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let accept = match std::env::args().nth(1).as_deref() {
        None => false,
        Some("--accept") => true,
        Some(other) => return Err(format!("{other} is not an argument; there is --accept").into()),
    };
    let mut changed = false;
    let folder = rustdoc_json(here)?;
    for package in PACKAGES {
        let file = here.join(format!("{package}.txt"));
        let known = fs::read_to_string(&file).unwrap_or_default();
        let now = public_api(&folder, package)?;
        if known == now {
            continue;
        }
        changed = true;
        let names = (format!("{package} as committed"), format!("{package} now"));
        print!("{}", TextDiff::from_lines(&known, &now).unified_diff().header(&names.0, &names.1));
        if accept {
            fs::write(&file, now)?;
        }
    }
    if changed && !accept {
        eprintln!(
            "error: the public API has changed\n  help: if semver allows it, run \
             `cargo run --manifest-path tools/public-api/Cargo.toml -- --accept` and commit the result"
        );
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// One line for each public item of `package`.
fn public_api(folder: &Path, package: &str) -> Result<String, Box<dyn Error>> {
    let json = folder.join(package.replace('-', "_")).with_extension("json");
    let api = public_api::Builder::from_rustdoc_json(&json)
        .omit_blanket_impls(true)
        .build()
        .map_err(|error| {
            format!("{}: {error}\n  help: a new Rust may need a newer `public-api`", json.display())
        })?;
    let mut text = String::new();
    // The type that a trait of the standard library is implemented for, until the next implementation.
    let mut of_std_trait: Option<String> = None;
    for line in api.items().map(ToString::to_string) {
        let header = line.strip_prefix("impl");
        if let Some(header) = header {
            let is_std =
                |name: &str| ["core::", "alloc::", "std::"].iter().any(|root| name.contains(root));
            of_std_trait =
                header.split_once(" for ").filter(|(name, _)| is_std(name)).map(|(_, to)| {
                    let to = to.split_once(" where ").map_or(to, |(to, _)| to);
                    format!("pub fn {to}::")
                });
        }
        // The compiler implements these for almost everything, and no user relies on them.
        let is_noise = [
            "Freeze",
            "Unpin",
            "UnsafeUnpin",
            "UnwindSafe",
            "RefUnwindSafe",
            "StructuralPartialEq",
        ]
        .iter()
        .any(|name| line.contains(&format!("::{name} for ")));
        // The trait says which functions it has.
        let is_known = of_std_trait.as_ref().is_some_and(|start| line.starts_with(start));
        if !is_noise && !is_known {
            text += &line;
            text.push('\n');
        }
    }
    Ok(text)
}

/// The JSON of rustdoc is unstable; `public-api` reads that of the current stable Rust. The compiler is not told so: what it has compiled
/// for other commands is taken as it is.
fn as_rustdoc() -> Result<ExitCode, Box<dyn Error>> {
    let mut rustdoc = Command::new("rustdoc");
    let status = rustdoc.args(std::env::args_os().skip(1)).env("RUSTC_BOOTSTRAP", "1").status()?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The folder with the JSON of all packages, with all their features: in one go, so that what they depend on is compiled once.
fn rustdoc_json(here: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let workspace = here.join("../..");
    let target = workspace.join("target");
    let status = Command::new("cargo")
        .args(["doc", "--quiet", "--locked", "--no-deps", "--lib", "--all-features"])
        .args(PACKAGES.iter().flat_map(|package| ["--package", package]))
        .arg("--target-dir")
        .arg(&target)
        .current_dir(workspace)
        .env("RUSTDOCFLAGS", "-Z unstable-options --output-format json --cap-lints allow")
        .env("RUSTDOC", std::env::current_exe()?)
        .env(AS_RUSTDOC, "yes")
        .status()?;
    if !status.success() {
        return Err("rustdoc failed".into());
    }
    Ok(target.join("doc"))
}
