package io.lockkeeper.activities.probe;

import io.lockkeeper.activities.http.HttpRequests;
import io.lockkeeper.activities.http.HttpRequests.Answer;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.change.Probe;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs probes that are measured. Safe for many threads. */
public final class ProbeRunner {
  /** Longer than this no probe is let run; see {@link SqlProbe}. */
  public static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Runs of each probe and request in a round. */
  public static final int ROUND = 5;

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

  /** Reads what the probe is run with. */
  public Bound bind(Probe probe) throws SQLException {
    return target.read(
        connection ->
            new Bound(
                SqlProbe.values(connection, probe.with()),
                new Viewer(
                    probe.session().as(), SqlProbe.values(connection, probe.session().set()))));
  }

  /** With warm-up and as many runs as the probe asks for. */
  public Measured measure(Probe probe, Bound bound) throws SQLException, UnmeasuredException {
    if (probe.source() instanceof Probe.Http http) {
      return request(probe.name(), http.url(), probe.warmUp(), probe.runs());
    }
    return measure(probe, ((Probe.Sql) probe.source()).sql(), bound);
  }

  /** As {@link #measure}, before the change: a probe may have another query for that. */
  public Measured measureBefore(Probe probe, Bound bound) throws SQLException, UnmeasuredException {
    if (probe.source() instanceof Probe.Sql sql && sql.before().isPresent()) {
      return measure(probe, sql.before().get(), bound);
    }
    return measure(probe, bound);
  }

  private Measured measure(Probe probe, String sql, Bound bound) throws SQLException {
    return target.read(
        connection -> SqlProbe.measure(connection, sql, bound, probe.warmUp(), probe.runs()));
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
    return new Measured(seconds, bytes, Optional.empty(), "", List.of(), 0, Optional.empty());
  }

  /** A round before the change, as those of the soak are that is held against it. */
  public List<Double> roundBefore(Probe probe, Bound bound)
      throws SQLException, UnmeasuredException {
    if (probe.source() instanceof Probe.Http http) {
      return request(probe.name(), http.url(), 0, ROUND).seconds();
    }
    Probe.Sql sql = (Probe.Sql) probe.source();
    return sample(sql.before().orElse(sql.sql()), bound, ROUND);
  }

  /** A round after the change. */
  public List<Double> round(Probe probe, Bound bound) throws SQLException, UnmeasuredException {
    return probe.source() instanceof Probe.Sql sql
        ? sample(sql.sql(), bound, ROUND)
        : roundBefore(probe, bound);
  }

  /** A few runs of a query for the samples of a soak. */
  public List<Double> sample(String sql, Bound bound, int runs) throws SQLException {
    return sample(sql, bound, runs, ProbeScans.none());
  }

  /**
   * As above.
   *
   * @param scans in which the scans of these runs are counted
   */
  public List<Double> sample(String sql, Bound bound, int runs, ProbeScans scans)
      throws SQLException {
    return target.read(connection -> SqlProbe.time(connection, sql, bound, runs, scans));
  }

  /** How a query would be run now, without running it. */
  public PlanShape plan(String sql, Bound bound, ProbeScans scans) throws SQLException {
    return target.read(connection -> SqlProbe.plan(connection, sql, bound, scans));
  }
}
