package io.lockkeeper.worker.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lockkeeper.activities.settings.EnvironmentSettings;
import io.lockkeeper.activities.settings.Sources.Host;
import io.lockkeeper.activities.settings.Sources.Prometheus;
import io.lockkeeper.activities.settings.Sources.Redis;
import io.lockkeeper.finding.FindingsException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourcesReaderTest {
  private static EnvironmentSettings read(String host, String keys) {
    String file =
        """
        environments:
          staging:
            targets:
              shop: { url: "jdbc:postgresql://%s:5432/shop", user: lk, password: env:SHOP_PW }
            %s
        """
            .formatted(host, keys.replace("; ", "\n    "));
    return EnvironmentsFile.read("environments.yaml", file).get(0);
  }

  @Test
  void allSources_areRead() {
    EnvironmentSettings read =
        read(
            "db.example",
            "host: prometheus; process: /run/shop.pid; "
                + "prometheus: { url: \"http://127.0.0.1:9090\", queries: { http_p95: up } }; "
                + "redis: { cache: { url: \"redis://lk@127.0.0.1:6380\", password: env:R },"
                + " sessions: { url: \"rediss://redis.example\" } }");

    assertThat(read.host()).isEqualTo(Host.PROMETHEUS);
    assertThat(read.sources().process()).contains(Path.of("/run/shop.pid"));
    assertThat(read.sources().prometheus())
        .contains(new Prometheus(URI.create("http://127.0.0.1:9090"), Map.of("http_p95", "up")));
    assertThat(read.sources().redis().keySet()).containsExactly("cache", "sessions");
    Redis cache = read.sources().redis().get("cache");
    assertThat(cache.place()).isEqualTo("127.0.0.1:6380");
    assertThat(cache.user()).contains("lk");
    assertThat(cache.password().map(Object::toString)).contains("env:R");
    assertThat(cache.tls()).isFalse();
    Redis sessions = read.sources().redis().get("sessions");
    assertThat(sessions)
        .isEqualTo(new Redis("redis.example", 6379, true, Optional.empty(), Optional.empty()));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, LOCAL",
    "localhost, LOCAL",
    "[::1], LOCAL",
    "db.example, NONE",
    "127.example.com, NONE",
    "10.0.0.1, NONE",
  })
  void hostLeftOut_isThisMachineWhereTheTargetsAre(String host, Host expected) {
    assertThat(read(host, "").host()).isEqualTo(expected);
    assertThat(read(host, "host: none").host()).isEqualTo(Host.NONE);
    assertThat(read(host, "host: local").host()).isEqualTo(Host.LOCAL);
  }

  @Test
  void sources_stayWhereKeysAreAdded() {
    EnvironmentSettings read = read("db.example", "host: local");

    assertThat(read.trusting(Set.of("ed25519:x")).host()).isEqualTo(Host.LOCAL);
    assertThat(read.trusting(Set.of("ed25519:x")).trustedKeys()).containsExactly("ed25519:x");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "host: remote | \"remote\" is not one of local, prometheus, none",
        "host: prometheus | host: prometheus needs prometheus: {url} beside it",
        "prometheus: { queries: { a: up } } | the key \"url\" is missing",
        "prometheus: { url: ftp://a } | write http://HOST:PORT, without user and password",
        "prometheus: { url: \"http://u:secret@a\" } | write http://HOST:PORT, without user and password",
        "prometheus: { url: \"http://a\", queries: { a.b: up } } | \"a.b\" cannot stand in the name of a metric",
        "redis: { cache: { url: \"http://a\" } } | write redis://HOST:PORT or rediss://HOST:PORT, and the password under password",
        "redis: { cache: { url: \"redis://:secret@a\" } } | write redis://HOST:PORT or rediss://HOST:PORT, and the password under password",
        "redis: { cache: { url: \"redis://:secret@ a\" } } | write redis://HOST:PORT or rediss://HOST:PORT, and the password under password",
        "redis: { cache: { url: \"redis://a\", password: secret } } | a secret is written env:NAME, file:PATH or command:NAME, never itself",
        "redis: { cache: { uri: \"redis://a\" } } | (did you mean \"url\"?)",
      })
  void mistake_isToldWithoutTheSecret(String keys, String message) {
    assertThatThrownBy(() -> read("db.example", keys))
        .isInstanceOf(FindingsException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("secret@");
  }
}
