-- What is left once the new pool of 100, ten in reserve and everybody else on the server have theirs.
SELECT current_setting('max_connections')::integer
  - current_setting('superuser_reserved_connections')::integer
  - 100 - 10
  - (SELECT count(*) FROM pg_stat_activity
      WHERE backend_type = 'client backend' AND datname <> current_database())
