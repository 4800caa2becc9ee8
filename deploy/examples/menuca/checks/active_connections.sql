SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND state = 'active' AND application_name NOT LIKE 'lk/%'
