-- Prices of dishes, in order and by size.
CREATE INDEX CONCURRENTLY idx_dish_prices_dish ON menuca_v3.dish_prices (dish_id);
CREATE INDEX CONCURRENTLY idx_dish_prices_dish_active_order
  ON menuca_v3.dish_prices (dish_id, display_order) WHERE is_active;
CREATE INDEX CONCURRENTLY idx_dish_prices_dish_size ON menuca_v3.dish_prices (dish_id, size);
CREATE INDEX CONCURRENTLY idx_dish_prices_price ON menuca_v3.dish_prices (price) WHERE is_active;
