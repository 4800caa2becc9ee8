SELECT count(*)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'menuca_v3' AND i.indisvalid AND i.indisready AND i.indislive
  AND c.relname IN ('idx_dishes_restaurant_active', 'idx_courses_restaurant_active_order',
    'idx_dish_prices_dish_active_order', 'idx_orders_restaurant_created', 'idx_order_items_order')
