CREATE INDEX CONCURRENTLY idx_kalshi_markets_status_close ON kalshi_markets (status, close_time);
