-- Units of more kinds: what was found before (oids), what was there already, batches that are done.
ALTER TABLE lockkeeper.unit
  ADD COLUMN object_oid bigint,
  ADD COLUMN found bigint[] NOT NULL DEFAULT '{}',
  ADD COLUMN adopted boolean NOT NULL DEFAULT false,
  ADD COLUMN batches bigint NOT NULL DEFAULT 0,
  ADD COLUMN changed_rows bigint NOT NULL DEFAULT 0;
