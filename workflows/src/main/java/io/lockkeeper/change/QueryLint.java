package io.lockkeeper.change;

import io.lockkeeper.lint.StatementLint;
import io.lockkeeper.yaml.YamlValue;
import java.util.Map;
import java.util.Optional;

/** Queries of probes and checks, which run beside the sections. */
final class QueryLint {
  private final StatementLint lint;
  private final Map<String, YamlValue> written;

  private QueryLint(StatementLint lint, Map<String, YamlValue> written) {
    this.lint = lint;
    this.written = written;
  }

  /**
   * @param written where each stands, by {@code probes.NAME} and {@code checks.NAME}
   */
  static void check(Change change, StatementLint lint, Map<String, YamlValue> written) {
    QueryLint queries = new QueryLint(lint, written);
    for (Probe probe : change.probes()) {
      if (probe.source() instanceof Probe.Sql sql) {
        queries.look("probes." + probe.name(), sql.sql());
        sql.before().ifPresent(before -> queries.look("probes." + probe.name(), before));
      }
    }
    for (Check check : change.checks()) {
      if (check.source() instanceof Check.Sql sql) {
        queries.look("checks." + check.name(), sql.sql());
      }
    }
  }

  private void look(String what, String sql) {
    Optional<YamlValue> place = Optional.ofNullable(written.get(what));
    lint.query(
        BundleFiles.CHANGE,
        place.map(YamlValue::line).orElse(1),
        place.map(YamlValue::column).orElse(1),
        what,
        sql);
  }
}
