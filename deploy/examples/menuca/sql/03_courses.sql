-- Courses of a restaurant, in order and by name.
CREATE INDEX CONCURRENTLY idx_courses_restaurant ON menuca_v3.courses (restaurant_id);
CREATE INDEX CONCURRENTLY idx_courses_restaurant_active_order
  ON menuca_v3.courses (restaurant_id, display_order) WHERE is_active;
CREATE INDEX CONCURRENTLY idx_courses_name_lower ON menuca_v3.courses (restaurant_id, lower(name));
CREATE INDEX CONCURRENTLY idx_courses_updated_at ON menuca_v3.courses (updated_at);
