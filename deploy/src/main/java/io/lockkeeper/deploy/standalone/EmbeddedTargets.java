package io.lockkeeper.deploy.standalone;

import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activities.settings.SecretRef;
import io.lockkeeper.activities.settings.TargetSettings;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.activities.settings.TargetSettings.Kind;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The embedded default: dev, staging and production as sandboxes with a database each. */
final class EmbeddedTargets {
  static final List<String> ENVIRONMENTS = List.of("dev", "staging", "production");

  /** Owns the targets' tables and changes them; no superuser. */
  static final String EXECUTOR = "lk_exec";

  /** What the example's application logs in as. */
  static final String APPLICATION = "app_user";

  private final DataFolder data;
  private final EmbeddedServer server;
  private final String target;

  /**
   * @param target the name of each environment's target: the example's, or {@code main}
   */
  EmbeddedTargets(DataFolder data, EmbeddedServer server, String target) {
    this.data = data;
    this.server = server;
    this.target = target;
  }

  /** Roles as a careful DBA would make them: the executor owns, observes, and may make copies. */
  void roles() {
    server.role(EXECUTOR, data.secret("secrets/target"), List.of("CREATEDB", "CREATEROLE"));
    server.sql("postgres", "GRANT pg_monitor, pg_signal_backend TO " + EXECUTOR);
    server.role(APPLICATION, data.secret("secrets/application"), List.of());
  }

  String database(String environment) {
    return target + "_" + environment;
  }

  void databases() {
    ENVIRONMENTS.forEach(environment -> server.database(database(environment), EXECUTOR));
  }

  /** The settings as the worker's file would give them. */
  EnvironmentSettings settings(
      String environment, Optional<Example.Running> application, Set<String> trustedKeys) {
    Map<String, String> variables = new LinkedHashMap<>();
    Map<String, Path> logs = new LinkedHashMap<>();
    Set<String> allowed =
        application
            .map(
                running -> {
                  String place = "127.0.0.1:" + running.application().port();
                  variables.put("app", "http://" + place);
                  logs.put("app", running.log());
                  logs.put("server", data.path("logs/postgres.log"));
                  return Set.of(place);
                })
            .orElse(Set.of());
    return new EnvironmentSettings(
        environment,
        false,
        true,
        List.of(target(environment)),
        variables,
        allowed,
        logs,
        trustedKeys);
  }

  private TargetSettings target(String environment) {
    boolean dumps = TemporalBinary.onPath("pg_dump").isPresent();
    return new TargetSettings(
        target,
        server.url(database(environment)),
        EXECUTOR,
        SecretRef.parse("file:" + data.path("secrets/target")),
        Optional.of(
            new BackupSettings(
                dumps ? Kind.PG_DUMP : Kind.TEMPLATE,
                data.folder("backups"),
                "at the first start of this installation")));
  }
}
