package io.lockkeeper.deploy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;

/**
 * The person at the terminal.
 *
 * <p>The launcher says whether there is one: {@code System.console()} means different things in
 * Java 17 and in 22 and newer, where it is there without a terminal.
 */
final class Terminal {
  private static final BufferedReader KEYS =
      new BufferedReader(new InputStreamReader(System.in, UTF_8));

  private Terminal() {}

  static boolean present() {
    return Boolean.getBoolean("lockkeeper.terminal");
  }

  /**
   * @return the answer without blanks at its ends, "" when the input ended
   */
  static String ask(String question) {
    System.out.print(question);
    System.out.flush();
    try {
      String answer = KEYS.readLine();
      return answer == null ? "" : answer.strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
