-- Screener: by sector, by size within a sector, by freshness.
CREATE INDEX CONCURRENTLY idx_stocks_sector ON stocks (sector);
CREATE INDEX CONCURRENTLY idx_stocks_sector_market_cap ON stocks (sector, market_cap DESC);
CREATE INDEX CONCURRENTLY idx_stocks_updated_at ON stocks (updated_at);
