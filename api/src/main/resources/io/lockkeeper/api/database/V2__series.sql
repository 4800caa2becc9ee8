-- Windows of samples, one blob each, as the journal tells of them. What has expired keeps its row.
CREATE TABLE series (
  promotion_id text NOT NULL REFERENCES promotion (id),
  stage text NOT NULL,
  name text NOT NULL,
  sampled_from timestamptz NOT NULL,
  sampled_until timestamptz NOT NULL,
  sha256 text NOT NULL,
  size bigint NOT NULL,
  expired_at timestamptz,
  PRIMARY KEY (promotion_id, stage, name, sha256)
);
CREATE INDEX series_by_age ON series (sampled_until) WHERE expired_at IS NULL;
CREATE INDEX series_by_blob ON series (sha256);

-- How far of its journal the table above holds: what an earlier version wrote is read at the start.
ALTER TABLE promotion ADD COLUMN series_place bigint NOT NULL DEFAULT 0;
