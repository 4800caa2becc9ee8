DROP POLICY IF EXISTS own_favorites ON menuca_v3.user_favorites;
DROP POLICY IF EXISTS own_addresses ON menuca_v3.user_addresses;
