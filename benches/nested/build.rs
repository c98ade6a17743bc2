//! Generates the types crate of the contract in `schema/`, as `cargo xtask codegen --schema schema --out OUT_DIR` does, and its
//! bundle.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

use clip_events_codegen::files::{Stale, update};
use clip_events_codegen::standalone::{Template, types_crate};
use clip_events_contract::{Sources, bundle};

fn main() -> Result<(), Box<dyn Error>> {
    // Another contract in place of this one: that of `benches/large`.
    println!("cargo::rerun-if-env-changed=BENCH_SCHEMA");
    let schema = env::var_os("BENCH_SCHEMA").map_or_else(|| "schema".into(), PathBuf::from);
    for input in [&schema, Path::new("../../crates/types/src"), Path::new("../../Cargo.toml")] {
        println!("cargo::rerun-if-changed={}", input.display());
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?);
    let sources = Sources::read_folder(Path::new(""), &schema)?;
    let mut artifacts = types_crate(&sources, &Template::read(Path::new("../.."))?)?;
    let root = artifacts.iter_mut().find(|artifact| artifact.path.ends_with("src/lib.rs"));
    let root = root.ok_or("a crate has a root")?;
    // It is included, and so has no attributes of its own.
    let is_inner = |line: &&str| line.starts_with("//!") || line.starts_with("#![");
    root.text = root
        .text
        .lines()
        .filter(|line| !is_inner(line))
        .fold(String::new(), |text, line| text + line + "\n");
    update(&out, &artifacts, Stale::Write)?;
    fs::write(out.join("bundle.json"), bundle::bundle(&sources).to_string())?;
    Ok(())
}
