package io.lockkeeper.api.environments;

import io.lockkeeper.environment.EnvironmentFacts;
import io.lockkeeper.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;

/** What workers announced last. */
public final class EnvironmentStore {
  /** A worker announces itself every few seconds; after so long it is taken to be away. */
  static final Duration FRESH = Duration.ofSeconds(60);

  private final Jdbi jdbi;

  public EnvironmentStore(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /** An environment with when its worker was last heard of. */
  public record Seen(EnvironmentFacts facts, String worker, Instant seenAt, boolean present) {}

  public void announced(String worker, List<EnvironmentFacts> environments) {
    jdbi.useTransaction(
        handle ->
            environments.forEach(
                facts ->
                    handle
                        .createUpdate(
                            """
                            INSERT INTO environment (name, worker, facts, seen_at)
                            VALUES (:name, :worker, :facts, :now)
                            ON CONFLICT (name) DO UPDATE SET
                              worker = EXCLUDED.worker, facts = EXCLUDED.facts,
                              seen_at = EXCLUDED.seen_at
                            """)
                        .bind("name", facts.name())
                        .bind("worker", worker)
                        .bind("facts", Json.text(facts))
                        .bind("now", Instant.now().atOffset(ZoneOffset.UTC))
                        .execute()));
  }

  public List<Seen> all() {
    Instant fresh = Instant.now().minus(FRESH);
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery("SELECT worker, facts, seen_at FROM environment ORDER BY name")
                .map(
                    (row, context) -> {
                      Instant seen = row.getTimestamp("seen_at").toInstant();
                      return new Seen(
                          Json.read(row.getString("facts"), EnvironmentFacts.class),
                          row.getString("worker"),
                          seen,
                          seen.isAfter(fresh));
                    })
                .list());
  }

  /** Those whose worker is there, by name. */
  public Map<String, EnvironmentFacts> present() {
    Map<String, EnvironmentFacts> present = new LinkedHashMap<>();
    all().stream()
        .filter(Seen::present)
        .forEach(seen -> present.put(seen.facts().name(), seen.facts()));
    return present;
  }
}
