package io.lockkeeper.activities.sampling;

import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.probe.RecentShares;
import io.lockkeeper.activities.probe.ServerFigures;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at one target for all windows that are due: one look at a time, by one thread at most, and
 * each look is shared by whoever asks while it is under way or soon after. Safe for many threads.
 */
final class Gauge {
  private static final Logger LOG = LoggerFactory.getLogger(Gauge.class);

  /** A look is shared for so much of the time between two samples. */
  private static final int SHARE = 5;

  private final Reader reader;
  private final Executor readers;
  private final InstantSource clock;
  private final RecentShares recent = new RecentShares();
  private final List<Asker> asking = new ArrayList<>();
  private boolean busy;
  private @Nullable Taken last;

  /** Where figures come from. */
  interface Reader {
    ServerFigures look() throws SQLException;
  }

  /**
   * What a look told.
   *
   * @param figures absent where the target could not be looked at
   * @param why then
   * @param recent what this look and those before it counted; goes on with the next one
   */
  record Look(Optional<ServerFigures> figures, String why, RecentShares recent) {
    /** Of one who looks alone, and knows of no look before. */
    Look(Optional<ServerFigures> figures, String why) {
      this(figures, why, new RecentShares());
    }
  }

  /** Hears of a look; what it throws is its own loss. */
  interface Due {
    void seen(Look look);
  }

  private record Asker(long freshNanos, Due due) {}

  private record Taken(Look look, long atNanos) {}

  Gauge(Target target, Executor readers, InstantSource clock) {
    this(() -> target.sample(ServerFigures::of), readers, clock);
  }

  Gauge(Reader reader, Executor readers, InstantSource clock) {
    this.reader = reader;
    this.readers = readers;
    this.clock = clock;
  }

  /**
   * Asks for figures; the answer comes on a reader's thread.
   *
   * @param sample time between two samples of the one who asks
   */
  void ask(Duration sample, Due due) {
    synchronized (asking) {
      asking.add(new Asker(sample.toNanos() / SHARE, due));
      if (busy) {
        return;
      }
      busy = true;
    }
    try {
      readers.execute(this::serve);
    } catch (RuntimeException | Error e) {
      synchronized (asking) {
        asking.clear();
        busy = false;
      }
      throw e;
    }
  }

  private void serve() {
    while (true) {
      List<Asker> first = waiting();
      if (first.isEmpty()) {
        return;
      }
      Look look = look(first);
      // Those too who came while it was under way.
      for (Asker asker : served()) {
        tell(asker, look);
      }
    }
  }

  private List<Asker> waiting() {
    synchronized (asking) {
      busy = !asking.isEmpty();
      return List.copyOf(asking);
    }
  }

  private List<Asker> served() {
    synchronized (asking) {
      List<Asker> served = List.copyOf(asking);
      asking.clear();
      return served;
    }
  }

  private Look look(List<Asker> askers) {
    Taken young = last;
    long now = System.nanoTime();
    if (young != null
        && askers.stream().allMatch(asker -> now - young.atNanos() < asker.freshNanos())) {
      return young.look();
    }
    Look look = look();
    last = new Taken(look, System.nanoTime());
    return look;
  }

  private Look look() {
    try {
      ServerFigures figures = reader.look();
      recent.see(clock.instant(), figures.counters());
      return new Look(Optional.of(figures), "", recent);
    } catch (SQLException e) {
      return new Look(Optional.empty(), SqlFailures.text(e));
    } catch (RuntimeException | Error e) {
      LOG.error("a look at a target failed unexpectedly", e);
      return new Look(Optional.empty(), "unexpected: " + e.getClass().getSimpleName());
    }
  }

  private static void tell(Asker asker, Look look) {
    try {
      asker.due().seen(look);
    } catch (RuntimeException | Error e) {
      LOG.error("a sample failed unexpectedly", e);
    }
  }
}
