package io.lockkeeper.report;

import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.step.StatementChanges;
import io.lockkeeper.step.StatementChanges.Count;
import io.lockkeeper.step.StatementChanges.Period;
import io.lockkeeper.step.StatementChanges.StatementChange;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Statements of others that take more time than before the change, as people read them. */
public final class StatementsText {
  private static final int GROUPED_FROM = 1_000;

  private final StatementChanges changes;
  private final Map<String, String> statements;
  private final Markdown text;

  StatementsText(StatementChanges changes, Map<String, String> statements, Markdown text) {
    this.changes = changes;
    this.statements = statements;
    this.text = text;
  }

  /**
   * In Markdown.
   *
   * @param statements without values, by queryid
   */
  public static String markdown(StatementChanges changes, Map<String, String> statements) {
    Markdown text = new Markdown();
    new StatementsText(changes, statements, text).write();
    return text.toString();
  }

  void write() {
    if (changes.now().isEmpty() || changes.before().isEmpty()) {
      text.line("Statements of others were not compared: " + changes.untold() + ".").line();
      return;
    }
    Period before = changes.before().get();
    Period now = changes.now().get();
    if (changes.more().isEmpty()) {
      text.line("No statement of others takes more time than before.").line();
    } else {
      table(before, now);
    }
    text.line(
        "Statements of others as pg_stat_statements counts them"
            + stretch(now)
            + ", beside those"
            + stretch(before)
            + " before the change; not those of the role under which Lockkeeper works, nor what"
            + " the change's probes and checks run. Literals are left out. The figures decide"
            + " nothing: load has other reasons too.");
    text.line();
    changes.notes().forEach(note -> text.line("- " + note));
    if (!changes.notes().isEmpty()) {
      text.line();
    }
  }

  private void table(Period before, Period now) {
    text.head(
        "statement that takes more time",
        "time an hour",
        "time a call",
        "calls an hour",
        "rows a call",
        "blocks read a call");
    for (StatementChange change : changes.more()) {
      text.row(
          code(statements.getOrDefault(change.id(), "queryid " + change.id())),
          rate(change, before, now, Count::seconds, StatementsText::time),
          both(change, count -> Optional.of(count.mean()), StatementsText::time),
          rate(change, before, now, Count::calls, StatementsText::plain),
          both(change, count -> each(count, count.rows()), StatementsText::plain),
          both(change, count -> each(count, count.blocks()), StatementsText::plain));
    }
    text.line();
  }

  /** Text of somebody else must not end the code that it stands in. */
  private static String code(String statement) {
    return "`" + statement.replace('`', '\'').replaceAll("\\s+", " ") + "`";
  }

  private static String rate(
      StatementChange change,
      Period before,
      Period now,
      ToDoubleFunction<Count> of,
      Function<Double, String> print) {
    Optional<String> was =
        change.before().flatMap(c -> before.hours().map(h -> print.apply(of.applyAsDouble(c) / h)));
    Optional<String> is = now.hours().map(h -> print.apply(of.applyAsDouble(change.now()) / h));
    return beside(change, was, is);
  }

  private static String both(
      StatementChange change,
      Function<Count, Optional<Double>> of,
      Function<Double, String> print) {
    return beside(
        change, change.before().flatMap(of).map(print), of.apply(change.now()).map(print));
  }

  private static String beside(StatementChange change, Optional<String> was, Optional<String> is) {
    String unknown = change.before().isEmpty() ? "new" : "?";
    return was.orElse(unknown) + " → " + is.orElse("?");
  }

  private static Optional<Double> each(Count count, long all) {
    return count.calls() == 0 ? Optional.empty() : Optional.of((double) all / count.calls());
  }

  private static String time(double seconds) {
    return Quantity.print(seconds, Dimension.TIME);
  }

  private static String plain(double number) {
    return number >= GROUPED_FROM
        ? String.format(Locale.ROOT, "%,.0f", number)
        : Quantity.print(number, Dimension.COUNT);
  }

  private static String stretch(Period period) {
    return period.from().map(from -> " from " + at(from) + " to ").orElse(" until ")
        + at(period.until());
  }

  private static String at(Instant instant) {
    return ReportText.at(instant);
  }
}
