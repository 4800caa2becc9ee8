package io.lockkeeper.activities.postgres;

import io.lockkeeper.limit.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that are free where a server keeps its data. Other tablespaces are not looked at. Source:
 * statvfs of {@code data_directory}, which only a worker on the server's own machine can ask.
 *
 * @param bytes absent where it cannot be told
 * @param why it cannot be told
 */
public record DiskFree(Optional<Long> bytes, String why) {
  /**
   * What a query must select for {@link #of(ResultSet)}. A path means the same here and there only
   * where the connection never left the machine; who may not read the setting is not let ask.
   */
  public static final String COLUMNS =
      """
      coalesce(host(inet_server_addr()) = host(inet_client_addr()), true) AS local,
      CASE WHEN pg_has_role('pg_read_all_settings', 'USAGE')
        THEN current_setting('data_directory') END AS directory
      """;

  /** Looks. */
  public static DiskFree of(Connection connection) throws SQLException {
    return Rows.one(connection, "SELECT " + COLUMNS, DiskFree::of);
  }

  /** Looks where a row with {@link #COLUMNS} says. */
  public static DiskFree of(ResultSet row) throws SQLException {
    @Nullable String directory = row.getString("directory");
    if (!row.getBoolean("local")) {
      return none("the server is on another machine than its worker");
    }
    if (directory == null) {
      return none("the role may not read data_directory (GRANT pg_read_all_settings TO it)");
    }
    try {
      return new DiskFree(Optional.of(Files.getFileStore(Path.of(directory)).getUsableSpace()), "");
    } catch (IOException e) {
      return none("the worker may not look into the server's data directory");
    }
  }

  /** As a sample of {@code disk.free}. */
  public Reading reading() {
    return bytes
        .<Reading>map(free -> new Reading.Figure(free.doubleValue()))
        .orElseGet(() -> new Reading.Missing(why));
  }

  private static DiskFree none(String why) {
    return new DiskFree(Optional.empty(), why);
  }
}
