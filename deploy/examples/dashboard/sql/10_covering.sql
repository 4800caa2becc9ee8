-- History of a metric, from the index alone.
CREATE INDEX CONCURRENTLY idx_metrics_type_time_covering
  ON metrics (metric_type, created_at DESC) INCLUDE (value, host);
