package io.lockkeeper.change;

import java.util.Optional;

/**
 * One SQL file of a change, applied on its own.
 *
 * @param file in the bundle, such as {@code sql/10_stocks.sql}
 * @param name for people, unique; the file's name without ending where none is given
 * @param losesData the author's word that it may lose data
 * @param down the script that takes it back, where one is given
 */
public record Section(String file, String name, boolean losesData, Optional<String> down) {
  /** The section that nobody writes: ANALYZE of the tables that the change touched. */
  public static final String ANALYZE = "analyze-touched-tables";
}
