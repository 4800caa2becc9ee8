-- The engine's memory where the effect is. Written only through the fenced connection.
CREATE TABLE lockkeeper.lease (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  epoch bigint NOT NULL,
  promotion text NOT NULL,
  held boolean NOT NULL,
  holder text NOT NULL,
  pid integer NOT NULL,
  taken_at timestamptz NOT NULL
);
INSERT INTO lockkeeper.lease VALUES (true, 0, '', false, '', 0, now());

CREATE TABLE lockkeeper."grant" (
  promotion text PRIMARY KEY,
  environment text NOT NULL,
  change text NOT NULL,
  evidence text NOT NULL,
  signed_by text[] NOT NULL,
  nonces text[] NOT NULL,
  statements text NOT NULL,
  valid_until timestamptz NOT NULL,
  granted_at timestamptz NOT NULL,
  closed_at timestamptz
);

CREATE TABLE lockkeeper.unit (
  promotion text NOT NULL,
  pass text NOT NULL,
  section text NOT NULL,
  unit integer NOT NULL,
  place bigint GENERATED ALWAYS AS IDENTITY,
  change text NOT NULL,
  title text NOT NULL,
  digest text NOT NULL,
  transactional boolean NOT NULL,
  state text NOT NULL CHECK (state IN ('started', 'finished', 'reverting', 'reverted')),
  object_schema text,
  object_name text,
  object_table text,
  definition text,
  inverse text[] NOT NULL,
  reverted_parts integer NOT NULL DEFAULT 0,
  outcome text NOT NULL DEFAULT '',
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  reverted_at timestamptz,
  pid integer NOT NULL,
  attempt integer NOT NULL,
  epoch bigint NOT NULL,
  PRIMARY KEY (promotion, pass, section, unit)
);

CREATE TABLE lockkeeper.measure (
  promotion text NOT NULL,
  step text NOT NULL,
  setting text NOT NULL,
  found text NOT NULL,
  put text NOT NULL,
  put_at timestamptz NOT NULL,
  put_back_at timestamptz,
  PRIMARY KEY (promotion, step, setting)
);

CREATE TABLE lockkeeper.checkpoint (
  promotion text NOT NULL,
  name text NOT NULL,
  content bytea NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (promotion, name)
);
