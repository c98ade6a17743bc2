//! Reads and checks the schemas of a webhook contract, and lowers them into the plain model that renderers read.

pub mod bundle;
pub mod load;
pub mod model;
