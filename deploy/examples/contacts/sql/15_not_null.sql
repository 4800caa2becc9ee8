ALTER TABLE public.contacts
  ALTER COLUMN analytics_enabled SET NOT NULL,
  ALTER COLUMN last_analytics_update SET NOT NULL;
ALTER TABLE public.contacts DROP CONSTRAINT contacts_analytics_filled;
