package io.lockkeeper.section;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Settings that change how the server reads the text of the statements that follow. Found where a
 * statement names them; what a function does when it is called cannot be seen here.
 */
final class ReadingSettings {
  private record Setting(String name, String code, Set<String> harmless, String message) {}

  private static final Setting STRINGS =
      new Setting(
          "standard_conforming_strings",
          "string-setting",
          Set.of("on", "true", "yes", "1"),
          "standard_conforming_strings stays on, because the statements that follow are read with"
              + " it: remove this, and write E'…' where a backslash escapes");

  private static final Setting ENCODING =
      new Setting(
          "client_encoding",
          "encoding-setting",
          Set.of("utf8", "utf-8", "unicode"),
          "client_encoding stays UTF8, because the statements that follow are sent in it: remove"
              + " this, and save the file as UTF-8");

  private static final Set<String> WITH_SETTINGS = Set.of("role", "user", "database", "system");

  /** {@code E'standard_conforming_strings'}. */
  private static final int LONGEST = STRINGS.name().length() + 3;

  private boolean named;

  /** Each token of a statement. */
  void see(Token token) {
    if (token.isName() || token.kind() == Token.Kind.STRING) {
      int length = token.text().length();
      boolean possible = length >= ENCODING.name().length() && length <= LONGEST;
      named |= token.is("names") || (possible && setting(token).isPresent());
    }
  }

  /** At the statement's end. */
  void refuse(Statement statement) {
    if (!named) {
      return;
    }
    named = false;
    List<Token> tokens = statement.tokens();
    for (int i = 1; i < tokens.size(); i++) {
      Optional<Setting> setting = set(tokens, i);
      if (setting.isPresent()) {
        throw Place.of(tokens.get(0)).refuse(setting.get().code(), setting.get().message());
      }
    }
  }

  /** What is set here to something else than it is. */
  private static Optional<Setting> set(List<Token> tokens, int at) {
    Token before = tokens.get(at - 1);
    Token token = tokens.get(at);
    if (token.kind() == Token.Kind.STRING) {
      boolean called = tokens.stream().limit(at).anyMatch(t -> t.is("set_config"));
      return setting(token).filter(setting -> called);
    }
    Optional<Setting> setting = token.is("names") ? Optional.of(ENCODING) : setting(token);
    if (before.is("reset")) {
      return setting.filter(s -> altersSession(tokens));
    }
    boolean sets = before.is("set") || before.is("session") || before.is("local");
    return setting.filter(s -> sets && altersSession(tokens) && !harmless(s, tokens, at + 1));
  }

  private static boolean altersSession(List<Token> tokens) {
    Token first = tokens.get(0);
    return first.is("set")
        || first.is("reset")
        || (first.is("alter") && WITH_SETTINGS.contains(tokens.get(1).name()));
  }

  private static boolean harmless(Setting setting, List<Token> tokens, int at) {
    boolean assigned =
        at < tokens.size() && (tokens.get(at).is("to") || tokens.get(at).isSymbol('='));
    int value = assigned ? at + 1 : at;
    return value == tokens.size() - 1
        && setting.harmless().contains(plain(tokens.get(value)).toLowerCase(Locale.ROOT));
  }

  private static Optional<Setting> setting(Token token) {
    String name = plain(token);
    if (name.equalsIgnoreCase(STRINGS.name())) {
      return Optional.of(STRINGS);
    }
    return name.equalsIgnoreCase(ENCODING.name()) ? Optional.of(ENCODING) : Optional.empty();
  }

  /** A string without its quotes and prefix; one with escapes stays as it is. */
  private static String plain(Token token) {
    String text = token.text();
    int quote = token.kind() == Token.Kind.STRING ? text.indexOf('\'') : -1;
    return quote < 0 ? text : text.substring(quote + 1, text.length() - 1);
  }
}
