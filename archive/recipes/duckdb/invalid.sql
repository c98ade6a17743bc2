-- What is wrong with deliveries that are against the contract. If none is, there is no file to read, which is an error.
SELECT rule, instance, count(*) AS times, any_value(message) AS for_example
FROM (
    SELECT unnest(violations, recursive := true)
    FROM read_json(
        getvariable('archive') || '/_invalid/*.ndjson',
        columns = {
            source: 'VARCHAR', line: 'BIGINT', type: 'VARCHAR', delivery: 'VARCHAR', delivery_base64: 'VARCHAR',
            violations: 'STRUCT(instance VARCHAR, "schema" VARCHAR, rule VARCHAR, message VARCHAR, line BIGINT, "column" BIGINT)[]'
        }
    )
)
GROUP BY rule, instance
ORDER BY times DESC, rule, instance;
