package io.lockkeeper.deploy.matrix;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Promotions;
import io.lockkeeper.deploy.fixture.ServerLog.Ran;
import io.lockkeeper.deploy.matrix.Fault.Aftermath;
import io.lockkeeper.deploy.matrix.Gates.Shut;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * One unit, one moment, one fault.
 *
 * @param outlives whether the statement goes on on the server after the fault
 */
record Cell(Kind kind, Moment moment, Fault fault, boolean outlives) {
  private static final Duration PATIENCE = Duration.ofSeconds(150);
  private static final Set<String> PERSON = Set.of("PAUSED", "PARKED");

  /** Looks for another attempt to one at the promotion: that one is a whole answer of the API. */
  private static final int LOOKS = 5;

  /**
   * What became of it.
   *
   * @param wrong what is not as promised; empty where all is
   * @param again seconds from the fault until another attempt held the target's lock; absent where
   *     none was needed
   */
  record Result(Cell cell, List<String> wrong, OptionalDouble again, double seconds) {
    Map<String, Object> figures() {
      return Map.of(
          "unit", cell.kind().words(),
          "moment", words(cell.moment()),
          "fault", words(cell.fault()),
          "statement_outlives", cell.outlives(),
          "wrong", wrong,
          "again_seconds", again.isPresent() ? Math.round(again.getAsDouble() * 100) / 100.0 : -1,
          "seconds", Math.round(seconds * 10) / 10.0);
    }

    private static String words(Enum<?> value) {
      return value.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }

  /** Runs it; whatever goes wrong is part of the result. */
  Result run(Lane lane) {
    long began = System.nanoTime();
    List<String> wrong = new ArrayList<>();
    OptionalDouble again = OptionalDouble.empty();
    try {
      again = run(lane, wrong);
    } catch (SQLException | RuntimeException | AssertionError e) {
      wrong.add(String.valueOf(e.getMessage()).lines().limit(3).reduce("", (a, b) -> a + " " + b));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      wrong.add("interrupted");
    }
    return new Result(this, wrong, again, (System.nanoTime() - began) / 1e9);
  }

  private OptionalDouble run(Lane lane, List<String> wrong)
      throws SQLException, InterruptedException {
    lane.database().execute(kind.setUp());
    long log = lane.parts().log().size();
    try (Shut gate = new Gates(lane.database()).shut(kind, moment, fault == Fault.ANSWER_LOST)) {
      String id =
          lane.start(Change.of(kind.change(lane.name()), kind.files().toArray(String[]::new)));
      try {
        OptionalDouble again = survive(lane, gate, id, wrong);
        inspect(lane, id, log, wrong);
        return again;
      } finally {
        gate.close();
        abort(lane, id);
      }
    }
  }

  /** Lets the fault strike, and waits until the promotion has ended or asks a person. */
  private OptionalDouble survive(Lane lane, Shut gate, String id, List<String> wrong)
      throws SQLException, InterruptedException {
    Promotions promotions = lane.parts().promotions();
    OptionalDouble again = OptionalDouble.empty();
    int pid = standing(lane, gate, promotions, id);
    long struck = System.nanoTime();
    Aftermath aftermath = strike(lane, pid, gate);
    JsonNode promotion = promotions.promotion(id);
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    for (int looks = 1; !over(promotion) && System.nanoTime() < giveUp; looks++) {
      if (again.isEmpty() && lane.working(pid) != 0) {
        again = OptionalDouble.of((System.nanoTime() - struck) / 1e9);
      }
      lane.keepWorker();
      Thread.sleep(50);
      if (looks % LOOKS == 0) {
        promotion = promotions.promotion(id);
      }
    }
    aftermath.follow();
    expect(wrong, kind.fails() ? "PAUSED" : "COMPLETE", promotion);
    if (kind.fails()) {
      abort(lane, id);
    }
    return again;
  }

  private static int standing(Lane lane, Shut gate, Promotions promotions, String id) {
    return Await.until(
        "the worker of " + lane.name() + " stands at the gate",
        Duration.ofSeconds(40),
        gate::standing,
        pid -> pid != 0,
        () -> String.join("\n", promotions.sentences(id)));
  }

  /** Where nobody shall have looked yet, nothing but the statement's own link flows from here. */
  private Aftermath strike(Lane lane, int pid, Shut gate) throws SQLException {
    if (moment != Moment.AFTER_STATEMENT || kind.transactional() || fault == Fault.ANSWER_LOST) {
      return fault.strike(lane, pid, gate, outlives);
    }
    lane.proxy().stallAllBut(Integer.parseInt(lane.activity("client_port", pid)));
    try {
      gate.close();
      Await.until(
          "the statement is done",
          () -> lane.activity("state", pid),
          state -> !state.equals("active"));
      return fault.strike(lane, pid, gate, true);
    } finally {
      lane.proxy().flow();
    }
  }

  private static boolean over(JsonNode promotion) {
    return promotion.hasNonNull("ended_at") || PERSON.contains(promotion.path("status").asText());
  }

  private static void expect(List<String> wrong, String status, JsonNode promotion) {
    if (!promotion.path("status").asText().equals(status)) {
      wrong.add(
          "it is "
              + promotion.path("status").asText()
              + ", not "
              + status
              + ": "
              + promotion.path("sentence").asText());
    }
  }

  /** So that the target is free for the next cell, whatever became of this one. */
  private static void abort(Lane lane, String id) {
    if (lane.parts().promotion(id).hasNonNull("ended_at")) {
      return;
    }
    lane.keepWorker();
    lane.parts()
        .as("ana", "release-manager")
        .post("/promotions/" + id + "/abort", Map.of("reason", "the cell is over"));
    lane.parts().promotions().ended(id);
  }

  private void inspect(Lane lane, String id, long log, List<String> wrong) {
    if (lane.database().list(kind.done()).isEmpty()) {
      wrong.add("it is not in place");
    }
    if (!kind.logged().isEmpty()) {
      List<Ran> ran =
          lane.parts().log().ran(kind.logged().lines().findFirst().orElse(""), log).stream()
              .filter(one -> one.database().equals("main_" + lane.name()))
              .filter(one -> one.application().startsWith("lk/"))
              .toList();
      long completed = ran.stream().filter(Ran::completed).count();
      if (completed > kind.completions() || (completed == 0 && !kind.fails())) {
        wrong.add("the server completed it " + completed + " times of " + ran.size());
      }
    }
    none(
        lane,
        wrong,
        "INVALID or left: ",
        """
        SELECT relname FROM pg_class LEFT JOIN pg_index ON indexrelid = pg_class.oid
        WHERE NOT indisvalid OR relname LIKE '%\\_ccnew%' OR relname LIKE '%\\_ccold%'
        """);
    none(lane, wrong, "held: ", "SELECT holder FROM lockkeeper.lease WHERE held");
    none(
        lane,
        wrong,
        "not finished in the ledger: ",
        "SELECT title || ' ' || state FROM lockkeeper.unit WHERE state <> 'finished'"
            + " AND promotion = '"
            + id
            + "'");
    sessions(lane, wrong);
  }

  /** What stands by for the next step holds nothing. */
  private static void sessions(Lane lane, List<String> wrong) {
    String ours =
        """
        SELECT a.application_name || ' ' || a.state || ' ' || a.query FROM pg_stat_activity a
        WHERE a.datname = current_database() AND a.usename = 'lk_exec'
          AND (a.application_name NOT IN ('lk/read', 'lk/sample', 'lk/spare', 'lk/watch')
            OR a.state LIKE 'idle in transaction%')
        """;
    try {
      Await.until(
          "no session is left",
          Duration.ofSeconds(10),
          () -> lane.database().list(ours),
          List::isEmpty,
          () -> "");
    } catch (AssertionError e) {
      wrong.add("sessions left: " + lane.database().list(ours));
    }
  }

  private static void none(Lane lane, List<String> wrong, String what, String sql) {
    List<String> found = lane.database().list(sql);
    if (!found.isEmpty()) {
      wrong.add(what + found);
    }
  }
}
