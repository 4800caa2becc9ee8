-- Tables and rows of the contacts example: contacts of 200 organisations, which a user sees by
-- row-level security. Values are spread by a hash of the row's number, each column with a seed of
-- its own. fixture.scale says how many rows: 1 for 500,000 contacts, 0.1 and 0.002 for the document's
-- 50,000 and 1,000.
CREATE FUNCTION pg_temp.spread(i integer, seed integer, n integer) RETURNS integer
  LANGUAGE sql IMMUTABLE AS 'SELECT ((hashint4extended(i, seed) & 2147483647) % n)::integer';
CREATE FUNCTION pg_temp.rows(n integer) RETURNS integer
  LANGUAGE sql STABLE AS
  'SELECT greatest(1, round(n * current_setting(''fixture.scale'')::numeric))::integer';
CREATE FUNCTION pg_temp.named(kind text, i integer) RETURNS uuid
  LANGUAGE sql IMMUTABLE AS 'SELECT md5(kind || '' '' || i)::uuid';

CREATE TABLE organizations (
  id uuid PRIMARY KEY,
  name text NOT NULL
);
INSERT INTO organizations
SELECT pg_temp.named('organization', i), 'Organization ' || i FROM generate_series(1, 200) i;

-- User 1 is a member of one organisation, user 2 of twenty, and nobody is user 0.
CREATE TABLE organization_members (
  org_id uuid NOT NULL REFERENCES organizations,
  user_id uuid NOT NULL,
  role text NOT NULL,
  PRIMARY KEY (org_id, user_id)
);
INSERT INTO organization_members VALUES
  (pg_temp.named('organization', 1), pg_temp.named('user', 1), 'owner');
INSERT INTO organization_members
SELECT pg_temp.named('organization', i), pg_temp.named('user', 2), 'member'
FROM generate_series(1, 20) i;
INSERT INTO organization_members
SELECT pg_temp.named('organization', 1 + pg_temp.spread(i, 11, 200)), pg_temp.named('user', i),
  (ARRAY['owner', 'admin', 'member', 'member'])[1 + pg_temp.spread(i, 12, 4)]
FROM generate_series(3, 1981) i;
CREATE INDEX idx_organization_members_user ON organization_members (user_id);

CREATE TABLE contacts (
  id uuid PRIMARY KEY,
  organization_id uuid NOT NULL,
  owner_id uuid NOT NULL,
  email text NOT NULL,
  full_name text NOT NULL,
  status text NOT NULL,
  created_at timestamptz NOT NULL
);
INSERT INTO contacts
SELECT pg_temp.named('contact', i),
  pg_temp.named('organization', 1 + pg_temp.spread(i, 21, 200)),
  pg_temp.named('user', 1 + pg_temp.spread(i, 22, 1980)),
  'contact' || i || '@example.org', 'Contact number ' || i,
  (ARRAY['active', 'active', 'active', 'lead', 'archived'])[1 + pg_temp.spread(i, 23, 5)],
  now() - pg_temp.spread(i, 24, 1000) * interval '1 day'
FROM generate_series(1, pg_temp.rows(500000)) i;
CREATE INDEX idx_contacts_organization ON contacts (organization_id);
ALTER TABLE contacts
  ADD CONSTRAINT contacts_organization FOREIGN KEY (organization_id) REFERENCES organizations;
ALTER TABLE contacts ENABLE ROW LEVEL SECURITY;

CREATE TABLE contact_notes (
  id integer PRIMARY KEY,
  contact_id uuid NOT NULL,
  body text NOT NULL,
  created_at timestamptz NOT NULL
);
INSERT INTO contact_notes
SELECT i, pg_temp.named('contact', 1 + pg_temp.spread(i, 31, pg_temp.rows(500000))),
  'Note number ' || i, now() - pg_temp.spread(i, 32, 1000) * interval '1 day'
FROM generate_series(1, pg_temp.rows(200000)) i;
CREATE INDEX idx_contact_notes_contact ON contact_notes (contact_id);
ALTER TABLE contact_notes
  ADD CONSTRAINT contact_notes_contact FOREIGN KEY (contact_id) REFERENCES contacts;

-- The document's own measurements, which the change calls as checks.
CREATE FUNCTION quick_performance_check() RETURNS TABLE (figure text, value text)
  LANGUAGE sql STABLE AS
  $$
    SELECT 'contacts', count(*)::text FROM contacts
    UNION ALL SELECT 'indexes of contacts', count(*)::text FROM pg_index
      WHERE indrelid = 'contacts'::regclass AND indisvalid
    UNION ALL SELECT 'size of contacts with indexes',
      pg_size_pretty(pg_total_relation_size('contacts'))
    UNION ALL SELECT 'sessions waiting for a lock', count(*)::text FROM pg_stat_activity
      WHERE datname = current_database() AND wait_event_type = 'Lock'
        AND application_name NOT LIKE 'lk/%'
  $$;
CREATE FUNCTION benchmark_query_performance() RETURNS TABLE (query text, milliseconds numeric)
  LANGUAGE plpgsql AS
  $$
  DECLARE
    began timestamptz;
    found bigint;
  BEGIN
    began := clock_timestamp();
    SELECT count(*) INTO found FROM contacts
      WHERE organization_id = (SELECT id FROM organizations ORDER BY id LIMIT 1);
    query := 'contacts of an organization';
    milliseconds := round(extract(epoch FROM clock_timestamp() - began)::numeric * 1000, 3);
    RETURN NEXT;
    began := clock_timestamp();
    SELECT count(*) INTO found FROM contacts WHERE status = 'lead';
    query := 'contacts by status';
    milliseconds := round(extract(epoch FROM clock_timestamp() - began)::numeric * 1000, 3);
    RETURN NEXT;
    began := clock_timestamp();
    SELECT count(*) INTO found FROM contact_notes n JOIN contacts c ON c.id = n.contact_id
      WHERE c.organization_id = (SELECT id FROM organizations ORDER BY id LIMIT 1);
    query := 'notes of an organization';
    milliseconds := round(extract(epoch FROM clock_timestamp() - began)::numeric * 1000, 3);
    RETURN NEXT;
  END
  $$;
-- Holds a snapshot for as long as it runs: a concurrent build would wait for its end. It is here so
-- that somebody can call it by hand; a change must not.
CREATE FUNCTION monitor_migration_performance(seconds integer, step integer)
  RETURNS TABLE (at timestamptz, waiting bigint) LANGUAGE plpgsql AS
  $$
  BEGIN
    FOR i IN 0..(seconds / step) LOOP
      at := clock_timestamp();
      SELECT count(*) INTO waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock';
      RETURN NEXT;
      PERFORM pg_sleep(step);
    END LOOP;
  END
  $$;

GRANT CREATE ON SCHEMA public TO contacts_owner;
ALTER TABLE organizations OWNER TO contacts_owner;
ALTER TABLE organization_members OWNER TO contacts_owner;
ALTER TABLE contacts OWNER TO contacts_owner;
ALTER TABLE contact_notes OWNER TO contacts_owner;
GRANT USAGE ON SCHEMA public TO app_user;

VACUUM ANALYZE organizations;
VACUUM ANALYZE organization_members;
VACUUM ANALYZE contacts;
VACUUM ANALYZE contact_notes;
