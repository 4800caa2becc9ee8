SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated
FROM pg_constraint
WHERE connamespace = 'menuca_v3'::regnamespace
ORDER BY 1, 2
