package io.lockkeeper.worker.configuration;

import io.lockkeeper.yaml.KeySet;

/** The keys of environments.yaml: all that the format has, and which of them are read now. */
final class EnvironmentKeys {
  static final KeySet FILE =
      KeySet.of("the environments file").key("environments", "mapping").build();

  static final KeySet ENVIRONMENT =
      KeySet.of("an environment")
          .key("production", "true or false")
          .key("sandbox", "true or false")
          .key("targets", "mapping")
          .key("variables", "mapping")
          .key("http_allow", "list of host:port")
          .key("logs", "mapping")
          .key("trusted_keys", "list of keys")
          .key("redis", "mapping")
          .key("host", "local, prometheus or none")
          .key("process", "file")
          .key("prometheus", "mapping")
          .later("commands", "files")
          .build();

  static final KeySet REDIS =
      KeySet.of("a redis")
          .key("url", "redis://HOST:PORT")
          .key("password", "env:NAME, file:PATH or command:NAME")
          .build();

  static final KeySet PROMETHEUS =
      KeySet.of("prometheus").key("url", "URL").key("queries", "mapping").build();

  static final KeySet TARGET =
      KeySet.of("a target")
          .key("engine", "postgresql")
          .key("url", "JDBC URL")
          .key("user", "name")
          .key("password", "env:NAME, file:PATH or command:NAME")
          .key("backup", "mapping")
          .later("path")
          .build();

  static final KeySet BACKUP =
      KeySet.of("a backup")
          .key("kind", "pg_dump, template, command or none")
          .key("directory", "folder")
          .key("schedule", "text")
          .key("jobs", "number")
          .key("take", "list of arguments")
          .key("verify", "list of arguments")
          .key("restore", "list of arguments")
          .key("find", "list of arguments")
          .build();

  private EnvironmentKeys() {}
}
