//! `clip-events convert` runs another program, with the arguments as they are and the exit status of that.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;

/// The program that converts is a package of its own: it lies beside the command, or where the shell looks.
#[test]
fn convert_is_another_program() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    // Alone: whoever builds both has the other beside it.
    let alone = folder.path().join("alone/clip-events");
    fs::create_dir(alone.parent().unwrap()).unwrap();
    fs::copy(env!("CARGO_BIN_EXE_clip-events"), &alone).unwrap();
    let command = |path: &Path| {
        let path = std::env::join_paths([path]).unwrap();
        let mut command = Command::new(&alone);
        command.args(["convert", "a b", "--to", "parquet", "--help"]).env("PATH", path);
        command.output().unwrap()
    };
    let output = command(folder.path());
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("clip-events-convert is not installed"), "{told}");
    assert!(told.contains("cargo install --path archive"), "{told}");

    let program = folder.path().join("clip-events-convert");
    fs::write(&program, "#!/bin/sh\nfor argument; do echo \"<$argument>\"; done\nexit 7\n")
        .unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let output = command(folder.path());
    assert_eq!(output.status.code(), Some(7));
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(printed, "<a b>\n<--to>\n<parquet>\n<--help>\n");

    let beside = alone.with_file_name("clip-events-convert");
    fs::write(&beside, "#!/bin/sh\nexit 8\n").unwrap();
    fs::set_permissions(&beside, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(command(folder.path()).status.code(), Some(8), "the one beside it comes first");
}
