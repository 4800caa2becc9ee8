-- What the nine take, in percent of what was forecast for them: an entry a row, as wide as its columns are
-- on average. Equal keys are stored once, so a fresh index takes less.
SELECT round(100 * sum(pg_relation_size(i.oid)) / sum(greatest(i.reltuples, 1000) * (12 + w.bytes)))
FROM pg_class i JOIN pg_index x ON x.indexrelid = i.oid JOIN pg_class t ON t.oid = x.indrelid
  CROSS JOIN LATERAL (
    SELECT sum((s.avg_width + 7) / 8 * 8) AS bytes
    FROM pg_attribute a JOIN pg_stats s ON s.attname = a.attname
    WHERE a.attrelid = i.oid AND s.schemaname = 'public' AND s.tablename = t.relname
  ) w
WHERE i.relname IN ('idx_stocks_sector', 'idx_stocks_sector_market_cap', 'idx_stocks_updated_at',
  'idx_options_chains_symbol_expiration', 'idx_options_chains_expiration_delta',
  'idx_positions_user_status', 'idx_positions_symbol_open', 'idx_kalshi_markets_status_close',
  'idx_nfl_games_status_time')
