//! The README: see below.
