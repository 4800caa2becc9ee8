package io.lockkeeper.plan;

import io.lockkeeper.limit.Bound;
import io.lockkeeper.limit.Limit;
import io.lockkeeper.limit.Operator;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.stage.StagePlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Limits that a person adds to a soak or watch while it runs. They stand beside those that people
 * agreed to and never replace one, so that nothing becomes looser by them. Pure.
 */
public final class Tightening {
  private Tightening() {}

  /**
   * One limit.
   *
   * @param then what crossing it does; absent for what the triggers of its figure do
   */
  public record Added(Limit limit, Optional<Then> then) {}

  /**
   * Why a limit would tighten nothing; absent where it does.
   *
   * @param stage with the triggers that hold now
   */
  public static Optional<String> whyNot(StagePlan.Soak stage, Added added) {
    Trigger trigger = trigger(stage, added);
    return stage.triggers().stream()
        .filter(held -> within(trigger, held))
        .findFirst()
        .map(
            held ->
                trigger.text()
                    + " is no tighter than "
                    + held.text()
                    + ", which people agreed to: while it runs a limit can only be tightened. To"
                    + " loosen it, promote a change that has the new limit, and have it signed"
                    + " off");
  }

  /** The stage under its own triggers and those added, in this order. */
  public static StagePlan.Soak of(StagePlan.Soak stage, List<Added> added) {
    StagePlan.Soak tighter = stage;
    for (Added one : added) {
      List<Trigger> triggers = new ArrayList<>(tighter.triggers());
      triggers.add(trigger(tighter, one));
      tighter = tighter.under(triggers);
    }
    return tighter;
  }

  private static Trigger trigger(StagePlan.Soak stage, Added added) {
    Limit limit = added.limit();
    List<Trigger> same = stage.triggers().stream().filter(held -> covers(held, limit)).toList();
    Set<Then> thens = same.stream().map(Trigger::then).collect(Collectors.toSet());
    Then then = added.then().orElse(thens.size() == 1 ? thens.iterator().next() : Then.ROLLBACK);
    Trigger scaled =
        ObservationLayout.added(
            stage, new Trigger(limit, limit.duration(), Duration.ZERO, then, ""));
    // It is watched from when the one that it tightens is, which is scaled already.
    Duration from = same.stream().map(Trigger::from).min(Duration::compareTo).orElse(Duration.ZERO);
    return new Trigger(limit, scaled.sustained(), from, then, "");
  }

  /** Whether whenever the one is breached the other is too, and does as much. */
  private static boolean within(Trigger one, Trigger other) {
    return covers(other, one.limit())
        && implies(one.limit(), other.limit())
        && one.sustained().compareTo(other.sustained()) >= 0
        && one.from().compareTo(other.from()) >= 0
        && one.then().gravity() <= other.then().gravity();
  }

  private static boolean covers(Trigger held, Limit limit) {
    return held.limit().metric().equals(limit.metric())
        || (!limit.isPattern() && held.limit().matches(limit.metric()));
  }

  /** Whether whatever crosses the one crosses the other. */
  private static boolean implies(Limit one, Limit other) {
    if (one.operator() == other.operator() && one.bound().equals(other.bound())) {
      return true;
    }
    boolean above = above(one.operator()) && above(other.operator());
    boolean below = below(one.operator()) && below(other.operator());
    OptionalDouble difference = difference(one.bound(), other.bound());
    if ((!above && !below) || difference.isEmpty()) {
      return false;
    }
    double further = above ? difference.getAsDouble() : -difference.getAsDouble();
    return further > 0 || (further == 0 && (!inclusive(one) || inclusive(other)));
  }

  private static boolean above(Operator operator) {
    return operator == Operator.GREATER || operator == Operator.GREATER_OR_EQUAL;
  }

  private static boolean below(Operator operator) {
    return operator == Operator.LESS || operator == Operator.LESS_OR_EQUAL;
  }

  private static boolean inclusive(Limit limit) {
    return limit.operator() == Operator.GREATER_OR_EQUAL
        || limit.operator() == Operator.LESS_OR_EQUAL;
  }

  /** By how much the one is higher; absent where they are of different kinds. */
  private static OptionalDouble difference(Bound one, Bound other) {
    if (one instanceof Bound.Fixed a && other instanceof Bound.Fixed b) {
      return OptionalDouble.of(a.quantity().value() - b.quantity().value());
    }
    if (one instanceof Bound.Baseline a && other instanceof Bound.Baseline b) {
      return a.change() == b.change() ? OptionalDouble.of(a.amount() - b.amount()) : factors(a, b);
    }
    if (one instanceof Bound.Growth a && other instanceof Bound.Growth b) {
      return a.within().equals(b.within())
          ? OptionalDouble.of(a.amount() - b.amount())
          : OptionalDouble.empty();
    }
    return OptionalDouble.empty();
  }

  /** {@code * 1.2} and {@code + 20%} are the same but for what is below zero. */
  private static OptionalDouble factors(Bound.Baseline one, Bound.Baseline other) {
    OptionalDouble a = factor(one);
    OptionalDouble b = factor(other);
    return a.isPresent() && b.isPresent()
        ? OptionalDouble.of(a.getAsDouble() - b.getAsDouble())
        : OptionalDouble.empty();
  }

  private static OptionalDouble factor(Bound.Baseline bound) {
    return switch (bound.change()) {
      case SCALE -> OptionalDouble.of(bound.amount());
      case SHARE -> OptionalDouble.of(1 + bound.amount());
      case NONE, ADD -> OptionalDouble.empty();
    };
  }
}
