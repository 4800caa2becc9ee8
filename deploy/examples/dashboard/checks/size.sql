SELECT pg_size_pretty(pg_table_size(to_regclass('public.metrics'))),
  pg_size_pretty(pg_indexes_size(to_regclass('public.metrics')))
