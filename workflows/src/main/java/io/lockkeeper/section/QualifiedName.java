package io.lockkeeper.section;

import java.util.Optional;

/**
 * A relation's name as the server understands it.
 *
 * @param schema absent where the search path decides
 */
public record QualifiedName(Optional<String> schema, String name) {

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
