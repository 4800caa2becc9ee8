-- The document's fourth step back: defaults and NOT NULL go, the columns stay. Dropping them would
-- lose data, and somebody would have to choose it.
ALTER TABLE public.contacts
  ALTER COLUMN analytics_enabled DROP NOT NULL,
  ALTER COLUMN analytics_enabled DROP DEFAULT,
  ALTER COLUMN last_analytics_update DROP NOT NULL,
  ALTER COLUMN last_analytics_update DROP DEFAULT;
