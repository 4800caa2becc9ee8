-- A materialized view does not stand in pg_indexes.
SELECT count(*) FROM pg_matviews
WHERE schemaname = 'public' AND matviewname = 'metrics_hourly' AND ispopulated
