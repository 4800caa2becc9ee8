SELECT count(*) FROM pg_class
WHERE relname IN ('idx_metrics_type_time_covering', 'idx_metrics_type_time_id', 'idx_metrics_recent',
  'metrics_hourly', 'metrics_hourly_key')
