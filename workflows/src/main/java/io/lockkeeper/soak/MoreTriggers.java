package io.lockkeeper.soak;

import io.lockkeeper.limit.Trigger;
import java.util.List;

/** Triggers that a person added: from now on they are watched too. */
public record MoreTriggers(List<Trigger> triggers) {
  public MoreTriggers {
    triggers = List.copyOf(triggers);
  }
}
