package io.lockkeeper.forecast;

import java.util.Optional;

/**
 * How long one section took in one environment, in seconds; of several attempts until it was done,
 * all.
 *
 * @param rehearsed forward, in the rehearsal; absent where it was not rehearsed there
 * @param applied forward, when it was applied
 * @param back taking it back, in the rehearsal
 * @param units that were taken back then; zero where none was
 */
public record SectionTime(
    String environment,
    String section,
    Optional<Double> rehearsed,
    Optional<Double> applied,
    Optional<Double> back,
    int units) {

  /** Nothing was measured yet. */
  public static SectionTime none(String environment, String section) {
    return new SectionTime(
        environment, section, Optional.empty(), Optional.empty(), Optional.empty(), 0);
  }

  public boolean of(String environment, String section) {
    return this.environment.equals(environment) && this.section.equals(section);
  }

  /** Forward: as it was applied, or else as it was rehearsed. */
  public Optional<Double> forward() {
    return applied.or(() -> rehearsed);
  }

  public SectionTime rehearsed(double seconds) {
    return new SectionTime(environment, section, Optional.of(seconds), applied, back, units);
  }

  public SectionTime applied(double seconds) {
    return new SectionTime(environment, section, rehearsed, Optional.of(seconds), back, units);
  }

  /**
   * Taken back.
   *
   * @param taken how many units
   */
  public SectionTime takenBack(double seconds, int taken) {
    return new SectionTime(environment, section, rehearsed, applied, Optional.of(seconds), taken);
  }
}
