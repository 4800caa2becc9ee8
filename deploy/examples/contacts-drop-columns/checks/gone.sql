SELECT count(*) FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = 'contacts'
  AND column_name IN ('analytics_enabled', 'last_analytics_update')
