-- Options chain of a symbol, and candidates by expiry and delta.
CREATE INDEX CONCURRENTLY idx_options_chains_symbol_expiration
  ON options_chains (symbol, expiration_date, option_type);
CREATE INDEX CONCURRENTLY idx_options_chains_expiration_delta
  ON options_chains (expiration_date, option_type, delta);
