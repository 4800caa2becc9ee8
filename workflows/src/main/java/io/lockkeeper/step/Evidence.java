package io.lockkeeper.step;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.lockkeeper.environment.TargetLook;
import io.lockkeeper.limit.Trigger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What proves a step's verdict: names, counts, times and digests, never row values, never SQL.
 * Times are seconds, sizes bytes.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Evidence.Prechecks.class, name = "prechecks"),
  @JsonSubTypes.Type(value = Evidence.Grant.class, name = "grant"),
  @JsonSubTypes.Type(value = Evidence.Figures.class, name = "figures"),
  @JsonSubTypes.Type(value = Evidence.Measures.class, name = "measures"),
  @JsonSubTypes.Type(value = Evidence.BackupTaken.class, name = "backup"),
  @JsonSubTypes.Type(value = Evidence.Restored.class, name = "restored"),
  @JsonSubTypes.Type(value = Evidence.SwappedBack.class, name = "swapped_back"),
  @JsonSubTypes.Type(value = Evidence.Units.class, name = "units"),
  @JsonSubTypes.Type(value = Evidence.Objects.class, name = "objects"),
  @JsonSubTypes.Type(value = Evidence.Fingerprints.class, name = "fingerprints"),
  @JsonSubTypes.Type(value = Evidence.Checks.class, name = "checks"),
  @JsonSubTypes.Type(value = Evidence.Comparisons.class, name = "comparisons"),
  @JsonSubTypes.Type(value = Evidence.Samples.class, name = "samples"),
  @JsonSubTypes.Type(value = Evidence.Outlook.class, name = "outlook"),
  @JsonSubTypes.Type(value = Evidence.WayBackNow.class, name = "way_back_now")
})
public sealed interface Evidence {

  /**
   * Where we are connected, and what was looked at before anything was done.
   *
   * @param server its {@code version()}
   * @param databaseSize pg_database_size
   * @param look what the target is like; absent where it could not be told, and in evidence of
   *     earlier versions
   */
  record Prechecks(
      String server,
      String database,
      String role,
      long databaseSize,
      List<Item> items,
      Optional<TargetLook> look)
      implements Evidence {
    public Prechecks {
      items = List.copyOf(items);
    }
  }

  /** One line of a list with a verdict of its own. */
  record Item(String name, Verdict verdict, String sentence) {}

  /**
   * What the environment before tells of this one.
   *
   * @param from the environment before
   * @param likeness how far it is like this one, a line each
   * @param sections how long each will take here
   */
  record Outlook(String from, List<Item> likeness, List<Expected> sections) implements Evidence {
    public Outlook {
      likeness = List.copyOf(likeness);
      sections = List.copyOf(sections);
    }
  }

  /**
   * How long one section will take.
   *
   * @param back taking it back; absent where nobody has measured that anywhere, though it was
   *     applied
   */
  record Expected(String section, Span forward, Optional<Span> back) {}

  /**
   * A time that was forecast.
   *
   * @param estimated seconds here; absent where what was measured tells nothing of here
   * @param measured seconds there; absent where nobody has measured it anywhere
   * @param source for people: {@code 2.1 s in staging × 3.4 by table size}
   */
  record Span(Optional<Double> estimated, Optional<Double> measured, String source) {

    /** What was measured in an environment before. */
    public Span(Optional<Double> estimated, double measured, String source) {
      this(estimated, Optional.of(measured), source);
    }

    /** Of which nothing is known. */
    public static Span unknown() {
      return new Span(Optional.empty(), Optional.empty(), "not measured anywhere");
    }
  }

  /** A grant as it stands in the ledger. */
  record Grant(List<String> signedBy, Instant validUntil) implements Evidence {
    public Grant {
      signedBy = List.copyOf(signedBy);
    }
  }

  /**
   * What was measured before the change, as limits of a baseline are held against it.
   *
   * @param live live figures by metric
   * @param fingerprint of the schema
   * @param derived what came out of two probes; none in evidence of earlier versions
   */
  record Figures(
      List<ProbeFigure> probes,
      Map<String, Double> live,
      String fingerprint,
      long databaseSize,
      List<Item> checks,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<DerivedFigure> derived)
      implements Evidence {
    public Figures {
      probes = List.copyOf(probes);
      live = Map.copyOf(live);
      checks = List.copyOf(checks);
      derived = derived == null ? List.of() : List.copyOf(derived);
    }
  }

  /**
   * What came out of two probes.
   *
   * @param p50 seconds, or a share of the other probe's
   * @param p95 in the same unit
   * @param ratio whether they are shares
   */
  record DerivedFigure(String probe, double p50, double p95, boolean ratio) {}

  /**
   * One probe, measured.
   *
   * @param p50 seconds, of the runs that count
   * @param p95 seconds
   * @param rows of the last run; for a request the answer's bytes
   * @param plan digest of the plan's shape; absent for requests
   * @param indexes that the plan names
   * @param blocks of one run of a query; absent for requests, where it could not be told, and in
   *     evidence of earlier versions
   */
  record ProbeFigure(
      String probe,
      int runs,
      double p50,
      double p95,
      long rows,
      Optional<String> plan,
      List<String> indexes,
      Optional<Blocks> blocks) {
    public ProbeFigure {
      indexes = List.copyOf(indexes);
    }

    /** Of which nobody knows what it touches. */
    public ProbeFigure(
        String probe,
        int runs,
        double p50,
        double p95,
        long rows,
        Optional<String> plan,
        List<String> indexes) {
      this(probe, runs, p50, p95, rows, plan, indexes, Optional.empty());
    }

    /** The same of other runs. */
    public ProbeFigure of(int number, double middle, double tail) {
      return new ProbeFigure(probe, number, middle, tail, rows, plan, indexes, blocks);
    }
  }

  /**
   * Blocks of shared memory that one run of a query touches, by all of its processes. Source: the
   * uppermost node of EXPLAIN (ANALYZE, BUFFERS) (PostgreSQL 12+).
   *
   * @param hit found there
   * @param read from the system, which may have had them in memory too
   */
  record Blocks(long hit, long read) {

    /** Of both: where a block is found differs from run to run, that it is needed does not. */
    public long all() {
      return hit + read;
    }
  }

  /**
   * Measures that were put in force, or back.
   *
   * @param ended sessions that were ended for it: pid, application, role, what they did
   * @param left who goes on as before, because he must not be ended
   */
  record Measures(List<Measure> measures, List<String> ended, List<String> left, double seconds)
      implements Evidence {
    public Measures {
      measures = List.copyOf(measures);
      ended = List.copyOf(ended);
      left = List.copyOf(left);
    }
  }

  /**
   * One measure.
   *
   * @param kind {@code read_only}, {@code connection_limit}, or the time-out's name
   * @param object {@code database NAME} or {@code role NAME}
   * @param put the value that was put, as the server keeps it
   * @param found the value before; absent where nothing was set
   * @param since on the target's clock
   * @param until when it is put back by itself if nobody renews it; absent once it was put back
   */
  record Measure(
      String kind,
      String object,
      String put,
      Optional<String> found,
      Instant since,
      Optional<Instant> until) {

    /** {@code read_only of database magnus on (before: not set)}. */
    public String text() {
      return kind + " of " + object + " " + put + " (before: " + found.orElse("not set") + ")";
    }
  }

  /**
   * A backup.
   *
   * @param id its name, unique in its directory
   * @param how {@code pg_dump}, {@code template} or {@code command}
   * @param sha256 of the file, or of the list of files with their hashes; absent where there is
   *     none
   * @param takenAt on the target's clock
   * @param verifiedAt absent where it was not verified
   * @param tables compared by their rows; zero where it was not verified
   * @param manifest digest of its manifest, as the target's ledger has it; absent, like all below,
   *     in evidence of earlier versions
   * @param lsn of the server's log when it was taken
   * @param systemIdentifier of the server
   * @param takenFor the promotion; empty for one that was taken by itself
   * @param age seconds on the target's clock when it was looked at
   * @param verifySeconds how long reading, restoring and comparing took
   */
  record BackupTaken(
      String id,
      String how,
      long size,
      Optional<String> sha256,
      double seconds,
      Instant takenAt,
      Optional<Instant> verifiedAt,
      int tables,
      long rows,
      Optional<String> manifest,
      Optional<String> lsn,
      Optional<String> systemIdentifier,
      Optional<String> takenFor,
      Optional<Double> age,
      Optional<Double> verifySeconds)
      implements Evidence {

    /**
     * How long restoring it takes, as far as that was measured when it was verified: a dump was
     * read, restored and compared then; a copy takes as long as it took. Absent where nothing was
     * restored, as far as it is known.
     */
    public Optional<Double> restoreSeconds() {
      Optional<Double> restored =
          verifySeconds.filter(known -> verifiedAt.isPresent() && tables > 0);
      return how.equals("template") ? restored.map(read -> seconds + read) : restored;
    }
  }

  /**
   * A backup that took the place of the live database.
   *
   * @param takenAt of the backup, on the target's clock
   * @param lost seconds from there to the swap: what was written in them is in the old one alone
   * @param tables compared by their rows
   * @param keptAs name of the database that was live before
   * @param drop the statement with which a person ends it
   * @param seconds from its begin to the swap; absent where an earlier attempt did a part of it,
   *     and in evidence of earlier versions
   */
  record Restored(
      String backup,
      String how,
      Instant takenAt,
      double lost,
      int tables,
      long rows,
      boolean fingerprint,
      String keptAs,
      String drop,
      long oldOid,
      long newOid,
      Optional<Double> seconds)
      implements Evidence {}

  /**
   * A database that took its place again.
   *
   * @param since when the restored one had taken its place, on the target's clock: what was written
   *     from then on is in that one alone
   * @param keptAs name of the restored one now
   * @param drop the statement with which a person ends it
   */
  record SwappedBack(Instant since, String keptAs, String drop, long oldOid, long newOid)
      implements Evidence {}

  /**
   * Units of a section, in the order in which they were run or taken back.
   *
   * @param guarded what was seen of the target meanwhile; absent where nobody looked
   */
  record Units(List<UnitOutcome> units, double seconds, Optional<Guarded> guarded)
      implements Evidence {
    public Units {
      units = List.copyOf(units);
    }

    public Units(List<UnitOutcome> units, double seconds) {
      this(units, seconds, Optional.empty());
    }

    public Units with(Guarded seen) {
      return new Units(units, seconds, Optional.of(seen));
    }
  }

  /**
   * What became of one unit.
   *
   * @param digest SHA-256 of its statements
   * @param outcome for people: {@code run}, {@code found already applied}, {@code taken back}
   * @param notices of the server while it ran
   * @param locks how it got and held its locks; absent where it did nothing, and in evidence of
   *     earlier versions
   */
  record UnitOutcome(
      int unit,
      String title,
      String digest,
      String outcome,
      double seconds,
      List<String> notices,
      Optional<Locks> locks) {
    public UnitOutcome {
      notices = List.copyOf(notices);
    }

    public UnitOutcome(
        int unit,
        String title,
        String digest,
        String outcome,
        double seconds,
        List<String> notices) {
      this(unit, title, digest, outcome, seconds, notices, Optional.empty());
    }
  }

  /**
   * How a unit got and held its locks.
   *
   * @param held seconds from a strong lock's acquisition to its commit, the longest where there
   *     were several transactions; absent where it holds none that reads or writes wait for
   * @param attempts how often they were asked for, from 1
   * @param blocked most sessions behind our backend in one look
   * @param causedWait seconds of the longest wait behind our backend that was seen
   */
  record Locks(Optional<Double> held, int attempts, int blocked, double causedWait) {

    /** Of both. */
    public Locks and(Locks other) {
      double longest = Math.max(held.orElse(0.0), other.held.orElse(0.0));
      return new Locks(
          held.isPresent() || other.held.isPresent() ? Optional.of(longest) : Optional.empty(),
          Math.max(attempts, other.attempts),
          Math.max(blocked, other.blocked),
          Math.max(causedWait, other.causedWait));
    }
  }

  /**
   * What was seen of the target while a section was applied or taken back.
   *
   * @param highest highest figure by metric, of each look; those that were not measured are left
   *     out
   * @param notes for people: limits that were crossed, who stood in the way, sessions that were
   *     ended; without SQL
   */
  record Guarded(Map<String, Double> highest, List<String> notes) {
    public Guarded {
      highest = Map.copyOf(highest);
      notes = List.copyOf(notes);
    }
  }

  /** Objects that the change makes. */
  record Objects(List<ObjectState> objects, List<String> missing, List<String> extra)
      implements Evidence {
    public Objects {
      objects = List.copyOf(objects);
      missing = List.copyOf(missing);
      extra = List.copyOf(extra);
    }
  }

  /**
   * One index.
   *
   * @param valid indisvalid, indisready and indislive of pg_index
   * @param scans of pg_stat_user_indexes
   */
  record ObjectState(String name, String table, boolean valid, long size, long scans) {}

  /**
   * Digests of the schema.
   *
   * @param differences that nothing explains
   * @param declared differences that the change says a rollback leaves; none in evidence of the
   *     first version
   */
  record Fingerprints(String before, String now, List<String> differences, List<String> declared)
      implements Evidence {
    public Fingerprints {
      differences = List.copyOf(differences);
      declared = declared == null ? List.of() : List.copyOf(declared);
    }
  }

  /**
   * What option A would do now.
   *
   * @param units in the order in which they would be taken back
   * @param differences of what the change touches, since it was applied
   */
  record WayBackNow(List<UnitNow> units, List<String> differences) implements Evidence {
    public WayBackNow {
      units = List.copyOf(units);
      differences = List.copyOf(differences);
    }
  }

  /**
   * What would become of one unit.
   *
   * @param left whether it would be left: somebody has to mend something first
   */
  record UnitNow(
      String section, int unit, String title, Finding finding, boolean left, String sentence) {

    /** What was found, the least trouble first. */
    public enum Finding {
      /** What it is about is as it was applied. */
      AS_APPROVED,
      /** It only maintains. */
      NOTHING,
      /** It stays, as the change says or because it was there before. */
      STAYS,
      /** It is of a kind that cannot be looked for. */
      UNKNOWN,
      /** What it would drop is not there any more. */
      GONE,
      /** Somebody changed what it is about, or made something of its name. */
      CHANGED,
      /** Something that was not there before hangs on what it would drop. */
      HELD,
      /** A later unit on the same table would be left. */
      WAITS,
      /** It goes forward only. */
      REFUSED
    }
  }

  /** Checks, each with its verdict. */
  record Checks(List<Item> checks) implements Evidence {
    public Checks {
      checks = List.copyOf(checks);
    }
  }

  /**
   * Probes after the change beside those before it.
   *
   * @param averageImprovement mean of the improvements of the core probes' p50, as a share; zero
   *     where none is core
   * @param totalImprovement of the sum of their p50, as a share
   */
  record Comparisons(List<Comparison> probes, double averageImprovement, double totalImprovement)
      implements Evidence {
    public Comparisons {
      probes = List.copyOf(probes);
    }
  }

  /**
   * One probe before and after.
   *
   * @param core whether the change is judged by it as a whole; the averages count these alone
   * @param beforeP50 absent, like the other figures before, where it could not be measured then
   * @param improvement {@code (before - after) / before} of p50; zero where there is none before
   * @param ratio whether its figures are shares of another probe's, and not seconds
   * @param slower size of the effect: the share of pairs of runs in which the one after took
   *     longer; one half where nothing has changed; absent where no runs were kept
   * @param chance how often accident alone moves the runs as far, by their ranks
   * @param beforeBlocks what one run touched; absent where it could not be told, and in evidence of
   *     earlier versions
   * @param afterBlocks the same after the change
   */
  record Comparison(
      String probe,
      boolean core,
      Optional<Double> beforeP50,
      double afterP50,
      Optional<Double> beforeP95,
      double afterP95,
      Optional<Long> beforeRows,
      long afterRows,
      double improvement,
      boolean ratio,
      List<String> indexes,
      Verdict verdict,
      String sentence,
      Optional<Double> slower,
      Optional<Double> chance,
      Optional<Blocks> beforeBlocks,
      Optional<Blocks> afterBlocks) {
    public Comparison {
      indexes = List.copyOf(indexes);
    }

    /** Of which nobody knows what it touches. */
    public Comparison(
        String probe,
        boolean core,
        Optional<Double> beforeP50,
        double afterP50,
        Optional<Double> beforeP95,
        double afterP95,
        Optional<Long> beforeRows,
        long afterRows,
        double improvement,
        boolean ratio,
        List<String> indexes,
        Verdict verdict,
        String sentence,
        Optional<Double> slower,
        Optional<Double> chance) {
      this(
          probe,
          core,
          beforeP50,
          afterP50,
          beforeP95,
          afterP95,
          beforeRows,
          afterRows,
          improvement,
          ratio,
          indexes,
          verdict,
          sentence,
          slower,
          chance,
          Optional.empty(),
          Optional.empty());
    }

    /** With what one run touched. */
    public Comparison with(Optional<Blocks> before, Optional<Blocks> after) {
      return new Comparison(
          probe,
          core,
          beforeP50,
          afterP50,
          beforeP95,
          afterP95,
          beforeRows,
          afterRows,
          improvement,
          ratio,
          indexes,
          verdict,
          sentence,
          slower,
          chance,
          before,
          after);
    }
  }

  /**
   * Samples of a soak or watch.
   *
   * @param started when its first sample was due
   * @param ended when it ended
   * @param statements of others that take more time than before; absent where nobody looked, and in
   *     evidence of earlier versions
   */
  record Samples(
      Instant started,
      Instant ended,
      List<MetricSamples> metrics,
      List<TriggerOutcome> triggers,
      List<Attachment> series,
      Optional<StatementChanges> statements)
      implements Evidence {
    public Samples {
      metrics = List.copyOf(metrics);
      triggers = List.copyOf(triggers);
      series = List.copyOf(series);
    }

    /** Of a target whose statements nobody looked at. */
    public Samples(
        Instant started,
        Instant ended,
        List<MetricSamples> metrics,
        List<TriggerOutcome> triggers,
        List<Attachment> series) {
      this(started, ended, metrics, triggers, series, Optional.empty());
    }

    /** All files that it left. */
    public List<Attachment> attachments() {
      List<Attachment> all = new ArrayList<>(series);
      statements.flatMap(StatementChanges::texts).ifPresent(all::add);
      return all;
    }

    /** For an event that has the series as its attachments: a payload has its limit. */
    public Samples withoutSeries() {
      return new Samples(started, ended, metrics, triggers, List.of(), statements);
    }

    /** The same, with other triggers. */
    public Samples with(List<TriggerOutcome> others) {
      return new Samples(started, ended, metrics, others, series, statements);
    }
  }

  /**
   * One metric's samples.
   *
   * @param due samples that should have been taken
   * @param taken samples that gave a figure
   * @param low least figure; absent where none was taken
   * @param how the last figure was come by, where that is not always the same; empty where it is
   */
  record MetricSamples(
      String metric,
      long due,
      long taken,
      Optional<Double> low,
      Optional<Double> high,
      Optional<Double> last,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String how) {
    public MetricSamples {
      // Samples of the first versions do not have it.
      how = how == null ? "" : how;
    }

    public MetricSamples(
        String metric,
        long due,
        long taken,
        Optional<Double> low,
        Optional<Double> high,
        Optional<Double> last) {
      this(metric, due, taken, low, high, last, "");
    }
  }

  /**
   * Where a trigger stood at the end.
   *
   * @param trigger as it was written
   * @param phase as in {@link io.lockkeeper.limit.TriggerState.Phase}
   * @param rule the trigger itself; absent in evidence of earlier versions
   * @param since when a person added it; absent where it held from the start, and in journals,
   *     whose event of the tightening tells it
   */
  record TriggerOutcome(
      String trigger,
      String metric,
      String phase,
      String sentence,
      Optional<Trigger> rule,
      Optional<Instant> since) {
    public TriggerOutcome(
        String trigger, String metric, String phase, String sentence, Optional<Trigger> rule) {
      this(trigger, metric, phase, sentence, rule, Optional.empty());
    }

    public TriggerOutcome(String trigger, String metric, String phase, String sentence) {
      this(trigger, metric, phase, sentence, Optional.empty());
    }

    /** The same, added while it was observed. */
    public TriggerOutcome since(Instant added) {
      return new TriggerOutcome(trigger, metric, phase, sentence, rule, Optional.of(added));
    }
  }
}
