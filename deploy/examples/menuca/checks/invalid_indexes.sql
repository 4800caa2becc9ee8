SELECT c.relname
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'menuca_v3' AND NOT (i.indisvalid AND i.indisready AND i.indislive)
