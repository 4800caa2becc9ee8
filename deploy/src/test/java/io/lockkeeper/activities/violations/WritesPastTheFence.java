package io.lockkeeper.activities.violations;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** Planted: an activity that writes on a target without the fence. */
public final class WritesPastTheFence {
  private WritesPastTheFence() {}

  public static int write(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate("DELETE FROM stocks");
    }
  }
}
