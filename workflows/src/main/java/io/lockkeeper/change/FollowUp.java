package io.lockkeeper.change;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What is left to do once a promotion is over.
 *
 * @param name {@code [a-z][a-z0-9-]*}, unique in its change
 * @param after how long after the change was applied; where it was taken back, after that
 * @param role who confirms what is asked, and takes over what does not pass
 * @param outcome the end of the promotion that it follows
 */
public record FollowUp(String name, Duration after, Task task, String role, Outcome outcome) {

  /** The ends that something follows. */
  public enum Outcome {
    @JsonProperty("complete")
    COMPLETE,
    @JsonProperty("rolled_back")
    ROLLED_BACK;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What kind of task it is. */
  public enum Kind {
    @JsonProperty("sql")
    SQL,
    @JsonProperty("ask")
    ASK,
    @JsonProperty("check")
    CHECK,
    @JsonProperty("probe")
    PROBE
  }

  /** What is done. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Sql.class, name = "sql"),
    @JsonSubTypes.Type(value = Ask.class, name = "ask"),
    @JsonSubTypes.Type(value = OfCheck.class, name = "check"),
    @JsonSubTypes.Type(value = OfProbes.class, name = "probe")
  })
  public sealed interface Task {
    Kind kind();
  }

  /**
   * Statements, run once; nothing takes them back.
   *
   * @param sql themselves, also where they were read from a file
   */
  public record Sql(String sql) implements Task {
    @Override
    public Kind kind() {
      return Kind.SQL;
    }
  }

  /** Somebody in the role confirms it, with a text. */
  public record Ask(String text) implements Task {
    @Override
    public Kind kind() {
      return Kind.ASK;
    }
  }

  /** A check of the change, by name. */
  public record OfCheck(String check) implements Task {
    @Override
    public Kind kind() {
      return Kind.CHECK;
    }
  }

  /** Probes of the change, by name, measured again and compared with the baseline. */
  public record OfProbes(List<String> probes) implements Task {
    public OfProbes {
      probes = List.copyOf(probes);
    }

    @Override
    public Kind kind() {
      return Kind.PROBE;
    }
  }

  /** As a step of the author's; nothing for what is none. */
  public Optional<WrittenStep> step() {
    if (task instanceof Sql sql) {
      return Optional.of(new WrittenStep.Sql(sql.sql(), Optional.empty(), Optional.empty()));
    }
    return task instanceof OfCheck check
        ? Optional.of(new WrittenStep.OfCheck(check.check()))
        : Optional.empty();
  }
}
