package io.lockkeeper.api.promotions;

import io.lockkeeper.api.journal.JournalStore;
import io.lockkeeper.journal.Chained;
import io.lockkeeper.json.Json;
import io.lockkeeper.promotion.PromotionInput;
import io.lockkeeper.promotion.PromotionState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;

/** Promotions with the state that their journals add up to. */
final class PromotionStore {
  private static final String COLUMNS = "id, place, input, state, chain_length, started";

  /** So many promotions are looked at again and again. */
  private static final int LOOKED_AT = 50;

  private final Jdbi jdbi;
  private final JournalStore journal;
  private final LastRead<PromotionInput> inputs = new LastRead<>(PromotionInput.class, LOOKED_AT);
  private final LastRead<PromotionState> states = new LastRead<>(PromotionState.class, LOOKED_AT);

  PromotionStore(Jdbi jdbi, JournalStore journal) {
    this.jdbi = jdbi;
    this.journal = journal;
  }

  /**
   * A promotion.
   *
   * @param started whether its workflow was started for sure
   */
  record Row(
      String id,
      long place,
      PromotionInput input,
      PromotionState state,
      long chainLength,
      boolean started) {}

  /** A start that was asked for before under the same key. */
  record Before(String bodyHash, String promotion) {}

  Optional<Before> before(String person, String key) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    """
                    SELECT body_hash, result FROM idempotency
                    WHERE person = :person AND route = 'promotions' AND key = :key
                    """)
                .bind("person", person)
                .bind("key", key)
                .map((row, context) -> new Before(row.getString(1), row.getString(2)))
                .findOne());
  }

  /** The next free id of a change: {@code <change>-<n>}. */
  String nextId(String change) {
    int number =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(
                        """
                        INSERT INTO change_number (name, last) VALUES (:name, 1)
                        ON CONFLICT (name) DO UPDATE SET last = change_number.last + 1
                        RETURNING last
                        """)
                    .bind("name", change)
                    .mapTo(Integer.class)
                    .one());
    return change + "-" + number;
  }

  /**
   * Keeps a promotion with its first entry.
   *
   * @param key of the request; absent for none
   */
  void create(PromotionInput input, PromotionState state, Optional<String> key, String bodyHash) {
    jdbi.useTransaction(
        handle -> {
          handle
              .createUpdate(
                  """
                  INSERT INTO promotion (id, change_hash, change_name, requested_by, input, state,
                    status, environment, chain_hash)
                  VALUES (:id, :hash, :name, :person, :input, :state, :status, '', :start)
                  """)
              .bind("id", input.id())
              .bind("hash", input.change())
              .bind("name", state.changeName())
              .bind("person", state.requestedBy())
              .bind("input", Json.text(input))
              .bind("state", Json.text(state))
              .bind("status", state.status().name())
              .bind("start", Chained.START)
              .execute();
          journal.begin(handle, input.id(), input.requested(), input.requestedAt());
          if (key.isPresent()) {
            handle
                .createUpdate(
                    """
                    INSERT INTO idempotency (person, route, key, body_hash, result)
                    VALUES (:person, 'promotions', :key, :body, :id)
                    """)
                .bind("person", state.requestedBy())
                .bind("key", key.get())
                .bind("body", bodyHash)
                .bind("id", input.id())
                .execute();
          }
        });
  }

  void started(String id) {
    jdbi.useHandle(
        handle ->
            handle
                .createUpdate("UPDATE promotion SET started = true WHERE id = :id")
                .bind("id", id)
                .execute());
  }

  /**
   * As if it had never been asked for: its workflow was not started. One that has written into its
   * journal was, whatever a call to Temporal says.
   */
  void forgetUnbegun(String id) {
    jdbi.useTransaction(
        handle -> {
          long length =
              handle
                  .createQuery("SELECT chain_length FROM promotion WHERE id = :id FOR UPDATE")
                  .bind("id", id)
                  .mapTo(Long.class)
                  .findOne()
                  .orElse(0L);
          if (length > 1) {
            return;
          }
          handle.execute("DELETE FROM idempotency WHERE route = 'promotions' AND result = ?", id);
          handle.execute("DELETE FROM journal WHERE promotion_id = ?", id);
          handle.execute("DELETE FROM promotion WHERE id = ?", id);
        });
  }

  Optional<Row> find(String id) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT " + COLUMNS + " FROM promotion WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> row(row))
                .findOne());
  }

  /** Those that have not ended. */
  List<Row> open() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT "
                        + COLUMNS
                        + " FROM promotion"
                        + " WHERE status NOT IN ('COMPLETE', 'ROLLED_BACK', 'ABORTED', 'FAILED')"
                        + " ORDER BY place")
                .map((row, context) -> row(row))
                .list());
  }

  /** Newest first, those before a place that pass a filter. */
  List<Row> list(
      Optional<String> status,
      Optional<String> environment,
      Optional<String> change,
      long before,
      int limit) {
    Function<Optional<String>, String> any = value -> value.orElse("");
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT "
                        + COLUMNS
                        + " FROM promotion WHERE place < :before"
                        + " AND (:status = '' OR status = :status)"
                        + " AND (:environment = '' OR environment = :environment)"
                        + " AND (:change = '' OR change_name = :change OR change_hash = :change)"
                        + " ORDER BY place DESC LIMIT :limit")
                .bind("before", before)
                .bind("status", any.apply(status))
                .bind("environment", any.apply(environment))
                .bind("change", any.apply(change))
                .bind("limit", limit)
                .map((row, context) -> row(row))
                .list());
  }

  private Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getString("id"),
        row.getLong("place"),
        inputs.of(row.getString("input")),
        states.of(row.getString("state")),
        row.getLong("chain_length"),
        row.getBoolean("started"));
  }
}
