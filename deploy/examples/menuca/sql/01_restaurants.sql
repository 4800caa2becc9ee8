-- Restaurants by slug, city, state and age.
CREATE INDEX CONCURRENTLY idx_restaurants_active ON menuca_v3.restaurants (id) WHERE is_active;
CREATE INDEX CONCURRENTLY idx_restaurants_slug ON menuca_v3.restaurants (slug);
CREATE INDEX CONCURRENTLY idx_restaurants_city_active
  ON menuca_v3.restaurants (city_id) WHERE is_active;
CREATE INDEX CONCURRENTLY idx_restaurants_status ON menuca_v3.restaurants (status);
CREATE INDEX CONCURRENTLY idx_restaurants_created_at ON menuca_v3.restaurants (created_at DESC);
