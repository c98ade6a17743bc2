//! Converts to Parquet with the columns of another release of the contract: a `columns.json`, the inputs, and the folder to write into.
//! The tests of readers use it.

use std::error::Error;
use std::path::{Path, PathBuf};

use clip_events_archive::{Columns, Format, Task, convert};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let [columns, inputs, out] = [(); 3].map(|()| arguments.next().expect("COLUMNS INPUTS OUT"));
    let summary = convert(&Task {
        inputs: &[inputs],
        out: Path::new(&out),
        format: Format::Parquet,
        columns: Columns::read(&std::fs::read_to_string(columns)?)?,
        part_size: 1 << 20,
    })?;
    println!("{:?}", summary.total());
    Ok(())
}
