SELECT (SELECT count(*) FROM contacts c
    WHERE NOT EXISTS (SELECT FROM organizations o WHERE o.id = c.organization_id))
  + (SELECT count(*) FROM contact_notes n
    WHERE NOT EXISTS (SELECT FROM contacts c WHERE c.id = n.contact_id))
