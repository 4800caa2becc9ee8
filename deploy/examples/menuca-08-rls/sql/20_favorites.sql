CREATE POLICY own_favorites ON menuca_v3.user_favorites FOR SELECT TO app_user
  USING (user_id = nullif(current_setting('app.user_id', true), '')::integer);
ALTER TABLE menuca_v3.user_favorites ENABLE ROW LEVEL SECURITY;
