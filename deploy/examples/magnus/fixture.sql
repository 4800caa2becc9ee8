-- Tables and rows of the Magnus example. Values are spread by a hash of the row's number, each
-- column with a seed of its own, so that columns are not correlated. fixture.scale says how many
-- rows: 1 for the sizes of the checklist, 0.05 for quick tests.
CREATE FUNCTION pg_temp.spread(i integer, seed integer, n integer) RETURNS integer
  LANGUAGE sql IMMUTABLE AS 'SELECT ((hashint4extended(i, seed) & 2147483647) % n)::integer';
CREATE FUNCTION pg_temp.rows(n integer) RETURNS integer
  LANGUAGE sql STABLE AS
  'SELECT greatest(1, round(n * current_setting(''fixture.scale'')::numeric))::integer';

CREATE TABLE stocks (
  id integer PRIMARY KEY,
  symbol text NOT NULL UNIQUE,
  name text NOT NULL,
  sector text NOT NULL,
  market_cap bigint NOT NULL,
  price numeric(10, 2) NOT NULL,
  updated_at timestamptz NOT NULL
);
INSERT INTO stocks
SELECT i, 'S' || i, 'Company number ' || i,
  (ARRAY['Technology', 'Energy', 'Health Care', 'Financials', 'Utilities', 'Materials',
    'Industrials', 'Real Estate', 'Staples', 'Discretionary', 'Communication', 'Transport',
    'Media', 'Retail', 'Insurance', 'Banks', 'Software', 'Hardware', 'Mining', 'Food'])
    [CASE WHEN pg_temp.spread(i, 11, 50) = 0 THEN 1 ELSE 2 + pg_temp.spread(i, 15, 19) END],
  1000000 + pg_temp.spread(i, 12, 2000000000)::bigint,
  1 + pg_temp.spread(i, 13, 90000) / 100.0,
  now() - pg_temp.spread(i, 14, 86400) * interval '1 second'
FROM generate_series(1, pg_temp.rows(100000)) i;

CREATE TABLE options_chains (
  id integer PRIMARY KEY,
  symbol text NOT NULL,
  expiration_date date NOT NULL,
  option_type text NOT NULL,
  strike_price numeric(10, 2) NOT NULL,
  bid numeric(8, 2) NOT NULL,
  ask numeric(8, 2) NOT NULL,
  iv real NOT NULL,
  delta real NOT NULL
);
INSERT INTO options_chains
SELECT i, 'S' || pg_temp.spread(i, 21, 500),
  current_date + pg_temp.spread(i, 22, 180),
  CASE WHEN pg_temp.spread(i, 23, 2) = 0 THEN 'put' ELSE 'call' END,
  5 + pg_temp.spread(i, 24, 400), pg_temp.spread(i, 25, 900) / 100.0,
  pg_temp.spread(i, 26, 950) / 100.0, pg_temp.spread(i, 27, 1000) / 1000.0,
  pg_temp.spread(i, 28, 2000) / 1000.0 - 1
FROM generate_series(1, pg_temp.rows(1000000)) i;

CREATE TABLE positions (
  id integer PRIMARY KEY,
  user_id uuid NOT NULL,
  symbol text NOT NULL,
  strategy text NOT NULL,
  status text NOT NULL,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  quantity integer NOT NULL
);
INSERT INTO positions
SELECT i, md5('user ' || pg_temp.spread(i, 31, 2000))::uuid, 'S' || pg_temp.spread(i, 32, 500),
  (ARRAY['wheel', 'covered call', 'cash secured put', 'spread'])[1 + pg_temp.spread(i, 33, 4)],
  CASE WHEN pg_temp.spread(i, 34, 100) < 20 THEN 'open' ELSE 'closed' END,
  now() - (60 + pg_temp.spread(i, 35, 300)) * interval '1 day',
  CASE WHEN pg_temp.spread(i, 34, 100) < 20 THEN NULL
    ELSE now() - pg_temp.spread(i, 36, 60) * interval '1 day' END,
  1 + pg_temp.spread(i, 37, 50)
FROM generate_series(1, pg_temp.rows(300000)) i;

CREATE TABLE kalshi_markets (
  id integer PRIMARY KEY,
  ticker text NOT NULL,
  status text NOT NULL,
  close_time timestamptz NOT NULL,
  volume bigint NOT NULL
);
INSERT INTO kalshi_markets
SELECT i, 'K' || i,
  CASE WHEN pg_temp.spread(i, 41, 100) < 2 THEN 'open' ELSE 'settled' END,
  now() + (pg_temp.spread(i, 42, 720) - 360) * interval '1 hour',
  pg_temp.spread(i, 43, 1000000)
FROM generate_series(1, pg_temp.rows(100000)) i;

CREATE TABLE nfl_games (
  id integer PRIMARY KEY,
  game_status text NOT NULL,
  game_time timestamptz NOT NULL,
  home text NOT NULL,
  away text NOT NULL
);
INSERT INTO nfl_games
SELECT i,
  CASE WHEN pg_temp.spread(i, 51, 200) = 0 THEN 'live'
    WHEN pg_temp.spread(i, 51, 200) = 1 THEN 'scheduled' ELSE 'final' END,
  now() + (pg_temp.spread(i, 52, 2000) - 1000) * interval '1 hour',
  'Team ' || pg_temp.spread(i, 53, 32), 'Team ' || pg_temp.spread(i, 54, 32)
FROM generate_series(1, pg_temp.rows(100000)) i;

VACUUM ANALYZE stocks;
VACUUM ANALYZE options_chains;
VACUUM ANALYZE positions;
VACUUM ANALYZE kalshi_markets;
VACUUM ANALYZE nfl_games;
