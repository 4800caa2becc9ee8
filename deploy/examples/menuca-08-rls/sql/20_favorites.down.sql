ALTER TABLE menuca_v3.user_favorites DISABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_favorites ON menuca_v3.user_favorites;
