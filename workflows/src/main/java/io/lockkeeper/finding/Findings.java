package io.lockkeeper.finding;

import io.lockkeeper.finding.Finding.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong while a file is read, so that a person sees all of it at once. */
public final class Findings {
  private static final Comparator<Finding> BY_PLACE =
      Comparator.comparing(Finding::file)
          .thenComparingInt(Finding::line)
          .thenComparingInt(Finding::column);

  private final List<Finding> found = new ArrayList<>();

  public void error(String code, String file, int line, int column, String message) {
    found.add(new Finding(code, Severity.ERROR, file, line, column, message));
  }

  public void warning(String code, String file, int line, int column, String message) {
    found.add(new Finding(code, Severity.WARNING, file, line, column, message));
  }

  public boolean hasErrors() {
    return found.stream().anyMatch(finding -> finding.severity() == Severity.ERROR);
  }

  /** In the order of the files. */
  public List<Finding> all() {
    return found.stream().sorted(BY_PLACE).distinct().toList();
  }

  /**
   * @throws FindingsException where there is an error
   */
  public void refuseErrors() {
    if (hasErrors()) {
      throw new FindingsException(all());
    }
  }
}
