-- Pages of a metric by time and number, without OFFSET.
CREATE INDEX CONCURRENTLY idx_metrics_type_time_id
  ON metrics (metric_type, created_at DESC, id DESC);
