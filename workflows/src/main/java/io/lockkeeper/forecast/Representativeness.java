package io.lockkeeper.forecast;

import io.lockkeeper.environment.Survey.Table;
import io.lockkeeper.environment.TargetLook;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.step.Evidence.Item;
import io.lockkeeper.step.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How far what was seen in one environment tells of the next one: its server, the tables that the
 * change touches, and the settings that change how long work takes. Up to twice as large passes,
 * beyond ten times as large fails; one that is smaller than the one before is the easier exam. What
 * nobody told is INCONCLUSIVE. It is told to those who sign, and stops nobody. Pure.
 */
public final class Representativeness {
  private static final double LIKE = 2;
  private static final double UNLIKE = 10;

  private final String from;
  private final String to;
  private final TargetLook there;
  private final TargetLook here;
  private final boolean untold;

  private Representativeness(
      String from, TargetLook there, String to, TargetLook here, boolean untold) {
    this.from = from;
    this.there = there;
    this.to = to;
    this.here = here;
    this.untold = untold && there.mayHaveMoreTables();
  }

  /**
   * With its figures, a line each.
   *
   * @param from the environment before
   * @param there what its target is like; absent where nobody told
   * @param to the next one
   */
  public static List<Item> of(String from, Optional<TargetLook> there, String to, TargetLook here) {
    return of(from, there, to, here, true);
  }

  /**
   * As {@link #of} was while a table that was not told counted as one that is not there. For
   * histories that hold its result.
   */
  public static List<Item> formerly(
      String from, Optional<TargetLook> there, String to, TargetLook here) {
    return of(from, there, to, here, false);
  }

  private static List<Item> of(
      String from, Optional<TargetLook> there, String to, TargetLook here, boolean untold) {
    return there
        .map(look -> new Representativeness(from, look, to, here, untold).items())
        .orElseGet(
            () ->
                List.of(
                    new Item(from, Verdict.INCONCLUSIVE, "nobody told what " + from + " is like")));
  }

  private List<Item> items() {
    List<Item> items = new ArrayList<>();
    items.add(server());
    here.tables().forEach(table -> items.add(table(table)));
    items.add(settings());
    return items;
  }

  private Item server() {
    boolean same = major(there.server()).equals(major(here.server()));
    return new Item(
        "server",
        same ? Verdict.PASS : Verdict.FAIL,
        there.server().equals(here.server())
            ? here.server() + " in both"
            : there.server()
                + " in "
                + from
                + ", "
                + here.server()
                + " in "
                + to
                + (same ? "" : ": another major version, which may plan and lock otherwise"));
  }

  private static String major(String server) {
    int dot = server.indexOf('.');
    return dot < 0 ? server : server.substring(0, dot);
  }

  private Item table(Table next) {
    String name = "table " + next.name();
    Optional<Table> found = there.table(next.name());
    if (found.isEmpty()) {
      return untold
          ? new Item(
              name,
              Verdict.INCONCLUSIVE,
              "is not among the " + TargetLook.TABLES + " largest of " + from + ", which are told")
          : new Item(name, Verdict.FAIL, "is in " + to + " and not in " + from);
    }
    Table before = found.get();
    String figures = figures(before, from) + "; " + figures(next, to);
    if (next.size() <= Forecast.SMALL) {
      return new Item(name, Verdict.PASS, figures + ", which is small");
    }
    if (before.rows() == 0 || next.rows() == 0) {
      String unknown = before.rows() == 0 ? from : to;
      return new Item(
          name,
          Verdict.worst(List.of(Verdict.INCONCLUSIVE, verdict(ratio(before, next)))),
          figures + ": rows of " + unknown + " are not known before an ANALYZE");
    }
    double ratio = ratio(before, next);
    return new Item(name, verdict(ratio), figures + String.format(Locale.ROOT, ": × %.1f", ratio));
  }

  /** Of sizes or of rows, whichever differs more. */
  private static double ratio(Table before, Table next) {
    double size = next.size() / (double) Math.max(1, before.size());
    return before.rows() == 0 || next.rows() == 0
        ? size
        : Math.max(size, next.rows() / (double) before.rows());
  }

  private static Verdict verdict(double ratio) {
    return ratio <= LIKE ? Verdict.PASS : ratio <= UNLIKE ? Verdict.INCONCLUSIVE : Verdict.FAIL;
  }

  private static String figures(Table table, String environment) {
    return Quantity.print((double) table.size(), Dimension.BYTES)
        + (table.rows() == 0 ? "" : String.format(Locale.ROOT, " and about %,d rows", table.rows()))
        + " in "
        + environment;
  }

  private Item settings() {
    List<String> others = new ArrayList<>();
    new TreeMap<>(here.settings())
        .forEach(
            (name, value) -> {
              String before = there.settings().getOrDefault(name, "not told");
              if (!before.equals(value)) {
                others.add(name + " is " + before + " in " + from + " and " + value + " in " + to);
              }
            });
    return others.isEmpty()
        ? new Item("settings", Verdict.PASS, here.settings().size() + " compared, all the same")
        : new Item("settings", Verdict.INCONCLUSIVE, String.join("; ", others));
  }
}
