-- What was filled in stays, as the columns do; they may be empty again.
ALTER TABLE public.contacts
  ALTER COLUMN analytics_enabled DROP NOT NULL,
  ALTER COLUMN last_analytics_update DROP NOT NULL;
