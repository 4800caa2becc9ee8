package io.lockkeeper.deploy.cli;

import io.lockkeeper.activities.settings.SecretRef;
import io.lockkeeper.api.ApiProcess;
import io.lockkeeper.api.ApiSettings;
import io.lockkeeper.api.policy.Policy;
import io.lockkeeper.api.policy.PolicyFile;
import io.lockkeeper.deploy.standalone.DataFolder;
import io.lockkeeper.signoff.SigningKey;
import io.lockkeeper.temporal.TemporalConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code lockkeeper api}: the control plane alone. */
@Command(
    name = "api",
    description = "Run the API process. Temporal is found by TEMPORAL_ADDRESS and the like.",
    mixinStandardHelpOptions = true)
final class ApiCommand implements Callable<Integer> {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration PERSON_WAITS = Duration.ofSeconds(10);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--database-url",
      required = true,
      defaultValue = "${env:LOCKKEEPER_DATABASE_URL}",
      description = "JDBC URL of the control-plane database")
  private String databaseUrl = "";

  @Option(
      names = "--database-user",
      defaultValue = "${env:LOCKKEEPER_DATABASE_USER:-lk_control}",
      description = "its user (${DEFAULT-VALUE})")
  private String databaseUser = "";

  @Option(
      names = "--database-password",
      required = true,
      defaultValue = "${env:LOCKKEEPER_DATABASE_PASSWORD}",
      description = "env:NAME, file:PATH or command:NAME")
  private String databasePassword = "";

  @Option(
      names = "--policy",
      defaultValue = "${env:LOCKKEEPER_POLICY}",
      description = "house rules; without them the roles of tokens stand alone")
  private Optional<Path> policy = Optional.empty();

  @Option(
      names = "--data",
      defaultValue = "${env:LOCKKEEPER_DATA}",
      description =
          "folder of the signing key and the administrator's token (~/.local/share/lockkeeper)")
  private Optional<Path> data = Optional.empty();

  @Option(
      names = "--bind",
      defaultValue = "${env:LOCKKEEPER_BIND:-127.0.0.1}",
      description = "address to listen on (${DEFAULT-VALUE})")
  private String bind = "127.0.0.1";

  @Option(
      names = "--port",
      defaultValue = "${env:LOCKKEEPER_PORT:-8080}",
      description = "of the API (${DEFAULT-VALUE})")
  private int port;

  @Option(
      names = "--admin-port",
      defaultValue = "${env:LOCKKEEPER_ADMIN_PORT:-0}",
      description = "of health and metrics; 0 for a free one")
  private int adminPort;

  @Override
  public Integer call() {
    Logging.toConsole();
    Policy rules =
        policy.map(file -> PolicyFile.read(file.toString(), Texts.read(file))).orElse(Policy.NONE);
    SecretRef password = secret();
    Lifetime lifetime = new Lifetime();
    DataFolder folder = lifetime.own(DataFolder.open(data.orElseGet(Defaults::data)));
    TemporalConnection temporal =
        lifetime.own(TemporalConnection.ofEnvironment(PATIENCE, PERSON_WAITS));
    ApiProcess api =
        lifetime.own(
            ApiProcess.start(
                new ApiSettings(
                    databaseUrl,
                    databaseUser,
                    password.read(),
                    bind,
                    port,
                    adminPort,
                    rules,
                    key(folder),
                    Optional.of(folder.secret("admin-token")),
                    Optional.empty()),
                temporal));
    spec.commandLine()
        .getOut()
        .println("ready http://" + bind + ":" + api.port() + " admin " + api.adminPort());
    spec.commandLine().getOut().flush();
    UpCommand.waitForEver();
    return Exit.REACHED;
  }

  private SecretRef secret() {
    try {
      return SecretRef.parse(databasePassword);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), "--database-password: " + e.getMessage(), e);
    }
  }

  private static SigningKey key(DataFolder folder) {
    if (!Files.exists(folder.path("secrets/signing.key"))) {
      folder.writePrivate("secrets/signing.key", SigningKey.generate());
    }
    return SigningKey.parse(folder.secret("secrets/signing.key"));
  }
}
