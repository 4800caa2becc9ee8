package io.lockkeeper.activities.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lockkeeper.activities.backup.Backups;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.settings.SecretRef;
import io.lockkeeper.activities.settings.TargetSettings;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A password appears in no message, not even in the causes that a log would show. */
class SecretsTest {
  private static final String SECRET = "correct-horse-battery-staple";
  private static final Work WORK = new Work("one-1", "apply", 1, 1, Map.of());

  @AutoClose private final Database database = Server.fresh();
  @TempDir private Path directory = Path.of("");
  private SecretRef password = SecretRef.parse("env:PATH");

  @BeforeEach
  void password() throws IOException {
    password = SecretRef.parse("file:" + Files.writeString(directory.resolve("password"), SECRET));
  }

  private Target target(String url, String user) {
    BackupSettings backup = new BackupSettings(Kind.PG_DUMP, directory, "");
    return new Target(
        "dev", new TargetSettings("magnus", url, user, password, Optional.of(backup)));
  }

  private static void assertSilent(ThrowingCallable call) {
    Throwable thrown = catchThrowable(call);

    assertThat(thrown).isNotNull();
    StringWriter all = new StringWriter();
    thrown.printStackTrace(new PrintWriter(all, true));
    assertThat(all.toString()).doesNotContain(SECRET);
  }

  @Test
  void roleThatIsNotLetIn_isToldWithoutItsPassword() {
    try (Target target = target(database.url(), "nobody")) {
      assertSilent(() -> Fence.open(target, WORK, what -> {}));
    }
  }

  @Test
  void serverThatIsDown_isToldWithoutThePassword() {
    try (Target target = target("jdbc:postgresql://127.0.0.1:1/magnus", "engine")) {
      assertSilent(() -> Fence.open(target, WORK, what -> {}));
    }
  }

  @Test
  void toolThatFails_isToldWithoutThePassword() {
    database.asSuperuser("CREATE TABLE public.hidden (n int)");
    try (Target target = target(database.url(), "engine")) {
      assertSilent(() -> new Backups(target, "dev", new Running()).take(WORK, false));
    }
  }

  @Test
  void statementThatFails_isToldWithoutThePassword() {
    try (Target target = target(database.url(), "engine")) {
      assertSilent(() -> target.read(c -> Rows.one(c, "SELECT 1 / 0", row -> row.getInt(1))));
    }
  }
}
