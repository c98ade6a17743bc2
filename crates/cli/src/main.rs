//! `clip-events`: the command line.

fn main() {}
