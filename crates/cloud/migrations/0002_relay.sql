-- What Amazon assigned to the slots of a model. `version` grows with every change, so that devices described before are found.
CREATE TABLE replenishment (
  model TEXT NOT NULL,
  instance TEXT NOT NULL,
  id TEXT NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (model, instance)
) STRICT, WITHOUT ROWID;

-- One account's permission to send events to Amazon. `planned` is the last entry that was looked at; `look_at` says when
-- there is something to do again.
CREATE TABLE link (
  account BLOB NOT NULL PRIMARY KEY CHECK (length(account) = 16),
  region TEXT NOT NULL,
  tokens BLOB,
  ends_at INTEGER NOT NULL,
  gate TEXT NOT NULL,
  generation INTEGER NOT NULL,
  planned INTEGER NOT NULL,
  look_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX link_look ON link (look_at);

-- What Amazon was told of each device, and what waits for the end of its day.
CREATE TABLE told (
  account BLOB NOT NULL,
  device BLOB NOT NULL CHECK (length(device) = 16),
  model TEXT NOT NULL,
  version INTEGER NOT NULL,
  book TEXT NOT NULL,
  PRIMARY KEY (account, device)
) STRICT, WITHOUT ROWID;
CREATE INDEX told_model ON told (model, version);

-- Messages in the order they are sent in, without any token.
CREATE TABLE outbox (
  account BLOB NOT NULL,
  seq INTEGER NOT NULL,
  report TEXT NOT NULL,
  delivery TEXT NOT NULL,
  settled_at INTEGER,
  PRIMARY KEY (account, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_open ON outbox (account, seq) WHERE settled_at IS NULL;
CREATE INDEX outbox_settled ON outbox (settled_at) WHERE settled_at IS NOT NULL;
