SELECT indexname, indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename = 'contacts' AND indexname LIKE '%analytics%'
ORDER BY indexname
