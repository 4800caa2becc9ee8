package io.lockkeeper.activities.host;

import io.lockkeeper.activities.host.HostLook.Ticks;
import io.lockkeeper.limit.Reading;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How busy this machine is, over the time since it was last looked at. All who ask within a second
 * get the same figures. Safe for many threads.
 */
public final class HostFigures {
  private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** A mean over a longer time hides what happens now. */
  private static final long STALE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final long FORGOTTEN_NANOS = TimeUnit.MINUTES.toNanos(10);

  private static final Reading AFTER_THE_FIRST =
      new Reading.NotApplicable("it is told from the second look on");

  private static final Duration GLANCE = Duration.ofMillis(250);

  private final Path proc;
  private final LongSupplier nanos;
  private @Nullable HostLook last;
  private Map<String, Reading> figures = Map.of();

  public HostFigures() {
    this(Path.of("/proc"), System::nanoTime);
  }

  HostFigures(Path proc, LongSupplier nanos) {
    this.proc = proc;
    this.nanos = nanos;
  }

  /**
   * {@code host.cpu}, {@code host.memory} and {@code host.io}: shares from 0 to 1, over the time
   * since somebody looked last. The busiest disk counts; where no disk is told, the share of time
   * in which somebody waited for one. Where nobody has looked for ten minutes only the memory is
   * told, because one look tells nothing of the others; it never waits.
   */
  public synchronized Map<String, Reading> sample() {
    long now = nanos.getAsLong();
    HostLook before = last;
    if (before != null && now - before.nanos() < FRESH_NANOS) {
      return figures;
    }
    boolean known = before != null && now - before.nanos() <= FORGOTTEN_NANOS;
    return since(known ? before : null, now);
  }

  /**
   * As {@link #sample}, of now: who asks when nobody has looked for a minute waits a quarter of a
   * second.
   */
  public synchronized Map<String, Reading> look() {
    HostLook before = last;
    if (before == null || nanos.getAsLong() - before.nanos() > STALE_NANOS) {
      since(null, nanos.getAsLong());
    }
    if (!(figures.get("host.cpu") instanceof Reading.NotApplicable)) {
      return sample();
    }
    pause();
    return since(last, nanos.getAsLong());
  }

  private Map<String, Reading> since(@Nullable HostLook before, long now) {
    HostLook look = HostLook.at(proc, now);
    last = look;
    figures = between(before == null ? look : before, look);
    return figures;
  }

  static Map<String, Reading> between(HostLook before, HostLook now) {
    Map<String, Reading> figures = new LinkedHashMap<>();
    boolean told = now.nanos() > before.nanos();
    figures.put(
        "host.cpu", told ? reading(processors(before, now), "/proc/stat") : AFTER_THE_FIRST);
    OptionalDouble memory =
        now.memory().isPresent() ? OptionalDouble.of(now.memory().get()) : OptionalDouble.empty();
    figures.put("host.memory", reading(memory, "/proc/meminfo"));
    figures.put("host.io", told ? io(before, now) : AFTER_THE_FIRST);
    return figures;
  }

  private static OptionalDouble processors(HostLook before, HostLook now) {
    Optional<Ticks> was = before.processors();
    Optional<Ticks> is = now.processors();
    if (was.isEmpty() || is.isEmpty() || is.get().all() <= was.get().all()) {
      return OptionalDouble.empty();
    }
    double busy = is.get().busy() - was.get().busy();
    return OptionalDouble.of(share(busy / (is.get().all() - was.get().all())));
  }

  private static Reading io(HostLook before, HostLook now) {
    double elapsed = now.nanos() - before.nanos();
    double busiest = -1;
    for (Map.Entry<String, Long> disk : now.disks().entrySet()) {
      @Nullable Long was = before.disks().get(disk.getKey());
      if (was != null) {
        busiest = Math.max(busiest, (disk.getValue() - was) * 1e6 / elapsed);
      }
    }
    if (busiest >= 0) {
      return new Reading.Figure(share(busiest));
    }
    if (before.stalled().isPresent() && now.stalled().isPresent()) {
      double waited = (now.stalled().get() - before.stalled().get()) * 1e3;
      return new Reading.Figure(
          share(waited / elapsed), "share of time somebody waited for a disk");
    }
    return reading(OptionalDouble.empty(), "/proc/diskstats or /proc/pressure/io");
  }

  /** Clocks of the kernel and ours may be a tick apart. */
  private static double share(double value) {
    return Math.max(0, Math.min(1, value));
  }

  private static Reading reading(OptionalDouble value, String source) {
    return value.isPresent()
        ? new Reading.Figure(value.getAsDouble())
        : new Reading.Missing(source + " of this machine does not tell it");
  }

  private static void pause() {
    try {
      Thread.sleep(GLANCE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
