-- Reads the whole table under a lock that reading and writing pass.
ALTER TABLE public.contacts VALIDATE CONSTRAINT contacts_analytics_filled;
