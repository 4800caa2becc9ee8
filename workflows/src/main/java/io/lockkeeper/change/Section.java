package io.lockkeeper.change;

import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.Meaning;
import java.util.Optional;

/**
 * One SQL file of a change, applied on its own.
 *
 * @param file in the bundle, such as {@code sql/10_stocks.sql}
 * @param name for people, unique; the file's name without ending where none is given
 * @param losesData the author's word that it may lose data
 * @param down the script that takes it back, where one is given
 * @param rules how it is applied
 */
public record Section(
    String file, String name, boolean losesData, Optional<String> down, SectionRules rules) {
  /** The section that nobody writes: ANALYZE of the tables that the change touched. */
  public static final String ANALYZE = "analyze-touched-tables";

  public Section {
    // Bundles of the first version have no rules.
    rules = rules == null ? SectionRules.USUAL : rules;
  }

  /** Whether there is a way back of one of its statements: a script, or one of its own. */
  public boolean takesBack(Meaning meaning) {
    return down.isPresent() || Inverse.of(meaning).isPresent();
  }
}
