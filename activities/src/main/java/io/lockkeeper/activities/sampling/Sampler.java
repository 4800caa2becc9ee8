package io.lockkeeper.activities.sampling;

import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activity.Policies;
import io.lockkeeper.activity.WindowOrder;
import io.lockkeeper.activity.WindowProgress;
import io.lockkeeper.activity.WindowResult;
import io.temporal.client.ActivityCanceledException;
import io.temporal.client.ActivityCompletionClient;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.ActivityNotExistsException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Samples all windows of a worker: one timer thread, which waits for nothing, and for each target
 * at most one thread that looks at it, two that run rounds of probes, and one that begins and ends
 * windows. No thread waits for a window, and a target that hangs holds no thread of another.
 * Windows are activities that are completed from here. Safe for many threads.
 */
public final class Sampler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sampler.class);
  private static final int HEARTS = 8;
  private static final int ROUNDS = 2;

  /**
   * So many heartbeats a second are sent for all windows together where there are many of them:
   * each is a write of Temporal's. Few windows have one a sample.
   */
  private static final int BEATS_A_SECOND = 50;

  private static final Duration AGAIN = Duration.ofSeconds(1);
  private static final Duration IDLE = Duration.ofSeconds(30);

  /** How long the end of a window waits for a round of probes; the workflow waits for thirty. */
  private static final Duration LAST_ROUND = Duration.ofSeconds(5);

  private final ActivityCompletionClient completion;
  private final Clock clock;
  private final Map<Target, Place> places = new ConcurrentHashMap<>();

  private final StageRuns runs = new StageRuns();

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(r -> named(r, "sampler-timer"));

  /** As many as targets are asked at once: who waits there waits for its own target. */
  private final ExecutorService readers = asNeeded("sampler-reader");

  private final ExecutorService workers = asNeeded("sampler-worker");
  private final AtomicInteger running = new AtomicInteger();
  private final ExecutorService hearts =
      Executors.newFixedThreadPool(HEARTS, r -> named(r, "sampler-heart"));

  public Sampler(ActivityCompletionClient completion, Clock clock) {
    this.completion = completion;
    this.clock = clock;
  }

  /** What all windows of a target have in common. */
  private record Place(Gauge gauge, Lane rounds, Lane ends) {}

  /**
   * Begins to sample a window.
   *
   * @param taskToken of the activity that waits for its result
   * @param carried what an earlier attempt came to
   */
  public void start(
      byte[] taskToken, Observed observed, WindowOrder order, Optional<WindowProgress> carried) {
    boolean begins = order.marks().isEmpty() && carried.isEmpty();
    Window window =
        Window.spread(observed, order, carried, runs.of(order, begins, clock.instant()));
    Duration sample = order.plan().sample();
    Duration silence = Policies.silence(order.plan());
    Wanted wanted =
        new Wanted(taskToken.clone(), window, place(observed.target()), sample, silence);
    running.incrementAndGet();
    beatLater(wanted);
    wanted.place.ends().run(window::prepare);
    schedule(wanted, Duration.between(clock.instant(), window.nextSample()));
  }

  @Override
  public void close() {
    timer.shutdownNow();
    readers.shutdownNow();
    workers.shutdownNow();
    hearts.shutdownNow();
  }

  private Place place(Target target) {
    return places.computeIfAbsent(
        target,
        t ->
            new Place(
                new Gauge(t, readers, clock), new Lane(workers, ROUNDS), new Lane(workers, 1)));
  }

  private void schedule(Wanted wanted, Duration delay) {
    later(delay, () -> guarded(wanted, () -> due(wanted)));
  }

  /** On the timer's thread: it only hands out. */
  private void due(Wanted wanted) {
    if (wanted.cut) {
      end(wanted);
    } else if (wanted.window.isReady()) {
      ask(wanted);
    } else {
      wanted.place.ends().run(() -> guarded(wanted, () -> begin(wanted)));
    }
  }

  private void begin(Wanted wanted) {
    if (wanted.window.isReady() || wanted.window.prepare()) {
      ask(wanted);
    } else {
      wanted.window.blind(clock.instant());
      goOn(wanted);
    }
  }

  private void ask(Wanted wanted) {
    wanted.place.gauge().ask(wanted.sample, look -> guarded(wanted, () -> seen(wanted, look)));
  }

  private void seen(Wanted wanted, Gauge.Look look) {
    wanted.window.live(clock.instant(), look);
    if (wanted.window.beginsRound(clock.instant())) {
      wanted.place.rounds().run(() -> round(wanted));
    }
    goOn(wanted);
  }

  /** The samples go on beside it, whatever becomes of it. */
  private void round(Wanted wanted) {
    guarded(wanted, () -> wanted.window.round(clock.instant()), () -> {});
    if (wanted.window.over()) {
      end(wanted);
    }
  }

  private void goOn(Wanted wanted) {
    if (wanted.cut) {
      end(wanted);
    } else if (!wanted.window.over()) {
      wanted.progress = wanted.window.progress();
      // Half a sample less: a beat takes a moment, and the next one would wait a sample longer.
      if (wanted.isSilentFor(apart(wanted).minus(wanted.sample.dividedBy(2)))) {
        beat(wanted);
      }
      schedule(wanted, Duration.between(clock.instant(), wanted.window.nextSample()));
    } else if (wanted.window.awaitsRound()) {
      later(LAST_ROUND, () -> end(wanted));
    } else {
      end(wanted);
    }
  }

  /** Once: after the last sample, or after the round that it waited for. */
  private void end(Wanted wanted) {
    if (wanted.ending.compareAndSet(false, true)) {
      wanted.place.ends().run(() -> hand(wanted));
    }
  }

  /**
   * The result is ready before the window's time is up, and is handed over then: a workflow that
   * has it earlier would only wait, with a timer in its history.
   */
  private void hand(Wanted wanted) {
    guarded(
        wanted,
        () -> {
          if (wanted.cut) {
            wanted.window.cut();
          }
          wanted.window.close();
          WindowResult result = wanted.window.result(clock.instant());
          Duration rest = Duration.between(clock.instant(), result.sampledUntil());
          completeLater(wanted, result, wanted.cut ? Duration.ZERO : rest);
        },
        () -> later(AGAIN, () -> wanted.place.ends().run(() -> hand(wanted))));
  }

  private void completeLater(Wanted wanted, WindowResult result, Duration delay) {
    Runnable again = () -> completeLater(wanted, result, AGAIN);
    Runnable complete = () -> guarded(wanted, () -> complete(wanted, result), again);
    later(delay, () -> guarded(wanted, () -> hearts.execute(complete), again));
  }

  /** A sample that fails unexpectedly is tried again, and ends none of the worker's windows. */
  private void guarded(Wanted wanted, Runnable work) {
    guarded(wanted, work, () -> schedule(wanted, AGAIN));
  }

  private static void guarded(Wanted wanted, Runnable work, Runnable otherwise) {
    if (wanted.over.get()) {
      return;
    }
    try {
      work.run();
    } catch (RejectedExecutionException e) {
      // The worker stops: another one goes on with the window.
      LOG.debug("sampler is closed", e);
    } catch (RuntimeException | Error e) {
      LOG.error("a sample failed unexpectedly", e);
      otherwise.run();
    }
  }

  private void later(Duration delay, Runnable work) {
    try {
      var ignored = timer.schedule(work, Math.max(0, delay.toMillis()), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("sampler is closed", e);
    }
  }

  private Duration apart(Wanted wanted) {
    Duration fair = Duration.ofMillis(1_000L * running.get() / BEATS_A_SECOND);
    return fair.compareTo(wanted.silence) < 0 ? fair : wanted.silence;
  }

  /** Beats the window's heart beside the samples, which go on while Temporal is away. */
  private void beat(Wanted wanted) {
    if (wanted.beating.compareAndSet(false, true)) {
      WindowProgress progress = wanted.progress;
      hearts.execute(
          () -> {
            try {
              wanted.beaten = System.nanoTime();
              alive(wanted, progress);
            } finally {
              wanted.beating.set(false);
            }
          });
    }
  }

  /** A target or an application that is waited for long is no lost worker. */
  private void beatLater(Wanted wanted) {
    Runnable beat =
        () -> {
          if (wanted.isSilentFor(wanted.silence)) {
            beat(wanted);
          }
          beatLater(wanted);
        };
    later(wanted.silence.dividedBy(4), () -> guarded(wanted, beat, () -> beatLater(wanted)));
  }

  private void alive(Wanted wanted, WindowProgress progress) {
    try {
      completion.heartbeat(wanted.taskToken, progress);
    } catch (ActivityNotExistsException e) {
      over(wanted);
      LOG.info("a window was taken over by another worker");
    } catch (ActivityCompletionException e) {
      if (isCalledOff(e)) {
        // What was seen is handed over at the next tick: whoever cut it short may wait for that.
        wanted.cut = true;
      } else {
        LOG.warn("the heartbeat of a window did not get through: {}", e.getMessage());
      }
    }
  }

  /** The completion client wraps it in the failure of the heartbeat (SDK 1.38). */
  private static boolean isCalledOff(ActivityCompletionException e) {
    return e instanceof ActivityCanceledException
        || e.getCause() instanceof ActivityCanceledException;
  }

  private void over(Wanted wanted) {
    if (wanted.over.compareAndSet(false, true)) {
      running.decrementAndGet();
    }
  }

  private void complete(Wanted wanted, WindowResult result) {
    try {
      completion.complete(wanted.taskToken, result);
      over(wanted);
    } catch (ActivityNotExistsException e) {
      over(wanted);
      LOG.info("a window was taken over by another worker");
    } catch (ActivityCompletionException e) {
      LOG.warn("the result of a window did not get through: {}", e.getMessage());
      completeLater(wanted, result, AGAIN);
    }
  }

  /** A window, and whether Temporal still waits for it. */
  private static final class Wanted {
    private final byte[] taskToken;
    private final Window window;
    private final Place place;
    private final Duration sample;

    /** After so long without a heartbeat one is sent. */
    private final Duration silence;

    /** At most one heartbeat is under way. */
    private final AtomicBoolean beating = new AtomicBoolean();

    private final AtomicBoolean ending = new AtomicBoolean();
    private volatile long beaten = System.nanoTime();
    private final AtomicBoolean over = new AtomicBoolean();

    /** Its workflow does not want it to its end. */
    private volatile boolean cut;

    /** Of the last sample. */
    private volatile WindowProgress progress;

    Wanted(byte[] taskToken, Window window, Place place, Duration sample, Duration silence) {
      this.taskToken = taskToken;
      this.window = window;
      this.place = place;
      this.sample = sample;
      this.silence = silence;
      this.progress = window.progress();
    }

    boolean isSilentFor(Duration time) {
      return System.nanoTime() - beaten >= time.toNanos();
    }
  }

  private static ExecutorService asNeeded(String name) {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        IDLE.toSeconds(),
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        r -> named(r, name));
  }

  private static Thread named(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
