ALTER TABLE menuca_v3.user_addresses DISABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own_addresses ON menuca_v3.user_addresses;
