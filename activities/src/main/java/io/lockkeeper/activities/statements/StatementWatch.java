package io.lockkeeper.activities.statements;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.blob.BlobRef;
import io.lockkeeper.blob.Blobs;
import io.lockkeeper.change.Change;
import io.lockkeeper.change.Check;
import io.lockkeeper.change.Probe;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.json.Json;
import io.lockkeeper.section.MaskedSql;
import io.lockkeeper.section.NamedParameters;
import io.lockkeeper.section.SqlSyntaxException;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.StatementChanges;
import io.lockkeeper.step.StatementChanges.StatementChange;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Looks at the statistics of one target's statements: once before the change, once at the start of
 * a stage, and where the stage tells which take more time. What it cannot read it says, and never
 * fails for it. Safe for many threads.
 */
public final class StatementWatch {
  private static final int TOLD = 10;

  /** Of so many the texts are read, because some are not of rows, or ours. */
  private static final int LOOKED_AT = 50;

  private static final int SHOWN = 240;

  private final Target target;
  private final Blobs blobs;

  public StatementWatch(Target target, Blobs blobs) {
    this.target = target;
    this.blobs = blobs;
  }

  /** Keeps what is counted now; nothing where that cannot be told. */
  public Optional<BlobRef> mark() throws SQLException {
    return target.sample(
        connection -> {
          StatementStatistics.Found found = StatementStatistics.of(connection);
          return found.statistics().isPresent()
              ? Optional.of(blobs.write(Json.canonical(found.statistics().get().counted())))
              : Optional.empty();
        });
  }

  /**
   * What has changed.
   *
   * @param change whose probes and checks run statements of their own
   * @param baseline of {@link #mark} before the change
   * @param start of {@link #mark} at the stage's start; absent where it could not be kept, then it
   *     is that of the baseline
   * @param name of the file of texts
   */
  public StatementChanges since(
      Change change,
      String environment,
      Optional<String> baseline,
      Optional<String> start,
      String name) {
    try {
      return target.sample(
          connection -> {
            StatementStatistics.Found found = StatementStatistics.of(connection);
            if (found.statistics().isEmpty()) {
              return StatementChanges.untold(found.why());
            }
            if (baseline.isEmpty()) {
              return StatementChanges.untold("it was not looked at before the change");
            }
            StatementCounts before = read(baseline.get());
            StatementCounts from = start.isPresent() ? read(start.get()) : before;
            StatementStatistics statistics = found.statistics().get();
            Growth growth = Growth.of(before, from, statistics.counted());
            return told(growth, statistics, ours(change, environment), name);
          });
    } catch (SQLException e) {
      return StatementChanges.untold(SqlFailures.text(e));
    } catch (LockkeeperException e) {
      return StatementChanges.untold(e.text());
    }
  }

  private StatementCounts read(String sha256) {
    return Json.read(blobs.read(sha256), StatementCounts.class);
  }

  private StatementChanges told(
      Growth growth, StatementStatistics statistics, Set<String> ours, String name)
      throws SQLException {
    Map<String, StatementChange> candidates = new LinkedHashMap<>();
    growth.more().stream().limit(LOOKED_AT).forEach(change -> candidates.put(change.id(), change));
    List<StatementChange> more = new ArrayList<>();
    Map<String, String> texts = new TreeMap<>();
    for (Map.Entry<String, String> text : statistics.texts(candidates.keySet()).entrySet()) {
      if (more.size() < TOLD && isOfOthers(text.getValue(), ours)) {
        more.add(candidates.get(text.getKey()));
        texts.put(text.getKey(), MaskedSql.of(text.getValue(), SHOWN));
      }
    }
    return new StatementChanges(
        "",
        Optional.of(growth.before()),
        Optional.of(growth.now()),
        more,
        growth.notes(),
        kept(texts, name));
  }

  private static boolean isOfOthers(String text, Set<String> ours) {
    return MaskedSql.isOfRows(text)
        && !text.stripLeading().startsWith(Target.OUR_SQL)
        && !ours.contains(MaskedSql.shape(text));
  }

  /** The figures stand without them. */
  private Optional<Attachment> kept(Map<String, String> texts, String name) {
    if (texts.isEmpty()) {
      return Optional.empty();
    }
    try {
      BlobRef blob = blobs.write(Json.text(texts).getBytes(UTF_8));
      return Optional.of(new Attachment(name, "application/json", blob));
    } catch (LockkeeperException e) {
      return Optional.empty();
    }
  }

  /** A probe that is run as a role of the application's is counted as its own. */
  private static Set<String> ours(Change change, String environment) {
    Set<String> shapes = new HashSet<>();
    for (Probe probe : change.probes(environment)) {
      if (probe.source() instanceof Probe.Sql sql) {
        shape(sql.sql()).ifPresent(shapes::add);
        sql.before().flatMap(StatementWatch::shape).ifPresent(shapes::add);
      }
    }
    for (Check check : change.checks(environment)) {
      if (check.source() instanceof Check.Sql sql) {
        shape(sql.sql()).ifPresent(shapes::add);
      }
    }
    return shapes;
  }

  private static Optional<String> shape(String sql) {
    try {
      return Optional.of(MaskedSql.shape(NamedParameters.of(sql).sql()));
    } catch (SqlSyntaxException e) {
      return Optional.empty();
    }
  }
}
