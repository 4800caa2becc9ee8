package io.lockkeeper.worker.configuration;

import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activities.settings.SecretRef;
import io.lockkeeper.activities.settings.TargetSettings;
import io.lockkeeper.activities.settings.TargetSettings.BackupSettings;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.finding.FindingsException;
import io.lockkeeper.yaml.YamlFile;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads environments.yaml. Finds all that is wrong at once; holds no secret, only references. */
public final class EnvironmentsFile {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,30}");
  private static final Pattern PLACE = Pattern.compile("[A-Za-z0-9._\\[\\]:-]+:[0-9]{1,5}");
  private static final Pattern KEY = Pattern.compile("ed25519:[A-Za-z0-9+/=]+");

  private EnvironmentsFile() {}

  /**
   * The environments, in the order written.
   *
   * @param name of the file, for findings
   * @throws FindingsException where something is wrong
   */
  public static List<EnvironmentSettings> read(String name, String text) {
    Findings findings = new Findings();
    List<EnvironmentSettings> environments = new ArrayList<>();
    YamlFile.read(name, text, findings)
        .flatMap(root -> root.map(EnvironmentKeys.FILE).require("environments"))
        .ifPresent(
            value ->
                value.entries().forEach((key, entry) -> environments.add(environment(key, entry))));
    findings.refuseErrors();
    return environments;
  }

  private static EnvironmentSettings environment(String name, YamlValue value) {
    if (!NAME.matcher(name).matches()) {
      value.error("odd-name", "\"" + name + "\" is not an environment's name");
    }
    YamlMap map = value.map(EnvironmentKeys.ENVIRONMENT);
    boolean production = map.get("production").flatMap(YamlValue::bool).orElse(false);
    boolean sandbox = map.get("sandbox").flatMap(YamlValue::bool).orElse(false);
    if (production && sandbox) {
      value.error("production-sandbox", "production is never a sandbox: drop one of the two");
    }
    return new EnvironmentSettings(
        name,
        production,
        sandbox,
        targets(map, sandbox),
        texts(map, "variables"),
        places(map),
        logs(map),
        keys(map),
        SourcesReader.read(map));
  }

  private static List<TargetSettings> targets(YamlMap map, boolean sandbox) {
    List<TargetSettings> targets = new ArrayList<>();
    map.require("targets")
        .ifPresent(
            value ->
                value
                    .entries()
                    .forEach(
                        (name, target) -> target(name, target, sandbox).ifPresent(targets::add)));
    return targets;
  }

  private static Optional<TargetSettings> target(String name, YamlValue value, boolean sandbox) {
    YamlMap map = value.map(EnvironmentKeys.TARGET);
    map.get("engine")
        .ifPresent(
            engine -> {
              if (engine.text().filter("sqlite"::equals).isPresent()) {
                engine.notSupportedYet("engine sqlite");
              } else {
                engine.oneOf(List.of("postgresql"));
              }
            });
    Optional<String> url = map.require("url").flatMap(EnvironmentsFile::url);
    Optional<String> user = map.require("user").flatMap(YamlValue::text);
    Optional<SecretRef> password =
        map.require("password").flatMap(p -> p.parsed("not-a-secret", SecretRef::parse));
    Optional<BackupSettings> backup =
        map.get("backup").flatMap(b -> BackupSettingsReader.read(b, sandbox));
    if (url.isEmpty() || user.isEmpty() || password.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(new TargetSettings(name, url.get(), user.get(), password.get(), backup));
  }

  private static Optional<String> url(YamlValue value) {
    return value.parsed(
        "not-a-url",
        text -> {
          if (!text.startsWith("jdbc:postgresql://") || text.contains("password=")) {
            throw new IllegalArgumentException(
                "write jdbc:postgresql://HOST:PORT/DATABASE, and the password under password");
          }
          return text;
        });
  }

  private static Map<String, String> texts(YamlMap map, String key) {
    Map<String, String> texts = new LinkedHashMap<>();
    map.get(key)
        .ifPresent(
            value ->
                value
                    .entries()
                    .forEach((name, text) -> text.text().ifPresent(t -> texts.put(name, t))));
    return texts;
  }

  private static Set<String> places(YamlMap map) {
    Set<String> places = new LinkedHashSet<>();
    for (YamlValue item : map.get("http_allow").map(YamlValue::listOrOne).orElse(List.of())) {
      item.parsed(
              "not-a-place",
              text -> {
                if (!PLACE.matcher(text).matches()) {
                  throw new IllegalArgumentException("\"" + text + "\" is not HOST:PORT");
                }
                return text;
              })
          .ifPresent(places::add);
    }
    return places;
  }

  private static Map<String, Path> logs(YamlMap map) {
    Map<String, Path> logs = new LinkedHashMap<>();
    texts(map, "logs").forEach((name, path) -> logs.put(name, Path.of(path)));
    return logs;
  }

  private static Set<String> keys(YamlMap map) {
    Set<String> keys = new LinkedHashSet<>();
    for (YamlValue item : map.get("trusted_keys").map(YamlValue::listOrOne).orElse(List.of())) {
      item.parsed(
              "not-a-key",
              text -> {
                if (!KEY.matcher(text).matches()) {
                  throw new IllegalArgumentException(
                      "not a public key: copy what lockkeeper key show prints");
                }
                return text;
              })
          .ifPresent(keys::add);
    }
    return keys;
  }
}
