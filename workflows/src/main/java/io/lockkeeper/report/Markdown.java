package io.lockkeeper.report;

import java.util.regex.Pattern;

/** A text in Markdown as it grows. Used by one thread. */
final class Markdown {
  /** Ends of lines among them: what people wrote must begin no part of its own. */
  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}]");

  private final StringBuilder text = new StringBuilder();

  /**
   * @param words one line; every control character becomes a blank
   */
  Markdown line(String words) {
    text.append(inOneLine(words)).append('\n');
    return this;
  }

  Markdown line() {
    return line("");
  }

  Markdown row(String... cells) {
    text.append('|');
    for (String cell : cells) {
      text.append(' ').append(inOneLine(cell).replace("|", "\\|")).append(" |");
    }
    text.append('\n');
    return this;
  }

  private static String inOneLine(String words) {
    return CONTROL.matcher(words).replaceAll(" ");
  }

  /** The first two rows of a table. */
  Markdown head(String... names) {
    row(names);
    text.append("|").append(" --- |".repeat(names.length)).append('\n');
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
