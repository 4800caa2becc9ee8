package io.lockkeeper.activities.postgres;

import io.lockkeeper.environment.TargetIdentity;
import io.lockkeeper.json.Json;
import io.lockkeeper.section.Meaning.CreateIndex;
import io.lockkeeper.section.QualifiedName;
import io.lockkeeper.step.Pass;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What steps outside this package may do with a target's ledger and catalog: reads on short
 * connections, writes under the fence.
 */
public final class TargetLedger {
  /** Checkpoint with the fingerprint from before the first step that is undone. */
  private static final String AT_FIRST = "fingerprint-at-first";

  private final Target target;

  public TargetLedger(Target target) {
    this.target = target;
  }

  /**
   * The server and database, as a person would name them.
   *
   * @param version {@code version()}
   * @param number its version as limits compare it: 15.018 for 15.18
   */
  public record Connected(
      String version, double number, String database, String role, long databaseSize) {}

  public Connected connected() throws SQLException {
    return target.read(
        connection ->
            Rows.one(
                connection,
                """
                SELECT version(), current_setting('server_version_num')::int, current_database(),
                  current_user, pg_database_size(current_database())
                """,
                row ->
                    new Connected(
                        row.getString(1),
                        number(row.getInt(2)),
                        row.getString(3),
                        row.getString(4),
                        row.getLong(5))));
  }

  /**
   * What a worker tells of a target every few seconds.
   *
   * @param number as in {@link Connected}
   */
  public record Reached(TargetIdentity identity, double number) {}

  /** Asks for as little as can be, on the session that samples use: it is asked all the time. */
  public Reached reached() throws SQLException {
    return target.sample(
        connection ->
            new Reached(
                Grants.identity(connection),
                Rows.one(
                    connection,
                    "SELECT current_setting('server_version_num')::int",
                    row -> number(row.getInt(1)))));
  }

  /** 150018 is 15.18; in limits the minor number counts in thousandths. */
  private static double number(int version) {
    int major = version / 10_000;
    return major + version % 10_000 / 1000.0;
  }

  public TargetIdentity identity() throws SQLException {
    return target.read(Grants::identity);
  }

  public Instant now() throws SQLException {
    return target.read(
        connection ->
            Rows.one(
                connection, "SELECT clock_timestamp()", row -> row.getTimestamp(1).toInstant()));
  }

  public Fingerprint fingerprint() throws SQLException {
    return target.read(Fingerprint::of);
  }

  /** The fingerprint from before the change; nothing where the ledger has none. */
  public Optional<Fingerprint> fingerprintBefore(String promotion) throws SQLException {
    return checkpoint(promotion, "fingerprint").map(Fingerprint::unpack);
  }

  /** The one from before the first step that is undone; else the one from before the change. */
  public Optional<Fingerprint> fingerprintAtFirst(String promotion) throws SQLException {
    Optional<byte[]> first = checkpoint(promotion, AT_FIRST);
    return first.isPresent() ? first.map(Fingerprint::unpack) : fingerprintBefore(promotion);
  }

  public Optional<byte[]> checkpoint(String promotion, String name) throws SQLException {
    return target.read(
        connection ->
            LedgerSchema.exists(connection)
                ? Ledger.checkpoint(connection, promotion, name)
                : Optional.empty());
  }

  /** What the change said about its way back; nothing special where the ledger does not tell. */
  public DeclaredWayBack wayBack(String promotion) throws SQLException {
    return checkpoint(promotion, Ledger.WAY_BACK)
        .map(bytes -> Json.read(bytes, DeclaredWayBack.class))
        .orElse(DeclaredWayBack.NOTHING);
  }

  /**
   * What was measured before the change, with the fingerprint and what the change says about its
   * way back, under a grant that holds.
   */
  public void writeBaseline(
      Work work,
      String change,
      Running running,
      byte[] baseline,
      Fingerprint fingerprint,
      DeclaredWayBack wayBack) {
    write(
        work,
        change,
        running,
        "writing the baseline into the ledger",
        (fence, connection) -> {
          Ledger.writeCheckpoint(connection, work.promotion(), "baseline", baseline);
          Ledger.writeCheckpoint(connection, work.promotion(), "fingerprint", fingerprint.pack());
          write(fence, connection, work.promotion(), change, wayBack);
        });
  }

  /**
   * Before the first step, under a grant that holds: what the change says about its way back. What
   * stands there already is left.
   */
  public void writeWayBack(Work work, String change, Running running, DeclaredWayBack wayBack) {
    write(
        work,
        change,
        running,
        "writing the way back into the ledger",
        (fence, connection) -> {
          if (Ledger.checkpoint(connection, work.promotion(), Ledger.WAY_BACK).isEmpty()) {
            write(fence, connection, work.promotion(), change, wayBack);
          }
        });
  }

  /** Whether what the change says about its way back stands there. */
  public boolean knowsWayBack(String promotion) throws SQLException {
    return checkpoint(promotion, Ledger.WAY_BACK).isPresent();
  }

  /**
   * Before the first step that is undone, under a grant that holds: what the schema is like. What
   * stands there already is left.
   */
  public void writeAtFirst(Work work, String change, Running running, Fingerprint fingerprint) {
    write(
        work,
        change,
        running,
        "writing the fingerprint into the ledger",
        (fence, connection) -> {
          if (Ledger.checkpoint(connection, work.promotion(), AT_FIRST).isEmpty()) {
            Ledger.writeCheckpoint(connection, work.promotion(), AT_FIRST, fingerprint.pack());
          }
        });
  }

  /** Whether the fingerprint from before the first step that is undone stands there. */
  public boolean knowsFirst(String promotion) throws SQLException {
    return checkpoint(promotion, AT_FIRST).isPresent();
  }

  private static void write(
      Fence fence, Connection connection, String promotion, String change, DeclaredWayBack wayBack)
      throws SQLException {
    Ledger.writeCheckpoint(connection, promotion, Ledger.WAY_BACK, Json.canonical(wayBack));
    for (Map.Entry<String, List<String>> step : wayBack.statements().entrySet()) {
      Ledger.prepare(fence, connection, promotion, change, step.getKey(), step.getValue());
    }
  }

  /** Something written under grant and lease. */
  private interface Writing {
    void into(Fence fence, Connection connection) throws SQLException;
  }

  private void write(Work work, String change, Running running, String what, Writing writing) {
    requireGranted(work, change);
    try (Fence fence = Fence.open(target, work, running)) {
      running.on(fence);
      Grants.require(fence, work.promotion(), change);
      Lease.require(fence, work.promotion());
      fence.change(connection -> writing.into(fence, connection));
      fence.endsWell();
    } catch (SQLException e) {
      throw SqlFailures.of(what, target, e);
    }
  }

  /** Which promotion holds the target; nobody where none does. */
  public Optional<String> holder() throws SQLException {
    return target.read(
        connection ->
            LedgerSchema.exists(connection) ? Lease.holder(connection) : Optional.empty());
  }

  /** Promotions but for one whose units stand and were applied, or begun, after that moment. */
  public List<String> appliedSince(String but, Instant moment) throws SQLException {
    return target.read(
        connection ->
            Rows.list(
                connection,
                """
                SELECT DISTINCT promotion FROM lockkeeper.unit
                WHERE promotion <> ? AND state <> 'reverted' AND pass <> ?
                  AND coalesce(finished_at > ?, true)
                ORDER BY 1
                """,
                row -> row.getString(1),
                but,
                Ledger.word(Pass.BACK),
                Timestamp.from(moment)));
  }

  /** Whether a unit of the section was begun outside a transaction, and not brought to its end. */
  public boolean begun(String promotion, Pass pass, String section) throws SQLException {
    try {
      return target.read(
          connection ->
              Rows.one(
                  connection,
                  """
                  SELECT EXISTS (SELECT FROM lockkeeper.unit
                    WHERE promotion = ? AND pass = ? AND section = ? AND state = 'started')
                  """,
                  row -> row.getBoolean(1),
                  promotion,
                  Ledger.word(pass),
                  section));
    } catch (SQLException e) {
      if (SqlFailures.isMissing(e)) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Only for whom the target was granted.
   *
   * @throws io.lockkeeper.failure.LockkeeperException where it was not
   */
  public void requireGranted(Work work, String change) {
    try {
      Grants.require(target, work.promotion(), change);
    } catch (SQLException e) {
      throw SqlFailures.of("looking for the grant in the ledger", target, e);
    }
  }

  /** Writes the grant and holds the target. */
  public void hold(
      Work work,
      Running running,
      String environment,
      String change,
      String evidence,
      List<String> signedBy,
      List<String> nonces,
      String statements,
      Instant validUntil) {
    try (Fence fence = Fence.open(target, work, running)) {
      running.on(fence);
      Grants.write(
          fence,
          new Grants.Grant(
              work.promotion(),
              environment,
              change,
              evidence,
              signedBy,
              nonces,
              statements,
              validUntil));
      Lease.hold(fence, work.promotion());
      fence.endsWell();
    } catch (SQLException e) {
      throw SqlFailures.of("writing the grant into the ledger", target, e);
    }
  }

  /** Lets the target go; closes the grant too where the promotion is over. */
  public void release(Work work, Running running, boolean closes) {
    release(work, running, closes, Optional.empty());
  }

  /**
   * As above.
   *
   * @param seen what the change touches as it is let go, as {@link Drift#look} told it
   */
  public void release(Work work, Running running, boolean closes, Optional<byte[]> seen) {
    release(work, running, closes, seen, Optional.empty());
  }

  /**
   * As above.
   *
   * @param follows the end that statements of the change may follow once the grant is closed
   */
  public void release(
      Work work, Running running, boolean closes, Optional<byte[]> seen, Optional<String> follows) {
    try {
      if (!Grants.known(target, work.promotion())) {
        return;
      }
      try (Fence fence = Fence.open(target, work, running)) {
        running.on(fence);
        if (seen.isPresent()) {
          byte[] content = seen.get();
          fence.change(
              connection ->
                  Ledger.writeCheckpoint(connection, work.promotion(), Drift.AFTER, content));
        }
        if (closes) {
          Grants.close(fence, work.promotion(), follows);
        }
        Lease.release(fence, work.promotion());
      }
    } catch (SQLException e) {
      throw SqlFailures.of("letting go", target, e);
    }
  }

  /** Names of all indexes of the tables, by table. */
  public Map<String, List<String>> indexes(List<QualifiedName> tables) throws SQLException {
    return target.read(
        connection -> {
          Map<String, List<String>> indexes = new LinkedHashMap<>();
          for (QualifiedName table : tables) {
            indexes.put(table.text(), Catalog.indexes(connection, table));
          }
          return indexes;
        });
  }

  /**
   * A planned index as it stands.
   *
   * @param name with its schema
   * @param asMeant whether its definition is the planned one
   * @param untold why that cannot be told; absent where it can
   */
  public record Standing(
      String name,
      String table,
      boolean there,
      boolean valid,
      boolean asMeant,
      Optional<String> untold,
      long size,
      long scans) {}

  /** Under the fence, because the server is asked how it prints what was planned. */
  public List<Standing> standing(Work work, Running running, List<CreateIndex> planned)
      throws SQLException {
    if (planned.isEmpty()) {
      return List.of();
    }
    if (!Grants.known(target, work.promotion())) {
      throw Grants.refused(target, work.promotion(), "there is no grant");
    }
    try (Fence fence = Fence.open(target, work, running)) {
      running.on(fence);
      List<Standing> standing = new ArrayList<>();
      for (CreateIndex index : planned) {
        standing.add(standing(index, Catalog.plan(fence.connection(), index, "")));
      }
      fence.endsWell();
      return standing;
    }
  }

  private Standing standing(CreateIndex index, Optional<PlannedIndex> planned) throws SQLException {
    Optional<FoundIndex> found =
        planned.isPresent()
            ? target.read(connection -> Catalog.find(connection, planned.get().name()))
            : Optional.empty();
    return new Standing(
        planned.map(r -> r.name().text()).orElse(index.name()),
        index.table().text(),
        found.filter(FoundIndex::index).isPresent(),
        found.filter(FoundIndex::valid).isPresent(),
        found.filter(FoundIndex::index).isPresent()
            && Inspection.asMeant(planned.get(), found.get()),
        planned.flatMap(Inspection::untold),
        found.map(FoundIndex::size).orElse(0L),
        found.map(FoundIndex::scans).orElse(0L));
  }
}
