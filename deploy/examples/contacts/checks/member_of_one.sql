-- A member of that organization and of no other one.
SELECT min(m.user_id::text) FROM organization_members m
WHERE m.org_id::text = (SELECT min(org_id::text) FROM organization_members
    WHERE user_id = (SELECT user_id FROM organization_members
      GROUP BY user_id ORDER BY count(*) DESC, user_id LIMIT 1))
  AND (SELECT count(*) FROM organization_members o WHERE o.user_id = m.user_id) = 1
