package io.lockkeeper.deploy.findings;

import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Finding.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A finding for people: the line of a good compiler, then what it means and what to do. */
public final class FindingText {
  private FindingText() {}

  /** At least one line; what stands below the first is indented. */
  public static List<String> lines(Finding finding) {
    List<String> lines = new ArrayList<>(List.of(finding.text()));
    finding.hazard().ifPresent(hazard -> lines.add("  hazard: " + hazard));
    finding.safeWay().ifPresent(way -> lines.add("  safe way: " + way));
    finding
        .fix()
        .ifPresent(
            sql -> {
              lines.add("  ready SQL:");
              sql.lines().map(line -> "    " + line).forEach(lines::add);
            });
    finding.hazard().ifPresent(hazard -> lines.add("  more: " + finding.page()));
    return lines;
  }

  /** {@code 2 errors, 1 warning}; {@code no findings} for none. */
  public static String summary(List<Finding> findings) {
    List<String> parts = new ArrayList<>();
    for (Severity severity : Severity.values()) {
      long count = findings.stream().filter(f -> f.severity() == severity).count();
      if (count > 0) {
        String word = severity.name().toLowerCase(Locale.ROOT);
        parts.add(count + " " + word + (count == 1 ? "" : "s"));
      }
    }
    return parts.isEmpty() ? "no findings" : String.join(", ", parts);
  }
}
