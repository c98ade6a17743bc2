//! `clip-events convert`: runs the program that makes columns of deliveries, which is a package of its own.

use std::env;
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::Failure;

/// The program. It lies beside this one, or where the shell looks for commands.
const PROGRAM: &str = "clip-events-convert";

/// Lets the program take the place of this one. Returns its exit status, where that cannot be.
///
/// # Errors
///
/// When the program is not installed, or cannot be run.
pub(crate) fn convert(arguments: &[OsString]) -> Result<u8, Failure> {
    let program = PathBuf::from(PROGRAM).with_extension(env::consts::EXE_EXTENSION);
    let beside = env::current_exe().ok().map(|this| this.with_file_name(&program));
    let program = beside.filter(|beside| beside.is_file()).unwrap_or(program);
    let mut command = Command::new(program);
    run(command.args(arguments)).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Failure::NotInstalled { program: PROGRAM },
        _ => Failure::Program { program: PROGRAM, error },
    })
}

/// Nothing is between the program and whoever waits for it or ends it.
#[cfg(unix)]
fn run(command: &mut Command) -> io::Result<u8> {
    use std::os::unix::process::CommandExt as _;

    Err(command.exec())
}

#[cfg(not(unix))]
fn run(command: &mut Command) -> io::Result<u8> {
    let code = command.status()?.code();
    Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(2))
}
