-- Both columns by one statement, which since PostgreSQL 11 changes the catalog only: now() is the
-- same for all rows. After a rollback, which leaves the columns without default and NOT NULL, the
-- additions are passed over and only the defaults come back; the sections up to 15 do the rest.
ALTER TABLE public.contacts
  ADD COLUMN IF NOT EXISTS analytics_enabled boolean NOT NULL DEFAULT true,
  ADD COLUMN IF NOT EXISTS last_analytics_update timestamptz NOT NULL DEFAULT now(),
  ALTER COLUMN analytics_enabled SET DEFAULT true,
  ALTER COLUMN last_analytics_update SET DEFAULT now();
