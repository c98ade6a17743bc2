#![doc = include_str!("../README.md")]

mod builder;
mod columns;
mod convert;
mod csv;
mod done;
mod files;
mod json;
mod rest;
mod table;

pub use columns::{Columns, REST};
pub use convert::{ConvertError, Summary, Task, convert};
pub use done::{Count, FolderError};
pub use files::{Format, WriteError};
pub use table::{Group, Plan, Table};
