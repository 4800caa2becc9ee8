-- Ordered by date and id, and partial: with the flag in a filter only, the planner walked the plain
-- index on the date backwards over hundreds of thousands of rows.
CREATE INDEX CONCURRENTLY idx_contacts_analytics_optimized
  ON public.contacts (last_analytics_update DESC, id) WHERE analytics_enabled;
CREATE INDEX CONCURRENTLY idx_contacts_org_analytics_optimized
  ON public.contacts (organization_id, last_analytics_update DESC) WHERE analytics_enabled;
CREATE INDEX CONCURRENTLY idx_contacts_analytics_date
  ON public.contacts (last_analytics_update);
