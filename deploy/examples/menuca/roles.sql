-- The application's role belongs to the server, which three environments share. lk_exec is Lockkeeper's
-- own; it may act as the application, so that ticket 08 is looked at as one.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'app_user') THEN
    CREATE ROLE app_user NOLOGIN NOBYPASSRLS;
  END IF;
END $$;
GRANT app_user TO lk_exec;
