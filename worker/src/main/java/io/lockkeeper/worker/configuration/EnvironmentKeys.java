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
          .later("commands", "files", "redis", "host", "prometheus")
          .build();

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
