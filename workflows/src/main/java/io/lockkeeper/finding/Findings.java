package io.lockkeeper.finding;

import io.lockkeeper.finding.Finding.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.UnaryOperator;

/** Collects what is wrong while a file is read, so that a person sees all of it at once. */
public final class Findings {
  private static final Comparator<Finding> BY_PLACE =
      Comparator.comparing(Finding::file)
          .thenComparingInt(Finding::line)
          .thenComparingInt(Finding::column)
          .thenComparing(Finding::severity);

  private final List<Finding> found = new ArrayList<>();
  private final List<Edit> edits = new ArrayList<>();

  public void add(Finding finding) {
    found.add(finding);
  }

  /** What would make one of the findings go away. */
  public void add(Edit edit) {
    edits.add(edit);
  }

  /** Each once, in the order of the files, the last place of a file first. */
  public List<Edit> edits() {
    return edits.stream()
        .distinct()
        .sorted(
            Comparator.comparing(Edit::file)
                .thenComparing(Comparator.comparingInt(Edit::from).reversed()))
        .toList();
  }

  public void error(String code, String file, int line, int column, String message) {
    found.add(new Finding(code, Severity.ERROR, file, line, column, message));
  }

  public void warning(String code, String file, int line, int column, String message) {
    found.add(new Finding(code, Severity.WARNING, file, line, column, message));
  }

  /** Says more about each, such as what happens where it is left as it is. */
  public void explain(UnaryOperator<Finding> explanation) {
    found.replaceAll(explanation);
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
