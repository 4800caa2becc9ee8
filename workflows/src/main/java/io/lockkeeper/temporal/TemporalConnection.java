package io.lockkeeper.temporal;

import io.grpc.StatusRuntimeException;
import io.lockkeeper.activity.Payloads;
import io.lockkeeper.failure.FailureCode;
import io.lockkeeper.failure.LockkeeperException;
import io.lockkeeper.promotion.SearchAttributes;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.namespace.v1.NamespaceConfig;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.UpdateNamespaceRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.SearchAttributeKey;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.LoadClientConfigProfileOptions;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import io.temporal.serviceclient.RpcRetryOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A connection to Temporal, ready for our workflows: with our data converter, and with our search
 * attributes registered, because one that is not wedges every workflow that sets it. Safe for many
 * threads.
 */
public final class TemporalConnection implements AutoCloseable {
  /** What the connection is when nothing else is said: Temporal's own default. */
  private static final String NAMESPACE = "default";

  private final @Nullable WorkflowServiceStubs owned;
  private final WorkflowClient client;
  private final String address;

  private TemporalConnection(
      @Nullable WorkflowServiceStubs owned, WorkflowClient client, String address) {
    this.owned = owned;
    this.client = client;
    this.address = address;
  }

  /**
   * As Temporal's own environment configuration says: TEMPORAL_ADDRESS and the rest.
   *
   * @param patience for the first answer
   * @param retries how long a call is tried again; short where a person waits
   */
  public static TemporalConnection ofEnvironment(Duration patience, Duration retries) {
    try {
      return of(ClientConfigProfile.load(), patience, retries);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** As the environment says, but for the address. */
  public static TemporalConnection of(String address, Duration patience, Duration retries) {
    try {
      ClientConfigProfile profile =
          ClientConfigProfile.load(LoadClientConfigProfileOptions.newBuilder().build()).toBuilder()
              .setAddress(address)
              .build();
      return of(profile, patience, retries);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /** Over a client of a server in this process. */
  public static TemporalConnection of(WorkflowClient client) {
    return new TemporalConnection(null, client, "in this process");
  }

  /** Options of a client, for a server in this process. */
  public static WorkflowClientOptions clientOptions() {
    return WorkflowClientOptions.newBuilder().setDataConverter(Payloads.converter()).build();
  }

  public WorkflowClient client() {
    return client;
  }

  public String address() {
    return address;
  }

  /** Whether the server answers now. */
  public boolean answers() {
    try {
      client
          .getWorkflowServiceStubs()
          .blockingStub()
          .withDeadlineAfter(2, TimeUnit.SECONDS)
          .describeNamespace(
              DescribeNamespaceRequest.newBuilder()
                  .setNamespace(client.getOptions().getNamespace())
                  .build());
      return true;
    } catch (StatusRuntimeException e) {
      return false;
    }
  }

  /** How long the server keeps closed workflows. */
  public Optional<Duration> retention() {
    try {
      long seconds =
          client
              .getWorkflowServiceStubs()
              .blockingStub()
              .withDeadlineAfter(5, TimeUnit.SECONDS)
              .describeNamespace(
                  DescribeNamespaceRequest.newBuilder()
                      .setNamespace(client.getOptions().getNamespace())
                      .build())
              .getConfig()
              .getWorkflowExecutionRetentionTtl()
              .getSeconds();
      return Optional.of(Duration.ofSeconds(seconds));
    } catch (StatusRuntimeException e) {
      return Optional.empty();
    }
  }

  /** Only for a server that is ours. */
  public void setRetention(Duration retention) {
    client
        .getWorkflowServiceStubs()
        .blockingStub()
        .updateNamespace(
            UpdateNamespaceRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setConfig(
                    NamespaceConfig.newBuilder()
                        .setWorkflowExecutionRetentionTtl(
                            com.google.protobuf.Duration.newBuilder()
                                .setSeconds(retention.toSeconds())))
                .build());
  }

  /** Registers the keywords that are missing, and waits until the server knows them all. */
  public void registerSearchAttributes() {
    OperatorServiceStubs operator =
        OperatorServiceStubs.newServiceStubs(
            OperatorServiceStubsOptions.newBuilder()
                .setChannel(client.getWorkflowServiceStubs().getRawChannel())
                .validateAndBuildWithDefaults());
    Set<String> wanted =
        SearchAttributes.all().stream()
            .map(SearchAttributeKey::getName)
            .collect(Collectors.toSet());
    long giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    Set<String> missing = missing(operator, wanted);
    if (!missing.isEmpty()) {
      add(operator, missing);
    }
    while (!missing(operator, wanted).isEmpty()) {
      if (System.nanoTime() > giveUp) {
        throw new LockkeeperException(
            FailureCode.TEMPORAL_UNREACHABLE,
            "registering search attributes in Temporal at " + address,
            "the server does not know " + missing(operator, wanted) + " after 30 s",
            "no promotion can run there",
            "Register them as keywords by temporal operator search-attribute create");
      }
      pause();
    }
  }

  @Override
  public void close() {
    if (owned != null) {
      owned.shutdownNow();
      owned.awaitTermination(2, TimeUnit.SECONDS);
    }
  }

  private static TemporalConnection of(
      ClientConfigProfile profile, Duration patience, Duration retries) {
    WorkflowServiceStubsOptions options = profile.toWorkflowServiceStubsOptions();
    String address = Optional.ofNullable(options.getTarget()).orElse("127.0.0.1:7233");
    WorkflowServiceStubs stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder(options)
                .setTarget(address)
                .setRpcRetryOptions(
                    RpcRetryOptions.newBuilder().setExpiration(retries).validateBuildWithDefaults())
                .validateAndBuildWithDefaults());
    try {
      stubs.connect(patience);
    } catch (RuntimeException e) {
      stubs.shutdownNow();
      throw new LockkeeperException(
          FailureCode.TEMPORAL_UNREACHABLE,
          "connecting to Temporal at " + address,
          "no answer within " + patience.toSeconds() + " s",
          "nothing was started",
          "Start Temporal there, or set TEMPORAL_ADDRESS to where it runs",
          e);
    }
    WorkflowClientOptions clientOptions =
        WorkflowClientOptions.newBuilder(clientOptions())
            .setNamespace(Optional.ofNullable(profile.getNamespace()).orElse(NAMESPACE))
            .build();
    return new TemporalConnection(stubs, WorkflowClient.newInstance(stubs, clientOptions), address);
  }

  private Set<String> missing(OperatorServiceStubs operator, Set<String> wanted) {
    Map<String, IndexedValueType> known =
        operator
            .blockingStub()
            .listSearchAttributes(
                ListSearchAttributesRequest.newBuilder()
                    .setNamespace(client.getOptions().getNamespace())
                    .build())
            .getCustomAttributesMap();
    return wanted.stream().filter(name -> !known.containsKey(name)).collect(Collectors.toSet());
  }

  private void add(OperatorServiceStubs operator, Set<String> missing) {
    AddSearchAttributesRequest.Builder request =
        AddSearchAttributesRequest.newBuilder().setNamespace(client.getOptions().getNamespace());
    missing.forEach(
        name -> request.putSearchAttributes(name, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD));
    operator.blockingStub().addSearchAttributes(request.build());
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static LockkeeperException unreadable(IOException e) {
    return new LockkeeperException(
        FailureCode.CONFIGURATION,
        "reading Temporal's own configuration",
        String.valueOf(e.getMessage()),
        "nothing was started",
        "Mend the file that TEMPORAL_CONFIG_FILE names, or remove it",
        e);
  }
}
