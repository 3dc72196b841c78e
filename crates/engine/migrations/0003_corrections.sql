-- Frozen: a test of the store keeps the hash of this text. A later change is a new file.

-- How a person wants a slot watched; a slot without a row is watched as usual.
CREATE TABLE slot_care (
  slot          INTEGER PRIMARY KEY,          -- slot.key
  rule          TEXT NOT NULL,                -- amazon, careful, normal, thrifty
  delivery_days INTEGER,                      -- NULL = the household's
  snoozed_until INTEGER,                      -- ms UTC
  always        INTEGER NOT NULL DEFAULT 0,   -- quiet for good
  shelf         BLOB                          -- slots of the same shelf take the same product; NULL = its own
) STRICT;

-- Entries that were saved in one step (a stocktake), so that they can be undone in one.
CREATE TABLE batch (
  entry BLOB PRIMARY KEY,                     -- entry.id
  id    BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_by_id ON batch (id, entry);
