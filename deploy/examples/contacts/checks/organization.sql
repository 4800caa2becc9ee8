-- The organization that is asked for: one of the user's who is a member of most.
SELECT min(org_id::text) FROM organization_members
WHERE user_id = (SELECT user_id FROM organization_members
  GROUP BY user_id ORDER BY count(*) DESC, user_id LIMIT 1)
