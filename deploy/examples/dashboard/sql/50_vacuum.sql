-- A scan of the index alone needs the visibility map.
VACUUM (ANALYZE) metrics;
