//! Writes a contract as large as that of a real vendor to DIR/schema: `cargo run -p clip-events-test-support --example large_contract -- DIR`.

use std::path::PathBuf;
use std::process::ExitCode;

use clip_events_test_support::large;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let (Some(directory), None) = (arguments.next(), arguments.next()) else {
        eprintln!("error: name one folder\n  help: large_contract DIR writes DIR/schema");
        return ExitCode::from(2);
    };
    large::write(&directory);
    println!("wrote {} event types to {}", large::EVENT_TYPES, directory.join("schema").display());
    ExitCode::SUCCESS
}
