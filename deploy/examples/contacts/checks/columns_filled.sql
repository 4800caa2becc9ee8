SELECT count(*) FILTER (WHERE analytics_enabled IS NULL OR last_analytics_update IS NULL) AS unfilled,
  count(analytics_enabled) AS has_analytics_flag, count(last_analytics_update) AS has_update_timestamp,
  count(*) FILTER (WHERE analytics_enabled) AS enabled, count(*) AS total_contacts
FROM contacts
