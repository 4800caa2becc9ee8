package io.lockkeeper.activities.statements;

import io.lockkeeper.step.StatementChanges.Count;
import io.lockkeeper.step.StatementChanges.Period;
import io.lockkeeper.step.StatementChanges.StatementChange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which statements take more of the server's time in a stage than before the change, the most
 * first. Pure.
 *
 * @param before what the figures before are of: all that was counted until the baseline
 * @param now what the figures of the stage are of: since its start, or since a reset after that
 * @param more all that take more
 * @param notes what people should know of the figures
 */
record Growth(Period before, Period now, List<StatementChange> more, List<String> notes) {

  private record Grown(StatementChange change, double perHour) {}

  /**
   * @param baseline before the change
   * @param start of the stage
   * @param end of the stage, or so far
   */
  static Growth of(StatementCounts baseline, StatementCounts start, StatementCounts end) {
    List<String> notes = new ArrayList<>();
    boolean reset = end.reset().filter(at -> at.isAfter(start.at())).isPresent();
    if (reset) {
      notes.add(
          "the statistics were reset at "
              + end.reset().get()
              + ": what was counted of this stage before that is lost");
    }
    if (end.dropped() > (reset ? 0 : start.dropped())) {
      notes.add(
          "the server dropped statements for lack of room, and counts those anew:"
              + " pg_stat_statements.max is too low for this application");
    }
    Period before = new Period(baseline.reset(), baseline.at());
    Period now = new Period(reset ? end.reset() : Optional.of(start.at()), end.at());
    List<Grown> grown = new ArrayList<>();
    for (Map.Entry<String, Count> statement : end.statements().entrySet()) {
      Optional<Count> from = reset ? Optional.of(NONE) : at(start, statement.getKey());
      Optional<Count> was = at(baseline, statement.getKey());
      if (from.isPresent() && was.isPresent()) {
        Count since = since(from.get(), statement.getValue());
        StatementChange change =
            new StatementChange(statement.getKey(), was.filter(count -> count.calls() > 0), since);
        grown.add(new Grown(change, perHour(change, before, now)));
      }
    }
    return new Growth(
        before,
        now,
        grown.stream()
            .filter(one -> one.perHour() > 0)
            .sorted(Comparator.comparingDouble(Grown::perHour).reversed())
            .map(Grown::change)
            .toList(),
        notes);
  }

  private static final Count NONE = new Count(0, 0, 0, 0);

  /** Nothing where some are left out there, and it may be one of them. */
  private static Optional<Count> at(StatementCounts counted, String id) {
    return Optional.ofNullable(counted.statements().get(id))
        .or(() -> counted.whole() ? Optional.of(NONE) : Optional.empty());
  }

  /** One that was called less often than before was reset, or dropped, and began anew. */
  private static Count since(Count from, Count to) {
    return to.calls() < from.calls() || to.seconds() < from.seconds()
        ? to
        : new Count(
            to.calls() - from.calls(),
            to.seconds() - from.seconds(),
            to.rows() - from.rows(),
            to.blocks() - from.blocks());
  }

  /** Seconds of the server that it takes more, in an hour. */
  private static double perHour(StatementChange change, Period before, Period now) {
    Optional<Double> hours = now.hours();
    if (hours.isEmpty() || change.now().calls() == 0) {
      return 0;
    }
    double rate = change.now().seconds() / hours.get();
    if (change.before().isEmpty()) {
      return rate;
    }
    Count was = change.before().get();
    return before
        .hours()
        .map(counted -> rate - was.seconds() / counted)
        // How often it was called an hour is not known: as if it had been as often as now.
        .orElseGet(() -> rate * (1 - was.mean() / change.now().mean()));
  }
}
