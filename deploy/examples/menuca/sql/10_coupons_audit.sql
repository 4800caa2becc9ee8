-- Valid coupons, and what was changed when.
CREATE INDEX CONCURRENTLY idx_coupons_restaurant_active
  ON menuca_v3.coupons (restaurant_id, valid_until) WHERE is_active;
CREATE INDEX CONCURRENTLY idx_coupons_code_lower ON menuca_v3.coupons (lower(code));
CREATE INDEX CONCURRENTLY idx_audit_log_entity ON menuca_v3.audit_log (entity, entity_id);
CREATE INDEX CONCURRENTLY idx_audit_log_created_at ON menuca_v3.audit_log (created_at);
