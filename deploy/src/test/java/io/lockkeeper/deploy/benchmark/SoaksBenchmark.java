package io.lockkeeper.deploy.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.sampling.Spread;
import io.lockkeeper.json.Json;
import io.lockkeeper.soak.SoakResult;
import io.lockkeeper.soak.SoakResult.SoakOutcome;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence.MetricSamples;
import io.lockkeeper.temporal.TemporalConnection;
import io.lockkeeper.worker.control.ControlPlane;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.enums.v1.PendingActivityState;
import io.temporal.api.enums.v1.WorkflowExecutionStatus;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse;
import io.temporal.client.WorkflowStub;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many soaks beside each other on one worker: whether their samples are taken, when, and what one
 * costs. {@code deploy/benchmarks/soaks} runs it.
 */
@EnabledIfSystemProperty(named = "lockkeeper.benchmark", matches = ".+")
class SoaksBenchmark {
  private static final Duration SAMPLE = Duration.ofSeconds(10);
  private static final Duration REAL_WINDOW = Duration.ofMinutes(15);
  private static final String COUNTED = "locks.waiting";
  private static final String CALLS =
      """
      SELECT coalesce(sum(s.calls), 0) || ' '
          || coalesce(sum(s.total_exec_time + s.total_plan_time), 0)
        FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
        WHERE s.query LIKE '/* lockkeeper sample%' AND d.datname LIKE 'target%'
      """;

  @TempDir private Path folder;

  private final int soaks = Figures.given("soaks", 500);
  private final int databases = Math.min(soaks, Figures.given("databases", 50));
  private final Duration window = Duration.ofSeconds(Figures.given("window", 90));
  private final Duration lasts = Duration.ofSeconds(Figures.given("seconds", 240));
  private final SoakLoad load = new SoakLoad(soaks, databases, SAMPLE, window, lasts);
  private final Optional<String> temporalAddress =
      Optional.ofNullable(System.getProperty("lockkeeper.temporal"));

  private long began;
  private int notEnded;

  /** What the target's own statistics and the processes tell at one moment. */
  private record Moment(
      Instant at,
      long atNanos,
      long calls,
      double serverMillis,
      ProcessWeight worker,
      double temporalCpu,
      double storeCpu) {}

  /** What one soak left. */
  private record Ended(
      SoakResult result, String target, int windows, double eventsOfAWindow, double events) {}

  @Test
  void soaksBesideEachOther() throws Exception {
    try (SoakStack stack = SoakStack.start(folder, databases, temporalAddress);
        TemporalConnection temporal =
            TemporalConnection.of(
                stack.temporal(), Duration.ofSeconds(30), Duration.ofMinutes(1))) {
      long pid = stack.worker().pid();
      List<String> changes = load.push(stack.client());
      long storeBefore = stack.storeBytes();
      int idleThreads = ProcessWeight.of(pid).threads();
      began = System.nanoTime();
      List<WorkflowStub> stubs = load.start(temporal, changes, window);
      awaitWindows(temporal, stubs);
      // Who begins has its first sample within one more.
      pause(SAMPLE.plusSeconds(5));
      double beginning = sinceStart().toMillis() / 1e3;
      Moment first = moment(stack);
      Duration measured = lasts.minus(Duration.ofSeconds(15)).minus(sinceStart());
      assertThat(measured).isGreaterThan(SAMPLE.multipliedBy(3));
      int threadsMost = idleThreads;
      long end = System.nanoTime() + measured.toNanos();
      while (System.nanoTime() < end) {
        pause(Duration.ofSeconds(1));
        threadsMost = Math.max(threadsMost, ProcessWeight.of(pid).threads());
      }
      Moment last = moment(stack);
      List<Ended> ended = end(temporal, stubs);
      long storeAfter = stack.storeBytes();

      Map<String, Object> figures = new LinkedHashMap<>();
      double seconds = (last.atNanos() - first.atNanos()) / 1e9;
      double due = databases * seconds / SAMPLE.toSeconds();
      double looks = last.calls() - first.calls();
      List<Double> all = lateness(stack.blobs(), ended, Instant.MIN, Instant.MAX);
      List<Double> lateness = lateness(stack.blobs(), ended, first.at(), last.at());
      figures.put("soaks", soaks);
      figures.put("databases", databases);
      figures.put("sample_seconds", SAMPLE.toSeconds());
      figures.put("window_seconds", window.toSeconds());
      figures.put("soak_seconds", lasts.toSeconds());
      figures.put("store", temporalAddress.isPresent() ? "postgresql" : "sqlite");
      figures.put("beginning_seconds", Figures.rounded(beginning));
      figures.put("measured_seconds", Figures.rounded(seconds));
      figures.put("looks_due", Figures.rounded(due));
      figures.put("looks_counted_by_the_targets", looks);
      figures.put("looks_share", Figures.rounded(looks / due));
      figures.put("server_milliseconds_a_look", perLook(first, last));
      double samplesDue =
          ended.stream().flatMap(SoaksBenchmark::samples).mapToLong(MetricSamples::due).sum();
      double samplesTaken =
          ended.stream().flatMap(SoaksBenchmark::samples).mapToLong(MetricSamples::taken).sum();
      double byClock =
          ended.stream().mapToDouble(e -> seconds(e.result()) / SAMPLE.toSeconds()).sum();
      figures.put("samples_due_by_the_clock", Figures.rounded(byClock));
      figures.put("samples_due", samplesDue);
      figures.put("samples_taken", samplesTaken);
      double share = lateness.size() / (soaks * seconds / SAMPLE.toSeconds());
      figures.put("samples_share", Figures.rounded(share));
      figures.put(
          "samples_share_with_the_start",
          Figures.rounded(samplesTaken / Math.max(samplesDue, byClock)));
      figures.put("late_seconds_p50", Figures.rounded(Figures.quantile(lateness, 0.5)));
      figures.put("late_seconds_p99", Figures.rounded(Figures.quantile(lateness, 0.99)));
      figures.put("late_seconds_worst", Figures.rounded(Figures.worst(lateness)));
      // Those too that fell due while the soaks were started.
      figures.put("late_seconds_p99_with_the_start", Figures.rounded(Figures.quantile(all, 0.99)));
      figures.put("threads_idle", idleThreads);
      figures.put("threads_at_the_beginning", first.worker().threads());
      figures.put("threads_at_the_end", last.worker().threads());
      figures.put("threads_most", threadsMost);
      // Of one window alone it cannot be told which events are the window's.
      List<Ended> changed = ended.stream().filter(one -> one.windows() > 1).toList();
      double day = changed.stream().mapToDouble(this::eventsOfADay).max().orElseThrow();
      figures.put("windows_changed", ended.stream().mapToInt(one -> one.windows() - 1).sum());
      figures.put(
          "events_of_a_window",
          Figures.rounded(
              changed.stream().mapToDouble(Ended::eventsOfAWindow).max().orElseThrow()));
      figures.put("events_of_24_hours_by_rule", Figures.rounded(day));
      double cpu = last.worker().cpu() - first.worker().cpu();
      figures.put("worker_cores", Figures.rounded(cpu / seconds));
      figures.put("worker_cpu_seconds_a_soak_hour", Figures.rounded(hourly(cpu, seconds)));
      figures.put(
          "temporal_cpu_seconds_a_soak_hour",
          Figures.rounded(hourly(last.temporalCpu() - first.temporalCpu(), seconds)));
      figures.put(
          "store_cpu_seconds_a_soak_hour",
          Figures.rounded(hourly(last.storeCpu() - first.storeCpu(), seconds)));
      figures.put("worker_rss_bytes", last.worker().rss());
      figures.put("worker_rss_bytes_a_soak", last.worker().rss() / soaks);
      figures.put("store_bytes_a_soak", (storeAfter - storeBefore) / soaks);
      figures.put("not_ended", notEnded);
      figures.put("clean", ended.stream().filter(SoaksBenchmark::isClean).count());
      figures.put(
          "not_clean",
          ended.stream()
              .filter(one -> !isClean(one))
              .map(one -> one.result().outcome() + ": " + one.result().sentence())
              .limit(20)
              .toList());
      figures.put("worker_log_warnings", stack.warnings());
      Figures.write(figures);

      assertThat(looks / due).isBetween(0.95, 1.1);
      assertThat(share).isGreaterThanOrEqualTo(0.95);
      assertThat(Figures.quantile(lateness, 0.99)).isLessThanOrEqualTo(1);
      assertThat(last.worker().threads()).isLessThanOrEqualTo(first.worker().threads() + 10);
      assertThat(day).isLessThan(1_500);
      assertThat(notEnded).isZero();
      assertThat(ended).allMatch(SoaksBenchmark::isClean);
    }
  }

  /** Until a worker has taken a window of each. */
  private static void awaitWindows(TemporalConnection temporal, List<WorkflowStub> stubs) {
    for (WorkflowStub stub : stubs) {
      while (!hasWindow(temporal, stub)) {
        pause(Duration.ofSeconds(1));
      }
    }
  }

  private static boolean hasWindow(TemporalConnection temporal, WorkflowStub stub) {
    DescribeWorkflowExecutionResponse soak =
        temporal
            .client()
            .getWorkflowServiceStubs()
            .blockingStub()
            .describeWorkflowExecution(
                DescribeWorkflowExecutionRequest.newBuilder()
                    .setNamespace(temporal.client().getOptions().getNamespace())
                    .setExecution(stub.getExecution())
                    .build());
    assertThat(soak.getWorkflowExecutionInfo().getStatus())
        .as("ended before all had begun: give them more --seconds")
        .isEqualTo(WorkflowExecutionStatus.WORKFLOW_EXECUTION_STATUS_RUNNING);
    return soak.getPendingActivitiesList().stream()
        .anyMatch(
            window -> window.getState() == PendingActivityState.PENDING_ACTIVITY_STATE_STARTED);
  }

  private Duration sinceStart() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private Moment moment(SoakStack stack) {
    String[] counted = stack.counts().one(CALLS.replace("\n", " ")).split(" ");
    return new Moment(
        Instant.now(),
        System.nanoTime(),
        (long) Double.parseDouble(counted[0]),
        Double.parseDouble(counted[1]),
        ProcessWeight.of(stack.worker().pid()),
        stack.temporalCpu(),
        stack.storeCpu());
  }

  private List<Ended> end(TemporalConnection temporal, List<WorkflowStub> stubs) throws Exception {
    List<Ended> ended = new ArrayList<>();
    long patience = System.nanoTime() + TimeUnit.MINUTES.toNanos(8);
    for (WorkflowStub stub : stubs) {
      long left = Math.max(1, patience - System.nanoTime());
      SoakResult result;
      try {
        result = stub.getResult(left, TimeUnit.NANOSECONDS, SoakResult.class);
      } catch (TimeoutException e) {
        notEnded++;
        continue;
      }
      WorkflowExecution execution = stub.getExecution();
      List<HistoryEvent> events =
          temporal.client().fetchHistory(execution.getWorkflowId()).getEvents();
      List<Long> windows =
          events.stream()
              .filter(e -> e.getEventType() == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED)
              .filter(
                  e ->
                      e.getActivityTaskScheduledEventAttributes()
                          .getActivityType()
                          .getName()
                          .equals("SampleWindow"))
              .map(HistoryEvent::getEventId)
              .toList();
      double each =
          (double) (windows.get(windows.size() - 1) - windows.get(0))
              / Math.max(1, windows.size() - 1);
      String target = SoakStack.target(ended.size() % databases);
      ended.add(new Ended(result, target, windows.size(), each, events.size()));
    }
    return ended;
  }

  /** By the real length of a window: the first is shorter, so there is one more. */
  private double eventsOfADay(Ended ended) {
    double around = ended.events() - ended.windows() * ended.eventsOfAWindow();
    return around + (Duration.ofDays(1).dividedBy(REAL_WINDOW) + 1) * ended.eventsOfAWindow();
  }

  /** Of each kept sample: how long after its moment it stood in the series. */
  private List<Double> lateness(
      ControlPlane blobs, List<Ended> ended, Instant from, Instant until) {
    List<Double> lateness = new ArrayList<>();
    for (Ended soak : ended) {
      for (Attachment series : soak.result().samples().series()) {
        Map<?, ?> points = Json.read(blobs.read(series.blob().sha256()), Map.class);
        if (points.get(COUNTED) instanceof List<?> list) {
          for (Object point : list) {
            Number at = (Number) ((List<?>) point).get(0);
            Instant taken = Instant.ofEpochMilli(at.longValue());
            if (!taken.isBefore(from) && !taken.isAfter(until)) {
              lateness.add(late(at, soak.target()));
            }
          }
        }
      }
    }
    return lateness;
  }

  private static double late(Number at, String target) {
    Duration own = Spread.within(SAMPLE, target + " (" + SoakStack.ENVIRONMENT + ")");
    return Math.floorMod(at.longValue() - own.toMillis(), SAMPLE.toMillis()) / 1e3;
  }

  /** Nothing where none was taken: by the clock they were due all the same. */
  private static Stream<MetricSamples> samples(Ended ended) {
    return ended.result().samples().metrics().stream()
        .filter(samples -> samples.metric().equals(COUNTED));
  }

  private static double seconds(SoakResult result) {
    return Duration.between(result.samples().started(), result.deadline()).toMillis() / 1e3;
  }

  private static boolean isClean(Ended ended) {
    return ended.result().outcome() == SoakOutcome.CLEAN;
  }

  private static double perLook(Moment first, Moment last) {
    double calls = Math.max(1, last.calls() - first.calls());
    return Figures.rounded((last.serverMillis() - first.serverMillis()) / calls);
  }

  private double hourly(double cpu, double seconds) {
    return cpu / seconds * Duration.ofHours(1).toSeconds() / soaks;
  }

  private static void pause(Duration time) {
    LockSupport.parkNanos(time.toNanos());
  }
}
