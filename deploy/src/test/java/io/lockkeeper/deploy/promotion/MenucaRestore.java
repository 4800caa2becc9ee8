package io.lockkeeper.deploy.promotion;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Parts;
import io.lockkeeper.deploy.fixture.Sql;
import io.lockkeeper.deploy.fixture.Up;
import java.util.List;
import java.util.Map;

/** The Menu.ca example, whole, applied in production and taken back by the backup of ticket 06. */
final class MenucaRestore {
  private static final String LATE = "a late order";
  private static final String ORDERS =
      "SELECT count(*) FROM menuca_v3.orders WHERE external_ref = '" + LATE + "'";

  private final Up up;
  private final Sql production;

  MenucaRestore(Up up) {
    this.up = up;
    this.production = up.target("production");
  }

  /**
   * What became of it.
   *
   * @param indexesBefore of the change, once it was applied
   * @param ordersAfter those that came after the backup, in the database that serves
   * @param ordersBeside the same in the one from before, which is dropped since
   */
  record Restored(
      String id,
      List<String> indexesBefore,
      List<String> indexesAfter,
      String ordersAfter,
      String ordersBeside) {}

  /** Leaves production ready for the next promotion, of the same change too. */
  Restored restored() {
    // A table that has lived: what its counters say is not what a restored one's say.
    order("an early one");
    production.execute("DELETE FROM menuca_v3.orders WHERE external_ref = 'an early one'");
    String id = watched();
    List<String> before = production.list(Menuca.INDEXES);
    order(LATE);
    act(id, "boris", "dba", "rollback", Map.of("reason", "the menu is wrong", "option", "B"));
    up.carry(id, "ROLLED_BACK");
    act(id, "ana", "release-manager", "acknowledge", Map.of("reason", "it was a test"));

    Sql beside = beside(new Journal(up.journal(id)).evidence("production", "restore"));
    Restored restored =
        new Restored(
            id,
            before,
            production.list(Menuca.INDEXES),
            production.one(ORDERS),
            beside.one(ORDERS));
    production.execute("DROP DATABASE \"" + database(beside) + "\"");
    announced();
    return restored;
  }

  private String watched() {
    JsonNode started =
        Parts.good(
            up.as("ana", "release-manager")
                .post(
                    "/promotions",
                    Map.of(
                        "change",
                        "menuca-07-indexes",
                        "reason",
                        "a test",
                        "environments",
                        List.of("production"),
                        "overrides",
                        Map.of("watch", "5m", "sample", "250ms"))));
    String id = started.path("id").asText();
    up.carry(id, "AWAITING_SIGN_OFF");
    up.approve(id);
    up.carry(id, "WATCHING");
    return id;
  }

  private void order(String reference) {
    production.execute(
        "INSERT INTO menuca_v3.orders SELECT max(id) + 1, 1, 1, 'pending', now(), 1, '"
            + reference
            + "' FROM menuca_v3.orders");
  }

  private void act(
      String id, String person, String role, String act, Map<String, String> statement) {
    Parts.good(up.as(person, role).post("/promotions/" + id + "/" + act, statement));
  }

  private Sql beside(JsonNode restored) {
    return new Sql(
        production.url().replaceFirst("/[^/]+$", "/" + restored.path("kept_as").asText()),
        production.user(),
        production.password());
  }

  private static String database(Sql target) {
    return target.url().replaceFirst(".*/", "");
  }

  /** The next promotion is signed for the database that serves now. */
  private void announced() {
    String live = production.one("SELECT oid FROM pg_database WHERE datname = current_database()");
    Await.until(
        "the worker has announced the restored database",
        () -> up.client().get("/environments").text(),
        environments -> environments.contains(live));
  }
}
