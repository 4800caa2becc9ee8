-- Tables and rows of the Menu.ca example. Values are spread by a hash of the row's number, each column
-- with a seed of its own: made from one counter, the first restaurant had no active dish.
-- fixture.scale says how many rows of the large tables: 1 for the sizes of the ticket.
CREATE FUNCTION pg_temp.spread(i integer, seed integer, n integer) RETURNS integer
  LANGUAGE sql IMMUTABLE AS 'SELECT ((hashint4extended(i, seed) & 2147483647) % n)::integer';
CREATE FUNCTION pg_temp.rows(n integer) RETURNS integer
  LANGUAGE sql STABLE AS
  'SELECT greatest(1, round(n * current_setting(''fixture.scale'')::numeric))::integer';
CREATE FUNCTION pg_temp.ago(i integer, seed integer, days integer) RETURNS timestamptz
  LANGUAGE sql STABLE AS
  'SELECT now() - pg_temp.spread(i, seed, days * 1440) * interval ''1 minute''';

CREATE SCHEMA menuca_v3;
SET search_path = menuca_v3, pg_temp;

CREATE TABLE restaurants AS
SELECT i AS id, 'Restaurant ' || i AS name, 'restaurant-' || i AS slug,
  1 + pg_temp.spread(i, 11, 80) AS city_id,
  (ARRAY['open', 'open', 'open', 'paused', 'closed'])[1 + pg_temp.spread(i, 12, 5)] AS status,
  pg_temp.spread(i, 13, 10) < 8 AS is_active, pg_temp.ago(i, 14, 2000) AS created_at
FROM generate_series(1, 2000) i;
CREATE TABLE restaurant_locations AS
SELECT i AS id, i AS restaurant_id, 'K' || pg_temp.spread(i, 21, 900) AS postal_code,
  45 + pg_temp.spread(i, 22, 1000) / 1000.0 AS lat, -75 - pg_temp.spread(i, 23, 1000) / 1000.0 AS lon
FROM generate_series(1, 2000) i;
CREATE TABLE restaurant_schedules AS
SELECT i AS id, 1 + (i - 1) / 7 AS restaurant_id, i % 7 AS day_of_week,
  time '10:00' + pg_temp.spread(i, 31, 4) * interval '1 hour' AS opens,
  time '20:00' + pg_temp.spread(i, 32, 3) * interval '1 hour' AS closes,
  pg_temp.spread(i, 33, 10) < 9 AS is_enabled
FROM generate_series(1, 14000) i;
CREATE TABLE restaurant_domains AS
SELECT i AS id, i AS restaurant_id, 'Restaurant-' || i || '.example.org' AS domain
FROM generate_series(1, 2000) i;
CREATE TABLE delivery_areas AS
SELECT i AS id, 1 + pg_temp.spread(i, 41, 2000) AS restaurant_id,
  pg_temp.spread(i, 42, 800) / 100.0 AS fee, pg_temp.spread(i, 43, 10) < 8 AS is_active
FROM generate_series(1, 6000) i;
CREATE TABLE courses AS
SELECT i AS id, 1 + (i - 1) % 2000 AS restaurant_id, 'Course ' || i AS name,
  pg_temp.spread(i, 51, 20) AS display_order, pg_temp.spread(i, 52, 10) < 9 AS is_active,
  pg_temp.ago(i, 53, 400) AS updated_at
FROM generate_series(1, 20000) i;
-- A dish's course is one of its restaurant's ten.
CREATE TABLE dishes AS
SELECT i AS id, restaurant AS restaurant_id,
  restaurant + 2000 * pg_temp.spread(i, 62, 10) AS course_id, 'Dish ' || i AS name,
  pg_temp.spread(i, 63, 60) AS display_order, pg_temp.spread(i, 64, 10) < 8 AS is_active,
  pg_temp.spread(i, 65, 1000000) AS source_id, pg_temp.ago(i, 66, 400) AS updated_at
FROM (SELECT i, 1 + pg_temp.spread(i, 61, 2000) AS restaurant
  FROM generate_series(1, pg_temp.rows(400000)) i) dish;
CREATE TABLE dish_prices AS
SELECT i AS id, 1 + pg_temp.spread(i, 71, pg_temp.rows(400000)) AS dish_id,
  (ARRAY['small', 'medium', 'large'])[1 + pg_temp.spread(i, 72, 3)] AS size,
  (300 + pg_temp.spread(i, 73, 3000)) / 100.0 AS price, pg_temp.spread(i, 74, 3) AS display_order,
  pg_temp.spread(i, 75, 10) < 9 AS is_active
FROM generate_series(1, pg_temp.rows(600000)) i;
CREATE TABLE modifier_groups AS
SELECT i AS id, 1 + pg_temp.spread(i, 81, 2000) AS restaurant_id,
  1 + pg_temp.spread(i, 82, pg_temp.rows(400000)) AS dish_id, 'Group ' || i AS name,
  pg_temp.spread(i, 83, 8) AS display_order
FROM generate_series(1, pg_temp.rows(50000)) i;
CREATE TABLE dish_modifiers AS
SELECT i AS id, 1 + pg_temp.spread(i, 91, pg_temp.rows(50000)) AS modifier_group_id,
  1 + pg_temp.spread(i, 92, pg_temp.rows(400000)) AS dish_id,
  'Modifier ' || pg_temp.spread(i, 93, 5000) AS name, pg_temp.spread(i, 94, 500) / 100.0 AS price,
  pg_temp.spread(i, 95, 12) AS display_order, pg_temp.spread(i, 96, 10) < 9 AS is_active
FROM generate_series(1, pg_temp.rows(300000)) i;
CREATE TABLE combo_groups AS
SELECT i AS id, 1 + pg_temp.spread(i, 101, 2000) AS restaurant_id,
  1 + pg_temp.spread(i, 102, pg_temp.rows(400000)) AS dish_id, 'Combo ' || i AS name,
  pg_temp.spread(i, 103, 10) < 8 AS is_active
FROM generate_series(1, pg_temp.rows(10000)) i;
CREATE TABLE combo_items AS
SELECT i AS id, 1 + pg_temp.spread(i, 111, pg_temp.rows(10000)) AS combo_group_id,
  1 + pg_temp.spread(i, 112, pg_temp.rows(400000)) AS dish_id,
  pg_temp.spread(i, 113, 6) AS display_order
FROM generate_series(1, pg_temp.rows(40000)) i;
CREATE TABLE users AS
SELECT i AS id, 'User' || i || '@example.org' AS email, '+1613' || (1000000 + i) AS phone,
  pg_temp.ago(i, 121, 1500) AS created_at, pg_temp.spread(i, 122, 10) < 9 AS is_active
FROM generate_series(1, pg_temp.rows(50000)) i;
CREATE TABLE user_addresses AS
SELECT i AS id, 1 + pg_temp.spread(i, 131, pg_temp.rows(50000)) AS user_id,
  'K' || pg_temp.spread(i, 132, 900) AS postal_code
FROM generate_series(1, pg_temp.rows(50000)) i;
CREATE TABLE user_favorites AS
SELECT 1 + pg_temp.spread(i, 141, pg_temp.rows(50000)) AS user_id,
  1 + pg_temp.spread(i, 142, 2000) AS restaurant_id
FROM generate_series(1, pg_temp.rows(100000)) i;
CREATE TABLE orders AS
SELECT i AS id, 1 + pg_temp.spread(i, 151, 2000) AS restaurant_id,
  1 + pg_temp.spread(i, 152, pg_temp.rows(50000)) AS user_id,
  CASE WHEN pg_temp.spread(i, 153, 100) = 0 THEN 'pending' ELSE 'delivered' END AS status,
  pg_temp.ago(i, 154, 700) AS created_at, (900 + pg_temp.spread(i, 155, 9000)) / 100.0 AS total,
  'ext-' || i AS external_ref
FROM generate_series(1, pg_temp.rows(500000)) i;
CREATE TABLE order_items AS
SELECT i AS id, 1 + pg_temp.spread(i, 161, pg_temp.rows(500000)) AS order_id,
  1 + pg_temp.spread(i, 162, pg_temp.rows(400000)) AS dish_id,
  1 + pg_temp.spread(i, 163, 4) AS quantity, (300 + pg_temp.spread(i, 164, 3000)) / 100.0 AS price
FROM generate_series(1, pg_temp.rows(1000000)) i;
CREATE TABLE coupons AS
SELECT i AS id, 1 + pg_temp.spread(i, 171, 2000) AS restaurant_id, 'Coupon' || i AS code,
  now() + (pg_temp.spread(i, 172, 200) - 100) * interval '1 day' AS valid_until,
  pg_temp.spread(i, 173, 10) < 7 AS is_active
FROM generate_series(1, pg_temp.rows(10000)) i;
CREATE TABLE audit_log AS
SELECT i AS id, (ARRAY['dish', 'order', 'user', 'restaurant'])[1 + pg_temp.spread(i, 181, 4)] AS entity,
  pg_temp.spread(i, 182, 100000) AS entity_id, pg_temp.ago(i, 183, 300) AS created_at,
  'changed' AS detail
FROM generate_series(1, pg_temp.rows(200000)) i;

ALTER TABLE restaurants ADD PRIMARY KEY (id);
ALTER TABLE restaurant_locations ADD PRIMARY KEY (id);
ALTER TABLE restaurant_schedules ADD PRIMARY KEY (id);
ALTER TABLE restaurant_domains ADD PRIMARY KEY (id);
ALTER TABLE delivery_areas ADD PRIMARY KEY (id);
ALTER TABLE courses ADD PRIMARY KEY (id);
ALTER TABLE dishes ADD PRIMARY KEY (id);
ALTER TABLE dish_prices ADD PRIMARY KEY (id);
ALTER TABLE modifier_groups ADD PRIMARY KEY (id);
ALTER TABLE dish_modifiers ADD PRIMARY KEY (id);
ALTER TABLE combo_groups ADD PRIMARY KEY (id);
ALTER TABLE combo_items ADD PRIMARY KEY (id);
ALTER TABLE users ADD PRIMARY KEY (id);
ALTER TABLE user_addresses ADD PRIMARY KEY (id);
ALTER TABLE orders ADD PRIMARY KEY (id);
ALTER TABLE order_items ADD PRIMARY KEY (id);
ALTER TABLE coupons ADD PRIMARY KEY (id);
ALTER TABLE audit_log ADD PRIMARY KEY (id);

GRANT USAGE ON SCHEMA menuca_v3 TO app_user;
GRANT SELECT ON ALL TABLES IN SCHEMA menuca_v3 TO app_user;
RESET search_path;
VACUUM ANALYZE menuca_v3.restaurants, menuca_v3.restaurant_locations,
  menuca_v3.restaurant_schedules, menuca_v3.restaurant_domains, menuca_v3.delivery_areas,
  menuca_v3.courses, menuca_v3.dishes, menuca_v3.dish_prices, menuca_v3.modifier_groups,
  menuca_v3.dish_modifiers, menuca_v3.combo_groups, menuca_v3.combo_items, menuca_v3.users,
  menuca_v3.user_addresses, menuca_v3.user_favorites, menuca_v3.orders, menuca_v3.order_items,
  menuca_v3.coupons, menuca_v3.audit_log;
