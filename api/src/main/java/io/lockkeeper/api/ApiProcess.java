package io.lockkeeper.api;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheck;
import com.codahale.metrics.health.HealthCheckRegistry;
import io.dropwizard.auth.AuthDynamicFeature;
import io.dropwizard.auth.AuthValueFactoryProvider;
import io.dropwizard.auth.UnauthorizedHandler;
import io.dropwizard.auth.oauth.OAuthCredentialAuthFilter;
import io.dropwizard.core.Configuration;
import io.dropwizard.core.server.DefaultServerFactory;
import io.dropwizard.core.setup.Environment;
import io.dropwizard.jersey.jackson.JacksonFeature;
import io.dropwizard.jersey.setup.JerseyEnvironment;
import io.dropwizard.jersey.validation.Validators;
import io.dropwizard.jetty.HttpConnectorFactory;
import io.dropwizard.request.logging.LogbackAccessRequestLogFactory;
import io.dropwizard.util.DataSize;
import io.lockkeeper.activity.Queues;
import io.lockkeeper.api.auth.Caller;
import io.lockkeeper.api.auth.Caller.Kind;
import io.lockkeeper.api.auth.Tokens;
import io.lockkeeper.api.blobs.BlobStore;
import io.lockkeeper.api.blobs.InternalResource;
import io.lockkeeper.api.changes.ChangeStore;
import io.lockkeeper.api.changes.ChangesResource;
import io.lockkeeper.api.database.ControlDatabase;
import io.lockkeeper.api.environments.EnvironmentStore;
import io.lockkeeper.api.environments.EnvironmentsResource;
import io.lockkeeper.api.journal.ControlActivitiesImpl;
import io.lockkeeper.api.journal.JournalResource;
import io.lockkeeper.api.journal.JournalStore;
import io.lockkeeper.api.people.PeopleResource;
import io.lockkeeper.api.problems.ProblemException;
import io.lockkeeper.api.problems.ProblemMappers;
import io.lockkeeper.api.promotions.Promotions;
import io.lockkeeper.api.reports.SeriesResource;
import io.lockkeeper.api.reports.ViewsResource;
import io.lockkeeper.api.series.Retention;
import io.lockkeeper.api.series.SeriesStore;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.json.Json;
import io.lockkeeper.temporal.TemporalConnection;
import io.temporal.worker.WorkerFactory;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The API process: REST, the journal's activities, health and metrics. */
public final class ApiProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiProcess.class);
  private static final long STOP_SECONDS = 5;

  /** The worker in the API's own process; a token for another one would not be given this name. */
  private static final String OWN_WORKER = "worker of this installation";

  private final ControlDatabase database;
  private final WorkerFactory factory;
  private final Server server;
  private final Optional<Retention> retention;

  private ApiProcess(
      ControlDatabase database,
      WorkerFactory factory,
      Server server,
      Optional<Retention> retention) {
    this.retention = retention;
    this.database = database;
    this.factory = factory;
    this.server = server;
  }

  /**
   * Starts.
   *
   * @throws LockkeeperException where the database or the port cannot be had
   */
  public static ApiProcess start(ApiSettings settings, TemporalConnection temporal) {
    ControlDatabase database =
        ControlDatabase.open(
            settings.databaseUrl(), settings.databaseUser(), settings.databasePassword());
    WorkerFactory factory = WorkerFactory.newInstance(temporal.client());
    try {
      return start(settings, temporal, database, factory);
    } catch (RuntimeException e) {
      factory.shutdownNow();
      database.close();
      throw e;
    }
  }

  public int port() {
    return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
  }

  public int adminPort() {
    return ((ServerConnector) server.getConnectors()[1]).getLocalPort();
  }

  @Override
  public void close() {
    retention.ifPresent(Retention::close);
    try {
      server.stop();
    } catch (Exception e) {
      LOG.warn("stopping the server", e);
    }
    factory.shutdown();
    factory.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
    factory.shutdownNow();
    database.close();
  }

  private static ApiProcess start(
      ApiSettings settings,
      TemporalConnection temporal,
      ControlDatabase database,
      WorkerFactory factory) {
    temporal.registerSearchAttributes();
    Jdbi jdbi = database.jdbi();
    Stores stores = Stores.of(database);
    BlobStore blobs = stores.blobs();
    JournalStore journal = stores.journal();
    SeriesStore series = stores.series();
    journal.completeSeries();
    ChangeStore changes = new ChangeStore(jdbi, blobs);
    EnvironmentStore environments = new EnvironmentStore(jdbi);
    Tokens tokens = new Tokens(jdbi, settings.policy());
    settings
        .adminToken()
        .ifPresent(token -> tokens.keep(token, "admin", Set.of(), Kind.ADMINISTRATOR));
    settings
        .workerToken()
        .ifPresent(token -> tokens.keep(token, OWN_WORKER, Set.of(Caller.WORKER), Kind.SERVICE));
    Promotions promotions =
        new Promotions(
            jdbi,
            journal,
            changes,
            environments,
            settings.policy(),
            settings.key(),
            temporal.client());
    factory
        .newWorker(Queues.CONTROL)
        .registerActivitiesImplementations(
            new ControlActivitiesImpl(journal, blobs, temporal.client()));
    factory.start();
    List<Object> resources =
        List.of(
            promotions.resource(),
            new ChangesResource(
                changes, environments, settings.policy(), temporal.client(), promotions::measured),
            new EnvironmentsResource(environments),
            new PeopleResource(tokens, promotions, settings.key().publicKey()),
            new JournalResource(journal, promotions::progress),
            new ViewsResource(promotions, journal, blobs, series),
            new SeriesResource(promotions, series),
            new InternalResource(blobs, environments, journal, promotions::exists));
    Server server = serve(settings, temporal, jdbi, tokens, promotions, resources);
    promotions.startDoubtful();
    Optional<Retention> retention =
        settings.policy().keepSeries().map(keep -> new Retention(series, keep, Clock.systemUTC()));
    return new ApiProcess(database, factory, server, retention);
  }

  private static Server serve(
      ApiSettings settings,
      TemporalConnection temporal,
      Jdbi jdbi,
      Tokens tokens,
      Promotions promotions,
      List<Object> resources) {
    Environment environment =
        new Environment(
            "lockkeeper",
            Json.mapper(),
            Validators.newValidatorFactory(),
            new MetricRegistry(),
            ApiProcess.class.getClassLoader(),
            new HealthCheckRegistry(),
            new Configuration());
    JerseyEnvironment jersey = environment.jersey();
    jersey.register(new JacksonFeature(environment.getObjectMapper()));
    ProblemMappers.register(jersey);
    authenticate(jersey, tokens);
    resources.forEach(jersey::register);
    jersey.register(new OpenApiResource(resources));
    environment.healthChecks().register("database", databaseCheck(jdbi));
    environment.healthChecks().register("temporal", temporalCheck(temporal));
    environment
        .admin()
        .addServlet("prometheus", new PrometheusServlet(environment.metrics(), promotions))
        .addMapping("/metrics");
    return listen(settings, environment);
  }

  private static Server listen(ApiSettings settings, Environment environment) {
    DefaultServerFactory factory = new DefaultServerFactory();
    factory.setApplicationConnectors(List.of(connector(settings.bind(), settings.port())));
    factory.setAdminConnectors(List.of(connector(settings.bind(), settings.adminPort())));
    factory.setRegisterDefaultExceptionMappers(false);
    factory.setDetailedJsonProcessingExceptionMapper(false);
    LogbackAccessRequestLogFactory requestLog = new LogbackAccessRequestLogFactory();
    requestLog.setAppenders(List.of());
    factory.setRequestLogFactory(requestLog);
    factory.configure(environment);
    Server server = factory.build(environment);
    // The shutdown is ours: everything stops in one order.
    server.setStopAtShutdown(false);
    try {
      server.start();
      return server;
    } catch (Exception e) {
      stopQuietly(server);
      throw new LockkeeperException(
          FailureCode.PORT_TAKEN,
          "listening on " + settings.bind() + ":" + settings.port(),
          String.valueOf(e.getMessage()),
          "the API was not started",
          "Choose another --port, or end what listens there",
          e);
    }
  }

  private static void stopQuietly(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      LOG.debug("stopping what did not start", e);
    }
  }

  private static HttpConnectorFactory connector(String bind, int port) {
    HttpConnectorFactory connector = new HttpConnectorFactory();
    connector.setBindHost(bind);
    connector.setPort(port);
    connector.setMaxRequestHeaderSize(DataSize.kibibytes(16));
    return connector;
  }

  private static void authenticate(JerseyEnvironment jersey, Tokens tokens) {
    jersey.register(
        new AuthDynamicFeature(
            new OAuthCredentialAuthFilter.Builder<Caller>()
                .setAuthenticator(tokens::caller)
                .setUnauthorizedHandler(new Unauthorized())
                .setPrefix("Bearer")
                .buildAuthFilter()));
    jersey.register(new AuthValueFactoryProvider.Binder<>(Caller.class));
  }

  private static final class Unauthorized implements UnauthorizedHandler {
    @Override
    public RuntimeException buildException(String prefix, String realm) {
      return ProblemException.unauthorized(
          "the call has no token that counts: send Authorization: Bearer TOKEN, made by lockkeeper"
              + " token create");
    }
  }

  private static HealthCheck databaseCheck(Jdbi jdbi) {
    return new HealthCheck() {
      @Override
      protected Result check() {
        Optional<Integer> one =
            jdbi.withHandle(h -> h.createQuery("SELECT 1").mapTo(Integer.class).findOne());
        return one.isPresent() ? Result.healthy() : Result.unhealthy("no answer");
      }
    };
  }

  private static HealthCheck temporalCheck(TemporalConnection temporal) {
    return new HealthCheck() {
      @Override
      protected Result check() {
        return temporal.answers()
            ? Result.healthy()
            : Result.unhealthy("Temporal at " + temporal.address() + " does not answer");
      }
    };
  }
}
