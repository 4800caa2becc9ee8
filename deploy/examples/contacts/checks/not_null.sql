SELECT attname FROM pg_attribute
WHERE attrelid = 'contacts'::regclass AND attnotnull AND atthasdef
  AND attname IN ('analytics_enabled', 'last_analytics_update')
