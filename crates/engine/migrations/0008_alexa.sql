-- Frozen: a test of the store keeps the hash of this text. A later change is a new file.

-- How the link to Alexa stands, as the cloud last said it.
CREATE TABLE cloud_alexa (
  one   INTEGER PRIMARY KEY CHECK (one = 1),
  link  TEXT NOT NULL,                     -- JSON
  since INTEGER,                           -- ms UTC
  here  INTEGER NOT NULL                   -- linking can begin from here
) STRICT;
