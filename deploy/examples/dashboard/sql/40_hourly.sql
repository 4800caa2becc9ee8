-- Hours as they are now. Nobody refreshes it yet, so it is stale from the first minute; the unique
-- index lets a later job refresh it concurrently.
CREATE MATERIALIZED VIEW metrics_hourly AS
  SELECT metric_type, date_trunc('hour', created_at) AS hour, count(*) AS n, avg(value) AS avg_value,
    min(value) AS min_value, max(value) AS max_value
  FROM metrics
  GROUP BY metric_type, date_trunc('hour', created_at);
CREATE UNIQUE INDEX metrics_hourly_key ON metrics_hourly (metric_type, hour);
