-- The policy before it counts: nobody is shut out between the two.
CREATE POLICY own_addresses ON menuca_v3.user_addresses FOR SELECT TO app_user
  USING (user_id = nullif(current_setting('app.user_id', true), '')::integer);
ALTER TABLE menuca_v3.user_addresses ENABLE ROW LEVEL SECURITY;
