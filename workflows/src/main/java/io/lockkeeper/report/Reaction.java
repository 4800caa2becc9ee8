package io.lockkeeper.report;

import io.lockkeeper.journal.Chained;
import io.lockkeeper.journal.Entry;
import io.lockkeeper.journal.Event;
import io.lockkeeper.journal.Sentences;
import io.lockkeeper.signoff.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How soon a person's wish to stop took effect, by the workflow's clock.
 *
 * @param asked when it was accepted
 * @param effect what came of it; absent where nothing has yet
 * @param after from the one to the other
 */
record Reaction(Instant asked, String act, Optional<String> effect, Optional<Duration> after) {

  /** Of every pause, abort and rollback that a person asked for, in order. */
  static List<Reaction> of(List<Chained> chain) {
    List<Reaction> reactions = new ArrayList<>();
    for (int i = 0; i < chain.size(); i++) {
      Entry entry = chain.get(i).entry();
      if (entry.event() instanceof Event.ActAccepted act && stops(act.action())) {
        Optional<Entry> effect =
            chain.subList(i + 1, chain.size()).stream()
                .map(Chained::entry)
                .filter(later -> later.writer().equals(entry.writer()))
                .filter(later -> isEffect(act.action(), later.event()))
                .findFirst();
        reactions.add(
            new Reaction(
                entry.at(),
                Sentences.of(act),
                effect.map(e -> Sentences.of(e.event())),
                effect.map(e -> Duration.between(entry.at(), e.at()))));
      }
    }
    return reactions;
  }

  private static boolean stops(Action action) {
    return action.safe() || action == Action.ROLLBACK;
  }

  /** A pause waits for the step that runs; the others cut it off. */
  private static boolean isEffect(Action action, Event event) {
    return action == Action.PAUSE
        ? event instanceof Event.Paused
        : event instanceof Event.StepEnded
            || event instanceof Event.RollbackStarted
            || event instanceof Event.Ended;
  }
}
