-- Frozen: a test of the store keeps the hash of this text. A later change is a new file.

-- Why and since when the cloud does not want an entry; `refused` where nothing is noted.
ALTER TABLE outgoing ADD COLUMN parked_why TEXT;
ALTER TABLE outgoing ADD COLUMN parked_at INTEGER;  -- ms UTC

-- What became of entries for the cloud: for people who look, and let go after a month or 5,000 of them.
CREATE TABLE sent (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id     BLOB NOT NULL UNIQUE,
  body   TEXT NOT NULL,                    -- as it was sent
  at     INTEGER NOT NULL,                 -- ms UTC
  how    TEXT NOT NULL                     -- `accepted` or `discarded`
) STRICT;
CREATE INDEX sent_by_time ON sent (at);
