//! Contract-wide properties and snapshots, in one binary.
