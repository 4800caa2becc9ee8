package io.lockkeeper.api.problems;

import io.lockkeeper.finding.Finding;
import java.util.List;

/**
 * The body of an error answer (RFC 9457).
 *
 * @param detail what was tried, what was found, what to do
 * @param code stable, for programs
 * @param findings what is wrong in files; empty for other errors
 */
public record Problem(
    String type, String title, int status, String detail, String code, List<Finding> findings) {
  /** Its media type. */
  public static final String MEDIA_TYPE = "application/problem+json";

  public Problem {
    findings = List.copyOf(findings);
  }
}
