-- Frozen: a test of the store keeps the hash of this text. A later change is a new file.

-- The dates that were given for each slot, a row for each day on which they changed, as its use alone says them (before
-- its own record widens or narrows the band). Days since 1970; all NULL = no date could be given from that day on.
CREATE TABLE said (
  slot   INTEGER NOT NULL,
  day    INTEGER NOT NULL,
  early  INTEGER,
  likely INTEGER,
  late   INTEGER,                          -- NULL beside a likely day = beyond the horizon
  PRIMARY KEY (slot, day)
) STRICT, WITHOUT ROWID;

-- Days on which nobody was there, both included, days since 1970.
CREATE TABLE away (
  id       BLOB PRIMARY KEY,               -- 16 bytes, UUIDv7
  endpoint BLOB REFERENCES endpoint (id),  -- NULL = the whole household
  first    INTEGER NOT NULL,
  last     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
