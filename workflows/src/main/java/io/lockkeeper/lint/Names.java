package io.lockkeeper.lint;

import io.lockkeeper.section.QualifiedName;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Names as a person would write them into ready SQL: quoted only where they must be. */
final class Names {
  private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]*");

  /** Reserved words of PostgreSQL 15 (appendix C). */
  private static final Set<String> RESERVED =
      Set.of(
          ("all analyse analyze and any array as asc asymmetric authorization binary both case cast"
                  + " check collate collation column concurrently constraint create cross"
                  + " current_catalog current_date current_role current_schema current_time"
                  + " current_timestamp current_user default deferrable desc distinct do else end"
                  + " except false fetch for foreign freeze from full grant group having ilike in"
                  + " initially inner intersect into is isnull join lateral leading left like limit"
                  + " localtime localtimestamp natural not notnull null offset on only or order"
                  + " outer overlaps placing primary references returning right select session_user"
                  + " similar some symmetric table tablesample then to trailing true union unique"
                  + " user using variadic verbose when where window with")
              .split(" "));

  private Names() {}

  static String sql(String name) {
    return PLAIN.matcher(name).matches() && !RESERVED.contains(name)
        ? name
        : QualifiedName.quote(name);
  }

  static String sql(QualifiedName name) {
    return name.schema().map(schema -> sql(schema) + ".").orElse("") + sql(name.name());
  }

  /** One name for one relation: the search path finds what lies in public. */
  static QualifiedName known(QualifiedName name) {
    return name.schema().filter("public"::equals).isPresent()
        ? new QualifiedName(Optional.empty(), name.name())
        : name;
  }

  /** Whether it can only be written in quotes because of its case. */
  static boolean mixedCase(String name) {
    return !name.equals(name.toLowerCase(Locale.ROOT));
  }
}
