package io.lockkeeper.activities.postgres;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.blob.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The schema of a database as sorted lines, one for everything that a change could alter; equal
 * lines mean an equal schema.
 *
 * @param lines in order; never empty
 */
public record Fingerprint(List<String> lines) {
  private static final String WHOLE = resource();
  private static final String CHEAP = cheap(WHOLE);
  private static final int TOLD_DIFFERENCES = 20;

  /** How long a look may take where nobody says otherwise: databases have many objects. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  /** The server's own time-out is told before the network's. */
  private static final Duration SHORTLY = Duration.ofSeconds(5);

  public Fingerprint {
    lines = List.copyOf(lines);
  }

  /** Takes it in one snapshot. Leaves the connection as it was. */
  public static Fingerprint of(Connection connection) throws SQLException {
    return inSnapshot(connection, PATIENCE, Fingerprint::read);
  }

  /**
   * As {@link #of}, of what is touched alone, with what is its own, the views upon it and the
   * functions of its triggers. Its time does not grow with what else is there.
   */
  public static Fingerprint cheap(Connection connection, Touched touched) throws SQLException {
    return cheap(connection, touched, PATIENCE);
  }

  /**
   * As above.
   *
   * @param patience after which it fails, also where it waits for somebody's lock
   */
  static Fingerprint cheap(Connection connection, Touched touched, Duration patience)
      throws SQLException {
    Touched found = touched.found(connection);
    return inSnapshot(connection, patience, c -> readCheap(c, found));
  }

  /** As {@link #read}; names without a schema are found by nobody here. */
  static Fingerprint readCheap(Connection connection, Touched found) throws SQLException {
    return new Fingerprint(
        Rows.list(
            connection,
            CHEAP,
            row -> row.getString(1),
            Touched.sql(found.relations()),
            Touched.sql(found.routines())));
  }

  private static Fingerprint inSnapshot(
      Connection connection, Duration patience, Target.Read<Fingerprint> read) throws SQLException {
    boolean autocommit = connection.getAutoCommit();
    int silence = connection.getNetworkTimeout();
    connection.setAutoCommit(false);
    try {
      connection.setNetworkTimeout(Runnable::run, (int) patience.plus(SHORTLY).toMillis());
      Rows.execute(
          connection,
          "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;"
              + "SET LOCAL search_path = ''; SET LOCAL statement_timeout = "
              + patience.toMillis());
      return read.on(connection);
    } finally {
      // Not rolled back: that would be counted as trouble of the application.
      connection.commit();
      connection.setNetworkTimeout(Runnable::run, silence);
      connection.setAutoCommit(autocommit);
    }
  }

  /** Takes it in a transaction whose search_path is empty. */
  static Fingerprint read(Connection connection) throws SQLException {
    return new Fingerprint(Rows.list(connection, WHOLE, row -> row.getString(1)));
  }

  /** SHA-256 over the lines. */
  public String digest() {
    return Sha256.hex(String.join("\n", lines));
  }

  /**
   * What differs, for people: {@code +} is here and not there, {@code -} the other way round,
   * {@code ~} is another one now, and what it was. Long lists are cut.
   */
  public List<String> differences(Fingerprint before) {
    return told(allDifferences(before));
  }

  /** As {@link #differences}, whole. */
  public List<String> allDifferences(Fingerprint before) {
    Set<String> here = new HashSet<>(lines);
    Set<String> there = new HashSet<>(before.lines);
    List<String> differences = new ArrayList<>();
    lines.stream().filter(line -> !there.contains(line)).forEach(l -> differences.add("+ " + l));
    before.lines.stream().filter(l -> !here.contains(l)).forEach(l -> differences.add("- " + l));
    return differences;
  }

  /** Differences as people read them: what was and what is stand together, and the list is cut. */
  public static List<String> told(List<String> differences) {
    List<String> all = Difference.told(differences);
    if (all.size() <= TOLD_DIFFERENCES) {
      return all;
    }
    List<String> told = new ArrayList<>(all.subList(0, TOLD_DIFFERENCES));
    told.add("and " + (all.size() - TOLD_DIFFERENCES) + " more");
    return told;
  }

  /** The lines of indexes, cut after the definition: {@code index name definition}. */
  Set<String> indexes() {
    return lines.stream()
        .filter(line -> line.startsWith("index "))
        .map(line -> line.substring(0, line.lastIndexOf(" valid ")))
        .collect(Collectors.toSet());
  }

  /** Compressed, for the ledger. */
  byte[] pack() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      // A line may hold line breaks of a function's body: zero bytes cannot stand in it.
      out.write(String.join("\0", lines).getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return bytes.toByteArray();
  }

  static Fingerprint unpack(byte[] packed) {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return new Fingerprint(List.of(new String(in.readAllBytes(), UTF_8).split("\0")));
    } catch (IOException e) {
      throw new UncheckedIOException("reading a fingerprint", e);
    }
  }

  /** Without what stands behind the mark, and of what is touched alone. */
  private static String cheap(String whole) {
    int end = whole.lastIndexOf(") lines");
    return (whole.substring(0, whole.indexOf("/* mark */")) + whole.substring(end))
        .replace("WITH\n", Touched.HEAD)
        .replace("/* touched relations */", "AND c.oid IN (SELECT oid FROM touched)")
        .replace("/* touched routines */", "WHERE p.oid IN (SELECT oid FROM touched_routines)")
        .replace("OR c.conrelid = 0 /* touched constraints */", "");
  }

  private static String resource() {
    try (InputStream in = Fingerprint.class.getResourceAsStream("fingerprint.sql")) {
      if (in == null) {
        throw new IllegalStateException("missing resource fingerprint.sql");
      }
      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("reading the resource fingerprint.sql", e);
    }
  }
}
