package io.lockkeeper.activities.wayback;

import io.lockkeeper.section.QualifiedName;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Chance that is the same for the same seed. Not safe for several threads. */
final class Dice {
  private static final List<String> ODD =
      List.of("Mixed Case %d", "quo\"te %d", "tab\tle %d", "it's %d", "Ünï %d", "select %d");

  private final Random random;
  private int names;

  Dice(long seed) {
    this.random = new Random(seed);
  }

  /** True once in so many times. */
  boolean once(int in) {
    return random.nextInt(in) == 0;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  <T> T of(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  @SafeVarargs
  final <T> T of(T... list) {
    return of(List.of(list));
  }

  <T> Optional<T> maybeOf(List<T> list) {
    return list.isEmpty() ? Optional.empty() : Optional.of(of(list));
  }

  /** A name that nothing has yet; now and then one that must be quoted. */
  String fresh(String base) {
    names++;
    return once(6) ? String.format(of(ODD), names) : base + "_" + names;
  }

  /** A name as somebody writes it: quoted where it must be, and sometimes where it need not. */
  String written(String name) {
    return name.matches("[a-z_][a-z0-9_]*") && !once(4) ? name : QualifiedName.quote(name);
  }
}
