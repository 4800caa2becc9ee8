package io.lockkeeper.section;

import static io.lockkeeper.section.ObjectKind.FUNCTION;
import static io.lockkeeper.section.ObjectKind.PROCEDURE;
import static io.lockkeeper.section.ObjectKind.ROUTINE;
import static io.lockkeeper.section.ObjectKind.SEQUENCE;
import static io.lockkeeper.section.ObjectKind.TABLE;

import io.lockkeeper.section.ObjectChange.Comment;
import io.lockkeeper.section.ObjectChange.Privileges;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code GRANT}, {@code REVOKE} and {@code COMMENT}. */
final class PrivilegeReader {
  private final Statement statement;
  private final TokenReader tokens;

  PrivilegeReader(Statement statement, TokenReader tokens) {
    this.statement = statement;
    this.tokens = tokens;
  }

  /** Nothing where it is something else. */
  Optional<Meaning> read() {
    if (tokens.skip("grant")) {
      return Optional.of(privileges(true));
    }
    if (tokens.skip("revoke")) {
      return Optional.of(privileges(false));
    }
    if (tokens.skip("comment", "on")) {
      return Optional.of(comment());
    }
    return Optional.empty();
  }

  private Meaning privileges(boolean grants) {
    boolean plain = !tokens.skip("admin", "option", "for");
    tokens.skip("grant", "option", "for");
    List<Token> what = until("on", grants ? "to" : "from");
    Optional<ObjectKind> of = Optional.empty();
    List<Token> objects = List.of();
    boolean ofAll = false;
    if (tokens.skip("on")) {
      Optional<ObjectKind> all = allOf();
      ofAll = all.isPresent();
      of = ofAll ? all : kind();
      plain &= of.isPresent();
      objects = until(grants ? "to" : "from");
    } else {
      plain = false;
    }
    tokens.take();
    List<Token> roles = until("with", "granted", "cascade", "restrict");
    boolean option = tokens.skip("with", "grant", "option");
    plain &= tokens.atEnd() || tokens.skip("restrict") || tokens.skip("cascade") || option;
    plain &= tokens.atEnd();
    return new Privileges(
        grants,
        texts(what).stream().map(text -> text.toUpperCase(Locale.ROOT)).toList(),
        of,
        texts(objects),
        plain ? identities(ofAll ? Optional.of(ObjectKind.SCHEMA) : of, objects) : List.of(),
        texts(roles),
        ofAll,
        plain);
  }

  /** The kind of which all in some schemas is meant; takes its words. */
  private Optional<ObjectKind> allOf() {
    if (!tokens.nextIs("all")) {
      return Optional.empty();
    }
    for (ObjectKind kind : List.of(TABLE, SEQUENCE, FUNCTION, PROCEDURE, ROUTINE)) {
      if (tokens.skip("all", kind.text() + "s", "in", "schema")) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /** Nothing where it is one that is not understood. */
  private Optional<ObjectKind> kind() {
    return ObjectKind.take(tokens)
        .or(
            () ->
                tokens.nextIs("all") || unknownKind()
                    ? Optional.empty()
                    : Optional.of(ObjectKind.TABLE));
  }

  private List<String> identities(Optional<ObjectKind> of, List<Token> objects) {
    return Clauses.byComma(objects).stream()
        .map(object -> identity(of.orElse(ObjectKind.TABLE), object))
        .toList();
  }

  private String identity(ObjectKind of, List<Token> object) {
    return of.routine() ? routine(of, object) : new TokenReader(object).qualifiedName().sql();
  }

  /** With its arguments where they are written; a name alone is as good where there is one. */
  private String routine(ObjectKind of, List<Token> object) {
    ObjectChange.Signature signature =
        new RoutineReader(statement, new TokenReader(object), of).signature();
    return signature.arguments().isPresent() ? signature.identity() : signature.name().sql();
  }

  /** Another word stands before the name: {@code ON LANGUAGE plpgsql}. */
  private boolean unknownKind() {
    List<Token> rest = tokens.rest();
    return rest.size() > 1
        && rest.get(0).isName()
        && rest.get(1).isName()
        && !rest.get(1).is("to")
        && !rest.get(1).is("from");
  }

  private List<String> texts(List<Token> list) {
    return Clauses.byComma(list).stream()
        .map(part -> Clauses.text(statement, part))
        .map(text -> text.toUpperCase(Locale.ROOT).equals("ALL PRIVILEGES") ? "ALL" : text)
        .toList();
  }

  private List<Token> until(String... keywords) {
    int from = tokens.at();
    while (!tokens.atEnd() && !nextIsOneOf(keywords)) {
      if (!tokens.skipGroup()) {
        tokens.take();
      }
    }
    return tokens.since(from);
  }

  private boolean nextIsOneOf(String... keywords) {
    for (String keyword : keywords) {
      if (tokens.nextIs(keyword)) {
        return true;
      }
    }
    return false;
  }

  private Meaning comment() {
    int kindFrom = tokens.at();
    Optional<ObjectKind> of = ObjectKind.take(tokens);
    String words = of.map(ObjectKind::text).orElseGet(() -> tokens.name());
    List<Token> object = until("is");
    tokens.expect("is");
    String text = Clauses.text(statement, object);
    if (of.isEmpty() || kindFrom == tokens.at() || object.isEmpty()) {
      return new Comment(Optional.empty(), words, text, Optional.empty(), "", Optional.empty());
    }
    TokenReader reader = new TokenReader(object);
    if (of.get().ofTable()) {
      String part = reader.name();
      boolean ofTable = reader.skip("on") && !reader.skip("domain");
      return new Comment(
          ofTable ? of : Optional.empty(),
          words,
          text,
          ofTable ? Optional.of(reader.qualifiedName()) : Optional.empty(),
          "",
          Optional.of(part));
    }
    if (of.get() == ObjectKind.COLUMN) {
      return column(object, text);
    }
    String identity = of.get().routine() ? routine(of.get(), object) : "";
    return new Comment(
        of, words, text, Optional.of(reader.qualifiedName()), identity, Optional.empty());
  }

  /** The last name is the column's. */
  private Meaning column(List<Token> object, String text) {
    int last = object.size() - 1;
    TokenReader table = new TokenReader(object.subList(0, Math.max(1, last - 1)));
    return new Comment(
        Optional.of(ObjectKind.COLUMN),
        "column",
        text,
        Optional.of(table.qualifiedName()),
        "",
        Optional.of(object.get(last).name()));
  }
}
