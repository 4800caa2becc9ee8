package io.lockkeeper.report;

import io.lockkeeper.change.Change;
import java.util.List;
import java.util.Locale;

/** The block {@code context-for-next-step}: what whoever takes the next step has to know. */
final class NextStep {
  /** Words about the deployment; the others are about its impact. */
  private static final int DEPLOYMENT = 4;

  private final Report report;
  private final Seen seen;
  private final Markdown text = new Markdown();

  NextStep(Report report, Seen seen) {
    this.report = report;
    this.seen = seen;
  }

  /**
   * @param words those of the deployment, then those of the impact
   * @param ways back, a line each
   */
  String markdown(List<Word> words, List<String> ways) {
    text.line(title()).line("=".repeat(80)).line();
    text.line("DEPLOYMENT RESULTS:");
    words.subList(0, DEPLOYMENT).forEach(word -> text.line(ticked(word)));
    text.line().line(seen.environment().toUpperCase(Locale.ROOT) + " IMPACT:");
    words.subList(DEPLOYMENT, words.size()).forEach(word -> text.line(brief(word)));
    text.line().line("NEXT STEP:");
    next();
    text.line().line("ROLLBACK INFO:");
    ways.forEach(text::line);
    text.line().line("What is not as hoped:");
    List<Word> open = words.stream().filter(word -> !word.holds()).toList();
    open.forEach(word -> text.line("- " + word.subject() + ": " + word.because()));
    if (open.isEmpty()) {
      text.line("- nothing");
    }
    return text.toString();
  }

  /** {@code MENUCA-07-INDEXES IN PRODUCTION: COMPLETE}. */
  private String title() {
    return (report.change() + " in " + seen.environment()).toUpperCase(Locale.ROOT)
        + ": "
        + report.status();
  }

  private static String ticked(Word word) {
    boolean ticks = word.holds() && List.of("VERIFIED", "SUCCESS").contains(word.word());
    return ticks ? word.line().replace(": ", ": ✓ ") : word.line();
  }

  /** The document's word is shorter here than in the log. */
  private static String brief(Word word) {
    return word.line().replace("NONE DETECTED", "NONE");
  }

  private void next() {
    if (report.next().isEmpty()) {
      text.line("→ none yet: the promotion is " + report.status());
    }
    for (Change.Next next : report.next()) {
      text.line(
          "→ "
              + (next.text().isEmpty() ? next.change() : next.text() + " (" + next.change() + ")"));
    }
  }
}
