-- The tables of an inbox.

-- `state` is 0 while an entry waits, 1 in flight, 2 superseded, 3 done, 4 for a dead letter; it is so since `since`, and a waiting one is
-- not handed out before `delay` milliseconds more. Of those that are done since the same time the first one has the lowest `ended`. Of its
-- `attempts`, `earlier` were before it came again as a dead letter.
CREATE TABLE inbox (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state INTEGER NOT NULL,
    since INTEGER NOT NULL,
    delay INTEGER NOT NULL DEFAULT 0,
    ended INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    earlier INTEGER NOT NULL DEFAULT 0,
    leases INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    received INTEGER NOT NULL,
    coalesce TEXT,
    reason TEXT,
    pointer TEXT,
    signature BLOB,
    body BLOB
) STRICT;

-- Each index has only the entries that somebody looks for by it, and who does names it: so a question takes as long in a full inbox as in
-- an empty one, and a new entry changes no more pages than it has to.
CREATE INDEX inbox_open ON inbox (number, state, since, delay) WHERE state < 2 AND body IS NOT NULL;
CREATE INDEX inbox_claimed ON inbox (received, state) WHERE state < 2 AND body IS NULL;
CREATE INDEX inbox_done ON inbox (state, since, ended) WHERE state IN (2, 3);
CREATE INDEX inbox_dead ON inbox (number) WHERE state = 4;
CREATE UNIQUE INDEX inbox_coalesced ON inbox (coalesce) WHERE coalesce IS NOT NULL;

-- One row: the number given last to an entry or its end, how many entries there are, and how many of them are done or superseded. To count them would take longer
-- with each.
CREATE TABLE totals (last INTEGER NOT NULL, entries INTEGER NOT NULL, done INTEGER NOT NULL) STRICT;
INSERT INTO totals VALUES (0, 0, 0);
