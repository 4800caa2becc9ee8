package io.lockkeeper.step;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.lockkeeper.limit.Durations;
import java.time.Duration;
import java.util.Optional;

/**
 * One act. It carries only what tells it from others of its kind: all else stands in the bundle,
 * which the worker reads by the signed hash.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "step")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Step.Precheck.class, name = "precheck"),
  @JsonSubTypes.Type(value = Step.Hold.class, name = "hold"),
  @JsonSubTypes.Type(value = Step.Baseline.class, name = "baseline"),
  @JsonSubTypes.Type(value = Step.Measure.class, name = "measure"),
  @JsonSubTypes.Type(value = Step.Backup.class, name = "backup"),
  @JsonSubTypes.Type(value = Step.Apply.class, name = "apply"),
  @JsonSubTypes.Type(value = Step.Revert.class, name = "revert"),
  @JsonSubTypes.Type(value = Step.Maintain.class, name = "maintain"),
  @JsonSubTypes.Type(value = Step.Restore.class, name = "restore"),
  @JsonSubTypes.Type(value = Step.Verify.class, name = "verify"),
  @JsonSubTypes.Type(value = Step.Compare.class, name = "compare"),
  @JsonSubTypes.Type(value = Step.Sql.class, name = "sql"),
  @JsonSubTypes.Type(value = Step.Undo.class, name = "undo"),
  @JsonSubTypes.Type(value = Step.Check.class, name = "check"),
  @JsonSubTypes.Type(value = Step.Release.class, name = "release")
})
public sealed interface Step {

  StepKind kind();

  /** Unique in its stage; stands in the API, the journal and the ledger. */
  String name();

  /** A few words for people. */
  String title();

  /** Whether it changes the target, so that it needs a grant and its intent in the journal. */
  default boolean forward() {
    return true;
  }

  /** Facts, limits and checks that must hold before anything is done. */
  record Precheck() implements Step {
    @Override
    public StepKind kind() {
      return StepKind.PRECHECK;
    }

    @Override
    public String name() {
      return "precheck";
    }

    @Override
    public String title() {
      return "check what must hold before anything is done";
    }

    @Override
    public boolean forward() {
      return false;
    }
  }

  /** The grant is verified and written into the ledger, and the target is held. */
  record Hold() implements Step {
    @Override
    public StepKind kind() {
      return StepKind.HOLD;
    }

    @Override
    public String name() {
      return "hold";
    }

    @Override
    public String title() {
      return "verify the grant and hold the target";
    }
  }

  /**
   * Probes, live figures and checks before the change, and the schema's fingerprint.
   *
   * @param rounds of the probes that a soak or watch is held against; absent where none is, and in
   *     steps of earlier versions: the runs in one go serve then
   */
  record Baseline(@JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Rounds> rounds)
      implements Step {

    /**
     * How rounds of probes are spread over time.
     *
     * @param lasts from the first to the end of the last
     * @param every from the beginning of one to that of the next, where it is over by then
     */
    public record Rounds(Duration lasts, Duration every) {
      public Rounds {
        if (every.isNegative() || every.isZero() || lasts.compareTo(every) < 0) {
          throw new IllegalArgumentException("no round every " + every + " for " + lasts);
        }
      }
    }

    /** With runs in one go alone. */
    public Baseline() {
      this(Optional.empty());
    }

    @Override
    public StepKind kind() {
      return StepKind.BASELINE;
    }

    @Override
    public String name() {
      return "baseline";
    }

    @Override
    public String title() {
      return "measure before the change"
          + rounds.map(r -> ", for " + Durations.print(r.lasts())).orElse("");
    }
  }

  /**
   * Puts measures on the target in force, or puts back what was found before them.
   *
   * @param back whether it puts back: that reads what the ledger knows, and nothing else
   * @param of the step that the author wrote, whose measures they are; absent for those of the
   *     environment, and in steps of earlier versions
   */
  record Measure(boolean back, Optional<Written> of) implements Step {

    /** Those of the environment. */
    public Measure(boolean back) {
      this(back, Optional.empty());
    }

    @Override
    public StepKind kind() {
      return StepKind.MEASURE;
    }

    @Override
    public String name() {
      String put = of.map(Written::name).orElse("measures");
      return back ? "measures-back" + of.map(written -> "-" + written.name()).orElse("") : put;
    }

    @Override
    public String title() {
      String whose = of.map(written -> " of " + written.name()).orElse("");
      return back
          ? "put the measures" + whose + " back"
          : of.map(Written::title).orElse("put the measures in force");
    }

    @Override
    public boolean forward() {
      return !back && of.filter(written -> written.at().back()).isEmpty();
    }
  }

  /**
   * A backup.
   *
   * @param verified whether it is restored into a scratch database and compared
   * @param latest whether one that was taken elsewhere is looked for and verified; false in steps
   *     of earlier versions
   */
  record Backup(boolean verified, boolean latest) implements Step {

    /** One that is taken now. */
    public Backup(boolean verified) {
      this(verified, false);
    }

    @Override
    public StepKind kind() {
      return StepKind.BACKUP;
    }

    @Override
    public String name() {
      return "backup";
    }

    @Override
    public String title() {
      if (latest) {
        return "find the latest backup and verify it";
      }
      return verified ? "take a backup and verify it" : "take a backup";
    }
  }

  /**
   * One section.
   *
   * @param section its name
   */
  record Apply(String section, Pass pass) implements Step {
    @Override
    public StepKind kind() {
      return StepKind.APPLY;
    }

    @Override
    public String name() {
      return (pass == Pass.REHEARSAL ? "rehearse-" : "apply-") + section;
    }

    @Override
    public String title() {
      return (pass == Pass.REHEARSAL ? "rehearse section " : "apply section ") + section;
    }
  }

  /** Takes back what the ledger says was applied of one section. */
  record Revert(String section, Pass pass) implements Step {
    @Override
    public StepKind kind() {
      return StepKind.REVERT;
    }

    @Override
    public String name() {
      return "revert-" + section;
    }

    @Override
    public String title() {
      return "take back section " + section;
    }

    @Override
    public boolean forward() {
      return false;
    }
  }

  /** {@code VACUUM (ANALYZE)} of the tables that a change touched, once it is taken back. */
  record Maintain() implements Step {
    @Override
    public StepKind kind() {
      return StepKind.MAINTAIN;
    }

    @Override
    public String name() {
      return "vacuum-analyze";
    }

    @Override
    public String title() {
      return "vacuum and analyze the tables that it touched";
    }

    @Override
    public boolean forward() {
      return false;
    }
  }

  /**
   * A backup is restored beside the database and takes its place, or gives it back.
   *
   * @param change whose newest backup it is; absent for the promotion's own
   * @param back whether the database from before takes its place again; false in steps of earlier
   *     versions
   */
  record Restore(Optional<String> change, boolean back) implements Step {

    /** One that brings the backup. */
    public Restore(Optional<String> change) {
      this(change, false);
    }

    /** One that gives the place back. */
    public static Restore swapBack() {
      return new Restore(Optional.empty(), true);
    }

    @Override
    public StepKind kind() {
      return StepKind.RESTORE;
    }

    @Override
    public String name() {
      return back ? "swap-back" : "restore";
    }

    @Override
    public String title() {
      if (back) {
        return "swap the database from before the restore in again";
      }
      return "restore the backup"
          + change.map(name -> " of " + name).orElse("")
          + " beside and swap it in";
    }

    @Override
    public boolean forward() {
      return false;
    }
  }

  /**
   * Looks whether things are as they should be.
   *
   * @param section whose checks are made; absent for all other subjects
   */
  record Verify(Subject subject, Optional<String> section) implements Step {

    public Verify(Subject subject) {
      this(subject, Optional.empty());
    }

    /** The checks that one section names: they pass before the next section begins. */
    public static Verify section(String section) {
      return new Verify(Subject.SECTION, Optional.of(section));
    }

    /** What is looked at. */
    public enum Subject {
      /** After a revert: the fingerprint is the one from before. */
      REVERTED,
      /** After steps and sections are taken back: the one from before the first step. */
      ALL_REVERTED,
      /** After applying: every object is there and valid. */
      OBJECTS,
      /** The checks of the moment after. */
      CHECKS,
      /** The checks of the moment rolled_back. */
      CHECKS_ROLLED_BACK,
      /** The checks that one section names. */
      SECTION,
      /** What a rollback would do now. */
      WAY_BACK
    }

    public Verify {
      if (section.isPresent() != (subject == Subject.SECTION)) {
        throw new IllegalArgumentException("a section for " + subject);
      }
    }

    @Override
    public StepKind kind() {
      return StepKind.VERIFY;
    }

    @Override
    public String name() {
      return switch (subject) {
        case REVERTED -> "verify-reverted";
        case ALL_REVERTED -> "verify-all-reverted";
        case OBJECTS -> "verify-objects";
        case CHECKS -> "verify-checks";
        case CHECKS_ROLLED_BACK -> "verify-rolled-back";
        case SECTION -> "check-" + section.orElseThrow();
        case WAY_BACK -> "verify-way-back";
      };
    }

    @Override
    public String title() {
      return switch (subject) {
        case REVERTED -> "compare the fingerprint with the one before";
        case ALL_REVERTED -> "compare the fingerprint with the one before the first step";
        case OBJECTS -> "look whether every object is there and valid";
        case CHECKS -> "check after the change";
        case CHECKS_ROLLED_BACK -> "check after the rollback";
        case SECTION -> "check after section " + section.orElseThrow();
        case WAY_BACK -> "look what a rollback would do now";
      };
    }

    @Override
    public boolean forward() {
      return false;
    }
  }

  /**
   * The same probes with the same parameters, compared with the baseline.
   *
   * @param of the follow-up that names some of them; absent for all of them, right after the change
   */
  record Compare(Optional<Written> of) implements Step {

    /** All of them. */
    public Compare() {
      this(Optional.empty());
    }

    @Override
    public StepKind kind() {
      return StepKind.COMPARE;
    }

    @Override
    public String name() {
      return of.map(Written::name).orElse("compare");
    }

    @Override
    public String title() {
      return of.map(Written::title).orElse("measure after the change and compare");
    }

    @Override
    public boolean forward() {
      return false;
    }
  }

  /**
   * Statements that the author wrote beside the sections.
   *
   * @param way what a rollback does about them
   */
  record Sql(Written of, Way way) implements Step {

    /** What a rollback does about a step. */
    public enum Way {
      /** It runs its undo. */
      @JsonProperty("undone")
      UNDONE,
      /** It leaves it as it is. */
      @JsonProperty("kept")
      KEPT,
      /** It is a step of the rollback itself. */
      @JsonProperty("back")
      BACK
    }

    public Sql {
      if ((way == Way.BACK) != of.at().back()) {
        throw new IllegalArgumentException(of.name() + " is " + way);
      }
    }

    @Override
    public StepKind kind() {
      return StepKind.SQL;
    }

    @Override
    public String name() {
      return of.name();
    }

    @Override
    public String title() {
      return of.title();
    }

    @Override
    public boolean forward() {
      return way != Way.BACK;
    }
  }

  /** Takes back what the ledger says was done of one step that the author wrote. */
  record Undo(Written of) implements Step {
    @Override
    public StepKind kind() {
      return StepKind.UNDO;
    }

    @Override
    public String name() {
      return "undo-" + of.name();
    }

    @Override
    public String title() {
      return "undo " + of.title();
    }

    @Override
    public boolean forward() {
      return false;
    }
  }

  /** One check of the change, made where its author put it. */
  record Check(Written of) implements Step {
    @Override
    public StepKind kind() {
      return StepKind.CHECK;
    }

    @Override
    public String name() {
      return of.name();
    }

    @Override
    public String title() {
      return of.title();
    }

    @Override
    public boolean forward() {
      return false;
    }
  }

  /**
   * Lets the target go.
   *
   * @param closes whether the promotion is over here: nothing forward runs after it
   * @param follows how it ended, where the follow-ups of that end may run after it all the same;
   *     absent where none may, and in steps of earlier versions
   */
  record Release(boolean closes, Optional<String> follows) implements Step {

    /** One that nothing follows. */
    public Release(boolean closes) {
      this(closes, Optional.empty());
    }

    @Override
    public StepKind kind() {
      return StepKind.RELEASE;
    }

    @Override
    public String name() {
      return closes ? "close" : "release";
    }

    @Override
    public String title() {
      return closes ? "close the grant" : "let the target go";
    }

    @Override
    public boolean forward() {
      return false;
    }
  }
}
