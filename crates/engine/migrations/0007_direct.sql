-- Frozen: a test of the store keeps the hash of this text. A later change is a new file.

-- The way straight to Alexa's event gateway, for a skill under test; at most one.
CREATE TABLE direct (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  client  TEXT NOT NULL,
  region  TEXT NOT NULL,
  events  TEXT NOT NULL,                   -- address of the gateway
  tokens  TEXT NOT NULL,                   -- address of the token endpoint
  sealed  BLOB,                            -- secret and tokens, sealed; NULL = kept for one run alone, or deleted
  ends_at INTEGER NOT NULL,                -- ms UTC: when the access token ends
  gate    TEXT NOT NULL                    -- JSON: whether messages may be sent
) STRICT;

-- What Amazon was told of each device: its description, and what was reported or waits for the end of its day.
CREATE TABLE direct_book (
  device    BLOB PRIMARY KEY,
  described TEXT NOT NULL,                 -- JSON
  book      TEXT NOT NULL                  -- JSON
) STRICT, WITHOUT ROWID;

-- Messages in the order they are sent in, without any token.
CREATE TABLE direct_out (
  place      INTEGER PRIMARY KEY,
  report     TEXT NOT NULL,                -- JSON
  delivery   TEXT NOT NULL,                -- JSON
  settled_at INTEGER                       -- ms UTC
) STRICT;
CREATE INDEX direct_open ON direct_out (place) WHERE settled_at IS NULL;
CREATE INDEX direct_settled ON direct_out (settled_at) WHERE settled_at IS NOT NULL;
