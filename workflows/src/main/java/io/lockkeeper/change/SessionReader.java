package io.lockkeeper.change;

import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads {@code as} and {@code set} of a probe or check, and values that may come from a query. */
final class SessionReader {
  /** Only custom settings: no other one may loosen the transaction that the query runs in. */
  private static final Pattern CUSTOM = Pattern.compile("[a-z_][a-z0-9_]*(\\.[a-z_][a-z0-9_]*)+");

  /** PostgreSQL's NAMEDATALEN less one. */
  private static final int LONGEST_NAME = 63;

  private final QueryReader queries;

  SessionReader(QueryReader queries) {
    this.queries = queries;
  }

  /**
   * @param asks whether it asks the database: nothing else has a role and settings
   */
  Session read(YamlMap map, boolean asks) {
    if (!asks) {
      for (String key : List.of("as", "set")) {
        map.get(key)
            .ifPresent(
                value ->
                    value.error("misplaced-key", "only a query has a role and settings: leave it"));
      }
      return Session.OURS;
    }
    Optional<String> as = map.get("as").flatMap(SessionReader::role);
    Map<String, Probe.Parameter> set =
        map.get("set").map(value -> parameters(value, true)).orElse(Map.of());
    return new Session(as, set);
  }

  /** Values by name, written or read once by a query. */
  Map<String, Probe.Parameter> parameters(YamlValue value) {
    return parameters(value, false);
  }

  private Map<String, Probe.Parameter> parameters(YamlValue value, boolean settings) {
    Map<String, Probe.Parameter> parameters = new LinkedHashMap<>();
    value
        .entries()
        .forEach(
            (name, parameter) -> {
              if (settings && !CUSTOM.matcher(name).matches()) {
                parameter.error(
                    "odd-name",
                    "\""
                        + name
                        + "\" is not a custom setting: those have a dot, such as app.user_id");
              }
              parameter(parameter).ifPresent(p -> parameters.put(name, p));
            });
    return parameters;
  }

  private Optional<Probe.Parameter> parameter(YamlValue value) {
    if (value.isText()) {
      return value.text().map(Probe.Value::new);
    }
    return value
        .map(ChangeKeys.PARAMETER)
        .require("sql")
        .flatMap(queries::read)
        .map(Probe.Query::new);
  }

  private static Optional<String> role(YamlValue value) {
    return value.parsed(
        "odd-name",
        text -> {
          boolean odd = text.isBlank() || text.length() > LONGEST_NAME || text.indexOf(0) >= 0;
          if (odd || text.equals("none") || text.startsWith("pg_")) {
            throw new IllegalArgumentException(
                "\"" + text + "\" is not a role of people or applications: name one");
          }
          return text;
        });
  }
}
