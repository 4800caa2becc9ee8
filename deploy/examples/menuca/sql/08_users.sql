-- Users by address, phone and age.
CREATE INDEX CONCURRENTLY idx_users_email_lower ON menuca_v3.users (lower(email));
CREATE INDEX CONCURRENTLY idx_users_phone ON menuca_v3.users (phone);
CREATE INDEX CONCURRENTLY idx_users_active_created
  ON menuca_v3.users (created_at DESC) WHERE is_active;
CREATE INDEX CONCURRENTLY idx_user_addresses_user ON menuca_v3.user_addresses (user_id);
CREATE INDEX CONCURRENTLY idx_user_favorites_restaurant ON menuca_v3.user_favorites (restaurant_id);
