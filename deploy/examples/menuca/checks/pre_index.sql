SELECT 'PRODUCTION PRE-INDEX' AS label,
  (SELECT count(*) FROM pg_indexes WHERE schemaname = 'menuca_v3' AND indexname LIKE 'idx\_%')
    AS custom_indexes,
  pg_size_pretty(pg_database_size(current_database())) AS db_size,
  (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
    AND application_name NOT LIKE 'lk/%') AS active_connections,
  now() AS check_time
