-- The views that all queries here start from. `archive` is the folder that `clip-events convert` writes.

-- A column that a later release has added is null in files that are older.
CREATE OR REPLACE VIEW deliveries AS
FROM read_parquet(
    getvariable('archive') || '/created_date=*/[!_.]*.parquet',
    union_by_name = true,
    hive_partitioning = true
);

-- Delivery is at least once: here each event is once.
CREATE OR REPLACE VIEW events AS
SELECT DISTINCT ON (id) * FROM deliveries;
