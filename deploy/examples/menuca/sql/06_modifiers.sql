-- Modifiers of dishes and of their groups.
CREATE INDEX CONCURRENTLY idx_modifier_groups_restaurant
  ON menuca_v3.modifier_groups (restaurant_id);
CREATE INDEX CONCURRENTLY idx_modifier_groups_dish_order
  ON menuca_v3.modifier_groups (dish_id, display_order);
CREATE INDEX CONCURRENTLY idx_dish_modifiers_group_order
  ON menuca_v3.dish_modifiers (modifier_group_id, display_order);
CREATE INDEX CONCURRENTLY idx_dish_modifiers_dish_active
  ON menuca_v3.dish_modifiers (dish_id) WHERE is_active;
CREATE INDEX CONCURRENTLY idx_dish_modifiers_name_lower ON menuca_v3.dish_modifiers (lower(name));
