package io.lockkeeper.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.function.UnaryOperator;

/** Makes what travels through Temporal as small as it must be. Pure. */
public final class Fit {
  private Fit() {}

  /**
   * Shortens a value, step by step, until its JSON fits; after the last step it is what it is.
   *
   * @param steps those first that leave out what is needed least
   */
  public static <T> T into(int bytes, T whole, List<UnaryOperator<T>> steps) {
    T fitted = whole;
    for (UnaryOperator<T> step : steps) {
      if (bytes(fitted) <= bytes) {
        return fitted;
      }
      fitted = step.apply(fitted);
    }
    return fitted;
  }

  /** How long the JSON of a value is. */
  public static int bytes(Object value) {
    return Json.text(value).getBytes(UTF_8).length;
  }
}
