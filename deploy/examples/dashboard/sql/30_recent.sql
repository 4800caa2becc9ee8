-- The last minutes of all metrics. Not partial: a predicate with now() is refused.
CREATE INDEX CONCURRENTLY idx_metrics_recent ON metrics (created_at DESC) INCLUDE (metric_type, value);
