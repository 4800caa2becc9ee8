-- Dishes of a restaurant and of a course, in order; the menu that guests see.
CREATE INDEX CONCURRENTLY idx_dishes_restaurant_active
  ON menuca_v3.dishes (restaurant_id, display_order) WHERE is_active;
CREATE INDEX CONCURRENTLY idx_dishes_course_active
  ON menuca_v3.dishes (course_id, display_order) WHERE is_active;
CREATE INDEX CONCURRENTLY idx_dishes_restaurant_course
  ON menuca_v3.dishes (restaurant_id, course_id);
CREATE INDEX CONCURRENTLY idx_dishes_name_lower ON menuca_v3.dishes (restaurant_id, lower(name));
CREATE INDEX CONCURRENTLY idx_dishes_updated_at ON menuca_v3.dishes (updated_at);
CREATE INDEX CONCURRENTLY idx_dishes_source_id ON menuca_v3.dishes (source_id);
