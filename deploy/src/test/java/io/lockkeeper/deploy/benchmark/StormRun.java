package io.lockkeeper.deploy.benchmark;

import io.lockkeeper.deploy.benchmark.Traffic.Request;
import io.lockkeeper.deploy.benchmark.WaitSampler.Sample;
import io.lockkeeper.deploy.fixture.Sql;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One tool, one act, one blocker, while the application works.
 *
 * @param application role of the traffic
 * @param superuser who holds, watches and tidies up
 */
record StormRun(
    String tool, Contender contender, Act act, Blocker blocker, Sql application, Sql superuser) {
  private static final String TOOL_ROLE = "lk_exec";
  private static final double ARRIVALS = 300;
  private static final int CONNECTIONS = 16;
  private static final int CALM_MILLIS = 2_000;
  private static final int LEAD_MILLIS = 300;
  private static final long TOLD = 600;

  /**
   * How it went.
   *
   * @param outcome what the tool said, 0 for success
   * @param afterHolder seconds from the blocker's end to the change in place, 0 where it was there
   *     before; absent where it never was
   * @param blockedMost sessions behind the tool in the worst look
   * @param worstWait milliseconds that a session behind the tool needed more than usual
   * @param longestGap milliseconds between two looks
   */
  record Outcome(
      String tool,
      Act act,
      Blocker blocker,
      String outcome,
      double seconds,
      OptionalDouble afterHolder,
      int blockedMost,
      int looksOverTwo,
      double worstWait,
      double longestGap,
      List<Double> before,
      List<Double> during,
      long errors) {
    Map<String, Object> figures() {
      Map<String, Object> figures = new LinkedHashMap<>();
      figures.put("tool", tool);
      figures.put("act", act.words());
      figures.put("blocker", blocker.name().toLowerCase(Locale.ROOT));
      figures.put("outcome", outcome);
      figures.put("tool_seconds", Figures.rounded(seconds));
      figures.put("in_place", afterHolder.isPresent());
      afterHolder.ifPresent(s -> figures.put("in_place_after_blocker_seconds", Figures.rounded(s)));
      figures.put("blocked_by_tool_most", blockedMost);
      figures.put("looks_with_over_two_blocked", looksOverTwo);
      figures.put("worst_wait_behind_tool_ms", Figures.rounded(worstWait));
      figures.put("longest_time_between_looks_ms", Figures.rounded(longestGap));
      figures.put("latency_before_ms", latencies(before));
      figures.put("latency_during_ms", latencies(during));
      figures.put("traffic_errors", errors);
      return figures;
    }

    private static Map<String, Double> latencies(List<Double> values) {
      Map<String, Double> quantiles = new LinkedHashMap<>();
      if (!values.isEmpty()) {
        quantiles.put("p50", Figures.rounded(Figures.median(values)));
        quantiles.put("p99", Figures.rounded(Figures.quantile(values, 0.99)));
        quantiles.put("max", Figures.rounded(Figures.worst(values)));
      }
      return quantiles;
    }
  }

  Outcome run(double hold, long seed) throws SQLException, InterruptedException {
    tidy();
    try (Traffic traffic = Traffic.start(application, ARRIVALS, CONNECTIONS, seed)) {
      long start = System.nanoTime();
      TimeUnit.MILLISECONDS.sleep(CALM_MILLIS);
      WaitSampler sampler = WaitSampler.start(superuser, TOOL_ROLE, act.done());
      CompletableFuture<Long> held = blocker.hold(superuser, hold);
      TimeUnit.MILLISECONDS.sleep(LEAD_MILLIS);
      long began = System.nanoTime();
      String outcome = contender.bring(act);
      long ended = System.nanoTime();
      long free = held.join();
      TimeUnit.MILLISECONDS.sleep(LEAD_MILLIS);
      traffic.close();
      sampler.close();
      return outcome(traffic, sampler, start, began, ended, free, outcome);
    } finally {
      tidy();
    }
  }

  private Outcome outcome(
      Traffic traffic,
      WaitSampler sampler,
      long start,
      long began,
      long ended,
      long free,
      String outcome) {
    List<Double> before = traffic.latencies(start, began);
    List<Integer> blocked = sampler.samples().stream().map(s -> s.behind().size()).toList();
    OptionalLong inPlace = sampler.inPlace();
    return new Outcome(
        tool,
        act,
        blocker,
        outcome.substring(0, (int) Math.min(outcome.length(), TOLD)),
        (ended - began) / 1e9,
        inPlace.isPresent()
            ? OptionalDouble.of(Math.max(0, (inPlace.getAsLong() - free) / 1e9))
            : OptionalDouble.empty(),
        blocked.stream().mapToInt(Integer::intValue).max().orElse(0),
        (int) blocked.stream().filter(count -> count > 2).count(),
        worstWait(traffic, sampler.samples()),
        longestGap(sampler.samples()),
        before,
        traffic.latencies(began, Math.max(ended, free)),
        traffic.errors());
  }

  /**
   * A session seen behind the tool has waited at least as long as the server says, and at most as
   * long as its whole request took or until it was first seen no more.
   */
  private static double worstWait(Traffic traffic, List<Sample> samples) {
    double worst = 0;
    for (int i = 0; i < samples.size(); i++) {
      Sample sample = samples.get(i);
      long until = i + 1 < samples.size() ? samples.get(i + 1).at() : System.nanoTime();
      for (Map.Entry<Integer, Double> waiter : sample.behind().entrySet()) {
        double seen = waiter.getValue() + (until - sample.at()) / 1e6;
        double request =
            traffic.at(waiter.getKey(), sample.at()).map(Request::service).orElse(seen);
        worst = Math.max(worst, Math.max(waiter.getValue(), Math.min(seen, request)));
      }
    }
    return worst;
  }

  private static double longestGap(List<Sample> samples) {
    List<Double> gaps = new ArrayList<>(List.of(0.0));
    for (int i = 1; i < samples.size(); i++) {
      gaps.add((samples.get(i).at() - samples.get(i - 1).at()) / 1e6);
    }
    return Figures.worst(gaps);
  }

  private void tidy() {
    for (Act any : Act.values()) {
      superuser.execute(any.undo());
    }
  }
}
