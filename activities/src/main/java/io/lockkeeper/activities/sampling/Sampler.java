package io.lockkeeper.activities.sampling;

import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowProgress;
import io.temporal.client.ActivityCanceledException;
import io.temporal.client.ActivityCompletionClient;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.ActivityNotExistsException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples all windows of a worker: one timer thread, a few that read, and none that waits for a
 * window. Windows are activities that are completed from here. Safe for many threads.
 */
public final class Sampler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);
  private static final int HEARTS = 4;
  private static final int READERS = 4;
  private static final int STAGES = 1_000;
  private static final Duration BEAT = Duration.ofSeconds(4);
  private static final Duration AGAIN = Duration.ofSeconds(1);

  private final ActivityCompletionClient completion;
  private final Clock clock;

  /** Runs by stage, so that a p95 does not begin anew with every window; the oldest are dropped. */
  private final Map<String, Map<String, Recent>> recent =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Map<String, Recent>> eldest) {
          return size() > STAGES;
        }
      };

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(r -> named(r, "sampler-timer"));
  private final ExecutorService readers =
      Executors.newFixedThreadPool(READERS, r -> named(r, "sampler-reader"));
  private final ExecutorService hearts =
      Executors.newFixedThreadPool(HEARTS, r -> named(r, "sampler-heart"));

  public Sampler(ActivityCompletionClient completion, Clock clock) {
    this.completion = completion;
    this.clock = clock;
  }

  /**
   * Begins to sample a window.
   *
   * @param taskToken of the activity that waits for its result
   * @param carried what an earlier attempt came to
   */
  public void start(
      byte[] taskToken, Observed observed, WindowOrder order, Optional<WindowProgress> carried) {
    String stage = order.work().promotion() + "/" + order.work().stage();
    Window window = new Window(observed, order, carried, recent(stage));
    Wanted wanted = new Wanted(taskToken.clone(), window);
    var ignored = timer.schedule(() -> beatAgain(wanted), BEAT.toMillis(), TimeUnit.MILLISECONDS);
    schedule(wanted, Duration.between(clock.instant(), window.nextSample()));
  }

  @Override
  public void close() {
    timer.shutdownNow();
    readers.shutdownNow();
    hearts.shutdownNow();
  }

  private Map<String, Recent> recent(String stage) {
    synchronized (recent) {
      return recent.computeIfAbsent(stage, s -> new HashMap<>());
    }
  }

  private void schedule(Wanted wanted, Duration delay) {
    try {
      var ignored =
          timer.schedule(
              () -> readers.execute(() -> tick(wanted)),
              Math.max(0, delay.toMillis()),
              TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // The worker stops: another one goes on with the window.
      LOG.debug("sampler is closed", e);
    }
  }

  private void tick(Wanted wanted) {
    Window window = wanted.window;
    if (wanted.over) {
      return;
    }
    try {
      if (!window.over()) {
        window.sample(clock.instant());
      }
      if (window.over()) {
        complete(wanted);
      } else {
        wanted.progress = window.progress();
        beat(wanted);
        schedule(wanted, Duration.between(clock.instant(), window.nextSample()));
      }
    } catch (RuntimeException e) {
      LOG.error("a sample failed unexpectedly", e);
      schedule(wanted, AGAIN);
    }
  }

  /** Beats the window's heart beside the samples, which go on while Temporal is away. */
  private void beat(Wanted wanted) {
    if (wanted.beating.compareAndSet(false, true)) {
      WindowProgress progress = wanted.progress;
      hearts.execute(
          () -> {
            try {
              wanted.over = !alive(wanted.taskToken, progress);
            } finally {
              wanted.beating.set(false);
            }
          });
    }
  }

  /** A round that waits long for a slow application is no lost worker. */
  private void beatAgain(Wanted wanted) {
    if (!wanted.over) {
      try {
        beat(wanted);
        var ignored =
            timer.schedule(() -> beatAgain(wanted), BEAT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        LOG.debug("sampler is closed", e);
      }
    }
  }

  /** False where nobody wants the window any more. */
  private boolean alive(byte[] taskToken, WindowProgress progress) {
    try {
      completion.heartbeat(taskToken, progress);
      return true;
    } catch (ActivityCanceledException e) {
      cancelled(taskToken);
      return false;
    } catch (ActivityNotExistsException e) {
      LOG.info("a window was taken over by another worker");
      return false;
    } catch (ActivityCompletionException e) {
      LOG.warn("the heartbeat of a window did not get through: {}", e.getMessage());
      return true;
    }
  }

  private void complete(Wanted wanted) {
    Instant now = clock.instant();
    try {
      completion.complete(wanted.taskToken, wanted.window.result(now));
      wanted.over = true;
    } catch (ActivityNotExistsException e) {
      wanted.over = true;
      LOG.info("a window was taken over by another worker");
    } catch (ActivityCompletionException e) {
      LOG.warn("the result of a window did not get through: {}", e.getMessage());
      schedule(wanted, AGAIN);
    }
  }

  private void cancelled(byte[] taskToken) {
    try {
      completion.reportCancellation(taskToken, "called off");
    } catch (ActivityCompletionException e) {
      LOG.debug("nobody waits for the cancellation", e);
    }
  }

  /** A window, and whether Temporal still waits for it. */
  private static final class Wanted {
    private final byte[] taskToken;
    private final Window window;

    /** At most one heartbeat is under way. */
    private final AtomicBoolean beating = new AtomicBoolean();

    private volatile boolean over;

    /** Of the last sample. */
    private volatile WindowProgress progress;

    Wanted(byte[] taskToken, Window window) {
      this.taskToken = taskToken;
      this.window = window;
      this.progress = window.progress();
    }
  }

  private static Thread named(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
