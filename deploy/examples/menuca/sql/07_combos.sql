-- Combos of a restaurant and their dishes.
CREATE INDEX CONCURRENTLY idx_combo_groups_restaurant_active
  ON menuca_v3.combo_groups (restaurant_id) WHERE is_active;
CREATE INDEX CONCURRENTLY idx_combo_groups_dish ON menuca_v3.combo_groups (dish_id);
CREATE INDEX CONCURRENTLY idx_combo_items_group_order
  ON menuca_v3.combo_items (combo_group_id, display_order);
CREATE INDEX CONCURRENTLY idx_combo_items_dish ON menuca_v3.combo_items (dish_id);
