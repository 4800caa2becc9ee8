package io.lockkeeper.report;

/** A text in Markdown as it grows. Used by one thread. */
final class Markdown {
  private final StringBuilder text = new StringBuilder();

  Markdown line(String words) {
    text.append(words).append('\n');
    return this;
  }

  Markdown line() {
    return line("");
  }

  Markdown row(String... cells) {
    text.append('|');
    for (String cell : cells) {
      text.append(' ').append(cell.replace("|", "\\|").replace('\n', ' ')).append(" |");
    }
    text.append('\n');
    return this;
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
