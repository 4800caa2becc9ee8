package io.lockkeeper.change;

import io.lockkeeper.yaml.KeySet;

/** The keys of change.yaml: all that the format has, and which of them this version reads. */
final class ChangeKeys {
  /** Those that may stand in an environment, and at the top for all. */
  static final KeySet ENVIRONMENT =
      KeySet.of("an environment")
          .key("target", "name")
          .key("sections", "glob or list")
          .key("rollback_if", "list of limits")
          .key("on_failure", "pause or rollback")
          .key("rollback", "mapping")
          .key("precheck", "list of limits or names of checks")
          .key("backup", "none, taken or verified")
          .key("measures", "mapping")
          .key("rehearse", "true or false")
          .key("sign_off", "list of roles")
          .key("soak", "duration")
          .key("watch", "duration")
          .later("requires", "guard", "health", "resume", "notify", "before", "after", "window")
          .build();

  static final KeySet CHANGE =
      KeySet.of("a change")
          .key("change", "name")
          .key("why", "text")
          .key("engine", "postgresql")
          .key("risk", "low, medium or high")
          .key("labels", "mapping")
          .key("probes", "mapping")
          .key("checks", "mapping")
          .key("through", "list of environments")
          .later("actions", "follow_up", "next")
          .all(ENVIRONMENT)
          .build();

  static final KeySet SECTION =
      KeySet.of("a section")
          .key("file", "file of the bundle")
          .key("name", "text")
          .key("loses_data", "true or false")
          .later("rollback", "guard", "health", "checks", "within", "each", "pace", "batches")
          .later("existing", "target")
          .build();

  static final KeySet PROBE =
      KeySet.of("a probe")
          .key("sql", "query or file")
          .key("http", "URL")
          .key("with", "mapping")
          .key("uses", "index or list of indexes")
          .key("min_rows", "number")
          .key("noise", "duration")
          .key("runs", "number")
          .key("warm_up", "number")
          .key("core", "true or false")
          .key("expect", "limit or list of limits")
          .later("as", "set", "before", "of", "minus", "over", "only")
          .build();

  static final KeySet CHECK =
      KeySet.of("a check")
          .key("sql", "query or file")
          .key("http", "URL")
          .key("log", "name of a log")
          .key("match", "regular expression")
          .key("expect", "limit, list of limits, or unchanged")
          .key("when", "before, after, soak, watch, rolled_back")
          .key("record", "true or false")
          .key("then", "pause, rollback or note")
          .later("command", "redis", "kept", "as", "set", "every", "only")
          .build();

  static final KeySet PARAMETER = KeySet.of("a parameter").key("sql", "query").build();

  static final KeySet PRECHECK =
      KeySet.of("a precheck").key("limit", "limit").key("wait", "duration").build();

  static final KeySet MEASURES =
      KeySet.of("measures").key("settings", "mapping").later("read_only", "drain", "roles").build();

  static final KeySet SIGN_OFF =
      KeySet.of("a sign-off")
          .key("roles", "list of roles")
          .key("expires", "duration")
          .later("remind", "escalate")
          .build();

  static final KeySet MILESTONE =
      KeySet.of("a soak or watch")
          .key("for", "duration")
          .key("sample", "duration")
          .key("min_samples", "share")
          .key("rollback_if", "list of limits")
          .later("ask", "role")
          .build();

  static final KeySet TRIGGER =
      KeySet.of("a trigger")
          .key("if", "limit")
          .key("metric", "metric")
          .key("above", "limit")
          .key("below", "limit")
          .key("for", "duration")
          .key("then", "rollback, pause or note")
          .key("from", "duration")
          .key("because", "text")
          .later("offer", "only")
          .build();

  static final KeySet ROLLBACK =
      KeySet.of("rollback").key("A", "mapping").later("quick", "B", "forward_only").build();

  static final KeySet ROLLBACK_A =
      KeySet.of("rollback A")
          .key("within", "duration")
          .later("before", "after", "watch", "leaves")
          .build();

  private ChangeKeys() {}
}
