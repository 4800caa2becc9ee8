DROP POLICY IF EXISTS "Analytics access optimized" ON public.contacts;
