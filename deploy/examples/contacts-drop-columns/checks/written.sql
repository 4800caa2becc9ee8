SELECT count(*) AS contacts, count(*) FILTER (WHERE NOT analytics_enabled) AS switched_off,
  max(last_analytics_update) AS last_written
FROM contacts
