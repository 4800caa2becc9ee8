package io.lockkeeper.deploy.findings;

import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Finding.Severity;

/**
 * Findings as workflow commands of GitHub Actions, which shows them beside the lines. Source: the
 * runner's ActionCommand.cs for what is escaped.
 */
public final class GitHubAnnotations {
  private GitHubAnnotations() {}

  /**
   * One line, without its end.
   *
   * @param file from the top of the repository
   */
  public static String line(Finding finding, String file) {
    String text =
        finding.message()
            + finding.hazard().map(hazard -> "\n" + hazard).orElse("")
            + finding.safeWay().map(way -> "\n" + way).orElse("")
            + finding.fix().map(sql -> "\n" + sql).orElse("");
    return "::"
        + (finding.severity() == Severity.NOTE ? "notice" : finding.severity().text())
        + " file="
        + property(file)
        + ",line="
        + finding.line()
        + ",col="
        + finding.column()
        + ",title="
        + property("lockkeeper " + finding.code())
        + "::"
        + data(text);
  }

  private static String data(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }
}
