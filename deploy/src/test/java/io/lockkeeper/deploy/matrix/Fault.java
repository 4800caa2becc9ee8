package io.lockkeeper.deploy.matrix;

import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Child;
import io.lockkeeper.deploy.matrix.Gates.Shut;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What goes wrong, while the worker's backend stands at a gate or has just done its statement. */
enum Fault {
  /** SIGKILL to the worker; another one is started. */
  KILL {
    @Override
    Aftermath strike(Lane lane, int pid, Shut gate, boolean outlives) throws SQLException {
      lane.worker().kill();
      release(lane, pid, gate, outlives);
      lane.replaceWorker();
      return () -> {};
    }
  },
  /** SIGSTOP for longer than two heartbeat time-outs; another worker takes over, then SIGCONT. */
  FREEZE {
    @Override
    Aftermath strike(Lane lane, int pid, Shut gate, boolean outlives) throws SQLException {
      Child frozen = lane.worker();
      long since = System.nanoTime();
      frozen.freeze();
      lane.replaceWorker();
      if (outlives) {
        gate.close();
      } else {
        Await.until("another one works", () -> lane.working(pid), working -> working != 0);
        gate.close();
      }
      return () -> {
        long left = FROZEN.toNanos() - (System.nanoTime() - since);
        TimeUnit.NANOSECONDS.sleep(Math.max(0, left));
        frozen.thaw();
        // Time for what it still had in mind.
        TimeUnit.SECONDS.sleep(2);
        frozen.kill();
      };
    }
  },
  BACKEND_ENDED {
    @Override
    Aftermath strike(Lane lane, int pid, Shut gate, boolean outlives) throws SQLException {
      lane.database().execute("SELECT pg_terminate_backend(" + pid + ")");
      lane.awaitGone(pid);
      gate.close();
      return () -> {};
    }
  },
  /** Every connection between worker and target is reset. */
  CONNECTION_CUT {
    @Override
    Aftermath strike(Lane lane, int pid, Shut gate, boolean outlives) throws SQLException {
      lane.proxy().cut();
      release(lane, pid, gate, outlives);
      return () -> {};
    }
  },
  /** The server does what it was told, and nobody hears of it. */
  ANSWER_LOST {
    @Override
    Aftermath strike(Lane lane, int pid, Shut gate, boolean outlives) throws SQLException {
      lane.proxy().loseAnswers(Integer.parseInt(lane.activity("client_port", pid)));
      gate.close();
      Await.until(
          "the backend has answered",
          () -> lane.activity("state", pid),
          state -> !state.equals("active"));
      lane.proxy().cut();
      return () -> {};
    }
  };

  private static final Duration FROZEN = Duration.ofSeconds(21);

  /** What follows once the promotion stands. */
  interface Aftermath {
    void follow() throws InterruptedException;
  }

  /**
   * Strikes, and opens the gate.
   *
   * @param pid the worker's backend
   * @param outlives whether the backend goes on though nobody waits for it any more; else the gate
   *     is opened once it is gone
   */
  abstract Aftermath strike(Lane lane, int pid, Shut gate, boolean outlives) throws SQLException;

  private static void release(Lane lane, int pid, Shut gate, boolean outlives) throws SQLException {
    if (!outlives) {
      lane.awaitGone(pid);
    }
    gate.close();
  }
}
