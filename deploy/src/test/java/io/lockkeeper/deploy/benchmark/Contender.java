package io.lockkeeper.deploy.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.client.ServerClient;
import io.lockkeeper.deploy.fixture.Await;
import io.lockkeeper.deploy.fixture.Change;
import io.lockkeeper.deploy.fixture.Installation;
import io.lockkeeper.deploy.fixture.Promotions;
import io.lockkeeper.deploy.fixture.Sql;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.database.postgresql.PostgreSQLConfigurationExtension;

/** A tool that brings an act onto the table, as its users call it. */
interface Contender {
  /** Does it, to its end; what it said of the outcome. */
  String bring(Act act);

  /** A promotion of a running installation. */
  record Lockkeeper(Installation installation, ServerClient manager) implements Contender {
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** What clears by itself is waited for. */
    private static final Set<String> CLEARS = Set.of("guard", "health");

    @Override
    public String bring(Act act) {
      Promotions promotions = installation.promotions();
      String id = promotions.start(manager, promotions.push(bundle(act)), Map.of());
      JsonNode ended =
          Await.until(
              id + " has ended, or waits for a person",
              PATIENCE,
              () -> promotions.promotion(id),
              Lockkeeper::over,
              () -> String.join("\n", promotions.sentences(id)));
      if (!ended.hasNonNull("ended_at")) {
        manager.post("/promotions/" + id + "/abort", Map.of("reason", "the run is over"));
        promotions.ended(id);
      }
      String status = ended.path("status").asText();
      return status.equals("COMPLETE") ? "0" : status + ": " + ended.path("sentence").asText();
    }

    private static boolean over(JsonNode promotion) {
      return promotion.hasNonNull("ended_at")
          || (promotion.path("status").asText().equals("PAUSED")
              && !CLEARS.contains(promotion.path("cause").asText()));
    }

    private static byte[] bundle(Act act) {
      return Change.of(
          "change: storm-"
              + act.words()
              + "\nwhy: a lock storm\nrisk: medium\nthrough: [dev: { rehearse: false }]\n",
          "sql/10_act.sql",
          act.sql() + ";",
          "sql/10_act.down.sql",
          act.undo() + ";");
    }
  }

  /** {@code psql -f}; with a limit also again after two seconds, until it has succeeded. */
  record Psql(Sql database, Path folder, boolean again) implements Contender {
    private static final int TRIES = 30;

    @Override
    public String bring(Act act) {
      int code = run(act);
      for (int tries = 1; again && code != 0 && tries < TRIES; tries++) {
        sleep();
        code = run(act);
      }
      return Integer.toString(code);
    }

    private int run(Act act) {
      try {
        Path script = Files.writeString(folder.resolve("act.sql"), act.sql() + ";\n");
        ProcessBuilder builder =
            new ProcessBuilder(
                    List.of(
                        "psql",
                        database.url().substring("jdbc:".length()),
                        "-U",
                        database.user(),
                        "-X",
                        "-q",
                        "-v",
                        "ON_ERROR_STOP=1",
                        "-f",
                        script.toString()))
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(folder.resolve("psql.log").toFile()));
        builder.environment().put("PGPASSWORD", database.password());
        if (again) {
          builder.environment().put("PGOPTIONS", "-c lock_timeout=500ms");
        }
        return builder.start().waitFor();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    private static void sleep() {
      try {
        TimeUnit.SECONDS.sleep(2);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * Flyway, with its history's lock outside a transaction: in its default setting it waits for
   * itself at every concurrent build (flyway#3497).
   */
  record FlywayMigrate(Sql database, Path folder) implements Contender {
    @Override
    public String bring(Act act) {
      try {
        Path scripts = Files.createDirectories(folder.resolve("flyway-" + act.words()));
        Files.writeString(scripts.resolve("V1__act.sql"), act.sql() + ";\n");
        database.execute("DROP TABLE IF EXISTS flyway_schema_history");
        FluentConfiguration configuration =
            Flyway.configure()
                .dataSource(database.url(), database.user(), database.password())
                .locations("filesystem:" + scripts)
                .baselineOnMigrate(true)
                .baselineVersion("0");
        configuration
            .getConfigurationExtension(PostgreSQLConfigurationExtension.class)
            .setTransactionalLock(false);
        configuration.load().migrate();
        return "0";
      } catch (FlywayException e) {
        return "1: " + e.getMessage();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
