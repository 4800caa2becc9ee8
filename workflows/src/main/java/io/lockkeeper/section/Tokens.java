package io.lockkeeper.section;

import io.lockkeeper.section.Token.Kind;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.RandomAccess;

/**
 * The tokens of one statement, kept as five numbers each and made when asked for: a script of 10 MB
 * has millions of them.
 */
final class Tokens extends AbstractList<Token> implements RandomAccess {
  private static final int NUMBERS = 5;
  private static final List<Kind> KINDS = List.of(Kind.values());

  private final String text;
  private final int[] numbers;

  private Tokens(String text, int[] numbers) {
    this.text = text;
    this.numbers = numbers;
  }

  @Override
  public int size() {
    return numbers.length / NUMBERS;
  }

  @Override
  public Token get(int index) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException("token " + index + " of " + size());
    }
    int at = index * NUMBERS;
    Kind kind = KINDS.get(numbers[at]);
    int offset = numbers[at + 1];
    int end = numbers[at + 2];
    String written = text.substring(offset - numbers[1], end - numbers[1]);
    return new Token(
        kind,
        kind == Kind.QUOTED_NAME ? QuotedName.read(written) : written,
        offset,
        end,
        numbers[at + 3],
        numbers[at + 4]);
  }

  /** Collects the tokens of one statement after the other. */
  static final class Collector {
    private static final int FIRST_SIZE = 64;

    private int[] numbers = new int[FIRST_SIZE * NUMBERS];
    private int used;

    boolean isEmpty() {
      return used == 0;
    }

    void add(Token token) {
      if (used == numbers.length) {
        numbers = Arrays.copyOf(numbers, used * 2);
      }
      numbers[used++] = KINDS.indexOf(token.kind());
      numbers[used++] = token.offset();
      numbers[used++] = token.end();
      numbers[used++] = token.line();
      numbers[used++] = token.column();
    }

    /** What was collected as a statement; then there is nothing. */
    Statement statement(CharSequence script) {
      int start = numbers[1];
      String text = script.subSequence(start, numbers[used - 3]).toString();
      Tokens tokens = new Tokens(text, Arrays.copyOf(numbers, used));
      used = 0;
      return new Statement(text, tokens, tokens.numbers[3], tokens.numbers[4]);
    }
  }
}
