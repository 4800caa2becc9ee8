package io.lockkeeper.limit;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Optional;

/** What was measured, or why nothing was. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Reading.Figure.class, name = "figure"),
  @JsonSubTypes.Type(value = Reading.Words.class, name = "words"),
  @JsonSubTypes.Type(value = Reading.Missing.class, name = "missing"),
  @JsonSubTypes.Type(value = Reading.NotApplicable.class, name = "not_applicable")
})
public sealed interface Reading {

  /**
   * A number in the metric's base unit; never NaN nor infinite.
   *
   * @param how it was come by, where that is not always the same; empty where it is
   * @param chance that it differs from its baseline as much by accident; absent where that was not
   *     tested
   */
  record Figure(
      double value,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String how,
      @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Chance> chance)
      implements Reading {
    public Figure {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(value + " is no figure");
      }
      // Readings of the first versions do not have it.
      how = how == null ? "" : how;
    }

    public Figure(double value) {
      this(value, "");
    }

    public Figure(double value, String how) {
      this(value, how, Optional.empty());
    }

    /** Whether nobody can tell it from its baseline. */
    public boolean accident() {
      return chance.isPresent() && chance.get().accident();
    }
  }

  /** A text, such as an answer's body. */
  record Words(String text) implements Reading {}

  /** It should have been measured and was not: never as good as a figure. */
  record Missing(String why) implements Reading {}

  /** There is nothing to measure here, such as replication lag without a replica. */
  record NotApplicable(String why) implements Reading {}
}
