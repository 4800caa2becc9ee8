package io.lockkeeper.activities.figures;

import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.TouchedIndexes;
import io.lockkeeper.activities.postgres.TouchedIndexes.Found;
import io.lockkeeper.activities.probe.CounterMark;
import io.lockkeeper.activities.probe.ProbeScans;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Reading;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Bloat and use of the indexes of touched tables, once a round of probes: {@link #before}, the
 * probes, {@link #after}. Those that the change made are told each by its name too. Used by one
 * thread at a time.
 */
public final class IndexFigures {
  /** A smaller index has nothing to give back. */
  private static final long SMALL = 1 << 20;

  /** A larger one is estimated: all of its pages would be read each time. */
  private static final long MEASURED = 128 << 20;

  /** Fewer runs of probes tell nothing of a share. */
  private static final int RUNS = 100;

  private static final int NAMED = 20;
  private static final Pattern NAMEABLE = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");
  private static final String USAGE = "index.usage";

  private final List<String> tables;
  private final Set<String> stood;
  private final IndexMeasurements measurements;
  private List<Found> indexes = List.of();
  private ProbeScans scans = new ProbeScans(List.of(), List.of());
  private Optional<String> unread = Optional.of("nothing was read yet");
  private Map<Long, Double> measured = Map.of();

  /** Of one look, with measurements of its own. */
  public IndexFigures(List<String> tables, Collection<String> stood) {
    this(tables, stood, new IndexMeasurements());
  }

  /**
   * @param tables that the change touches, as SQL writes them
   * @param stood indexes that were there before the change, with their schema
   * @param measurements of the target, which others share
   */
  public IndexFigures(
      List<String> tables, Collection<String> stood, IndexMeasurements measurements) {
    this.tables = List.copyOf(tables);
    this.stood = Set.copyOf(stood);
    this.measurements = measurements;
  }

  /** Looks; gives what the probes of this round count their scans in. */
  public ProbeScans before(Target target) {
    try {
      target.read(
          connection -> {
            indexes = TouchedIndexes.of(connection, tables);
            measure(connection);
            return indexes;
          });
      unread = Optional.empty();
      scans =
          new ProbeScans(
              indexes.stream().map(Found::table).distinct().toList(),
              indexes.stream().map(Found::oid).toList());
    } catch (SQLException e) {
      unread = Optional.of(SqlFailures.text(e));
      scans = new ProbeScans(List.of(), List.of());
    }
    return scans;
  }

  /**
   * The figures of the round.
   *
   * @param marks where counters stood at the stage's start; are changed
   * @param wanted metrics and patterns of the limits
   */
  public Map<String, Reading> after(Map<String, String> marks, Collection<String> wanted) {
    Map<String, Reading> found = new LinkedHashMap<>();
    if (unread.isPresent()) {
      found.put("index.bloat", new Reading.Missing(unread.get()));
      found.put(USAGE, new Reading.Missing(unread.get()));
    } else {
      found.put("index.bloat", worst());
      used(marks, found, wanted);
      for (Found index : named(wanted)) {
        found.put("index." + index.name() + ".bloat", bloat(index));
      }
    }
    for (String metric : wanted) {
      if (metric.startsWith("index.")
          && found.keySet().stream().noneMatch(name -> Limit.matches(metric, name))) {
        found.put(metric, new Reading.Missing(unread.orElse("no touched table has that index")));
      }
    }
    return found;
  }

  /** One look, before the change or at its end: {@code index.bloat}, and that of each index. */
  public Map<String, Reading> bloat(Target target) {
    before(target);
    Map<String, Reading> found = new LinkedHashMap<>();
    found.put("index.bloat", unread.<Reading>map(Reading.Missing::new).orElseGet(this::worst));
    if (unread.isEmpty()) {
      indexes.forEach(index -> found.put("index." + index.name() + ".bloat", bloat(index)));
    }
    return found;
  }

  private void measure(Connection connection) throws SQLException {
    Optional<String> schema = TouchedIndexes.measures(connection);
    if (schema.isEmpty()) {
      measured = Map.of();
      return;
    }
    List<Found> whole =
        indexes.stream()
            .filter(index -> index.btree() && index.size() >= SMALL && index.size() <= MEASURED)
            .toList();
    measured =
        measurements.of(whole, index -> TouchedIndexes.measured(connection, schema.get(), index));
  }

  /** Of all B-trees that are not small; one that cannot be told may be the worst. */
  private Reading worst() {
    @Nullable Reading worst = null;
    for (Found index : indexes) {
      Reading bloat = bloat(index);
      if (bloat instanceof Reading.Missing) {
        return bloat;
      }
      if (bloat instanceof Reading.Figure figure
          && (!(worst instanceof Reading.Figure most) || most.value() < figure.value())) {
        worst = figure;
      }
    }
    return worst == null
        ? new Reading.NotApplicable("no touched table has a B-tree of a megabyte")
        : worst;
  }

  private Reading bloat(Found index) {
    if (!index.btree() || index.size() < SMALL) {
      return new Reading.NotApplicable(index.name() + " is no B-tree of a megabyte");
    }
    @Nullable Double exact = measured.get(index.oid());
    if (exact != null) {
      return new Reading.Figure(exact, "measured by pgstattuple");
    }
    return index
        .bloat()
        .<Reading>map(share -> new Reading.Figure(share, "estimated from statistics"))
        .orElseGet(
            () ->
                new Reading.Missing(
                    "the columns of " + index.name() + " have no statistics that we may see"));
  }

  /** Those that the change made, and those that a limit names. */
  private List<Found> named(Collection<String> wanted) {
    List<Found> named = new ArrayList<>();
    for (Found index : indexes) {
      boolean made = !index.ofConstraint() && !stood.contains(index.schema() + "." + index.name());
      boolean asked =
          wanted.stream()
              .anyMatch(
                  metric ->
                      metric.startsWith("index." + index.name() + ".")
                          || (metric.startsWith("index.*.") && made));
      if (NAMEABLE.matcher(index.name()).matches() && (asked || (made && named.size() < NAMED))) {
        named.add(index);
      }
    }
    return named;
  }

  private void used(
      Map<String, String> marks, Map<String, Reading> found, Collection<String> wanted) {
    // What probes scanned is added up: it is told by each session of itself alone.
    long[] sums = sums(marks, "index.probes", 3);
    List<Long> read = indexes.stream().map(Found::table).distinct().toList();
    sums[0] += scans.executions();
    sums[1] += indexes.stream().mapToLong(index -> scans.of(index.oid())).sum();
    sums[2] += read.stream().mapToLong(scans::of).sum();
    write(marks, "index.probes", sums);
    found.put(USAGE, share(sums[0], sums[1], sums[1] + sums[2], "a touched table"));
    for (Found index : named(wanted)) {
      used(marks, found, index, sums);
    }
  }

  private void used(
      Map<String, String> marks, Map<String, Reading> found, Found index, long[] sums) {
    String name = "index." + index.name();
    // Of the probes: scans by it, and of all of its table. Of others: the most that was counted,
    // which a reset of the statistics takes nothing from.
    long[] ours = sums(marks, name + ".probes", 3);
    // The server was looked at before the probes of this round ran.
    ours[2] = Math.max(ours[2], rise(marks, name, index.scans()) - ours[0]);
    ours[0] += scans.of(index.oid());
    ours[1] +=
        indexes.stream()
                .filter(other -> other.table() == index.table())
                .mapToLong(other -> scans.of(other.oid()))
                .sum()
            + scans.of(index.table());
    write(marks, name + ".probes", ours);
    found.put(name + ".scans", new Reading.Figure(ours[2], "without the probes'"));
    found.put(name + ".usage", share(sums[0], ours[0], ours[1], "its table"));
  }

  private static long rise(Map<String, String> marks, String name, long scans) {
    List<Double> now = List.of((double) scans);
    CounterMark mark = CounterMark.read(marks.get(name), 1).orElseGet(() -> CounterMark.at(now));
    CounterMark counted = mark.next(now);
    marks.put(name, counted.text());
    return Math.round(counted.since(0));
  }

  private static Reading share(long runs, long of, long all, String what) {
    if (runs < RUNS) {
      return new Reading.Missing(
          "probes ran "
              + runs
              + " times since the stage began, and fewer than "
              + RUNS
              + " tell nothing");
    }
    return all == 0
        ? new Reading.NotApplicable("no probe reads " + what)
        : new Reading.Figure((double) of / all, "of the probes' scans");
  }

  private static long[] sums(Map<String, String> marks, String name, int length) {
    long[] sums = new long[length];
    @Nullable String mark = marks.get(name);
    if (mark != null) {
      String[] parts = mark.split(",");
      for (int i = 0; i < Math.min(length, parts.length); i++) {
        sums[i] = Long.parseLong(parts[i]);
      }
    }
    return sums;
  }

  private static void write(Map<String, String> marks, String name, long[] sums) {
    StringBuilder written = new StringBuilder();
    for (long sum : sums) {
      written.append(written.isEmpty() ? "" : ",").append(sum);
    }
    marks.put(name, written.toString());
  }
}
