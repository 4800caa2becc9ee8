-- There is no way to make it unproven; without it there is nothing that is.
ALTER TABLE public.contacts DROP CONSTRAINT IF EXISTS contacts_analytics_filled;
