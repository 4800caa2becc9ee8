package io.lockkeeper.finding;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;
import java.util.Optional;

/**
 * One thing that is wrong, or worth knowing, in a file that a person wrote.
 *
 * @param code stable name of the rule, such as {@code unknown-key}
 * @param severity an error refuses the file, a warning and a note do not
 * @param file relative to the bundle's folder, or the path as given
 * @param line from 1
 * @param column from 1
 * @param message what is wrong and what to write instead, in one or two sentences
 * @param hazard what happens to whom and for how long where it runs as it stands; absent where it
 *     is only a mistake of form
 * @param safeWay what to do instead
 * @param fix ready SQL for that, possibly several statements; absent where there is none
 */
public record Finding(
    String code,
    Severity severity,
    String file,
    int line,
    int column,
    String message,
    Optional<String> hazard,
    Optional<String> safeWay,
    Optional<String> fix) {

  public enum Severity {
    ERROR,
    WARNING,
    NOTE;

    /** {@code error}, {@code warning}, {@code note}. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** A mistake of form: the message says all. */
  public Finding(
      String code, Severity severity, String file, int line, int column, String message) {
    this(
        code,
        severity,
        file,
        line,
        column,
        message,
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /** Where more about it stands, from the top of the repository. */
  @JsonProperty("page")
  public String page() {
    return hazard.isPresent()
        ? "deploy/docs/checks/" + code + ".md"
        : "deploy/docs/errors.md#findings";
  }

  /** {@code change.yaml:14:7: error unknown-key: …}. */
  public String text() {
    return file + ":" + line + ":" + column + ": " + severity.text() + " " + code + ": " + message;
  }
}
