-- What belongs to a restaurant: places, hours, domains, delivery.
CREATE INDEX CONCURRENTLY idx_restaurant_locations_restaurant
  ON menuca_v3.restaurant_locations (restaurant_id);
CREATE INDEX CONCURRENTLY idx_restaurant_locations_postal
  ON menuca_v3.restaurant_locations (postal_code);
CREATE INDEX CONCURRENTLY idx_restaurant_schedules_restaurant_day
  ON menuca_v3.restaurant_schedules (restaurant_id, day_of_week) WHERE is_enabled;
CREATE INDEX CONCURRENTLY idx_restaurant_domains_domain
  ON menuca_v3.restaurant_domains (lower(domain));
CREATE INDEX CONCURRENTLY idx_delivery_areas_restaurant_active
  ON menuca_v3.delivery_areas (restaurant_id) WHERE is_active;
