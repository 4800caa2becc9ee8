-- Policies before they count: between the two sections nobody is shut out.
CREATE POLICY own_addresses ON menuca_v3.user_addresses FOR SELECT TO app_user
  USING (user_id = nullif(current_setting('app.user_id', true), '')::integer);
CREATE POLICY own_favorites ON menuca_v3.user_favorites FOR SELECT TO app_user
  USING (user_id = nullif(current_setting('app.user_id', true), '')::integer);
