package io.lockkeeper.activities.step;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lockkeeper.activities.postgres.Fingerprint;
import io.lockkeeper.activities.postgres.Residue;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SqlFailures;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.TargetLedger.Standing;
import io.lockkeeper.activities.postgres.TargetMeasures;
import io.lockkeeper.activities.postgres.WayBackNow;
import io.lockkeeper.activities.probe.BaselineRecord;
import io.lockkeeper.activities.probe.CheckRunner;
import io.lockkeeper.change.Check;
import io.lockkeeper.change.Check.Moment;
import io.lockkeeper.change.WrittenStep;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.step.Attachment;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.Evidence.Item;
import io.lockkeeper.step.Evidence.ObjectState;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Looks whether things are as they should be; each look is on fresh, short connections. */
final class Verification {
  private final Place place;
  private final Running running;
  private final TargetLedger ledger;

  Verification(Place place, Running running) {
    this.place = place;
    this.running = running;
    this.ledger = new TargetLedger(place.target());
  }

  /** The one check that a step names: it is all that the step is, and counts whatever follows. */
  StepResult run(Step.Check step) {
    String name = ((WrittenStep.OfCheck) place.written(step.of())).check();
    try {
      return checks(check -> check.name().equals(name), check -> true);
    } catch (SQLException e) {
      throw SqlFailures.of("making the check " + name, place.target(), e);
    }
  }

  StepResult run(Step.Verify step) {
    try {
      return switch (step.subject()) {
        case REVERTED -> reverted(ledger.fingerprintBefore(place.promotion()));
        case ALL_REVERTED -> reverted(ledger.fingerprintAtFirst(place.promotion()));
        case OBJECTS -> objects();
        case CHECKS -> checks(check -> check.when().contains(Moment.AFTER));
        case CHECKS_ROLLED_BACK -> checks(check -> check.when().contains(Moment.ROLLED_BACK));
        case SECTION -> checks(named(step.section().orElseThrow()));
        case WAY_BACK -> new WayBackNow(place.target()).look(place.promotion());
      };
    } catch (SQLException e) {
      throw SqlFailures.of("verifying", place.target(), e);
    }
  }

  /** Equal fingerprints, but for what the change says it leaves, and nothing less. */
  private StepResult reverted(Optional<Fingerprint> before) throws SQLException {
    if (before.isEmpty()) {
      // Nothing was begun before the baseline was there.
      return StepResult.pass("nothing had been applied");
    }
    running.beat("takes the fingerprint");
    Fingerprint now = new TargetMeasures(place.target(), running).fingerprint(place.work());
    Residue.Found found =
        new Residue(ledger.wayBack(place.promotion()).leaves()).of(before.get(), now);
    List<String> differences = Fingerprint.told(found.undeclared());
    Evidence evidence =
        new Evidence.Fingerprints(
            before.get().digest(), now.digest(), differences, Fingerprint.told(found.declared()));
    String left =
        found.names().isEmpty() ? "" : "; left as declared: " + String.join(", ", found.names());
    return differences.isEmpty()
        ? StepResult.of(Verdict.PASS, "the schema is as before the change" + left, evidence)
        : StepResult.of(
            Verdict.FAIL,
            "the schema is not as before the change: "
                + String.join("; ", differences)
                + left
                + scripts(),
            evidence);
  }

  /** Whoever wrote one knows first what it left; a way back does without the bundle. */
  private String scripts() {
    try {
      List<String> scripts =
          place.plan().sections().stream().flatMap(section -> section.down().stream()).toList();
      return scripts.isEmpty()
          ? ""
          : ". What was taken back by a script may be left by it: " + String.join(", ", scripts);
    } catch (LockkeeperException e) {
      return "";
    }
  }

  private StepResult objects() throws SQLException {
    List<Standing> standing =
        ledger.standing(
            place.work(), running, PlannedObjects.indexes(place.bundle(), place.plan()));
    List<String> missing = standing.stream().filter(s -> !s.there()).map(Standing::name).toList();
    List<String> wrong =
        standing.stream()
            .filter(s -> s.there() && !(s.valid() && (s.asMeant() || s.untold().isPresent())))
            .map(s -> s.name() + (s.valid() ? " has another definition" : " is INVALID"))
            .toList();
    List<String> untold =
        standing.stream()
            .filter(s -> s.there() && s.valid() && s.untold().isPresent())
            .map(s -> s.name() + " is there and valid; " + s.untold().get())
            .toList();
    List<String> extra = extra(standing);
    List<ObjectState> objects =
        standing.stream()
            .filter(Standing::there)
            .map(s -> new ObjectState(s.name(), s.table(), s.valid(), s.size(), s.scans()))
            .toList();
    List<String> faults = new ArrayList<>(wrong);
    missing.forEach(name -> faults.add(name + " is missing"));
    extra.forEach(name -> faults.add(name + " is there and not of this change"));
    Verdict verdict =
        !faults.isEmpty() ? Verdict.FAIL : untold.isEmpty() ? Verdict.PASS : Verdict.INCONCLUSIVE;
    faults.addAll(untold);
    return StepResult.of(
        verdict,
        faults.isEmpty()
            ? objects.size() + " of " + standing.size() + " there and valid"
            : String.join("; ", faults),
        new Evidence.Objects(objects, missing, extra));
  }

  /** Indexes of the touched tables that neither were there before nor belong to the change. */
  private List<String> extra(List<Standing> standing) throws SQLException {
    Optional<BaselineRecord> baseline = baseline();
    if (baseline.isEmpty()) {
      return List.of();
    }
    Set<String> known = standing.stream().map(Standing::name).collect(Collectors.toSet());
    baseline.get().indexes().values().forEach(known::addAll);
    List<String> extra = new ArrayList<>();
    ledger
        .indexes(PlannedObjects.tables(place.bundle(), place.plan()))
        .values()
        .forEach(names -> names.stream().filter(n -> !known.contains(n)).forEach(extra::add));
    return extra;
  }

  /** The checks that a section names, whatever moment they are made at otherwise. */
  private Predicate<Check> named(String section) {
    List<String> names =
        place.plan().sections().stream()
            .filter(planned -> planned.name().equals(section))
            .flatMap(planned -> planned.rules().checks().stream())
            .toList();
    return check -> names.contains(check.name());
  }

  private StepResult checks(Predicate<Check> wanted) throws SQLException {
    return checks(wanted, check -> check.then() != Then.NOTE);
  }

  private StepResult checks(Predicate<Check> wanted, Predicate<Check> counts) throws SQLException {
    Optional<BaselineRecord> baseline = baseline();
    List<Item> items = new ArrayList<>();
    List<Attachment> attachments = new ArrayList<>();
    List<Verdict> counted = new ArrayList<>();
    boolean rollsBack = false;
    for (Check check : place.allChecks()) {
      if (!wanted.test(check)) {
        continue;
      }
      running.beat("checks " + check.name());
      CheckRunner.Found found = make(check, baseline);
      items.add(new Item(check.name(), found.verdict(), found.sentence()));
      if (counts.test(check)) {
        counted.add(found.verdict());
      }
      rollsBack |= check.then() == Then.ROLLBACK && found.verdict() == Verdict.FAIL;
      if (check.record()) {
        attachments.add(
            new Attachment(
                place.attachment(check.name() + ".txt"),
                "text/plain",
                place.blobs().write(found.text().getBytes(UTF_8))));
      }
    }
    List<String> open =
        items.stream()
            .filter(item -> item.verdict() != Verdict.PASS)
            .map(item -> item.name() + ": " + item.sentence())
            .toList();
    StepResult result =
        StepResult.of(
                Verdict.worst(counted),
                open.isEmpty()
                    ? Counted.of(items.size(), "check") + " passed"
                    : String.join("; ", open),
                new Evidence.Checks(items))
            .with(attachments);
    return rollsBack ? result.rollingBack() : result;
  }

  private CheckRunner.Found make(Check check, Optional<BaselineRecord> baseline) {
    BaselineRecord known = baseline.orElse(BaselineRecord.NONE);
    Optional<String> mark =
        check.source() instanceof Check.Log log
            ? Optional.ofNullable(known.logs().get(log.log()))
            : Optional.empty();
    return place.checks().make(check, CheckRunner.Before.of(check, known, mark));
  }

  private Optional<BaselineRecord> baseline() throws SQLException {
    return ledger
        .checkpoint(place.promotion(), "baseline")
        .map(bytes -> Json.read(bytes, BaselineRecord.class));
  }
}
