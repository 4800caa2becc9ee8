-- A user's positions by status, and open positions of a symbol.
CREATE INDEX CONCURRENTLY idx_positions_user_status ON positions (user_id, status);
CREATE INDEX CONCURRENTLY idx_positions_symbol_open ON positions (symbol) WHERE status = 'open';
