package io.lockkeeper.report;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A block that people keep in a log of their own, drawn of one environment. */
public enum Template {
  /** Sections, checks, figures and what was seen of the users. */
  EXECUTION_LOG("execution-log"),
  /** What whoever takes the next step has to know. */
  CONTEXT_FOR_NEXT_STEP("context-for-next-step");

  private final String word;

  Template(String word) {
    this.word = word;
  }

  /** As it stands in the API and on the command line. */
  @JsonValue
  public String word() {
    return word;
  }

  public static Optional<Template> of(String word) {
    return Arrays.stream(values()).filter(template -> template.word.equals(word)).findFirst();
  }

  public static List<String> words() {
    return Arrays.stream(values()).map(Template::word).toList();
  }
}
