-- Frozen: a test of the store keeps the hash of this text. A later change is a new file.

-- The maker's cloud this household is linked with, at most one.
CREATE TABLE link (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  server  TEXT NOT NULL,                   -- its address
  account TEXT NOT NULL,                   -- JSON: whose account it is
  scope   TEXT NOT NULL,
  since   INTEGER NOT NULL,                -- ms UTC
  refresh BLOB,                            -- sealed; NULL = kept for one run alone, or ended
  ended   INTEGER,                         -- ms UTC: since then only linking again helps
  cursor  INTEGER NOT NULL                 -- the last change of the account that was taken in
) STRICT;

-- A linking under way: it survives a restart.
CREATE TABLE link_flow (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  server TEXT NOT NULL,
  flow   BLOB NOT NULL                     -- sealed
) STRICT;

-- Slots that are the cloud's too, by the ids they have there.
CREATE TABLE cloud_slot (
  slot   INTEGER PRIMARY KEY,              -- slot.key
  id     BLOB NOT NULL UNIQUE,
  device BLOB NOT NULL
) STRICT;
CREATE INDEX cloud_slot_by_device ON cloud_slot (device);

-- Entries that the cloud has not confirmed yet, in the order they were recorded. `body` is the entry as it is sent.
CREATE TABLE outgoing (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  id     BLOB NOT NULL UNIQUE,
  body   TEXT NOT NULL,
  parked TEXT                              -- why the cloud does not want it; NULL = waits
) STRICT;
CREATE INDEX outgoing_waiting ON outgoing (number) WHERE parked IS NULL;

-- What the cloud last said of orders and of automatic reordering, as it came.
CREATE TABLE cloud_order (
  device BLOB NOT NULL,
  name   TEXT NOT NULL,
  body   TEXT NOT NULL,
  PRIMARY KEY (device, name)
) STRICT, WITHOUT ROWID;
CREATE TABLE cloud_subscription (
  device BLOB NOT NULL,
  slot   TEXT NOT NULL,
  body   TEXT NOT NULL,
  PRIMARY KEY (device, slot)
) STRICT, WITHOUT ROWID;
