CREATE TABLE blob (
  sha256 text PRIMARY KEY,
  size bigint NOT NULL,
  content bytea NOT NULL,
  kept_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE change (
  hash text PRIMARY KEY REFERENCES blob (sha256),
  name text NOT NULL,
  why text NOT NULL,
  findings text NOT NULL,
  pushed_by text NOT NULL,
  pushed_at timestamptz NOT NULL DEFAULT now(),
  place bigint GENERATED ALWAYS AS IDENTITY
);
CREATE INDEX change_by_name ON change (name, place DESC);

CREATE TABLE change_number (
  name text PRIMARY KEY,
  last integer NOT NULL
);

CREATE TABLE promotion (
  id text PRIMARY KEY,
  place bigint GENERATED ALWAYS AS IDENTITY,
  change_hash text NOT NULL REFERENCES change (hash),
  change_name text NOT NULL,
  requested_by text NOT NULL,
  input text NOT NULL,
  state text NOT NULL,
  status text NOT NULL,
  environment text NOT NULL,
  started boolean NOT NULL DEFAULT false,
  chain_length bigint NOT NULL DEFAULT 0,
  chain_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX promotion_by_place ON promotion (place DESC);
CREATE INDEX promotion_by_status ON promotion (status, place DESC);

CREATE TABLE journal (
  promotion_id text NOT NULL REFERENCES promotion (id),
  place bigint NOT NULL,
  writer text NOT NULL,
  writer_sequence bigint NOT NULL,
  recorded_at timestamptz NOT NULL,
  content text NOT NULL,
  previous text NOT NULL,
  hash text NOT NULL,
  PRIMARY KEY (promotion_id, place),
  UNIQUE (promotion_id, writer, writer_sequence)
);

CREATE TABLE idempotency (
  person text NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  body_hash text NOT NULL,
  result text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (person, route, key)
);

CREATE TABLE token (
  hash text PRIMARY KEY,
  person text NOT NULL,
  roles text[] NOT NULL,
  kind text NOT NULL CHECK (kind IN ('person', 'service', 'administrator')),
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);

CREATE TABLE environment (
  name text PRIMARY KEY,
  worker text NOT NULL,
  facts text NOT NULL,
  seen_at timestamptz NOT NULL
);
