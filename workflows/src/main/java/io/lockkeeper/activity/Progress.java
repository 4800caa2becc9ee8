package io.lockkeeper.activity;

import java.util.Optional;

/**
 * What an activity is doing right now, in its heartbeat.
 *
 * @param what in words: {@code building idx_stocks_sector: scanning table}
 * @param percent 0 to 100; absent where the server does not tell
 * @param unit which unit of the section, from 1; zero outside sections
 * @param units how many the section has; zero outside sections
 */
public record Progress(String what, Optional<Double> percent, int unit, int units) {

  public static Progress of(String what) {
    return new Progress(what, Optional.empty(), 0, 0);
  }
}
