-- Queries over an archive. Each stands alone, after views.sql.

-- Events by day and type. `created_date` is in the names of folders: a condition on it leaves out files unread.
SELECT created_date, type, count(*) AS events
FROM events
GROUP BY ALL
ORDER BY ALL;

-- Failures by team: how many, when the last, and what it said.
SELECT team_id, count(*) AS failures, max(created) AS last_at, arg_max(error, created) AS last_error
FROM events
WHERE error IS NOT NULL
GROUP BY team_id
ORDER BY failures DESC, team_id;

-- The story of one job: here of the one with the most events.
SELECT created, type, progress, error
FROM events
WHERE job_id = (SELECT job_id FROM events WHERE job_id IS NOT NULL GROUP BY job_id ORDER BY count(*) DESC, job_id LIMIT 1)
ORDER BY created;

-- Posts by platform, and what share of their events are failures.
SELECT platform, count(DISTINCT post_id) AS posts, round(100 * count(error) / count(*), 1) AS percent_failed
FROM events
WHERE post_id IS NOT NULL
GROUP BY platform
ORDER BY posts DESC, platform;

-- What the contract does not know yet: keys of `data` in `rest`, with a value to look at.
SELECT type, key, count(*) AS events, any_value(rest -> '$.data' -> key) AS for_example
FROM (SELECT type, rest, unnest(json_keys(rest, '$.data')) AS key FROM events WHERE rest IS NOT NULL)
GROUP BY type, key
ORDER BY events DESC, type, key;

-- Deliveries that came more than once.
SELECT id, any_value(type) AS type, count(*) AS deliveries
FROM deliveries
GROUP BY id
HAVING count(*) > 1
ORDER BY deliveries DESC, id;
