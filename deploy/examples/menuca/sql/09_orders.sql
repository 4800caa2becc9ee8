-- Orders of a restaurant and of a user, newest first; pending ones; their lines.
CREATE INDEX CONCURRENTLY idx_orders_restaurant_created
  ON menuca_v3.orders (restaurant_id, created_at DESC);
CREATE INDEX CONCURRENTLY idx_orders_user_created ON menuca_v3.orders (user_id, created_at DESC);
CREATE INDEX CONCURRENTLY idx_orders_pending
  ON menuca_v3.orders (restaurant_id, created_at) WHERE status = 'pending';
CREATE INDEX CONCURRENTLY idx_orders_external_ref ON menuca_v3.orders (external_ref);
CREATE INDEX CONCURRENTLY idx_order_items_order ON menuca_v3.order_items (order_id);
CREATE INDEX CONCURRENTLY idx_order_items_dish ON menuca_v3.order_items (dish_id);
