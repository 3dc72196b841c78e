-- Messages that were put aside, so that people can look through those of all accounts without reading the rest.
CREATE INDEX outbox_parked ON outbox (account, seq)
  WHERE settled_at IS NOT NULL AND delivery ->> '$.state.is' = 'parked';
