package io.lockkeeper.report;

import io.lockkeeper.change.Change.Next;
import io.lockkeeper.journal.Status;
import io.lockkeeper.promotion.ForecastRow;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A promotion as an auditor keeps it. Times are seconds, sizes bytes.
 *
 * @param shortened which times were shortened; empty where none was
 * @param carries environments that carry the change now
 * @param journalLength entries in the chain when the report was made
 * @param journalHash of the last of them
 * @param next changes that this one unlocked; empty unless it is COMPLETE
 * @param outlooks what was forecast for each environment, beside what was measured
 * @param observing soaks and watches that are not over, with what they have seen so far
 * @param waysBack what a rollback would have done, each time somebody else had changed something
 */
public record Report(
    String promotion,
    String change,
    String changeHash,
    String why,
    String requestedBy,
    String reason,
    Status status,
    String sentence,
    String shortened,
    Instant startedAt,
    Optional<Instant> endedAt,
    List<Place> environments,
    List<Stage> stages,
    List<Comparison> comparisons,
    List<Applied> applied,
    List<Backup> backups,
    List<Objects> objects,
    List<Fingerprint> fingerprints,
    List<Checks> checks,
    List<Observed> observed,
    List<SignOff> signOffs,
    List<Rollback> rollbacks,
    List<Attachment> attachments,
    List<String> carries,
    List<Line> timeline,
    long journalLength,
    String journalHash,
    List<Next> next,
    List<Outlook> outlooks,
    List<WayBackSeen> waysBack,
    List<Observing> observing) {

  /** Where the change went. */
  public record Place(
      String environment,
      String server,
      String database,
      String role,
      long databaseSize,
      Optional<Long> databaseSizeAtBaseline) {}

  /** A stage with its steps. */
  public record Stage(
      String name,
      String kind,
      String environment,
      Optional<Verdict> verdict,
      String sentence,
      Optional<Instant> startedAt,
      Optional<Instant> endedAt,
      List<Step> steps) {
    public Stage {
      steps = List.copyOf(steps);
    }
  }

  /** A step's last attempt. */
  public record Step(
      String name, String title, Optional<Verdict> verdict, String sentence, double seconds) {}

  /** The seed's table of one environment: a row a probe, and the average. */
  public record Comparison(String environment, Evidence.Comparisons table) {}

  /**
   * Time of every unit, environments side by side.
   *
   * @param pass {@code rehearse} or {@code apply}
   * @param seconds by environment
   */
  public record Applied(
      String section, String unit, String pass, String digest, Map<String, Double> seconds) {
    public Applied {
      seconds = Map.copyOf(seconds);
    }
  }

  /**
   * What the environment before told of one.
   *
   * @param likeness how far it was like it, with its figures
   */
  public record Outlook(
      String environment,
      String from,
      Verdict verdict,
      List<Evidence.Item> likeness,
      List<ForecastRow> sections) {
    public Outlook {
      likeness = List.copyOf(likeness);
      sections = List.copyOf(sections);
    }
  }

  /** What a rollback of one environment would have done then. */
  public record WayBackSeen(
      String environment, Instant at, Verdict verdict, String sentence, Evidence.WayBackNow now) {}

  /** A backup of one environment. */
  public record Backup(String environment, Evidence.BackupTaken taken) {}

  /** What the change made in one environment. */
  public record Objects(String environment, Evidence.Objects state) {}

  /** A comparison of fingerprints. */
  public record Fingerprint(String environment, String step, Evidence.Fingerprints compared) {}

  /** Checks of one step. */
  public record Checks(String environment, String step, List<Evidence.Item> items) {
    public Checks {
      items = List.copyOf(items);
    }
  }

  /**
   * A soak or watch with its samples.
   *
   * @param judged a line each trigger and metric, in the order of the samples' triggers
   * @param seriesKeptUntil when windows of its series were removed last; absent where all are kept,
   *     or never were
   * @param seriesKeptFrom from when on its series are still kept; absent where all are, or none
   * @param statements texts of those that take more time, by id, without values
   */
  public record Observed(
      String stage,
      Verdict verdict,
      String sentence,
      Evidence.Samples samples,
      List<Judged> judged,
      Optional<Instant> seriesKeptUntil,
      Optional<Instant> seriesKeptFrom,
      Map<String, String> statements) {
    public Observed {
      judged = List.copyOf(judged);
      statements = Map.copyOf(statements);
    }

    /** As its journal alone tells of it. */
    public Observed(String stage, Verdict verdict, String sentence, Evidence.Samples samples) {
      this(
          stage,
          verdict,
          sentence,
          samples,
          List.of(),
          Optional.empty(),
          Optional.empty(),
          Map.of());
    }
  }

  /**
   * A soak or watch that is not over, with what the windows tell that have ended; it has no verdict
   * yet.
   *
   * @param deadline when it ends
   * @param samples until the end of the last of these windows
   */
  public record Observing(
      String stage,
      Instant deadline,
      Evidence.Samples samples,
      List<Judged> judged,
      Map<String, String> statements) {
    public Observing {
      judged = List.copyOf(judged);
      statements = Map.copyOf(statements);
    }

    /** Whether a window has ended. */
    boolean hasSeen() {
      return !samples.metrics().isEmpty();
    }

    /** To be drawn like one that has ended. */
    Observed seen() {
      return new Observed(
          stage,
          Verdict.INCONCLUSIVE,
          "",
          samples,
          judged,
          Optional.empty(),
          Optional.empty(),
          statements);
    }
  }

  /**
   * A trigger on one metric.
   *
   * @param trigger as it was written
   * @param because why it is there; empty where nobody said
   * @param state how it stood at the end
   * @param worst figure of the stage, nearest to a breach or beyond it; absent where none was
   *     taken, where the limit is of a kind that has no worst, and where windows are gone of which
   *     the journal does not tell it
   * @param at when that was; absent where its window is gone
   * @param did what it did, for people
   */
  public record Judged(
      String trigger,
      String because,
      String metric,
      String state,
      Optional<Double> worst,
      Optional<Instant> at,
      String did,
      String sentence) {}

  /** A decision at a gate. */
  public record SignOff(
      String stage,
      String role,
      String person,
      String decision,
      String comment,
      String evidenceHash,
      Instant at) {}

  /** A way back that was gone. */
  public record Rollback(
      String environment,
      String option,
      String because,
      Optional<Verdict> verdict,
      String sentence,
      List<String> left,
      double seconds) {
    public Rollback {
      left = List.copyOf(left);
    }
  }

  /**
   * One line of the timeline.
   *
   * @param late whether it was written after its effect
   */
  public record Line(long place, Instant at, String writer, String sentence, boolean late) {}
}
