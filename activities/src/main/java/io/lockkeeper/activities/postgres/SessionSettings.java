package io.lockkeeper.activities.postgres;

import java.sql.SQLException;
import java.util.Map;

/**
 * Settings of our own session, told in the ledger. The session's end puts them back whatever
 * happens, so a row that was not closed tells of an attempt that died and of nothing else.
 */
final class SessionSettings {
  private SessionSettings() {}

  static void put(Fence fence, Work work) throws SQLException {
    for (Map.Entry<String, String> setting : work.settings().entrySet()) {
      fence.transaction(
          connection ->
              Rows.update(
                  connection,
                  """
                  INSERT INTO lockkeeper.measure (promotion, step, setting, found, put, put_at)
                  SELECT ?, ?, ?, s.reset_val, ?, clock_timestamp() FROM pg_settings s
                  WHERE s.name = ?
                  ON CONFLICT (promotion, step, setting) DO UPDATE SET
                    found = EXCLUDED.found, put = EXCLUDED.put, put_at = EXCLUDED.put_at,
                    put_back_at = NULL
                  """,
                  work.promotion(),
                  work.step(),
                  setting.getKey(),
                  setting.getValue(),
                  setting.getKey()));
    }
  }

  static void putBack(Fence fence, Work work) throws SQLException {
    if (!work.settings().isEmpty()) {
      fence.transaction(
          connection ->
              Rows.update(
                  connection,
                  """
                  UPDATE lockkeeper.measure SET put_back_at = clock_timestamp()
                  WHERE promotion = ? AND step = ?
                  """,
                  work.promotion(),
                  work.step()));
    }
  }
}
