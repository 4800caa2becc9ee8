SELECT 'PRODUCTION IMPACT CHECK' AS label,
  (SELECT xact_rollback FROM pg_stat_database WHERE datname = current_database())
    AS total_rollbacks,
  (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
    AND wait_event_type = 'Lock' AND application_name NOT LIKE 'lk/%') AS blocked_queries,
  (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'
    AND application_name NOT LIKE 'lk/%') AS active_connections,
  now() AS check_time
