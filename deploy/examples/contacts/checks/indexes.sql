SELECT c.relname
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE i.indrelid = 'contacts'::regclass AND i.indisvalid AND i.indisready AND i.indislive
  AND c.relname IN ('idx_contacts_analytics_optimized', 'idx_contacts_org_analytics_optimized',
    'idx_contacts_analytics_date')
