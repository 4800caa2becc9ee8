ANALYZE public.contacts;
