SELECT p.policyname, p.cmd, p.permissive, p.roles, p.qual, c.relrowsecurity
FROM pg_policies p JOIN pg_class c ON c.oid = format('%I.%I', p.schemaname, p.tablename)::regclass
WHERE p.schemaname = 'public' AND p.tablename = 'contacts'
ORDER BY p.policyname
