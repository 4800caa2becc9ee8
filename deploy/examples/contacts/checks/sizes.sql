SELECT count(*), pg_relation_size('contacts'), pg_total_relation_size('contacts') FROM contacts
