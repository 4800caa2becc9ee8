SELECT count(*) AS sessions, count(*) FILTER (WHERE state = 'active') AS active,
  count(*) FILTER (WHERE state = 'idle') AS idle,
  count(*) FILTER (WHERE state LIKE 'idle in transaction%') AS idle_in_transaction
FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend'
  AND application_name NOT LIKE 'lk/%'
