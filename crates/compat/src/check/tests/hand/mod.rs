//! Single conditions of the checker: proofs made by hand, each wrong in one way. What is claimed is
//! false each time, so that nothing else can be what is amiss.

mod arrays;
mod objects;
pub(super) mod proof;
mod sharing;
mod unions;
mod values;
