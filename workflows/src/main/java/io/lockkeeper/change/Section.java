package io.lockkeeper.change;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.lockkeeper.section.Inverse;
import io.lockkeeper.section.Meaning;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

  /** Whether there is a way back of one of its statements: a script, or one of its own. */
  public boolean takesBack(Meaning meaning) {
    return down.isPresent() || Inverse.of(meaning).isPresent();
  }

  /** Bundles of the first version have no rules: the usual ones hold. */
  @JsonCreator
  static Section read(
      @JsonProperty("file") String file,
      @JsonProperty("name") String name,
      @JsonProperty("loses_data") boolean losesData,
      @JsonProperty("down") Optional<String> down,
      @JsonProperty("rules") @Nullable SectionRules rules) {
    return new Section(file, name, losesData, down, rules == null ? SectionRules.USUAL : rules);
  }
}
