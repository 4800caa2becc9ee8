package io.lockkeeper.change;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.util.Optional;

/** A step that a change's author wrote, before or after the sections, or in a rollback. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = WrittenStep.Sql.class, name = "sql"),
  @JsonSubTypes.Type(value = WrittenStep.OfCheck.class, name = "check"),
  @JsonSubTypes.Type(value = WrittenStep.OfMeasures.class, name = "measure")
})
public sealed interface WrittenStep {

  /**
   * Statements, run once.
   *
   * @param sql themselves, also where they were read from a file
   * @param undo what takes them back; absent where it is derived, or where they have none
   * @param within how long they may take; over it, the statement is cancelled
   */
  record Sql(String sql, Optional<String> undo, Optional<Duration> within) implements WrittenStep {}

  /** A check of the change, by name. */
  record OfCheck(String check) implements WrittenStep {}

  /** Measures that begin there. */
  record OfMeasures(Measures measure) implements WrittenStep {}
}
