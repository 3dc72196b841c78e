-- What the Dash console is told of a model: the whole of it, and apart from that what Alexa is told. `version` counts with those
-- of `replenishment`, so that devices described before are found.
CREATE TABLE registration (
  model TEXT NOT NULL PRIMARY KEY,
  dossier TEXT NOT NULL,
  texts TEXT NOT NULL,
  version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
