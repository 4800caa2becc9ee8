package io.lockkeeper.lint;

import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Finding.Severity;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Warnings that the author of a statement knows and has a reason for: {@code -- accept all-rows:
 * forty rows}.
 *
 * @param reasons by code, never blank
 */
record Accepted(Map<String, String> reasons) {
  static final Accepted NOTHING = new Accepted(Map.of());

  private static final Pattern LINE =
      Pattern.compile(
          "(?m)^[ \\t]*--[ \\t]*accept[ \\t]+([a-z-]+)[ \\t]*:[ \\t]*(\\S.*?)[ \\t\\r]*$");

  /**
   * @param between what stands between two statements: blanks, comments, a semicolon
   */
  static Accepted in(String between) {
    Map<String, String> reasons = new HashMap<>();
    Matcher lines = LINE.matcher(between);
    while (lines.find()) {
      reasons.put(lines.group(1), lines.group(2));
    }
    return new Accepted(reasons);
  }

  boolean isEmpty() {
    return reasons.isEmpty();
  }

  /** An error stays one; a warning becomes a note that tells the reason. */
  Finding judge(Finding finding) {
    String reason = reasons.get(finding.code());
    return reason == null || finding.severity() == Severity.ERROR
        ? finding
        : new Finding(
            finding.code(),
            Severity.NOTE,
            finding.file(),
            finding.line(),
            finding.column(),
            finding.message() + " (accepted: " + reason + ")",
            finding.hazard(),
            finding.safeWay(),
            finding.fix());
  }

  boolean knows(Hazard hazard) {
    return reasons.containsKey(hazard.code());
  }
}
