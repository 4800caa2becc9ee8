package io.lockkeeper.finding;

import java.util.List;
import java.util.stream.Collectors;

/** A file was refused for what it holds. */
public final class FindingsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<Finding> findings;

  public FindingsException(List<Finding> findings) {
    super(findings.stream().map(Finding::text).collect(Collectors.joining("\n")));
    this.findings = List.copyOf(findings);
  }

  /** Never empty. */
  public List<Finding> findings() {
    return findings;
  }
}
