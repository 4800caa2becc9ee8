package io.lockkeeper.api.problems;

import io.lockkeeper.finding.Finding;
import io.lockkeeper.finding.Finding.Severity;
import java.util.List;

/** An error that the caller is told of. */
public final class ProblemException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Problem problem;

  private ProblemException(Problem problem) {
    super(problem.detail());
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }

  /** 401. */
  public static ProblemException unauthorized(String detail) {
    return of(401, "unauthorized", "Who are you?", detail);
  }

  /** 403. */
  public static ProblemException forbidden(String detail) {
    return of(403, "not-entitled", "You may not do that", detail);
  }

  /** 404. */
  public static ProblemException notFound(String detail) {
    return of(404, "not-found", "There is no such thing", detail);
  }

  /** 410. */
  public static ProblemException gone(String code, String detail) {
    return of(410, code, "It is there no more", detail);
  }

  /** 409; the detail says why not. */
  public static ProblemException conflict(String code, String detail) {
    return of(409, code, "Not now", detail);
  }

  /** 422. */
  public static ProblemException unprocessable(String code, String detail) {
    return of(422, code, "That cannot be taken", detail);
  }

  /** 422, with what is wrong in files. */
  public static ProblemException findings(List<Finding> findings) {
    return new ProblemException(
        new Problem(
            "/problems/findings",
            "The change has errors",
            422,
            (findings.size() == 1 ? "one finding: " : findings.size() + " findings; the first: ")
                + firstError(findings).text(),
            "findings",
            findings));
  }

  private static Finding firstError(List<Finding> findings) {
    return findings.stream()
        .filter(finding -> finding.severity() == Severity.ERROR)
        .findFirst()
        .orElseGet(() -> findings.get(0));
  }

  /** 503. */
  public static ProblemException unavailable(String code, String detail) {
    return of(503, code, "Not reachable", detail);
  }

  private static ProblemException of(int status, String code, String title, String detail) {
    return new ProblemException(
        new Problem("/problems/" + code, title, status, detail, code, List.of()));
  }
}
