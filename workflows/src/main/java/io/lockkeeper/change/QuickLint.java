package io.lockkeeper.change;

import io.lockkeeper.limit.Trigger.Then;
import io.lockkeeper.yaml.YamlValue;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds where option quick is asked for, and there is nothing that it would do. */
final class QuickLint {
  private final YamlValue environment;
  private final String name;
  private final boolean undoes;

  /**
   * @param environment where it stands in {@code through}
   */
  QuickLint(YamlValue environment, String name, WrittenSteps steps) {
    this.environment = environment;
    this.name = name;
    this.undoes =
        Stream.of(steps.before(), steps.after()).flatMap(List::stream).anyMatch(Undoes::of);
  }

  /**
   * @param quick where the environment writes it; at the top it is for those that have undos
   * @param triggers of all that is observed there
   */
  void check(
      Optional<YamlValue> quick,
      List<Milestone> soak,
      List<Milestone> watch,
      List<TriggerRule> triggers) {
    if (undoes) {
      return;
    }
    quick.ifPresent(value -> tell(value, "option quick"));
    boolean observed = !soak.isEmpty() || !watch.isEmpty();
    Stream<TriggerRule> own =
        Stream.of(soak, watch).flatMap(List::stream).flatMap(stage -> stage.rollbackIf().stream());
    boolean triggered =
        Stream.concat(observed ? triggers.stream() : Stream.empty(), own)
            .anyMatch(rule -> rule.then() == Then.QUICK);
    if (triggered) {
      tell(environment, "then: quick");
    }
  }

  private void tell(YamlValue value, String what) {
    value.error(
        "no-quick",
        what
            + " would do nothing in "
            + name
            + ": it runs the undos of the steps of before and after, and none there has one. Give"
            + " them one, or leave it out");
  }
}
