-- No CASCADE: what still needs them stops it.
ALTER TABLE contacts DROP COLUMN analytics_enabled, DROP COLUMN last_analytics_update;
