package io.lockkeeper.activities.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFileTest {
  private static final Pattern ERROR = Pattern.compile("ERROR");

  @TempDir private Path directory = Path.of("");
  private Path path = Path.of("");

  @BeforeEach
  void log() throws IOException {
    path = directory.resolve("app.log");
    Files.writeString(path, "ERROR of yesterday\nstarted\n");
  }

  private LogFile file() {
    return LogFile.of(
        new EnvironmentSettings(
            "dev", false, true, List.of(), Map.of(), Set.of(), Map.of("app", path), Set.of()),
        "app");
  }

  private void append(String text) throws IOException {
    Files.writeString(path, text, StandardOpenOption.APPEND);
  }

  @Test
  void onlyLinesAfterTheMark_count() throws IOException {
    String mark = file().mark();
    assertThat(file().matches(mark, ERROR)).isZero();

    append("ERROR one\nfine\nan ERROR two and ERROR three\n");

    assertThat(file().matches(mark, ERROR)).isEqualTo(2);
  }

  @Test
  void rotatedLog_isReadFromItsStart() throws IOException {
    append("a long line, so that the new file is shorter than the mark\n");
    String mark = file().mark();
    Files.move(path, directory.resolve("app.log.1"));
    Files.writeString(path, "ERROR after\n");

    assertThat(file().matches(mark, ERROR)).isEqualTo(1);
  }

  @Test
  void rotatedLogThatGrewPastTheMark_isReadFromItsStartToo() throws IOException {
    String mark = file().mark();
    Files.move(path, directory.resolve("app.log.1"));
    Files.writeString(path, "ERROR after\n" + "fine\n".repeat(100));

    assertThat(file().matches(mark, ERROR)).isEqualTo(1);
  }

  /** As {@code copytruncate} of logrotate leaves it: the same file, cut. */
  @Test
  void cutLog_isReadFromItsStart() throws IOException {
    String mark = file().mark();
    Files.write(path, "ERROR\n".getBytes(UTF_8), StandardOpenOption.TRUNCATE_EXISTING);

    assertThat(file().matches(mark, ERROR)).isEqualTo(1);
  }

  @Test
  void bytesThatAreNoText_doNotHideALine() throws IOException {
    String mark = file().mark();
    Files.write(path, new byte[] {(byte) 0xff, (byte) 0xfe}, StandardOpenOption.APPEND);
    append(" ERROR\n");

    assertThat(file().matches(mark, ERROR)).isEqualTo(1);
  }

  @Test
  void logThatIsGone_cannotBeRead() throws IOException {
    String mark = file().mark();
    Files.delete(path);

    assertThatThrownBy(() -> file().matches(mark, ERROR)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> file().mark()).isInstanceOf(IOException.class);
  }

  @Test
  void logThatTheEnvironmentDoesNotName_isTold() {
    EnvironmentSettings none =
        new EnvironmentSettings(
            "dev", false, true, List.of(), Map.of(), Set.of(), Map.of(), Set.of());

    assertThatThrownBy(() -> LogFile.of(none, "app"))
        .isInstanceOf(LockkeeperException.class)
        .hasMessage(
            "LK-CONFIGURATION: reading the log \"app\" of dev: the environment has no such log, it"
                + " has []. nothing was read. Name the file under logs in the worker's file.");
  }
}
