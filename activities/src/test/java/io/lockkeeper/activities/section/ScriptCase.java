package io.lockkeeper.activities.section;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One line of {@code scripts.txt}, whose head says how it is written.
 *
 * @param kind the class of odd scripts that it belongs to
 * @param text as we and the server are given it
 * @param statements as it is to be split; empty where it is refused
 * @param code of the refusal; empty where it is split
 * @param place of the refusal, in characters; -1 where it is split
 */
record ScriptCase(
    String kind, Word word, String text, List<String> statements, String code, int place) {

  /** What the server does with the text. */
  enum Word {
    SPLITS('='),
    REFUSES('!'),
    MAY_TAKE('?'),
    CANNOT_BE_SENT('x');

    private final char sign;

    Word(char sign) {
      this.sign = sign;
    }

    private static Word of(char sign) {
      for (Word word : values()) {
        if (word.sign == sign) {
          return word;
        }
      }
      throw new IllegalArgumentException("no case begins with " + sign);
    }
  }

  private static final Pattern ESCAPED = Pattern.compile("\\\\(u[0-9A-F]{4}|.)");
  private static final Pattern REPEATED = Pattern.compile("⟨(\\d+) ([^⟩]+)⟩");
  private static final Pattern STATEMENT = Pattern.compile("«([^»]*)»");

  static List<ScriptCase> all() {
    List<ScriptCase> cases = new ArrayList<>();
    String kind = "";
    for (String line : content().split("\n")) {
      if (line.startsWith("[")) {
        kind = line;
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        cases.add(read(kind, line));
      }
    }
    return cases;
  }

  private static ScriptCase read(String kind, String line) {
    Word word = Word.of(line.charAt(0));
    String rest = line.length() > 2 ? line.substring(2) : "";
    String code = word == Word.SPLITS ? "" : rest.substring(0, rest.indexOf(' '));
    String written = word == Word.SPLITS ? rest : rest.substring(code.length() + 1);
    String marked = repeated(unescaped(written));
    String text = marked.replaceAll("[«»‸]", "");
    List<String> statements =
        STATEMENT.matcher(marked).results().map(result -> result.group(1)).toList();
    return new ScriptCase(kind, word, text, statements, code, marked.indexOf('‸'));
  }

  private static String unescaped(String written) {
    return ESCAPED
        .matcher(written)
        .replaceAll(result -> Matcher.quoteReplacement(character(result.group(1))));
  }

  private static String character(String escape) {
    return switch (escape.charAt(0)) {
      case 'n' -> "\n";
      case 'r' -> "\r";
      case 't' -> "\t";
      case 'f' -> "\f";
      case 'v' -> "\u000B";
      case '0' -> "\0";
      case '\\' -> "\\";
      case 'u' -> String.valueOf((char) Integer.parseInt(escape.substring(1), 16));
      default -> throw new IllegalArgumentException("no escape: " + escape);
    };
  }

  private static String repeated(String text) {
    return REPEATED
        .matcher(text)
        .replaceAll(
            result ->
                Matcher.quoteReplacement(
                    result.group(2).repeat(Integer.parseInt(result.group(1)))));
  }

  private static String content() {
    try (InputStream file = ScriptCase.class.getResourceAsStream("scripts.txt")) {
      return new String(Objects.requireNonNull(file).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("reading the cases", e);
    }
  }

  /** Short, for the message of a test that fails. */
  @Override
  public String toString() {
    return kind + " " + (text.length() > 200 ? text.substring(0, 200) + "…" : text);
  }
}
