package io.lockkeeper.activities.sampling;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.activities.probe.ProbeRunner;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.GZIPInputStream;

/**
 * What a probe took, a round each five seconds for an hour, while pgbench worked: {@code noise.md}
 * beside the file tells how it was recorded.
 *
 * @param rounds seconds of thirty runs each, in order
 */
record RecordedNoise(List<List<Double>> rounds) {
  /** From one round to the next. */
  static final Duration STEP = Duration.ofSeconds(5);

  static RecordedNoise of(String probe) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Objects.requireNonNull(
                        RecordedNoise.class.getResourceAsStream("noise.csv.gz"))),
                UTF_8))) {
      return new RecordedNoise(
          lines
              .lines()
              .map(line -> line.split(",", -1))
              .filter(fields -> fields[1].equals(probe))
              .map(fields -> seconds(Arrays.copyOfRange(fields, 2, fields.length)))
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Double> seconds(String[] micros) {
    return Arrays.stream(micros).map(run -> Long.parseLong(run) / 1e6).toList();
  }

  /** As the engine takes it: the first run does not count. */
  List<Double> round(int number) {
    return rounds.get(number).subList(1, 1 + ProbeRunner.ROUND);
  }

  static int steps(Duration time) {
    return (int) time.dividedBy(STEP);
  }
}
