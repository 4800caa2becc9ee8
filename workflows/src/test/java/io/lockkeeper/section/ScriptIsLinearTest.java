package io.lockkeeper.section;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/**
 * Reading is linear, told by how often the text's characters are looked at and never by a clock.
 */
class ScriptIsLinearTest {
  /** At each character, when it is stepped over, copied into a token and looked for in advance. */
  private static final double LOOKS = 8;

  /** A text that counts the looks at it. */
  private static final class Watched implements CharSequence {
    private final String text;
    private long looks;

    private Watched(String text) {
      this.text = text;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      looks++;
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      looks += end - start;
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      throw new AssertionError("the whole text was copied");
    }
  }

  private static double looks(String text) {
    Watched watched = new Watched(text);
    try {
      Script.split(watched);
    } catch (SqlSyntaxException e) {
      assertThat(e.text().length()).as(e.code()).isLessThan(300);
    }
    return (double) watched.looks / text.length();
  }

  @Test
  void tenTimesTheText_isLookedAtTenTimesAsOften() {
    for (Map.Entry<String, IntFunction<String>> trap : LongScripts.traps().entrySet()) {
      double few = looks(trap.getValue().apply(10_000));
      double many = looks(trap.getValue().apply(100_000));

      assertThat(few).as("%s, short", trap.getKey()).isBetween(0.5, LOOKS);
      assertThat(many).as("%s, long", trap.getKey()).isBetween(0.5, few * 1.2);
    }
  }

  @Test
  void tenMegabytesWithAHundredThousandStatements_areSplitInTheSameFewLooks() {
    String text = LongScripts.usual(100_000);
    Watched watched = new Watched(text);

    List<Statement> statements = Script.split(watched);

    assertThat(text.length()).isGreaterThan(10_000_000);
    assertThat(statements).hasSize(100_000);
    assertThat((double) watched.looks / text.length()).isLessThan(LOOKS);
  }

  /** The watch is worth something: a reader that begins anew at each statement is found. */
  @Test
  void readerThatBeginsAnewAtEachStatement_isFound() {
    double few = looksOfACarelessReader(50);
    double many = looksOfACarelessReader(500);

    assertThat(many).isGreaterThan(few * 5);
  }

  private static double looksOfACarelessReader(int statements) {
    Watched watched = new Watched(LongScripts.usual(statements));
    for (int end = 0; end < watched.length(); end += 100) {
      Script.split(watched.subSequence(0, watched.text.indexOf('\n', end)));
    }
    return (double) watched.looks / watched.length();
  }

  @Test
  void tokensAreKeptAsNumbers_andReadAgainAsTheyWere() {
    Random random = new Random(7);
    List<String> pieces =
        List.of("a", "\"b\"\"c\"", "U&\"d!0061t\" UESCAPE '!'", "'e'", "$1", "$$f$$", "1.5", ",");
    for (int run = 0; run < 200; run++) {
      StringBuilder text = new StringBuilder("SELECT 1;\n /* */ ");
      for (int i = random.nextInt(150); i >= 0; i--) {
        text.append(pieces.get(random.nextInt(pieces.size()))).append(i % 7 == 0 ? "\r\n" : " ");
      }
      List<Token> expected = new ArrayList<>();
      Lexer lexer = new Lexer(text);
      for (Token token = lexer.next(); token != null; token = lexer.next()) {
        expected.add(token);
      }

      List<Token> tokens = Script.split(text).get(1).tokens();

      assertThat(tokens).isEqualTo(expected.subList(3, expected.size()));
    }
  }
}
