package io.lockkeeper.activities.prometheus;

import io.lockkeeper.limit.Reading;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers for those who may not wait: each gets the last one, and the next is asked for beside it,
 * by one thread for all queries, which ends when it is idle. Safe for many threads.
 */
public final class LatestAnswers {
  /** What is older hides what happens now. */
  private static final Duration YOUNG = Duration.ofMinutes(1);

  private static final long IDLE_SECONDS = 30;

  private final PrometheusQueries queries;
  private final Executor asker;
  private final LongSupplier nanos;
  private final Map<String, Latest> latest = new HashMap<>();
  private final Set<String> asking = new HashSet<>();

  /** An answer, and when it was asked for. */
  private record Latest(Reading reading, long nanos) {}

  public LatestAnswers(PrometheusQueries queries) {
    this(queries, oneThread(), System::nanoTime);
  }

  LatestAnswers(PrometheusQueries queries, Executor asker, LongSupplier nanos) {
    this.queries = queries;
    this.asker = asker;
    this.nanos = nanos;
  }

  /**
   * The last answer, and asks for the next one; never waits. Missing before the first one, and
   * where the last is older than a minute and than two intervals.
   *
   * @param query PromQL
   * @param interval after which it is asked for again
   */
  public Reading latest(String query, Duration interval) {
    Reading reading = young(query, interval.multipliedBy(2));
    ask(query);
    return reading;
  }

  /** Asks in time for who wants the answer soon. */
  public void ask(String query) {
    synchronized (latest) {
      if (!asking.add(query)) {
        return;
      }
    }
    asker.execute(() -> answer(query));
  }

  private Reading young(String query, Duration most) {
    @Nullable Latest known;
    synchronized (latest) {
      known = latest.get(query);
    }
    if (known == null) {
      return new Reading.Missing("Prometheus has not answered yet");
    }
    Duration age = Duration.ofNanos(nanos.getAsLong() - known.nanos());
    return age.compareTo(YOUNG) <= 0 || age.compareTo(most) <= 0
        ? known.reading()
        : new Reading.Missing("the last answer of Prometheus is " + age.toSeconds() + " s old");
  }

  private void answer(String query) {
    long began = nanos.getAsLong();
    try {
      Reading reading = queries.ask(query);
      synchronized (latest) {
        latest.put(query, new Latest(reading, began));
      }
    } finally {
      synchronized (latest) {
        asking.remove(query);
      }
    }
  }

  private static Executor oneThread() {
    return new ThreadPoolExecutor(
        0,
        1,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        work -> {
          Thread thread = new Thread(work, "prometheus-asker");
          thread.setDaemon(true);
          return thread;
        });
  }
}
