-- So that SET NOT NULL finds it proven and does not read the table under its strong lock.
ALTER TABLE public.contacts
  ADD CONSTRAINT contacts_analytics_filled
  CHECK (analytics_enabled IS NOT NULL AND last_analytics_update IS NOT NULL) NOT VALID;
