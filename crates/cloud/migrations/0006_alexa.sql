-- A customer on the way through Login with Amazon to enable the skill from an app: one at a time, used once.
CREATE TABLE alexa_flow (
  account BLOB NOT NULL PRIMARY KEY CHECK (length(account) = 16),
  state BLOB NOT NULL CHECK (length(state) = 32),
  begun_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  sealed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX alexa_flow_end ON alexa_flow (ends_at);

-- Amazon's permission to enable the skill for a customer, look at it and turn it off; `enabled`: it was, from here.
CREATE TABLE alexa_permission (
  account BLOB NOT NULL PRIMARY KEY CHECK (length(account) = 16),
  region TEXT NOT NULL,
  sealed BLOB NOT NULL,
  enabled INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How the link to Alexa stood when the feed last told it. How it stands follows from `link` and `alexa_permission`.
CREATE TABLE alexa_told (
  account BLOB NOT NULL PRIMARY KEY CHECK (length(account) = 16),
  link TEXT NOT NULL,
  since INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
