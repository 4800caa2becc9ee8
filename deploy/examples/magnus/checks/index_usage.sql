-- How often each of the nine was scanned since it was built, least first. The server does not know
-- for whom: the scans of the change's own probes are among them, so that an index that only they
-- use is not at zero. Without them: index.NAME.scans, which soak and watch tell in the report.
SELECT indexrelname, idx_scan || ' scans, those of the probes among them',
  pg_relation_size(indexrelid) AS bytes
FROM pg_stat_user_indexes
WHERE indexrelname IN ('idx_stocks_sector', 'idx_stocks_sector_market_cap',
  'idx_stocks_updated_at', 'idx_options_chains_symbol_expiration',
  'idx_options_chains_expiration_delta', 'idx_positions_user_status',
  'idx_positions_symbol_open', 'idx_kalshi_markets_status_close', 'idx_nfl_games_status_time')
ORDER BY idx_scan, indexrelname
