package io.lockkeeper.finding;

/**
 * A mechanical change of a file that makes a finding go away.
 *
 * @param file of the bundle
 * @param from where it begins, in characters of the file's text; a byte order mark counts
 * @param to where what is replaced ends; {@code from} where something is only put in
 * @param text what stands there afterwards
 */
public record Edit(String file, int from, int to, String text) {
  public Edit {
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("an edit from " + from + " to " + to);
    }
  }
}
