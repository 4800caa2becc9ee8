-- Databases that took one another's place, by the statement that asked for it; spent for good.
-- The row stands in the ledger of the database that is live, whichever that is.
CREATE TABLE lockkeeper.succession (
  nonce text PRIMARY KEY,
  promotion text NOT NULL,
  backup text NOT NULL,
  taken_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('begun', 'compared', 'swapped', 'undone')),
  old_oid bigint NOT NULL,
  new_oid bigint,
  new_name text NOT NULL,
  old_name text NOT NULL,
  begun_at timestamptz NOT NULL,
  swapped_at timestamptz,
  undone_at timestamptz
);

-- Why nothing runs forward any more, where it is not that the promotion is over.
ALTER TABLE lockkeeper."grant" ADD COLUMN closed_because text NOT NULL DEFAULT '';
