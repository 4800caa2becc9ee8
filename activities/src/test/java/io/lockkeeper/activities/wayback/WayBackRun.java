package io.lockkeeper.activities.wayback;

import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.CutProxy;
import io.lockkeeper.activities.fixture.CutProxy.Cut;
import io.lockkeeper.activities.fixture.Database;
import io.lockkeeper.activities.fixture.Engine;
import io.lockkeeper.activities.fixture.Server;
import io.lockkeeper.activities.postgres.DeclaredWayBack;
import io.lockkeeper.activities.postgres.Fingerprint;
import io.lockkeeper.activities.postgres.Residue;
import io.lockkeeper.activities.postgres.Reverter;
import io.lockkeeper.activities.postgres.Running;
import io.lockkeeper.activities.postgres.SectionRunner;
import io.lockkeeper.activities.postgres.Target;
import io.lockkeeper.activities.postgres.TargetLedger;
import io.lockkeeper.activities.postgres.Work;
import io.lockkeeper.activities.wayback.Scenario.Part;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.Unit;
import io.lockkeeper.step.Pass;
import io.lockkeeper.step.StepResult;
import io.lockkeeper.step.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * One scenario on a database of its own: applied and taken back, applied again, and taken back once
 * more while its session is cut off at some message, until a later attempt has ended it.
 */
final class WayBackRun implements AutoCloseable {
  private static final int ATTEMPTS = 4;

  private final Database database = Server.fresh();
  private final Scenario scenario;
  private final CutProxy proxy = new CutProxy(Server.port());
  private final Target target;

  /**
   * What became of it.
   *
   * @param cut whether the second way back was cut off
   * @param faults empty where the schema was as before each time
   */
  record Outcome(Scenario scenario, boolean cut, List<String> faults) {
    boolean passed() {
      return faults.isEmpty();
    }

    String text() {
      return scenario.text() + "\n-- " + String.join("\n-- ", faults);
    }
  }

  /** The kinds take turns. */
  static WayBackRun of(long seed) {
    return new WayBackRun(seed, Kind.values()[(int) Math.floorMod(seed, Kind.values().length)]);
  }

  private WayBackRun(long seed, Kind kind) {
    scenario = Scenario.of(seed, kind, database.name());
    target = new Target("dev", database.settings(proxy.port()));
  }

  Outcome run() {
    List<String> faults = new ArrayList<>();
    boolean cut = false;
    try {
      database.sql(String.join(";\n", scenario.schema()));
      Engine engine = Engine.granted(target, Engine.PROMOTION);
      Fingerprint before = fingerprint();
      baseline(engine, before);
      apply(engine);
      long began = proxy.messages();
      revert(engine);
      long messages = proxy.messages() - began;
      faults.addAll(differences(before, "taken back"));

      apply(engine);
      Dice dice = new Dice(scenario.seed() + 1);
      proxy.cutAfter(1 + dice.below((int) messages), dice.of(Cut.values()), dice.once(2));
      revert(engine);
      cut = proxy.wasCut();
      faults.addAll(differences(before, "taken back, cut off once"));
    } catch (SQLException | RuntimeException | AssertionError e) {
      faults.add("it failed: " + cause(e));
    }
    return new Outcome(scenario, cut, faults);
  }

  private static String cause(Throwable failure) {
    Throwable last = failure;
    while (last.getCause() != null && last.getCause() != last) {
      last = last.getCause();
    }
    return failure.getMessage() + " (" + last.getMessage() + ")";
  }

  private void baseline(Engine engine, Fingerprint before) {
    List<String> forwardOnly =
        scenario.sections().stream().filter(Part::forwardOnly).map(Part::name).toList();
    new TargetLedger(target)
        .writeBaseline(
            engine.work("baseline", 1),
            Engine.CHANGE,
            new Running(),
            new byte[0],
            before,
            new DeclaredWayBack(
                scenario.leaves(), List.of(), forwardOnly, "a value stays", List.of()));
  }

  /** On a session of the owner's, and not by what is cut off. */
  private Fingerprint fingerprint() throws SQLException {
    return new TargetLedger(database.target()).fingerprint();
  }

  private void apply(Engine engine) {
    for (Map.Entry<Part, List<Unit>> entry : scenario.prefix().entrySet()) {
      Part section = entry.getKey();
      requireTold(section);
      StepResult applied =
          new SectionRunner(target, new Running())
              .apply(
                  engine.work("apply-" + section.name(), 1),
                  Engine.CHANGE,
                  Pass.DEPLOY,
                  section.name(),
                  entry.getValue(),
                  List.of(),
                  section.losesData());
      if (applied.verdict() != Verdict.PASS) {
        throw new AssertionError("section " + section.name() + ": " + applied.sentence());
      }
    }
  }

  /** What has no way back says so before anything is done, and nothing else does. */
  private static void requireTold(Part section) {
    for (Unit unit : section.units()) {
      for (Unit.Part part : unit.statements()) {
        if (Inverse.mustBeGiven(part.meaning()) != section.forwardOnly()) {
          throw new AssertionError(
              "told as " + Inverse.wayBack(part.meaning()) + ": " + part.statement().text());
        }
      }
    }
  }

  private void revert(Engine engine) {
    List<Part> sections = new ArrayList<>(scenario.prefix().keySet());
    Collections.reverse(sections);
    for (Part section : sections) {
      StepResult reverted = revert(engine.work("revert-" + section.name(), 1), section.name());
      boolean refused =
          reverted.verdict() == Verdict.FAIL
              && reverted.sentence().startsWith(FailureCode.FORWARD_ONLY.text());
      if (section.forwardOnly() ? !refused : reverted.verdict() != Verdict.PASS) {
        throw new AssertionError("taking back " + section.name() + ": " + reverted.sentence());
      }
    }
  }

  /** As Temporal does: an attempt whose session was cut off is followed by another one. */
  private StepResult revert(Work first, String section) {
    Work work = first;
    for (int attempt = 1; ; attempt++) {
      Work now = work;
      try {
        return Background.run(
                () -> new Reverter(target, new Running()).revert(now, Pass.DEPLOY, section))
            .result();
      } catch (AssertionError e) {
        if (!(e.getCause() instanceof LockkeeperException) || attempt == ATTEMPTS) {
          throw e;
        }
        work = Engine.again(work);
      }
    }
  }

  /** But for a value of a type, which is there for good. */
  private List<String> differences(Fingerprint before, String when) throws SQLException {
    boolean valueStays = scenario.prefix().keySet().stream().anyMatch(Part::forwardOnly);
    return new Residue(scenario.leaves())
        .of(before, fingerprint()).undeclared().stream()
            .filter(line -> !(valueStays && line.substring(2).startsWith("type ")))
            .map(line -> when + ": " + line)
            .toList();
  }

  @Override
  public void close() {
    target.close();
    proxy.close();
    database.close();
  }
}
