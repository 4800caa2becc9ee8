SELECT user_id FROM organization_members GROUP BY user_id ORDER BY count(*) DESC, user_id LIMIT 1
