//! Contract-wide properties and snapshots, in one binary. `README.md` says what is tested where.

mod agreement;
