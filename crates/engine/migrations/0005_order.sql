-- Frozen: a test of the store keeps the hash of this text. A later change is a new file.

-- What a person said of an order whose delivery date was reached.
CREATE TABLE order_answer (
  device BLOB NOT NULL,
  name   TEXT NOT NULL,
  came   INTEGER NOT NULL CHECK (came IN (0, 1)),
  at     INTEGER NOT NULL,                 -- ms UTC
  PRIMARY KEY (device, name)
) STRICT, WITHOUT ROWID;
