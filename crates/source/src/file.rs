//! Writing generated files.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use serde_json::Value;

/// `value` as a file: two spaces, a newline at the end.
pub fn pretty_json(value: &Value) -> String {
    format!("{value:#}\n")
}

/// Writes `text` to a file beside `path` and renames it, so that no reader ever sees half a file. Makes the folder if
/// there is none.
///
/// # Errors
///
/// When the folder or the file cannot be written.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    // As a file that is created in the usual way: temporary files are private otherwise.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.persist(path)?;
    Ok(())
}
