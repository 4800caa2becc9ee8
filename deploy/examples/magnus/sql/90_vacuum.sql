-- Statistics and visibility for the planner; one unit a table.
VACUUM (ANALYZE) stocks;
VACUUM (ANALYZE) options_chains;
VACUUM (ANALYZE) positions;
VACUUM (ANALYZE) kalshi_markets;
VACUUM (ANALYZE) nfl_games;
