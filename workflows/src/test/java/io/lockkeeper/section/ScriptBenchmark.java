package io.lockkeeper.section;

import static java.lang.management.MemoryType.HEAP;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.GarbageCollectionNotificationInfo;
import io.lockkeeper.json.Json;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.stream.Collectors;
import javax.management.NotificationEmitter;
import javax.management.NotificationListener;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * How long 10 MB of SQL with 100,000 statements take to be read, and how much memory: the first
 * time in a fresh JVM too, because a command reads a script once. {@code deploy/benchmarks/script}
 * runs it, in a small heap.
 */
@EnabledIfSystemProperty(named = "lockkeeper.benchmark", matches = ".+")
class ScriptBenchmark {
  private static final int STATEMENTS = 100_000;
  private static final int RUNS = 10;
  private static final int TRAP = 1_000_000;
  private static final double LIMIT = 5;
  private static final double MIB = 1 << 20;
  private static final Set<String> HEAP_POOLS =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == HEAP)
          .map(MemoryPoolMXBean::getName)
          .collect(Collectors.toSet());

  @Test
  void tenMegabytes() throws IOException {
    String text = LongScripts.usual(STATEMENTS);
    Map<String, Object> figures = new LinkedHashMap<>();
    List<Double> seconds = new ArrayList<>();
    List<Double> processor = new ArrayList<>();
    double before = used();
    DoubleAccumulator peak = watchedPeak();
    for (int run = 0; run < RUNS; run++) {
      double began = processorSeconds();
      seconds.add(seconds(text));
      processor.add(processorSeconds() - began);
    }
    List<Statement> statements = Script.split(text);
    double held = used() - before;

    figures.put("characters", text.length());
    figures.put("statements", statements.size());
    figures.put("tokens", statements.stream().mapToLong(s -> s.tokens().size()).sum());
    figures.put("first_seconds", seconds.get(0));
    figures.put("seconds", seconds);
    figures.put("processor_seconds", processor);
    figures.put("limit_seconds", LIMIT);
    figures.put("text_mib", text.length() / MIB);
    figures.put("held_mib", held);
    figures.put("peak_heap_mib", peak.get());
    figures.put("max_heap_mib", Runtime.getRuntime().maxMemory() / MIB);
    figures.put("megabyte_trap_seconds", traps());
    Files.writeString(Path.of(System.getProperty("lockkeeper.benchmark")), Json.text(figures));
    assertThat(statements).hasSize(STATEMENTS);
    assertThat(seconds).allMatch(second -> second < LIMIT);
  }

  private static double seconds(String text) {
    long began = System.nanoTime();
    try {
      Script.split(text);
    } catch (SqlSyntaxException e) {
      assertThat(e.code()).isNotBlank();
    }
    return (System.nanoTime() - began) / 1e9;
  }

  /** Of this thread: what a machine with other work to do does not change much. */
  private static double processorSeconds() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() / 1e9;
  }

  /** The slowest of the texts of a megabyte in which a careless reader would be lost. */
  private static double traps() {
    return LongScripts.traps().values().stream()
        .mapToDouble(trap -> seconds(trap.apply(TRAP)))
        .max()
        .orElseThrow();
  }

  /** The most that the heap held, looked at before each collection: in between it only grows. */
  private static DoubleAccumulator watchedPeak() {
    DoubleAccumulator peak = new DoubleAccumulator(Math::max, 0);
    NotificationListener listener =
        (notification, handback) ->
            peak.accumulate(
                GarbageCollectionNotificationInfo.from((CompositeData) notification.getUserData())
                        .getGcInfo()
                        .getMemoryUsageBeforeGc()
                        .entrySet()
                        .stream()
                        .filter(pool -> HEAP_POOLS.contains(pool.getKey()))
                        .mapToDouble(pool -> pool.getValue().getUsed())
                        .sum()
                    / MIB);
    for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
      ((NotificationEmitter) collector).addNotificationListener(listener, null, null);
    }
    return peak;
  }

  private static double used() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MIB;
  }
}
