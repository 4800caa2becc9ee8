package io.lockkeeper.activities.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.limit.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFiguresTest {
  @TempDir private Path proc = Path.of("");
  private final AtomicLong nanos = new AtomicLong(5);

  @BeforeEach
  void quietMachine() throws IOException {
    write("stat", "cpu  100 0 100 700 100 0 0 0 50 0\ncpu0 1 1 1 1 1 1 1 1 1 1");
    write("meminfo", "MemTotal:       1000 kB\nMemFree:  100 kB\nMemAvailable:    400 kB\n");
    write(
        "diskstats",
        "   7 0 loop0 9 0 0 0 9 0 0 0 0 900000 0\n"
            + " 254 0 vda 9 0 0 0 9 0 0 0 0 1000 0\n"
            + " 254 1 vda1 9 0 0 0 9 0 0 0 0 900000 0\n"
            + " 259 0 nvme0n1 9 0 0 0 9 0 0 0 0 2000 0\n"
            + " 259 1 nvme0n1p1 9 0 0 0 9 0 0 0 0 900000 0\n");
  }

  private void write(String name, String text) throws IOException {
    Path file = proc.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private HostFigures figures() {
    return new HostFigures(proc, nanos::get);
  }

  private static double figure(Map<String, Reading> readings, String metric) {
    return ((Reading.Figure) readings.get(metric)).value();
  }

  @Test
  void figures_areOverTheTimeSinceTheLastLook() throws IOException {
    HostFigures figures = figures();
    figures.sample();
    // 300 ticks: 120 of work with 20 stolen, 180 idle or waiting for a disk.
    write("stat", "cpu  150 10 120 800 180 10 10 20 80 0");
    write(
        "diskstats",
        " 254 0 vda 9 0 0 0 9 0 0 0 0 1500 0\n 259 0 nvme0n1 9 0 0 0 9 0 0 0 0 9500 0");
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));

    Map<String, Reading> read = figures.sample();

    assertThat(figure(read, "host.cpu")).isCloseTo(120.0 / 300, within(1e-9));
    assertThat(figure(read, "host.memory")).isCloseTo(0.6, within(1e-9));
    assertThat(figure(read, "host.io")).isCloseTo(0.75, within(1e-9));
  }

  @Test
  void lookWithinASecond_isTheSame_andOneOfLongAgoIsForgotten() throws IOException {
    HostFigures figures = figures();
    Reading later = new Reading.NotApplicable("it is told from the second look on");
    assertThat(figures.sample()).containsEntry("host.cpu", later).containsEntry("host.io", later);
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));
    write("stat", "cpu  200 0 100 700 100 0 0 0 50 0");
    Map<String, Reading> busy = figures.sample();
    assertThat(figure(busy, "host.cpu")).isEqualTo(1);
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(900));
    write("stat", "cpu  200 0 100 900 100 0 0 0 50 0");

    assertThat(figures.sample()).isEqualTo(busy);

    nanos.addAndGet(TimeUnit.MINUTES.toNanos(11));
    assertThat(figures.sample()).containsEntry("host.cpu", later);
    assertThat(figure(figures.sample(), "host.memory")).isCloseTo(0.6, within(1e-9));
  }

  @Test
  void oneLook_isOfNow_howeverLongAgoTheOneBeforeIs() {
    HostFigures figures = new HostFigures();

    assertThat(figure(figures.look(), "host.cpu")).isBetween(0.0, 1.0);
    assertThat(figure(figures.look(), "host.io")).isBetween(0.0, 1.0);
  }

  @Test
  void machineWithoutDisks_tellsHowLongSomebodyWaitedForOne() throws IOException {
    Files.delete(proc.resolve("diskstats"));
    write("pressure/io", "some avg10=0.00 avg60=0.00 avg300=0.00 total=1000\nfull total=9\n");
    HostFigures figures = figures();
    figures.sample();
    write("pressure/io", "some avg10=0.00 avg60=0.00 avg300=0.00 total=2001000\nfull total=9\n");
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));

    assertThat(figures.sample().get("host.io"))
        .isEqualTo(new Reading.Figure(0.2, "share of time somebody waited for a disk"));
  }

  @Test
  void machineThatTellsNothing_hasNoFigure() {
    HostFigures figures = new HostFigures(proc.resolve("nowhere"), nanos::get);

    figures.sample();
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(10));

    assertThat(figures.sample())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "host.cpu", new Reading.Missing("/proc/stat of this machine does not tell it"),
                "host.memory",
                    new Reading.Missing("/proc/meminfo of this machine does not tell it"),
                "host.io",
                    new Reading.Missing(
                        "/proc/diskstats or /proc/pressure/io of this machine does not tell it")));
  }

  @Test
  @Tag("M46")
  void burnerOfProcessors_movesTheFigureOfThisMachine() {
    HostFigures figures = new HostFigures();
    figures.sample();
    AtomicBoolean burn = new AtomicBoolean(true);
    List<Thread> burners = new ArrayList<>();
    for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) {
      Thread burner =
          new Thread(
              () -> {
                long sum = 0;
                while (burn.get()) {
                  sum += System.nanoTime();
                }
                nanos.set(sum);
              },
              "burner");
      burner.setDaemon(true);
      burners.add(burner);
    }
    try {
      burners.forEach(Thread::start);

      Eventually.until("all processors work", () -> figure(figures.look(), "host.cpu") > 0.95);
    } finally {
      burn.set(false);
    }
    assertThat(figure(figures.sample(), "host.memory")).isBetween(0.01, 1.0);
  }

  @Test
  void processNamedByItsFile_isMeasured_andAnEndedOneIsMissing() throws IOException {
    Path id = Files.writeString(proc.resolve("app.pid"), ProcessHandle.current().pid() + "\n");

    Reading own = new ProcessMemory(id).read();

    assertThat(((Reading.Figure) own).value()).isGreaterThan(10e6);
    Files.writeString(id, "999999999");
    assertThat(new ProcessMemory(id).read())
        .isEqualTo(new Reading.Missing("process 999999999 has ended"));
    Files.writeString(id, "../1");
    assertThat(new ProcessMemory(id).read())
        .isEqualTo(new Reading.Missing("the file of the process's id holds none"));
    Files.delete(id);
    assertThat(new ProcessMemory(id).read())
        .isEqualTo(
            new Reading.Missing(
                "the file of the process's id cannot be read: NoSuchFileException"));
  }
}
