package io.lockkeeper.rollback;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What has been begun, in order, each once. */
public final class Compensations {
  private final List<Compensation> registered = new ArrayList<>();

  /** Before the act. Registering again what is there already changes nothing. */
  public void register(Compensation compensation) {
    if (!registered.contains(compensation)) {
      registered.add(compensation);
    }
  }

  /** After it was undone. */
  public void forget(Compensation compensation) {
    registered.remove(compensation);
  }

  /** Of one environment, last begun first. */
  public List<Compensation> reversed(String environment) {
    List<Compensation> reversed =
        new ArrayList<>(
            registered.stream().filter(c -> c.environment().equals(environment)).toList());
    Collections.reverse(reversed);
    return reversed;
  }

  /** Environments in which something was begun and not undone, in order. */
  public List<String> environments() {
    return registered.stream().map(Compensation::environment).distinct().toList();
  }
}
