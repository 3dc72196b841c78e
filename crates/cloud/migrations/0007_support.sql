-- The second factor of the maker's people: its secret, sealed, whether its owner has shown a code of it, and the last
-- time step of which a code was used.
CREATE TABLE second_factor (
  account BLOB NOT NULL PRIMARY KEY CHECK (length(account) = 16),
  sealed BLOB NOT NULL,
  confirmed INTEGER NOT NULL,
  used_step INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A session is as good as what was shown for it: a password alone, or the second factor too.
ALTER TABLE session ADD COLUMN proved INTEGER NOT NULL DEFAULT 0;

-- What the maker's people were given before there was a second factor opens nothing any more.
UPDATE permission SET revoked_at = created_at WHERE revoked_at IS NULL
  AND account IN (SELECT account FROM account WHERE role <> 'customer');
DELETE FROM token WHERE account IN (SELECT account FROM account WHERE role <> 'customer');
DELETE FROM code WHERE account IN (SELECT account FROM account WHERE role <> 'customer');

-- What the maker's people asked a customer to let them see, and what became of it.
CREATE TABLE access (
  account BLOB NOT NULL CHECK (length(account) = 16),
  id BLOB NOT NULL CHECK (length(id) = 16),
  staff BLOB NOT NULL CHECK (length(staff) = 16),
  staff_name TEXT NOT NULL,
  case_number TEXT NOT NULL,
  reason TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  standing TEXT NOT NULL,
  from_at INTEGER,
  ends_at INTEGER,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX access_staff ON access (staff, id);

-- Customers are found by the beginning of a serial number, whatever the model.
CREATE INDEX serial_begins ON serial (serial, model);

-- Who looked at what, and who did what. Each row holds the hash of the one before; none is ever changed or taken out.
CREATE TABLE audit (
  seq INTEGER NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL,
  actor BLOB NOT NULL CHECK (length(actor) = 16),
  actor_name TEXT NOT NULL,
  role TEXT NOT NULL,
  customer BLOB CHECK (length(customer) = 16),
  action TEXT NOT NULL,
  about TEXT,
  case_number TEXT,
  reason TEXT,
  peer TEXT NOT NULL,
  previous BLOB NOT NULL CHECK (length(previous) = 32),
  hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_customer ON audit (customer, seq) WHERE customer IS NOT NULL;
CREATE INDEX audit_actor ON audit (actor, seq);

CREATE TRIGGER audit_never_changes BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit trail is never changed');
END;
CREATE TRIGGER audit_never_shrinks BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit trail is never changed');
END;
-- A row that replaces another would get past the trigger above.
CREATE TRIGGER audit_only_grows BEFORE INSERT ON audit
  WHEN NEW.seq IS NOT coalesce((SELECT max(seq) FROM audit), 0) + 1
    OR NEW.previous IS NOT coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), zeroblob(32))
BEGIN
  SELECT RAISE(ABORT, 'the audit trail only grows at its end');
END;
