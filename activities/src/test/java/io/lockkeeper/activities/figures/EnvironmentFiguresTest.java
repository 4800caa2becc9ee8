package io.lockkeeper.activities.figures;

import static org.assertj.core.api.Assertions.assertThat;

import io.lockkeeper.activities.fixture.Application;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activities.settings.Sources;
import io.lockkeeper.activities.settings.Sources.Host;
import io.lockkeeper.activities.settings.Sources.Prometheus;
import io.lockkeeper.limit.Reading;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class EnvironmentFiguresTest {
  private static final Instant NOW = Instant.parse("2026-11-20T08:00:00Z");
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final String SEVEN =
      "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"7\"]}}";

  @AutoClose private final Application prometheus = Application.start();

  private static EnvironmentFigures figures(Sources sources) {
    return new EnvironmentFigures(
        new EnvironmentSettings(
                "dev", false, true, List.of(), Map.of(), Set.of(), Map.of(), Set.of())
            .with(sources));
  }

  private Sources asked(Host host, Map<String, String> queries) {
    prometheus.answers(200, SEVEN);
    URI url = URI.create(prometheus.variables().get("app"));
    return new Sources(
        Optional.of(host), Optional.empty(), Optional.of(new Prometheus(url, queries)), Map.of());
  }

  private static Sources only(Host host) {
    return new Sources(Optional.of(host), Optional.empty(), Optional.empty(), Map.of());
  }

  private static Map<String, Reading> sample(EnvironmentFigures figures, String... wanted) {
    Map<String, Reading> readings = new HashMap<>();
    figures.sample(readings, List.of(wanted), INTERVAL);
    return readings;
  }

  private static Map<String, Reading> look(EnvironmentFigures figures, String... wanted) {
    Map<String, Reading> readings = new HashMap<>();
    figures.look(readings, List.of(wanted));
    return readings;
  }

  @Test
  void whatNobodyTells_isMissingWhereALimitNamesItAndSilentElsewhere() {
    assertThat(sample(figures(Sources.NONE))).isEmpty();
    assertThat(sample(figures(Sources.NONE), "host.cpu", "process.memory", "deadlocks"))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "host.cpu",
                    new Reading.Missing(
                        "the targets are on other machines, and the worker's file does not say who"
                            + " tells of them (host: prometheus)"),
                "process.memory", new Reading.Missing("the worker's file names no process")));
    assertThat(sample(figures(only(Host.NONE)), "host.*"))
        .containsEntry("host.*", new Reading.Missing("the worker's file says host: none"));
    assertThat(figures(Sources.NONE).round(new HashMap<>(), NOW, NOW, List.of("prometheus.queue")))
        .containsExactlyEntriesOf(
            Map.of(
                "prometheus.queue", new Reading.Missing("the worker's file names no Prometheus")));
    assertThat(look(figures(Sources.NONE), "prometheus.queue", "host.cpu")).hasSize(2);
  }

  @Test
  void thisMachine_isReadAtEverySample() {
    assertThat(sample(figures(only(Host.LOCAL))).keySet())
        .containsExactlyInAnyOrder("host.cpu", "host.memory", "host.io");
    assertThat(look(figures(only(Host.LOCAL)), "host.cpu").get("host.cpu"))
        .isInstanceOf(Reading.Figure.class);
    assertThat(look(figures(only(Host.LOCAL)), "deadlocks")).isEmpty();
  }

  @Test
  void ownProcess_isReadByTheFileOfItsId() {
    Sources sources =
        new Sources(
            Optional.of(Host.NONE), Optional.of(Path.of("/gone.pid")), Optional.empty(), Map.of());

    assertThat(sample(figures(sources)).get("process.memory"))
        .isEqualTo(
            new Reading.Missing(
                "the file of the process's id cannot be read: NoSuchFileException"));
  }

  @Test
  void prometheus_standsForTheMachine_andForADiskThatNobodyCanLookAt() {
    EnvironmentFigures figures =
        figures(
            asked(
                Host.PROMETHEUS, Map.of("host_cpu", "a", "disk_free", "b", "process_memory", "c")));
    Map<String, Reading> readings = new HashMap<>();
    readings.put("disk.free", new Reading.Missing("the server is on another machine"));

    figures.sampleNow(readings, List.of());

    Reading seven = new Reading.Figure(7);
    assertThat(readings)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "host.cpu", seven,
                "host.memory", seven,
                "host.io", seven,
                "process.memory", seven,
                "disk.free", seven));
    // Three queries of the file's own, and two that node_exporter answers.
    assertThat(prometheus.requests()).isEqualTo(5);
    Map<String, Reading> local = new HashMap<>(Map.of("disk.free", new Reading.Figure(1)));
    figures.sampleNow(local, List.of());
    assertThat(local).containsEntry("disk.free", new Reading.Figure(1));
  }

  @Test
  void prometheusThatHangs_keepsNoSampleWaiting_andItsLastAnswerIsTaken() {
    EnvironmentFigures figures = figures(asked(Host.PROMETHEUS, Map.of("process_memory", "m")));
    prometheus.hold();

    assertThat(sample(figures))
        .containsExactlyInAnyOrderEntriesOf(
            all(new Reading.Missing("Prometheus has not answered yet")));
    prometheus.release();
    Map<String, Reading> sevens = all(new Reading.Figure(7));
    Eventually.until("all were answered", () -> sample(figures).equals(sevens));
    prometheus.hold();

    assertThat(sample(figures)).isEqualTo(sevens);
  }

  @Test
  void answersForTheFirstSample_areAskedForBeforeIt() {
    EnvironmentFigures figures = figures(asked(Host.PROMETHEUS, Map.of("process_memory", "m")));

    figures.beforeSamples();

    Eventually.until("all were asked for", () -> prometheus.requests() == 4);
    EnvironmentFigures local = figures(asked(Host.LOCAL, Map.of("disk_free", "d")));
    local.beforeSamples();
    Eventually.until("one was asked for", () -> prometheus.requests() == 5);
  }

  private static Map<String, Reading> all(Reading reading) {
    return Map.of(
        "host.cpu", reading, "host.memory", reading, "host.io", reading, "process.memory", reading);
  }

  @Test
  void queries_areReadOnceARound_andOneThatIsNotThereIsMissing() {
    EnvironmentFigures figures = figures(asked(Host.NONE, Map.of("queue", "q")));

    assertThat(
            figures.round(new HashMap<>(), NOW, NOW, List.of("prometheus.queue", "prometheus.que")))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "prometheus.queue",
                new Reading.Figure(7),
                "prometheus.que",
                new Reading.Missing(
                    "the worker's file has no query of that name, it has [queue]")));
    assertThat(look(figures, "prometheus.queue"))
        .containsExactlyEntriesOf(Map.of("prometheus.queue", new Reading.Figure(7)));
    assertThat(prometheus.requests()).isEqualTo(1);
  }
}
