-- How often the server itself vacuumed and analyzed the tables since its statistics began.
SELECT relname, autovacuum_count, autoanalyze_count
FROM pg_stat_all_tables
WHERE relid IN ('contacts'::regclass, 'contact_notes'::regclass)
ORDER BY relname
