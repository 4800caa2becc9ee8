package io.lockkeeper.activities.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.log.LogFile.Counted;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.failure.LockkeeperException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
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

  private void rotate(String name) throws IOException {
    Files.move(path, directory.resolve(name));
  }

  /** As {@code copytruncate} of logrotate leaves it: the same file, cut. */
  private void cut(String text) throws IOException {
    Files.copy(path, directory.resolve("app.log.1"));
    Files.writeString(path, text, StandardOpenOption.TRUNCATE_EXISTING);
  }

  private Counted count(String mark) throws IOException {
    return file().count(mark, ERROR);
  }

  private static long offset(Counted counted) {
    return Long.parseLong(counted.mark().split(" ")[1]);
  }

  @Test
  void onlyLinesAfterTheMark_count() throws IOException {
    String mark = file().mark();
    assertThat(count(mark).matches()).isZero();

    append("ERROR one\nfine\nan ERROR two and ERROR three\n");

    assertThat(count(mark).matches()).isEqualTo(2);
  }

  @Test
  void mark_movesOnToWhatWasRead() throws IOException {
    append("ERROR one\n");
    Counted first = count(file().mark());
    append("ERROR two\nfine\n");
    Counted second = count(first.mark());
    Counted third = count(second.mark());

    assertThat(first.matches()).isZero();
    assertThat(second.matches()).isEqualTo(1);
    assertThat(offset(second)).isEqualTo(Files.size(path));
    assertThat(third).isEqualTo(second);
    assertThat(second.mark()).hasSizeLessThan(100);
  }

  /** Were it read again, the line that came in the place of one that was counted would count. */
  @Test
  void whatWasReadBefore_isNotReadAgain() throws IOException {
    String mark = file().mark();
    append("INFO: one\n" + "fine\n".repeat(300));
    Counted first = count(mark);
    String text = Files.readString(path).replace("INFO: one", "ERROR one");
    Files.writeString(path, text, StandardOpenOption.TRUNCATE_EXISTING);

    append("ERROR two\n");

    assertThat(count(first.mark()).matches()).isEqualTo(1);
    assertThat(count(mark).matches()).isEqualTo(2);
  }

  @Test
  void olderMark_countsTheSameAgain() throws IOException {
    append("ERROR one\n");
    String older = count(file().mark()).mark();
    append("ERROR two\n");

    assertThat(count(older)).isEqualTo(count(older));
    assertThat(count(older).matches()).isEqualTo(1);
  }

  @Test
  void lineThatIsBeingWritten_countsOnceItIsWhole() throws IOException {
    String mark = file().mark();
    append("fine\nERROR wi");
    Counted half = count(mark);
    append("th words\n");
    Counted whole = count(half.mark());

    assertThat(half.matches()).isZero();
    assertThat(offset(half)).isEqualTo(Files.size(path) - "ERROR with words\n".length());
    assertThat(whole.matches()).isEqualTo(1);
    assertThat(count(whole.mark()).matches()).isEqualTo(1);
  }

  @Test
  void rotatedLog_isReadToItsEndAndThenTheNewOne() throws IOException {
    append("ERROR before the look\n");
    Counted before = count(file().mark());
    append("ERROR one\nERROR two, cut off");
    rotate("app.log.1");
    Files.writeString(path, "ERROR three\n");

    Counted after = count(before.mark());

    assertThat(after.matches()).isEqualTo(3);
    assertThat(offset(after)).isEqualTo(Files.size(path));
    assertThat(count(after.mark())).isEqualTo(after);
  }

  @Test
  void rotatedLogThatGrewPastTheMark_isReadFromItsStartToo() throws IOException {
    String mark = file().mark();
    rotate("app.log.1");
    Files.writeString(path, "ERROR after\n" + "fine\n".repeat(100));

    assertThat(count(mark).matches()).isEqualTo(1);
  }

  @Test
  void oldFileThatIsStillWrittenTo_isReadUntilTheNewOneIs() throws IOException {
    String mark = file().mark();
    rotate("app.log.1");
    Files.createFile(path);
    Counted first = count(mark);
    Files.writeString(directory.resolve("app.log.1"), "ERROR late\n", StandardOpenOption.APPEND);
    Counted second = count(first.mark());
    Files.writeString(directory.resolve("app.log.1"), "ERROR later\n", StandardOpenOption.APPEND);
    append("ERROR new\n");

    assertThat(first.matches()).isZero();
    assertThat(second.matches()).isEqualTo(1);
    assertThat(count(second.mark()).matches()).isEqualTo(3);
  }

  @Test
  void oldFileThatHasGone_isNotWaitedFor() throws IOException {
    append("ERROR one\n");
    String mark = file().mark();
    append("ERROR two\n");
    Counted before = count(mark);
    rotate("app.log.1");
    Files.writeString(path, "ERROR three\n");
    Files.delete(directory.resolve("app.log.1"));

    assertThat(count(before.mark()).matches()).isEqualTo(2);
  }

  @Test
  void logBehindALink_isFollowedToItsNextFile() throws IOException {
    Path monday = Files.createDirectory(directory.resolve("logs")).resolve("monday.log");
    Files.move(path, monday);
    Files.createSymbolicLink(path, monday);
    String mark = file().mark();
    append("ERROR one\n");
    Path tuesday = Files.writeString(monday.resolveSibling("tuesday.log"), "ERROR two\n");
    Files.delete(path);
    Files.createSymbolicLink(path, tuesday);

    assertThat(count(mark).matches()).isEqualTo(2);
  }

  @Test
  void cutLog_isReadFromItsStart() throws IOException {
    String mark = file().mark();
    cut("ERROR\n");

    assertThat(count(mark).matches()).isEqualTo(1);
  }

  @Test
  void cutLogThatGrewPastTheMark_isReadFromItsStartToo() throws IOException {
    String mark = file().mark();
    append("ERROR one\n");
    Counted before = count(mark);
    cut("ERROR two\nERROR three\n" + "fine\n".repeat(100));

    Counted after = count(before.mark());

    assertThat(Files.size(path)).isGreaterThan(offset(before));
    assertThat(after.matches()).isEqualTo(3);
    assertThat(count(after.mark())).isEqualTo(after);
  }

  @Test
  void count_neverFalls() throws IOException {
    Counted counted = count(file().mark());
    for (int i = 1; i <= 20; i++) {
      append("ERROR " + i + "\n");
      if (i % 3 == 0) {
        rotate("app.log." + i);
        Files.createFile(path);
      } else if (i % 5 == 0) {
        counted = count(counted.mark());
        Files.writeString(path, "", StandardOpenOption.TRUNCATE_EXISTING);
      }
      counted = count(counted.mark());

      assertThat(counted.matches()).isEqualTo(i);
    }
  }

  @Test
  void lineOfTenMegabytes_isMatchedByItsBeginning() throws IOException {
    String mark = file().mark();
    String megabytes = "x".repeat(10_000_000);
    append("ERROR " + megabytes + " ERROR\n" + megabytes + " ERROR\nERROR\n");

    assertThat(count(mark).matches()).isEqualTo(2);
  }

  @Test
  void lineWithoutEnd_isJudgedOnceAndNotReadAgain() throws IOException {
    String mark = file().mark();
    append("ERROR " + "x".repeat(100_000));
    Counted first = count(mark);
    append(" ERROR" + "x".repeat(100_000));
    Counted second = count(first.mark());
    append(" ERROR\nERROR\n");

    assertThat(first.matches()).isEqualTo(1);
    assertThat(second.matches()).isEqualTo(1);
    assertThat(offset(second)).isEqualTo(Files.size(path) - " ERROR\nERROR\n".length());
    assertThat(count(second.mark()).matches()).isEqualTo(2);
  }

  @Test
  void endOfALine_isFoundWithAndWithoutACarriageReturn() throws IOException {
    String mark = file().mark();
    append("first ERROR\r\nsecond ERROR\nERROR third\r\n");

    Pattern last = Pattern.compile("ERROR\\z");

    assertThat(file().count(mark, last).matches()).isEqualTo(2);
  }

  @Test
  void markOfAnEarlierVersion_isReadOn() throws IOException {
    append("ERROR one\n");
    Object inode = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    String mark = inode + " " + Files.size(path);
    append("ERROR two\n");
    Counted first = count(mark);
    append("ERROR three\n");
    rotate("app.log.1");
    Files.writeString(path, "ERROR four\n");

    assertThat(first.matches()).isEqualTo(1);
    assertThat(count(first.mark()).matches()).isEqualTo(3);
    assertThat(count(mark).matches()).isEqualTo(3);
  }

  @Test
  void whatIsNoMark_isTold() {
    assertThatThrownBy(() -> count("12 x")).hasMessage("no mark of a log: 12 x");
    assertThatThrownBy(() -> count("12")).hasMessage("no mark of a log: 12");
  }

  @Test
  void bytesThatAreNoText_doNotHideALine() throws IOException {
    String mark = file().mark();
    Files.write(path, new byte[] {(byte) 0xff, (byte) 0xfe}, StandardOpenOption.APPEND);
    append(" ERROR\n");

    assertThat(count(mark).matches()).isEqualTo(1);
  }

  @Test
  void logThatIsGone_cannotBeRead() throws IOException {
    String mark = file().mark();
    Files.delete(path);

    assertThatThrownBy(() -> count(mark)).isInstanceOf(IOException.class);
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
