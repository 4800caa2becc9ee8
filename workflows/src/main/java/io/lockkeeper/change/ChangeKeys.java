package io.lockkeeper.change;

import io.lockkeeper.yaml.KeySet;

/** The keys of change.yaml: all that the format has, and which of them this version reads. */
final class ChangeKeys {
  /** Those that may stand in an environment, and at the top for all. */
  static final KeySet ENVIRONMENT =
      KeySet.of("an environment")
          .key("target", "name")
          .key("requires", "list of changes")
          .key("sections", "glob, list or mapping")
          .key("guard", "list of limits")
          .key("health", "list of limits")
          .key("resume", "auto or person")
          .key("end_blockers", "mapping")
          .key("rollback_if", "list of limits")
          .key("on_failure", "pause or rollback")
          .key("rollback", "mapping")
          .key("precheck", "list of limits or names of checks")
          .key("backup", "none, taken, verified or latest")
          .key("measures", "mapping")
          .key("rehearse", "true or false")
          .key("sign_off", "list of roles")
          .key("soak", "duration")
          .key("watch", "duration")
          .key("before", "list of steps")
          .key("after", "list of steps")
          .later("notify", "window")
          .build();

  /** Of whatever kind: those of kinds that this version does not do are refused by name. */
  static final KeySet STEP =
      KeySet.of("a step")
          .key("sql", "statements, or a file")
          .key("undo", "statements, or a file")
          .key("within", "duration")
          .key("check", "name of a check")
          .key("measure", "mapping, as measures")
          .key("only", "list of environments")
          .later("ask", "run", "write", "http", "log", "redis", "load", "notify")
          .later("role", "valid", "with", "to", "expect")
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
          .key("next", "list of changes, or name: text")
          .key("follow_up", "list of what is left to do at the end")
          .later("actions")
          .all(ENVIRONMENT)
          .build();

  /** What is left to do once it is over. */
  static final KeySet FOLLOW_UP =
      KeySet.of("a follow-up")
          .key("name", "name")
          .key("after", "duration")
          .key("sql", "statements, or a file")
          .key("ask", "text")
          .key("check", "name of a check")
          .key("probe", "name of a probe, or list of names")
          .key("role", "role")
          .key("outcome", "complete or rolled_back")
          .later("every", "run", "load")
          .build();

  /** Options of a section whose file is known by the name that they stand under. */
  static final KeySet SECTION_OPTIONS =
      KeySet.of("a section")
          .key("name", "text")
          .key("rollback", "file of the bundle, or keep")
          .key("guard", "list of limits")
          .key("health", "list of limits")
          .key("checks", "list of names of checks")
          .key("within", "duration")
          .key("each", "duration")
          .key("pace", "duration")
          .key("batches", "true or false")
          .key("existing", "stop or adopt")
          .key("loses_data", "true or false")
          .later("target")
          .build();

  static final KeySet SECTION =
      KeySet.of("a section").key("file", "file of the bundle").all(SECTION_OPTIONS).build();

  static final KeySet GUARD =
      KeySet.of("a guard").key("limit", "limit").key("then", "cancel, pause or note").build();

  static final KeySet END_BLOCKERS =
      KeySet.of("end_blockers").key("idle_in_transaction", "duration, or off").build();

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
          .key("as", "role of the database")
          .key("set", "mapping of custom settings")
          .key("before", "query or file")
          .key("of", "name of a probe")
          .key("minus", "name of a probe")
          .key("over", "name of a probe")
          .key("only", "list of environments")
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
          .key("kept", "list of tables")
          .key("as", "role of the database")
          .key("set", "mapping of custom settings")
          .key("only", "list of environments")
          .later("command", "redis", "every")
          .build();

  static final KeySet PARAMETER = KeySet.of("a parameter").key("sql", "query").build();

  static final KeySet PRECHECK =
      KeySet.of("a precheck").key("limit", "limit").key("wait", "duration").build();

  static final KeySet BACKUP =
      KeySet.of("a backup")
          .key("how", "none, taken, verified or latest")
          .key("name", "text")
          .key("max_age", "duration")
          .key("within", "duration")
          .key("from", "name of a change")
          .build();

  static final KeySet MEASURES =
      KeySet.of("measures")
          .key("read_only", "true or false")
          .key("drain", "duration, or off")
          .key("settings", "mapping")
          .key("roles", "mapping")
          .build();

  static final KeySet ROLE_MEASURE =
      KeySet.of("a role's measures")
          .key("connection_limit", "number of sessions, or a share")
          .key("statement_timeout", "duration")
          .key("lock_timeout", "duration")
          .key("idle_in_transaction_session_timeout", "duration")
          .build();

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
          .key("then", "rollback, quick, pause or note")
          .key("from", "duration")
          .key("because", "text")
          .later("offer", "only")
          .build();

  static final KeySet ROLLBACK =
      KeySet.of("rollback")
          .key("A", "mapping")
          .key("B", "mapping")
          .key("quick", "mapping")
          .key("forward_only", "text")
          .build();

  static final KeySet ROLLBACK_QUICK =
      KeySet.of("rollback quick").key("within", "duration").build();

  static final KeySet ROLLBACK_A =
      KeySet.of("rollback A")
          .key("within", "duration")
          .key("leaves", "list of TABLE.COLUMN or names of objects")
          .key("watch", "duration")
          .key("before", "list of steps")
          .key("after", "list of steps")
          .build();

  static final KeySet ROLLBACK_B =
      KeySet.of("rollback B")
          .key("restore", "backup, or NAME.backup")
          .key("within", "duration")
          .key("roles", "list of roles")
          .build();

  private ChangeKeys() {}
}
