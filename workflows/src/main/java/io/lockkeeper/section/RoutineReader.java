package io.lockkeeper.section;

import io.lockkeeper.section.ObjectChange.AlterRoutine;
import io.lockkeeper.section.ObjectChange.Aspect;
import io.lockkeeper.section.ObjectChange.CreateRoutine;
import io.lockkeeper.section.ObjectChange.DropRoutine;
import io.lockkeeper.section.ObjectChange.Signature;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads statements about functions, procedures and aggregates. */
final class RoutineReader {
  private static final Set<String> OPTIONS =
      Set.of(
          "language",
          "as",
          "security",
          "immutable",
          "stable",
          "volatile",
          "called",
          "strict",
          "cost",
          "rows",
          "set",
          "support",
          "parallel",
          "begin",
          "return",
          "external",
          "leakproof",
          "not",
          "window",
          "transform",
          "returns");

  /** First words of types that have several. */
  private static final Set<String> TWO_WORDS =
      Set.of(
          "double precision",
          "character varying",
          "char varying",
          "bit varying",
          "national character",
          "national char",
          "timestamp with",
          "timestamp without",
          "time with",
          "time without",
          "interval year",
          "interval month",
          "interval day",
          "interval hour",
          "interval minute",
          "interval second");

  private final Statement statement;
  private final TokenReader tokens;
  private final ObjectKind of;

  RoutineReader(Statement statement, TokenReader tokens, ObjectKind of) {
    this.statement = statement;
    this.tokens = tokens;
    this.of = of;
  }

  /** After {@code CREATE [OR REPLACE] FUNCTION}. */
  CreateRoutine create(boolean orReplace) {
    Signature signature = signature();
    String language = "sql";
    boolean definer = false;
    Optional<String> searchPath = Optional.empty();
    String volatility = "volatile";
    while (!tokens.atEnd() && !tokens.nextIs("return") && !atBody()) {
      if (tokens.skip("language")) {
        language = literal(tokens.take());
      } else if (tokens.skip("security", "definer")) {
        definer = true;
      } else if (tokens.skip("set", "search_path")) {
        searchPath = Optional.of(value());
      } else if (tokens.nextIs("immutable") || tokens.nextIs("stable")) {
        volatility = tokens.name();
      } else if (!tokens.skipGroup()) {
        tokens.take();
      }
    }
    return new CreateRoutine(of, signature, orReplace, language, definer, searchPath, volatility);
  }

  private boolean atBody() {
    return new TokenReader(tokens.rest()).skip("begin", "atomic");
  }

  private static String literal(Token token) {
    String text = token.name().toLowerCase(Locale.ROOT);
    return text.startsWith("'") ? text.substring(1, text.length() - 1) : text;
  }

  private String value() {
    if (!tokens.skipSymbol('=')) {
      tokens.skip("to");
    }
    int from = tokens.at();
    while (!tokens.atEnd()
        && !(tokens.peek().kind() == Token.Kind.WORD
            && OPTIONS.contains(tokens.peek().text().toLowerCase(Locale.ROOT)))) {
      tokens.take();
    }
    return Clauses.text(statement, tokens.since(from));
  }

  /** After {@code DROP FUNCTION}. */
  DropRoutine drop() {
    boolean ifExists = tokens.skip("if", "exists");
    List<Signature> routines = new ArrayList<>();
    do {
      routines.add(signature());
    } while (tokens.skipSymbol(','));
    return new DropRoutine(of, routines, ifExists, tokens.skip("cascade"));
  }

  /** After {@code ALTER FUNCTION}. */
  AlterRoutine alter() {
    Signature signature = signature();
    if (tokens.skip("rename", "to")) {
      return new AlterRoutine(of, signature, Aspect.NAME, tokens.name());
    }
    if (tokens.skip("set", "schema")) {
      return new AlterRoutine(of, signature, Aspect.SCHEMA, tokens.name());
    }
    if (tokens.skip("owner", "to")) {
      return new AlterRoutine(of, signature, Aspect.OWNER, tokens.name());
    }
    return new AlterRoutine(of, signature, Aspect.DEFINITION, "");
  }

  Signature signature() {
    QualifiedName name = tokens.qualifiedName();
    if (!tokens.nextIsSymbol('(')) {
      return new Signature(name, Optional.empty(), "");
    }
    int from = tokens.at();
    tokens.skipGroup();
    List<Token> group = tokens.since(from);
    List<String> arguments = new ArrayList<>();
    List<String> types = new ArrayList<>();
    for (List<Token> argument : Clauses.byComma(group.subList(1, group.size() - 1))) {
      List<Token> declared = withoutDefault(argument);
      arguments.add(Clauses.text(statement, declared));
      type(declared).ifPresent(types::add);
    }
    return new Signature(
        name, Optional.of("(" + String.join(", ", arguments) + ")"), String.join(", ", types));
  }

  private static List<Token> withoutDefault(List<Token> argument) {
    for (int at = 0; at < argument.size(); at++) {
      if (argument.get(at).is("default") || argument.get(at).isSymbol('=')) {
        return argument.subList(0, at);
      }
    }
    return argument;
  }

  /** Its type, where the argument counts for telling routines apart: not OUT. */
  private Optional<String> type(List<Token> argument) {
    TokenReader reader = new TokenReader(argument);
    if (argument.isEmpty() || reader.skip("out")) {
      return Optional.empty();
    }
    if (!reader.skip("inout")) {
      reader.skip("in");
      reader.skip("variadic");
    }
    List<Token> rest = reader.rest();
    boolean named =
        rest.size() > 1
            && rest.get(0).isName()
            && rest.get(1).isName()
            && !TWO_WORDS.contains(rest.get(0).name() + " " + rest.get(1).name());
    return Optional.of(Clauses.text(statement, named ? rest.subList(1, rest.size()) : rest));
  }
}
