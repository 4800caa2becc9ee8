DROP FUNCTION IF EXISTS public.user_has_contact_access_optimized(uuid);
