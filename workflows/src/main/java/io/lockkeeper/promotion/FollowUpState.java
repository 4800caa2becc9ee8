package io.lockkeeper.promotion;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.lockkeeper.change.FollowUp.Kind;
import io.lockkeeper.journal.Event;
import java.time.Instant;

/**
 * Something that is left to do once a promotion is over, as it stands.
 *
 * @param role who confirms what is asked, and takes over what does not pass
 * @param due when it is done or asked for the first time
 * @param sentence what became of it, for people; empty before it is due
 */
public record FollowUpState(
    String name,
    Kind kind,
    String title,
    String role,
    Instant due,
    Standing standing,
    String sentence) {

  /** Where it stands. */
  public enum Standing {
    /** Its time has not come. */
    @JsonProperty("waiting")
    WAITING,
    /** Somebody is asked, or it did not pass: it is tried again, and somebody may take it over. */
    @JsonProperty("due")
    DUE,
    /** It passed, or somebody confirmed it, took it over, or called all of them off. */
    @JsonProperty("done")
    DONE
  }

  static FollowUpState of(Event.FollowUp item) {
    return new FollowUpState(
        item.name(), item.kind(), item.title(), item.role(), item.due(), Standing.WAITING, "");
  }

  FollowUpState now(Standing now, String words) {
    return new FollowUpState(name, kind, title, role, due, now, words);
  }

  public boolean open() {
    return standing != Standing.DONE;
  }
}
