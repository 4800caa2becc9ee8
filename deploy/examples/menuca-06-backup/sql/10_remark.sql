COMMENT ON SCHEMA menuca_v3 IS 'Backed up by ticket 06, before indexes and row-level security';
