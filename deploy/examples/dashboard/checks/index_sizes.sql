SELECT pg_size_pretty(sum(pg_relation_size(i.indexrelid)) OVER ()) AS together, c.relname,
  pg_size_pretty(pg_relation_size(i.indexrelid))
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid IN (to_regclass('public.metrics'), to_regclass('public.metrics_hourly'))
ORDER BY c.relname
