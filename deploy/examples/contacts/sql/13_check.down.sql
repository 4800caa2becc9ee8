ALTER TABLE public.contacts DROP CONSTRAINT IF EXISTS contacts_analytics_filled;
