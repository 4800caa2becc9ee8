-- One line for everything that a change could alter in the user schemas: names, definitions, flags,
-- owners, grants, comments. Neither attribute order nor oids, which differ between equal schemas.
-- Privileges that are the server's own default count as none, written out or not: that is what is left
-- when a grant was taken back. What stands before the mark is of relations and routines, and is read
-- of the touched ones alone where it shall be cheap. Run with an empty search_path, so that every name is qualified. PostgreSQL 12+.
WITH
schemas AS (
  SELECT oid, nspname FROM pg_namespace
  WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'lockkeeper')
),
relations AS (
  SELECT c.*, s.nspname, format('%I.%I', s.nspname, c.relname) AS name
  FROM pg_class c JOIN schemas s ON s.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c', 'i', 'I') /* touched relations */
)
SELECT line FROM (
  SELECT 'relation ' || r.name || ' kind ' || r.relkind::text || ' owner ' || pg_get_userbyid(r.relowner)
    || ' persistence ' || r.relpersistence::text
    || ' options ' || coalesce(array_to_string(ARRAY(SELECT unnest(r.reloptions) ORDER BY 1), ','), '-')
    || coalesce((SELECT ' toast ' || array_to_string(ARRAY(SELECT unnest(o.reloptions) ORDER BY 1), ',')
        FROM pg_class o WHERE o.oid = r.reltoastrelid AND o.reloptions IS NOT NULL), '')
    || ' acl ' || coalesce(nullif(array_to_string(ARRAY(SELECT unnest(r.relacl)::text ORDER BY 1), ','),
      array_to_string(ARRAY(SELECT unnest(acldefault(CASE r.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", r.relowner))::text ORDER BY 1), ',')), '')
    || ' rls ' || r.relrowsecurity || '/' || r.relforcerowsecurity
    || ' replica ' || r.relreplident::text
    || ' tablespace ' || r.reltablespace
    || ' partition ' || coalesce(pg_get_expr(r.relpartbound, r.oid), '-')
    || ' key ' || CASE WHEN r.relkind = 'p' THEN pg_get_partkeydef(r.oid) ELSE '-' END
    || ' comment ' || coalesce(quote_literal(obj_description(r.oid, 'pg_class')), '-') AS line
  FROM relations r WHERE r.relkind NOT IN ('i', 'I')
  UNION ALL
  SELECT 'column ' || r.name || '.' || quote_ident(a.attname)
    || ' type ' || format_type(a.atttypid, a.atttypmod)
    || ' collation ' || coalesce((SELECT quote_ident(collname) FROM pg_collation WHERE oid = a.attcollation), '-')
    || ' notnull ' || a.attnotnull
    || ' default ' || coalesce(pg_get_expr(d.adbin, d.adrelid), '-')
    || ' identity ' || a.attidentity::text || ' generated ' || a.attgenerated::text
    || ' storage ' || a.attstorage::text
    || ' statistics ' || coalesce(nullif(a.attstattarget, -1)::text, '-')
    || ' compression ' || coalesce(nullif(to_jsonb(a) ->> 'attcompression', ''), '-')
    || CASE WHEN a.attoptions IS NULL THEN ''
      ELSE ' options ' || array_to_string(ARRAY(SELECT unnest(a.attoptions) ORDER BY 1), ',') END
    || ' acl ' || coalesce(array_to_string(ARRAY(SELECT unnest(a.attacl)::text ORDER BY 1), ','), '-')
    || ' comment ' || coalesce(quote_literal(col_description(r.oid, a.attnum)), '-')
  FROM relations r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = r.oid AND d.adnum = a.attnum
  WHERE r.relkind NOT IN ('i', 'I', 'S')
  UNION ALL
  SELECT 'index ' || r.name || ' ' || pg_get_indexdef(i.indexrelid)
    || coalesce((SELECT ' tablespace ' || quote_ident(spcname) FROM pg_tablespace WHERE oid = r.reltablespace), '')
    || coalesce((SELECT ' statistics ' || string_agg(attnum || '=' || attstattarget, ',' ORDER BY attnum)
        FROM pg_attribute WHERE attrelid = r.oid AND coalesce(attstattarget, -1) <> -1), '')
    || ' valid ' || i.indisvalid || '/' || i.indisready || '/' || i.indislive
    || ' clustered ' || i.indisclustered || ' replica ' || i.indisreplident
    || ' owner ' || pg_get_userbyid(r.relowner)
    || ' comment ' || coalesce(quote_literal(obj_description(r.oid, 'pg_class')), '-')
  FROM relations r JOIN pg_index i ON i.indexrelid = r.oid
  UNION ALL
  SELECT 'constraint ' || coalesce(r.name, format('%I.%I', s.nspname, t.typname)) || '.' || quote_ident(c.conname)
    || ' ' || pg_get_constraintdef(c.oid) || ' validated ' || c.convalidated
    || ' comment ' || coalesce(quote_literal(obj_description(c.oid, 'pg_constraint')), '-')
  FROM pg_constraint c JOIN schemas s ON s.oid = c.connamespace
  LEFT JOIN relations r ON r.oid = c.conrelid LEFT JOIN pg_type t ON t.oid = c.contypid
  WHERE r.oid IS NOT NULL OR c.conrelid = 0 /* touched constraints */
  UNION ALL
  SELECT 'view ' || r.name || ' ' || pg_get_viewdef(r.oid) || ' populated ' || r.relispopulated
  FROM relations r WHERE r.relkind IN ('v', 'm')
  UNION ALL
  SELECT 'rule ' || r.name || '.' || quote_ident(w.rulename) || ' ' || pg_get_ruledef(w.oid)
    || ' enabled ' || w.ev_enabled::text
    || coalesce(' comment ' || quote_literal(obj_description(w.oid, 'pg_rewrite')), '')
  FROM pg_rewrite w JOIN relations r ON r.oid = w.ev_class WHERE w.rulename <> '_RETURN'
  UNION ALL
  SELECT 'trigger ' || r.name || '.' || quote_ident(t.tgname) || ' ' || pg_get_triggerdef(t.oid)
    || ' enabled ' || t.tgenabled::text
    || ' comment ' || coalesce(quote_literal(obj_description(t.oid, 'pg_trigger')), '-')
  FROM pg_trigger t JOIN relations r ON r.oid = t.tgrelid WHERE NOT t.tgisinternal
  UNION ALL
  SELECT 'policy ' || r.name || '.' || quote_ident(p.polname) || ' command ' || p.polcmd::text
    || ' permissive ' || p.polpermissive
    || ' roles ' || array_to_string(ARRAY(SELECT CASE WHEN o = 0 THEN 'public' ELSE pg_get_userbyid(o) END FROM unnest(p.polroles) o ORDER BY 1), ',')
    || ' using ' || coalesce(pg_get_expr(p.polqual, p.polrelid), '-')
    || ' check ' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '-')
    || ' comment ' || coalesce(quote_literal(obj_description(p.oid, 'pg_policy')), '-')
  FROM pg_policy p JOIN relations r ON r.oid = p.polrelid
  UNION ALL
  SELECT 'sequence ' || r.name || ' type ' || format_type(q.seqtypid, NULL) || ' start ' || q.seqstart
    || ' by ' || q.seqincrement || ' from ' || q.seqmin || ' to ' || q.seqmax || ' cache ' || q.seqcache
    || ' cycle ' || q.seqcycle
    || ' owned ' || coalesce((SELECT d.refobjid::regclass || '.' || a.attname FROM pg_depend d
        JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype IN ('a', 'i') LIMIT 1), '-')
  FROM pg_sequence q JOIN relations r ON r.oid = q.seqrelid
  UNION ALL
  SELECT 'inherits ' || i.inhrelid::regclass || ' from ' || i.inhparent::regclass
  FROM pg_inherits i JOIN relations r ON r.oid = i.inhrelid
  UNION ALL
  SELECT 'routine ' || p.oid::regprocedure || ' kind ' || p.prokind::text
    || ' ' || CASE WHEN p.prokind = 'a' THEN format_type(p.prorettype, NULL) || ' ' ||
        (SELECT (to_jsonb(g) - 'aggfnoid' - 'aggtranstype')::text || format_type(g.aggtranstype, NULL)
         FROM pg_aggregate g WHERE g.aggfnoid = p.oid) ELSE pg_get_functiondef(p.oid) END
    || ' owner ' || pg_get_userbyid(p.proowner)
    || ' acl ' || coalesce(nullif(array_to_string(ARRAY(SELECT unnest(p.proacl)::text ORDER BY 1), ','),
      array_to_string(ARRAY(SELECT unnest(acldefault('f', p.proowner))::text ORDER BY 1), ',')), '')
    || ' comment ' || coalesce(quote_literal(obj_description(p.oid, 'pg_proc')), '-')
  FROM pg_proc p JOIN schemas s ON s.oid = p.pronamespace /* touched routines */
  /* mark */
  UNION ALL
  SELECT 'schema ' || quote_ident(n.nspname) || ' owner ' || pg_get_userbyid(n.nspowner)
    || ' acl ' || coalesce(nullif(array_to_string(ARRAY(SELECT unnest(n.nspacl)::text ORDER BY 1), ','),
      array_to_string(ARRAY(SELECT unnest(acldefault('n', n.nspowner))::text ORDER BY 1), ',')), '')
    || ' comment ' || coalesce(quote_literal(obj_description(n.oid, 'pg_namespace')), '-')
  FROM pg_namespace n JOIN schemas s ON s.oid = n.oid
  UNION ALL
  SELECT 'type ' || format('%I.%I', s.nspname, t.typname) || ' kind ' || t.typtype::text
    || ' labels ' || coalesce((SELECT string_agg(quote_literal(e.enumlabel), ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid), '-')
    || ' base ' || CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) ELSE '-' END
    || ' notnull ' || t.typnotnull || ' default ' || coalesce(t.typdefault, '-')
    || ' owner ' || pg_get_userbyid(t.typowner)
    || ' acl ' || coalesce(nullif(array_to_string(ARRAY(SELECT unnest(t.typacl)::text ORDER BY 1), ','),
      array_to_string(ARRAY(SELECT unnest(acldefault('T', t.typowner))::text ORDER BY 1), ',')), '')
    || ' comment ' || coalesce(quote_literal(obj_description(t.oid, 'pg_type')), '-')
  FROM pg_type t JOIN schemas s ON s.oid = t.typnamespace
  WHERE t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND EXISTS
    (SELECT FROM pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
  UNION ALL
  SELECT 'statistics ' || format('%I.%I', s.nspname, x.stxname) || ' ' || pg_get_statisticsobjdef(x.oid)
    || coalesce(' comment ' || quote_literal(obj_description(x.oid, 'pg_statistic_ext')), '')
  FROM pg_statistic_ext x JOIN schemas s ON s.oid = x.stxnamespace
  UNION ALL
  SELECT 'extension ' || e.extname || ' ' || e.extversion FROM pg_extension e
  UNION ALL
  SELECT 'collation ' || format('%I.%I', s.nspname, c.collname) || ' owner ' || pg_get_userbyid(c.collowner)
    || ' ' || (to_jsonb(c) - 'oid' - 'collname' - 'collnamespace' - 'collowner' - 'collversion')::text
  FROM pg_collation c JOIN schemas s ON s.oid = c.collnamespace
  UNION ALL
  SELECT 'operator ' || o.oid::regoperator || ' runs ' || o.oprcode::text || ' gives ' || format_type(o.oprresult, NULL)
    || ' commutes ' || o.oprcom::regoperator || ' negates ' || o.oprnegate::regoperator
    || ' merges ' || o.oprcanmerge || ' hashes ' || o.oprcanhash
    || ' restricts ' || o.oprrest::text || ' joins ' || o.oprjoin::text
    || ' owner ' || pg_get_userbyid(o.oprowner)
  FROM pg_operator o JOIN schemas s ON s.oid = o.oprnamespace
  UNION ALL
  -- Casts have no schema: those below 16384 came with the server.
  SELECT 'cast ' || format_type(c.castsource, NULL) || ' to ' || format_type(c.casttarget, NULL)
    || ' by ' || c.castfunc::regprocedure || ' context ' || c.castcontext::text || ' method ' || c.castmethod::text
  FROM pg_cast c WHERE c.oid >= 16384
  UNION ALL
  SELECT 'publication ' || quote_ident(p.pubname) || ' owner ' || pg_get_userbyid(p.pubowner)
    || ' ' || (to_jsonb(p) - 'oid' - 'pubname' - 'pubowner')::text
    || ' of ' || coalesce((SELECT string_agg(r.prrelid::regclass::text, ',' ORDER BY r.prrelid::regclass::text)
        FROM pg_publication_rel r WHERE r.prpubid = p.oid), '-')
  FROM pg_publication p
  UNION ALL
  SELECT 'database owner ' || pg_get_userbyid(d.datdba)
    || ' acl ' || coalesce(nullif(array_to_string(ARRAY(SELECT unnest(d.datacl)::text ORDER BY 1), ','),
      array_to_string(ARRAY(SELECT unnest(acldefault('d', d.datdba))::text ORDER BY 1), ',')), '')
    || coalesce(' comment ' || quote_literal(shobj_description(d.oid, 'pg_database')), '')
  FROM pg_database d WHERE d.datname = current_database()
  UNION ALL
  SELECT 'event trigger ' || e.evtname || ' on ' || e.evtevent || ' runs ' || e.evtfoid::regprocedure
    || ' enabled ' || e.evtenabled::text || ' tags ' || coalesce(array_to_string(e.evttags, ','), '-')
    || coalesce(' comment ' || quote_literal(obj_description(e.oid, 'pg_event_trigger')), '')
  FROM pg_event_trigger e
  UNION ALL
  SELECT 'default privileges of ' || pg_get_userbyid(d.defaclrole)
    || ' in ' || coalesce((SELECT nspname FROM pg_namespace WHERE oid = d.defaclnamespace), '-')
    || ' on ' || d.defaclobjtype::text
    || ' acl ' || array_to_string(ARRAY(SELECT unnest(d.defaclacl)::text ORDER BY 1), ',')
  FROM pg_default_acl d
  UNION ALL
  SELECT 'setting of ' || CASE WHEN g.setrole = 0 THEN 'all' ELSE pg_get_userbyid(g.setrole) END
    || CASE WHEN g.setdatabase = 0 THEN ' everywhere' ELSE ' here' END
    || ' ' || array_to_string(ARRAY(SELECT unnest(g.setconfig) ORDER BY 1), ',')
  FROM pg_db_role_setting g
  WHERE g.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
) lines
ORDER BY line COLLATE "C"
