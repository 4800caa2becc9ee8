package io.lockkeeper.finding;

/**
 * One thing that is wrong, or worth knowing, in a file that a person wrote.
 *
 * @param code stable name of the rule, such as {@code unknown-key}
 * @param severity an error refuses the file, a warning does not
 * @param file relative to the bundle's folder, or the path as given
 * @param line from 1
 * @param column from 1
 * @param message what is wrong and what to write instead, in one or two sentences
 */
public record Finding(
    String code, Severity severity, String file, int line, int column, String message) {

  public enum Severity {
    ERROR,
    WARNING
  }

  /** {@code change.yaml:14:7: error unknown-key: …}. */
  public String text() {
    String word = severity == Severity.ERROR ? "error" : "warning";
    return file + ":" + line + ":" + column + ": " + word + " " + code + ": " + message;
  }
}
