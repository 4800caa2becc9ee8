SELECT tablename, indexname, pg_size_pretty(pg_relation_size(format('%I.%I', schemaname, indexname)))
FROM pg_indexes
WHERE schemaname = 'menuca_v3' AND indexname LIKE 'idx\_%'
ORDER BY tablename, indexname
