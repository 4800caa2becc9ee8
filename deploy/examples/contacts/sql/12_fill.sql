-- Rows that came in while the columns had no default. There are none where they are new.
UPDATE public.contacts
SET analytics_enabled = coalesce(analytics_enabled, true),
  last_analytics_update = coalesce(last_analytics_update, now())
WHERE id IN (
  SELECT id FROM public.contacts
  WHERE analytics_enabled IS NULL OR last_analytics_update IS NULL
  LIMIT 10000
);
