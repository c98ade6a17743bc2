//! The schema that the types derive (feature `schemars`) is the contract's, but for a list of what a derive cannot say.

#[test]
fn placeholder() {}
