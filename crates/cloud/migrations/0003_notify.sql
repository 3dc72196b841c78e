-- What Amazon says of a device's orders, subscriptions and registration, folded; and when the next order arrives.
CREATE TABLE orders (
  account BLOB NOT NULL,
  device BLOB NOT NULL CHECK (length(device) = 16),
  folded TEXT NOT NULL,
  looked_at INTEGER NOT NULL,
  next_arrival INTEGER,
  PRIMARY KEY (account, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX orders_due ON orders (next_arrival) WHERE next_arrival IS NOT NULL;

-- Messages that were taken in, by the id that stays the same at every retry. Those of a kind nobody knows yet stay.
CREATE TABLE notice (
  account BLOB NOT NULL,
  id TEXT NOT NULL,
  device BLOB NOT NULL CHECK (length(device) = 16),
  taken_at INTEGER NOT NULL,
  known INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_taken ON notice (taken_at) WHERE known = 1;

-- Verified messages that are about no device here.
CREATE TABLE stray (
  id TEXT NOT NULL PRIMARY KEY,
  taken_at INTEGER NOT NULL,
  message TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX stray_taken ON stray (taken_at);

-- Devices of the older service: how each stands, its tokens sealed, what was reported, and when to look again.
CREATE TABLE drs (
  account BLOB NOT NULL,
  device BLOB NOT NULL CHECK (length(device) = 16),
  standing TEXT NOT NULL,
  test INTEGER NOT NULL,
  state BLOB,
  state_ends INTEGER NOT NULL,
  sealed BLOB NOT NULL,
  reported INTEGER NOT NULL,
  lived_at INTEGER,
  tries INTEGER NOT NULL,
  next_at INTEGER,
  PRIMARY KEY (account, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX drs_due ON drs (next_at) WHERE next_at IS NOT NULL;
