package io.lockkeeper.worker.configuration;

import io.lockkeeper.activities.settings.SecretRef;
import io.lockkeeper.activities.settings.Sources;
import io.lockkeeper.activities.settings.Sources.Host;
import io.lockkeeper.activities.settings.Sources.Prometheus;
import io.lockkeeper.activities.settings.Sources.Redis;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads where figures come from that no database tells. */
final class SourcesReader {
  /** As it stands in the name of a metric. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

  private SourcesReader() {}

  static Sources read(YamlMap environment) {
    Optional<Prometheus> prometheus =
        environment.get("prometheus").flatMap(SourcesReader::prometheus);
    Optional<Host> host = environment.get("host").flatMap(SourcesReader::host);
    if (host.equals(Optional.of(Host.PROMETHEUS)) && !environment.has("prometheus")) {
      environment.self().error("missing-key", "host: prometheus needs prometheus: {url} beside it");
    }
    return new Sources(
        host,
        environment.get("process").flatMap(YamlValue::text).map(Path::of),
        prometheus,
        redis(environment));
  }

  private static Optional<Host> host(YamlValue value) {
    return value
        .oneOf(List.of("local", "prometheus", "none"))
        .map(word -> Host.valueOf(word.toUpperCase(Locale.ROOT)));
  }

  private static Optional<Prometheus> prometheus(YamlValue value) {
    YamlMap map = value.map(EnvironmentKeys.PROMETHEUS);
    Map<String, String> queries = new LinkedHashMap<>();
    map.get("queries")
        .ifPresent(
            written ->
                written
                    .entries()
                    .forEach(
                        (name, query) -> {
                          named(name, query);
                          query.text().ifPresent(text -> queries.put(name, text));
                        }));
    return map.require("url")
        .flatMap(url -> url.parsed("not-a-url", SourcesReader::place))
        .map(url -> new Prometheus(url, queries));
  }

  private static URI place(String text) {
    URI url = URI.create(text);
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!http || url.getHost() == null || url.getUserInfo() != null || url.getQuery() != null) {
      throw new IllegalArgumentException("write http://HOST:PORT, without user and password");
    }
    return url;
  }

  private static Map<String, Redis> redis(YamlMap environment) {
    Map<String, Redis> servers = new LinkedHashMap<>();
    environment
        .get("redis")
        .ifPresent(
            value ->
                value
                    .entries()
                    .forEach(
                        (name, server) -> {
                          named(name, server);
                          redis(server).ifPresent(read -> servers.put(name, read));
                        }));
    return servers;
  }

  private static Optional<Redis> redis(YamlValue value) {
    YamlMap map = value.map(EnvironmentKeys.REDIS);
    Optional<SecretRef> password =
        map.get("password").flatMap(p -> p.parsed("not-a-secret", SecretRef::parse));
    return map.require("url")
        .flatMap(url -> url.parsed("not-a-url", text -> Redis.of(text, password)));
  }

  private static void named(String name, YamlValue value) {
    if (!NAME.matcher(name).matches()) {
      value.error("odd-name", "\"" + name + "\" cannot stand in the name of a metric");
    }
  }
}
