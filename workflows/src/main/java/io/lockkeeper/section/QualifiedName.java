package io.lockkeeper.section;

import java.util.Optional;

/**
 * A relation's name as the server understands it.
 *
 * @param schema absent where the search path decides
 */
public record QualifiedName(Optional<String> schema, String name) {

  /** One that the search path finds. */
  public static QualifiedName of(String name) {
    return new QualifiedName(Optional.empty(), name);
  }

  public static QualifiedName of(String schema, String name) {
    return new QualifiedName(Optional.of(schema), name);
  }

  /** Quoted, safe to stand in a statement. */
  public String sql() {
    return schema.map(QualifiedName::quote).map(s -> s + ".").orElse("") + quote(name);
  }

  /** For people: unquoted. */
  public String text() {
    return schema.map(s -> s + ".").orElse("") + name;
  }

  public static String quote(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }
}
