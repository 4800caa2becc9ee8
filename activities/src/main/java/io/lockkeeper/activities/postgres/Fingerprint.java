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
  private static final String QUERY = resource();
  private static final int TOLD_DIFFERENCES = 20;

  public Fingerprint {
    lines = List.copyOf(lines);
  }

  /** Takes it in one snapshot. Leaves the connection as it was. */
  public static Fingerprint of(Connection connection) throws SQLException {
    boolean autocommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    try {
      Rows.execute(
          connection,
          "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY;"
              + "SET LOCAL search_path = ''; SET LOCAL statement_timeout = '10min';");
      return read(connection);
    } finally {
      // Not rolled back: that would be counted as trouble of the application.
      connection.commit();
      connection.setAutoCommit(autocommit);
    }
  }

  /** Takes it in a transaction whose search_path is empty. */
  static Fingerprint read(Connection connection) throws SQLException {
    return new Fingerprint(Rows.list(connection, QUERY, row -> row.getString(1)));
  }

  /** SHA-256 over the lines. */
  public String digest() {
    return Sha256.hex(String.join("\n", lines));
  }

  /**
   * What differs, for people: {@code +} is here and not there, {@code -} the other way round. Long
   * lists are cut.
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

  /** A list as people read it: cut where it is long. */
  public static List<String> told(List<String> differences) {
    if (differences.size() <= TOLD_DIFFERENCES) {
      return differences;
    }
    List<String> told = new ArrayList<>(differences.subList(0, TOLD_DIFFERENCES));
    told.add("and " + (differences.size() - TOLD_DIFFERENCES) + " more");
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
