-- Frozen: a test of the store keeps the hash of this text. A later change is a new file.

-- What the Dash console calls the model of each of the cloud's devices, as the cloud told it (JSON).
CREATE TABLE cloud_dash (
  device BLOB PRIMARY KEY,
  body   TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Visits to Amazon's Dash settings that this app began; the oldest are let go.
CREATE TABLE dash_visit (
  name     TEXT PRIMARY KEY,               -- what the way back carries
  device   BLOB NOT NULL,
  slot     BLOB,                           -- from whose page, if from one
  opened   INTEGER NOT NULL,               -- ms UTC
  returned INTEGER,                        -- ms UTC; once
  before   TEXT NOT NULL                   -- JSON: automatic reordering as the cloud had told it then
) STRICT, WITHOUT ROWID;

-- What a person was told of, so that nothing is told twice. A row goes when there is nothing to tell of any more.
CREATE TABLE notice_told (
  about TEXT PRIMARY KEY,                  -- JSON: a supply, a device, the reports, the link
  body  TEXT NOT NULL                      -- JSON: what of it, and when
) STRICT, WITHOUT ROWID;

-- How notices go.
CREATE TABLE notice_state (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  digest INTEGER,                          -- ms UTC: the last summary of a day
  quiet  INTEGER                           -- ms UTC: none before
) STRICT;

-- Devices of which no notices are wanted.
CREATE TABLE notice_off (
  device BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
