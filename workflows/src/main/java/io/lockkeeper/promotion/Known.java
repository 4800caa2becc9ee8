package io.lockkeeper.promotion;

import io.lockkeeper.environment.TargetLook;
import io.lockkeeper.forecast.SectionTime;
import io.lockkeeper.journal.Event;
import io.lockkeeper.step.Evidence;
import io.lockkeeper.step.StepKind;
import io.lockkeeper.step.Verdict;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What the steps of a promotion have told of its environments: what each is like, how long the
 * sections took there, and what was forecast.
 *
 * @param times of each section in each environment, in the order in which they were measured
 * @param looks what each environment's target is like, the newest
 * @param outlooks what was forecast for each environment, the newest
 * @param waysBack what a rollback would do in an environment, as it was looked at while the
 *     promotion stood still; none once it went on
 * @param unfinished seconds of attempts at a step that has not passed yet, by environment and step
 */
public record Known(
    List<SectionTime> times,
    List<Look> looks,
    List<Outlook> outlooks,
    List<WayBackSeen> waysBack,
    Map<String, Double> unfinished) {
  /** Nothing yet. */
  public static final Known NOTHING =
      new Known(List.of(), List.of(), List.of(), List.of(), Map.of());

  private static final String REHEARSED = "rehearse-";

  /** What the target of an environment is like. */
  public record Look(String environment, TargetLook look) {}

  /** What was forecast for an environment, with its verdict on the one before. */
  public record Outlook(
      String environment, Verdict verdict, String sentence, Evidence.Outlook outlook) {}

  /**
   * What a rollback would do in an environment.
   *
   * @param at when it was looked at
   */
  public record WayBackSeen(
      String environment, Instant at, Verdict verdict, String sentence, Evidence.WayBackNow now) {}

  /**
   * How long taking all sections back took.
   *
   * @param environment in whose rehearsal it was measured
   * @param units that were taken back
   */
  public record Back(String environment, double seconds, int units) {}

  public Known {
    times = List.copyOf(times);
    looks = List.copyOf(looks);
    outlooks = List.copyOf(outlooks);
    waysBack = List.copyOf(waysBack);
    unfinished = Map.copyOf(unfinished);
  }

  public Optional<TargetLook> look(String environment) {
    return looks.stream()
        .filter(known -> known.environment().equals(environment))
        .map(Look::look)
        .findFirst();
  }

  public Optional<Outlook> outlook(String environment) {
    return outlooks.stream().filter(o -> o.environment().equals(environment)).findFirst();
  }

  public Optional<WayBackSeen> wayBack(String environment) {
    return waysBack.stream().filter(seen -> seen.environment().equals(environment)).findFirst();
  }

  public Optional<SectionTime> time(String environment, String section) {
    return times.stream().filter(time -> time.of(environment, section)).findFirst();
  }

  /**
   * How long option A takes in an environment, as far as it was measured: there, or else in the
   * environment that was measured last before it.
   */
  public Optional<Back> back(String environment) {
    List<SectionTime> measured = times.stream().filter(t -> t.back().isPresent()).toList();
    if (measured.isEmpty()) {
      return Optional.empty();
    }
    String last = measured.get(measured.size() - 1).environment();
    boolean own = measured.stream().anyMatch(time -> time.environment().equals(environment));
    List<SectionTime> counted =
        measured.stream().filter(t -> t.environment().equals(own ? environment : last)).toList();
    return Optional.of(
        new Back(
            counted.get(0).environment(),
            counted.stream().mapToDouble(time -> time.back().orElseThrow()).sum(),
            counted.stream().mapToInt(SectionTime::units).sum()));
  }

  /**
   * How long option A will take in an environment, as it was forecast for it; nothing where one of
   * its sections could not be forecast.
   */
  public Optional<Double> estimatedBack(String environment) {
    List<Evidence.Span> spans =
        outlook(environment).stream()
            .flatMap(told -> told.outlook().sections().stream())
            .flatMap(section -> section.back().stream())
            .toList();
    return spans.isEmpty() || spans.stream().anyMatch(span -> span.estimated().isEmpty())
        ? Optional.empty()
        : Optional.of(spans.stream().mapToDouble(s -> s.estimated().orElseThrow()).sum());
  }

  /**
   * With what one more step tells.
   *
   * @param rollingBack whether it is one of a rollback, which is timed as a whole
   */
  Known after(Event.StepEnded ended, String environment, boolean rollingBack, Instant at) {
    Evidence evidence = ended.evidence().orElse(null);
    if (evidence instanceof Evidence.Prechecks seen && seen.look().isPresent()) {
      List<Look> all = new ArrayList<>(looks);
      all.removeIf(look -> look.environment().equals(environment));
      all.add(new Look(environment, seen.look().get()));
      return new Known(times, all, outlooks, waysBack, unfinished);
    }
    if (evidence instanceof Evidence.Outlook told) {
      List<Outlook> all = new ArrayList<>(outlooks);
      all.removeIf(outlook -> outlook.environment().equals(environment));
      all.add(new Outlook(environment, ended.verdict(), ended.sentence(), told));
      return new Known(times, looks, all, waysBack, unfinished);
    }
    if (evidence instanceof Evidence.WayBackNow now) {
      List<WayBackSeen> all = new ArrayList<>(waysBack);
      all.removeIf(seen -> seen.environment().equals(environment));
      all.add(new WayBackSeen(environment, at, ended.verdict(), ended.sentence(), now));
      return new Known(times, looks, outlooks, all, unfinished);
    }
    boolean timed =
        ended.kind() == StepKind.APPLY || (ended.kind() == StepKind.REVERT && !rollingBack);
    return timed && evidence instanceof Evidence.Units units
        ? timed(ended, environment, units)
        : this;
  }

  /** Once it goes on, what was looked at is of yesterday. */
  Known goneOn() {
    return new Known(times, looks, outlooks, List.of(), unfinished);
  }

  private Known timed(Event.StepEnded ended, String environment, Evidence.Units units) {
    String key = environment + " " + ended.step();
    Map<String, Double> open = new HashMap<>(unfinished);
    double seconds = units.seconds() + open.getOrDefault(key, 0.0);
    if (ended.verdict() != Verdict.PASS) {
      open.put(key, seconds);
      return new Known(times, looks, outlooks, waysBack, open);
    }
    open.remove(key);
    String section = ended.step().substring(ended.step().indexOf('-') + 1);
    if (ended.kind() == StepKind.APPLY) {
      boolean rehearsed = ended.step().startsWith(REHEARSED);
      return with(
          environment,
          section,
          time -> rehearsed ? time.rehearsed(seconds) : time.applied(seconds),
          open);
    }
    int taken = units.units().size();
    // Where nothing of it had been applied nothing was measured.
    return taken == 0
        ? new Known(times, looks, outlooks, waysBack, open)
        : with(environment, section, time -> time.takenBack(seconds, taken), open);
  }

  private Known with(
      String environment,
      String section,
      UnaryOperator<SectionTime> measured,
      Map<String, Double> open) {
    List<SectionTime> all = new ArrayList<>(times);
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).of(environment, section)) {
        all.set(i, measured.apply(all.get(i)));
        return new Known(all, looks, outlooks, waysBack, open);
      }
    }
    all.add(measured.apply(SectionTime.none(environment, section)));
    return new Known(all, looks, outlooks, waysBack, open);
  }
}
