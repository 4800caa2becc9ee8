package io.lockkeeper.limit;

/**
 * How a reading stands to a limit.
 *
 * @param truth whether what the limit says is so
 * @param sentence reading, limit and what the limit was computed from, for people
 */
public record Judgement(Truth truth, String sentence) {

  /** Whether what a limit says is so. */
  public enum Truth {
    YES,
    NO,
    /** The difference to the baseline is below the noise floor: it cannot be told. */
    WITHIN_NOISE,
    /** Nothing was measured, or the baseline is missing. */
    UNKNOWN,
    NOT_APPLICABLE
  }
}
