-- Directories: what has to be found before the account is known. Small, and without anything a customer did.
CREATE TABLE login (
  email TEXT NOT NULL PRIMARY KEY,
  account BLOB NOT NULL CHECK (length(account) = 16)
) STRICT, WITHOUT ROWID;

CREATE TABLE serial (
  model TEXT NOT NULL,
  serial TEXT NOT NULL,
  account BLOB NOT NULL CHECK (length(account) = 16),
  device BLOB NOT NULL CHECK (length(device) = 16),
  PRIMARY KEY (model, serial)
) STRICT, WITHOUT ROWID;

-- The maker's catalogue, the same for everybody.
CREATE TABLE model (
  id TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Everything below belongs to one account and begins with it.
CREATE TABLE account (
  account BLOB NOT NULL PRIMARY KEY CHECK (length(account) = 16),
  role TEXT NOT NULL,
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  password TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  head INTEGER NOT NULL DEFAULT 0,
  told_after INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  account BLOB NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_end ON session (expires_at);

CREATE TABLE code (
  account BLOB NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  client TEXT NOT NULL,
  redirect_uri TEXT NOT NULL,
  challenge TEXT,
  scope TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  used_for BLOB,
  PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX code_end ON code (expires_at);

CREATE TABLE permission (
  account BLOB NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  client TEXT NOT NULL,
  scope TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
  account BLOB NOT NULL,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  permission BLOB NOT NULL,
  refresh INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  salt BLOB,
  followed_at INTEGER,
  follower BLOB,
  PRIMARY KEY (account, hash)
) STRICT, WITHOUT ROWID;
CREATE INDEX token_end ON token (expires_at);

CREATE TABLE device (
  account BLOB NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  model TEXT NOT NULL,
  serial TEXT NOT NULL,
  name TEXT NOT NULL,
  credential BLOB NOT NULL CHECK (length(credential) = 32),
  registered_at INTEGER NOT NULL,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE slot (
  account BLOB NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  device BLOB NOT NULL,
  position INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

-- What happened, clustered in the order every question asks in. A plain reading has no body.
CREATE TABLE entry (
  account BLOB NOT NULL,
  slot BLOB NOT NULL,
  at INTEGER NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  recorded_at INTEGER NOT NULL,
  source INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  value INTEGER NOT NULL,
  unit TEXT,
  about BLOB,
  note TEXT,
  body TEXT,
  PRIMARY KEY (account, slot, at, id)
) STRICT, WITHOUT ROWID;

-- Which ids were used, for what, and under which number.
CREATE TABLE seen (
  account BLOB NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  seq INTEGER NOT NULL,
  digest BLOB NOT NULL,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

-- The log itself: every change of an account by number. Changes other than entries are let go after a while.
CREATE TABLE feed (
  account BLOB NOT NULL,
  seq INTEGER NOT NULL,
  told_at INTEGER NOT NULL,
  slot BLOB,
  at INTEGER,
  entry BLOB,
  body TEXT,
  PRIMARY KEY (account, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_told ON feed (told_at) WHERE entry IS NULL;
