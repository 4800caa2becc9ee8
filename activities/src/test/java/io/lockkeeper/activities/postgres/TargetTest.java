package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** What a session of ours is given before its first statement. */
class TargetTest {
  private static final String SETTINGS =
      """
      SELECT current_setting(name)
      FROM unnest(ARRAY['application_name', 'default_transaction_read_only', 'statement_timeout',
        'idle_in_transaction_session_timeout']) name
      """;

  @AutoClose private final Database database = Server.fresh();

  @Test
  void readThatIsCutOffInItsTransaction_keepsItsLocksForTenSeconds() throws SQLException {
    List<String> found =
        database
            .target()
            .read(connection -> Rows.list(connection, SETTINGS, row -> row.getString(1)));

    assertThat(found).containsExactly("lk/read", "on", "30s", "10s");
  }
}
