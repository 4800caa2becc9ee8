-- Roles belong to the server, which three environments share: made once, as the superuser would.
-- lk_exec is Lockkeeper's own; it may act as both, so that a probe is taken as either.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'contacts_owner') THEN
    CREATE ROLE contacts_owner NOLOGIN;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_user') THEN
    CREATE ROLE app_user NOLOGIN NOBYPASSRLS;
  END IF;
END $$;
GRANT contacts_owner TO lk_exec;
-- It also limits the application for as long as sections run.
GRANT app_user TO lk_exec WITH ADMIN OPTION;
