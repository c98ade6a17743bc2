//! Why an inclusion holds: steps that close every case in which it could fail.
//!
//! A *lemma* says that no value meets a set of literals. Its steps speak about one value; what they
//! say of a member, an item or a property name, they take from other lemmas. Such a value is smaller,
//! so lemmas may refer to each other in circles: a smallest value that met the literals of one of
//! them would hold a smaller one that meets those of another.

mod step;
mod text;

pub(crate) use step::{
    ArrayStep, Case, Cases, Cell, Derivation, Lemma, Lemmas, Longest, NoMember, NoString,
    ObjectStep, Other, Path, Sharing, Step, Why,
};
pub use text::Proof;
