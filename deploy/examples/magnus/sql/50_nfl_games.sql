CREATE INDEX CONCURRENTLY idx_nfl_games_status_time ON nfl_games (game_status, game_time);
