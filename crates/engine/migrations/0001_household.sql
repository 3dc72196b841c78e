-- Frozen: a test of the store keeps the hash of this text. A later change is a new file.

-- Devices. Removed ones keep their history for thirty days.
CREATE TABLE endpoint (
  id          BLOB PRIMARY KEY,            -- 16 bytes, UUIDv7
  name        TEXT NOT NULL,
  kind        TEXT NOT NULL,
  model       TEXT,
  location    TEXT,
  address     TEXT,                        -- of a printer on the network; NULL = by hand
  identity    TEXT,                        -- JSON: how a later answer is known to be the same device
  answered_at INTEGER,                     -- ms UTC, the last answer
  trouble     TEXT,                        -- JSON: what went wrong at the last try
  sample      INTEGER NOT NULL DEFAULT 0,  -- belongs to the sample household
  removed_at  INTEGER                      -- ms UTC
) STRICT, WITHOUT ROWID;

-- Slots. `key` is the short name under which readings are clustered.
CREATE TABLE slot (
  key         INTEGER PRIMARY KEY AUTOINCREMENT,
  id          BLOB NOT NULL UNIQUE,
  endpoint    BLOB NOT NULL REFERENCES endpoint (id),
  instance    TEXT NOT NULL,
  name        TEXT NOT NULL,
  supply      TEXT NOT NULL,
  sensor      TEXT NOT NULL,
  unit        TEXT NOT NULL,
  capacity    INTEGER,                     -- thousandths of unit
  pack        INTEGER NOT NULL,            -- thousandths of the shelf's unit
  low_own     INTEGER,
  low_device  INTEGER,
  colours     TEXT NOT NULL DEFAULT '',    -- #RRGGBB, space between
  receptacle  INTEGER NOT NULL DEFAULT 0,
  muted       INTEGER NOT NULL DEFAULT 0,
  rise_answer TEXT,                        -- what the person last said a rise was
  UNIQUE (endpoint, instance)
) STRICT;

-- What devices said: clustered by slot and time, the order every question asks in.
CREATE TABLE reading (
  slot  INTEGER NOT NULL,
  at    INTEGER NOT NULL,                  -- ms UTC, by the device's word
  id    BLOB NOT NULL,                     -- 16 bytes, UUIDv7
  kind  INTEGER NOT NULL,                  -- 0 level, 1 use, 2 level unknown, 3 some left
  value INTEGER NOT NULL DEFAULT 0,        -- thousandths of unit
  unit  TEXT,                              -- NULL = the slot's
  PRIMARY KEY (slot, at, id)
) STRICT, WITHOUT ROWID;

-- What people (and clouds) said. `body` is the entry's kind as it is on the wire.
CREATE TABLE entry (
  id          BLOB PRIMARY KEY,
  slot        INTEGER NOT NULL,
  at          INTEGER NOT NULL,
  recorded_at INTEGER NOT NULL,
  source      TEXT NOT NULL,
  about       BLOB,
  note        TEXT,
  kind        TEXT NOT NULL,
  body        TEXT NOT NULL,
  change      INTEGER,                     -- derived by the fold, as are the next three
  left_after  INTEGER,
  overshoot   INTEGER NOT NULL DEFAULT 0,
  voided      INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_by_slot ON entry (slot, at, id);

-- Readings that entries void (few), so that the fold need not look for them.
CREATE TABLE voided_reading (
  id BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- The fold of each slot and its use by day: derived, kept so that opening and recording cost the same at any size.
CREATE TABLE slot_state (
  slot      INTEGER PRIMARY KEY,
  state     TEXT NOT NULL,
  first_day INTEGER,                       -- days since 1970
  last_day  INTEGER
) STRICT;
CREATE TABLE use_day (
  slot INTEGER NOT NULL,
  day  INTEGER NOT NULL,
  used INTEGER NOT NULL,
  PRIMARY KEY (slot, day)
) STRICT, WITHOUT ROWID;

-- Settings that differ from the default, one row a key; unknown keys are kept.
CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
