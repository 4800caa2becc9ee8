package io.lockkeeper.activities.probe;

import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.http.HttpRequests.Answer;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.change.Probe;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs probes of both kinds. Safe for many threads. */
public final class ProbeRunner {
  /** Longer than this no probe is let run; see {@link SqlProbe}. */
  public static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Target target;
  private final HttpRequests requests;

  public ProbeRunner(Target target, HttpRequests requests) {
    this.target = target;
    this.requests = requests;
  }

  /** A probe could not be measured; the message says why, for people. */
  public static final class UnmeasuredException extends Exception {
    private static final long serialVersionUID = 1;

    UnmeasuredException(String message) {
      super(message);
    }

    public String text() {
      return String.valueOf(getMessage());
    }
  }

  public Map<String, String> parameters(Probe probe) throws SQLException {
    return target.read(connection -> SqlProbe.parameters(connection, probe));
  }

  /** With warm-up and as many runs as the probe asks for. */
  public Measured measure(Probe probe, Map<String, String> values)
      throws SQLException, UnmeasuredException {
    if (probe.source() instanceof Probe.Http http) {
      return request(probe.name(), http.url(), probe.warmUp(), probe.runs());
    }
    String sql = ((Probe.Sql) probe.source()).sql();
    return target.read(
        connection -> SqlProbe.measure(connection, sql, values, probe.warmUp(), probe.runs()));
  }

  /** Timed requests; one that fails makes all of them worthless. */
  public Measured request(String name, String url, int warmUp, int runs)
      throws UnmeasuredException {
    List<Double> seconds = new ArrayList<>();
    long bytes = 0;
    for (int run = 0; run < warmUp + runs; run++) {
      Answer answer = requests.get(url);
      if (answer.status() != 200) {
        throw new UnmeasuredException(
            name + " answered " + answer.problem().orElse("status " + answer.status()));
      }
      bytes = answer.body().length();
      if (run >= warmUp) {
        seconds.add(answer.seconds());
      }
    }
    return new Measured(seconds, bytes, Optional.empty(), "", List.of(), 0);
  }

  /** A few runs of a query for the samples of a soak. */
  public List<Double> sample(String sql, Map<String, String> values, int runs) throws SQLException {
    return target.read(connection -> SqlProbe.time(connection, sql, values, runs));
  }
}
