-- Frozen: a test of the store keeps the hash of this text. A later change is a new file.

-- What was observed before a supply of one's own became the cloud's, or before it was imported, is history there.
ALTER TABLE cloud_slot ADD COLUMN since INTEGER NOT NULL DEFAULT 0;  -- ms UTC
