package io.lockkeeper.api.promotions;

import io.lockkeeper.activity.Progress;
import io.lockkeeper.api.changes.ChangeStore;
import io.lockkeeper.api.environments.EnvironmentStore;
import io.lockkeeper.api.journal.JournalStore;
import io.lockkeeper.api.policy.Policy;
import io.lockkeeper.journal.Status;
import io.lockkeeper.promotion.Known;
import io.lockkeeper.promotion.PromotionState;
import io.lockkeeper.signoff.SigningKey;
import io.lockkeeper.soak.SoakOrder;
import io.temporal.client.WorkflowClient;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.Jdbi;

/** What the rest of the control plane needs of promotions. */
public final class Promotions {
  /** Of so many promotions of a change the times are looked for. */
  private static final int MEASURED = 50;

  private final PromotionStore store;
  private final Starts starts;
  private final ProgressReader progress;
  private final SoakReader soaks;
  private final PromotionsResource resource;

  public Promotions(
      Jdbi jdbi,
      JournalStore journal,
      ChangeStore changes,
      EnvironmentStore environments,
      Policy policy,
      SigningKey key,
      WorkflowClient client) {
    this.store = new PromotionStore(jdbi, journal);
    this.starts = new Starts(store, changes, environments, policy, key, client);
    this.progress = new ProgressReader(client);
    this.soaks = new SoakReader(client);
    this.resource =
        new PromotionsResource(
            store,
            starts,
            new ActService(store, journal, environments, changes, key, client),
            progress,
            journal);
  }

  public PromotionsResource resource() {
    return resource;
  }

  public Optional<PromotionState> state(String id) {
    return store.find(id).map(PromotionStore.Row::state);
  }

  /** What its activity does right now. */
  public Optional<Progress> progress(String id) {
    return progress.of(id).progress();
  }

  /** Its soaks and watches that are not over, with what they have seen so far. */
  public List<SoakOrder> observing(String id) {
    return state(id).filter(state -> state.endedAt().isEmpty()).isPresent()
        ? soaks.of(id)
        : List.of();
  }

  public boolean exists(String id) {
    return store.find(id).isPresent();
  }

  /** A promotion that waits for somebody. */
  public record Awaiting(String promotion, String role, String sentence) {}

  /** Gates that wait for one of the roles, and not for who asked. */
  public List<Awaiting> awaiting(String person, Set<String> roles) {
    return store.open().stream()
        .filter(row -> !row.state().requestedBy().equals(person))
        .flatMap(
            row ->
                row.state().pending().stream()
                    .filter(pending -> roles.contains(pending.role()))
                    .map(pending -> new Awaiting(row.id(), pending.role(), row.state().sentence())))
        .toList();
  }

  /** How many promotions stand where, for metrics. */
  public Map<Status, Integer> openByStatus() {
    Map<Status, Integer> counts = new LinkedHashMap<>();
    store.open().forEach(row -> counts.merge(row.state().status(), 1, Integer::sum));
    return counts;
  }

  /** What promotions of a change have measured of it, the newest first. */
  public List<Known> measured(ChangeStore.Stored change) {
    return store
        .list(
            Optional.empty(),
            Optional.empty(),
            Optional.of(change.name()),
            Long.MAX_VALUE,
            MEASURED)
        .stream()
        .filter(row -> row.input().change().equals(change.hash()))
        .map(row -> row.state().known())
        .toList();
  }

  /** Once the API is up: starts what a crash left in doubt. */
  public void startDoubtful() {
    starts.startDoubtful();
  }
}
