CREATE FUNCTION public.user_has_contact_access_optimized(organization uuid) RETURNS boolean
  LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp
  AS $$
    SELECT EXISTS (
      SELECT FROM public.organization_members m
      WHERE m.org_id = organization
        AND m.user_id = nullif(current_setting('app.user_id', true), '')::uuid
    )
  $$;
REVOKE ALL ON FUNCTION public.user_has_contact_access_optimized(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.user_has_contact_access_optimized(uuid) TO app_user;
