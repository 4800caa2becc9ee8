SELECT c.relname, pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = to_regclass('public.metrics')
  AND c.relname IN ('idx_metrics_type_time_covering', 'idx_metrics_type_time_id', 'idx_metrics_recent')
  AND i.indisvalid AND i.indisready AND i.indislive
ORDER BY c.relname
