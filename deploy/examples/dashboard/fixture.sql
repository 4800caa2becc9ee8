-- Table and rows of the monitoring dashboard: one reading each two seconds, the last one now. Values
-- are spread by a hash of the row's number, each column with a seed of its own. fixture.scale says how
-- many rows: 1 for a million, 23 days; 0.05 for 28 hours. The table is not vacuumed: the change does it.
CREATE FUNCTION pg_temp.spread(i integer, seed integer, n integer) RETURNS integer
  LANGUAGE sql IMMUTABLE AS 'SELECT ((hashint4extended(i, seed) & 2147483647) % n)::integer';
CREATE FUNCTION pg_temp.rows(n integer) RETURNS integer
  LANGUAGE sql STABLE AS
  'SELECT greatest(1, round(n * current_setting(''fixture.scale'')::numeric))::integer';

CREATE TABLE metrics (
  id bigint PRIMARY KEY,
  metric_type text NOT NULL,
  value double precision NOT NULL,
  host text NOT NULL,
  labels jsonb NOT NULL,
  created_at timestamptz NOT NULL
);
INSERT INTO metrics
SELECT i, (ARRAY['cpu', 'memory', 'disk', 'network'])[1 + pg_temp.spread(i, 11, 4)],
  pg_temp.spread(i, 12, 10000) / 100.0, 'host-' || 1 + pg_temp.spread(i, 13, 20),
  jsonb_build_object('rack', 'r' || pg_temp.spread(i, 14, 8), 'zone', pg_temp.spread(i, 15, 3)),
  now() - (pg_temp.rows(1000000) - i) * interval '2 seconds'
FROM generate_series(1, pg_temp.rows(1000000)) i;

ANALYZE metrics;
