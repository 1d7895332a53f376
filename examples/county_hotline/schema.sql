-- The hotline's own records, the same for both languages: what it sent, what came of it, the county's figures.

CREATE TABLE IF NOT EXISTS requests (
    id TEXT PRIMARY KEY,                -- the event's id: the work order's number
    event TEXT NOT NULL                 -- the CloudEvent in its JSON form; caller, text and address are encrypted in it
);

CREATE TABLE IF NOT EXISTS deliveries (-- every time that a request was taken by the bus
    request TEXT NOT NULL,
    lane INTEGER NOT NULL,              -- Kafka's partition
    place INTEGER NOT NULL,             -- and offset
    sent_at REAL NOT NULL               -- seconds since 1970
);

CREATE TABLE IF NOT EXISTS outcomes (   -- the latest state of each outcome
    id TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    sequence TEXT NOT NULL,             -- 20 digits, so that text compares as numbers do
    revision INTEGER NOT NULL,
    lane INTEGER NOT NULL,              -- the message that was answered
    place INTEGER NOT NULL,
    status TEXT NOT NULL,               -- accepted, rejected
    code TEXT,                          -- why rejected
    final INTEGER NOT NULL,             -- 0: the same id may be sent again
    incident TEXT,                      -- the incident's id in the county's system
    progress TEXT,                      -- the incident's status
    due_at TEXT,
    closed_at TEXT
);

CREATE TABLE IF NOT EXISTS figures (    -- the mirror of indicators.values
    area TEXT NOT NULL,
    code TEXT NOT NULL,
    day TEXT NOT NULL,
    sequence TEXT NOT NULL,
    revision INTEGER NOT NULL,
    value INTEGER NOT NULL,             -- the count, or the numerator of a ratio
    base INTEGER,                       -- the denominator of a ratio
    counted_at TEXT NOT NULL,
    PRIMARY KEY (area, code, day)
);

-- One line a request. `answered`: the last sending of it was. An id that was used again for something else is told on
-- its own and hides nothing.
CREATE VIEW IF NOT EXISTS work_orders AS
SELECT r.id,
       coalesce(o.progress, o.status, CASE WHEN d.sent_at IS NULL THEN 'recorded' ELSE 'sent' END) AS status,
       o.code, o.final, o.incident, o.due_at, o.closed_at,
       (SELECT count(*) FROM deliveries t WHERE t.request = r.id) AS times, d.sent_at,
       EXISTS (SELECT 1 FROM outcomes a WHERE a.request = r.id AND a.lane = d.lane AND a.place >= d.place) AS answered
  FROM requests r
  LEFT JOIN outcomes o ON o.request = r.id AND o.code IS NOT 'id_reused'
  LEFT JOIN deliveries d ON d.rowid = (SELECT max(t.rowid) FROM deliveries t WHERE t.request = r.id)
 ORDER BY r.rowid;
