package io.lockkeeper.activities.prometheus;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.lockkeeper.activities.fixture.Background;
import io.lockkeeper.activities.fixture.Eventually;
import io.lockkeeper.activities.settings.Sources;
import io.lockkeeper.limit.Reading;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against a server that answers as the documentation of Prometheus' HTTP API says. */
class PrometheusQueriesTest {
  private static final String VECTOR =
      "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[%s]}}";

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final CountDownLatch drip = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer server;
  private volatile int status = 200;
  private volatile String body = "";
  private volatile boolean slow;

  PrometheusQueriesTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void start() {
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          exchange.getResponseHeaders().add("Location", "http://169.254.169.254/");
          byte[] answer = body.getBytes(UTF_8);
          boolean hangs = slow || exchange.getRequestURI().toString().endsWith("=hanging");
          exchange.sendResponseHeaders(status, hangs ? answer.length + 1 : answer.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(answer);
            out.flush();
            if (hangs) {
              drip.await();
            }
          } catch (IOException | InterruptedException e) {
            // Who asked has gone.
            exchange.close();
          }
        });
    server.setExecutor(threads);
    server.start();
  }

  @AfterEach
  void stop() {
    drip.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private PrometheusQueries queries() {
    URI url = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    return new PrometheusQueries(
        new Sources.Prometheus(url, Map.of()), Duration.ofMillis(slow ? 2000 : 5000));
  }

  private Reading ask() {
    return queries().ask("up");
  }

  private static String sample(String value) {
    return "{\"metric\":{\"__name__\":\"up\"},\"value\":[1435781430.781,\"" + value + "\"]}";
  }

  @Test
  void oneSeries_isAFigure_andTheQueryArrivesAsItIsWritten() {
    body = VECTOR.formatted(sample("0.25"));

    Reading read = queries().ask("max(rate(x{job=\"a\",m=~\"b.*$\"}[5m])) + 1");

    assertThat(read).isEqualTo(new Reading.Figure(0.25));
    assertThat(asked)
        .containsExactly(
            "/api/v1/query?query=max%28rate%28x%7Bjob%3D%22a%22%2Cm%3D%7E%22b.*%24%22%7D%5B5m%5D%29%29"
                + "+%2B+1");
  }

  @Test
  void scalar_isAFigure() {
    body =
        "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1435.7,\"7e3\"]}}";

    assertThat(ask()).isEqualTo(new Reading.Figure(7000));
  }

  @ParameterizedTest
  @CsvSource({"NaN", "+Inf", "-Inf"})
  void noNumber_isMissing(String value) {
    body = VECTOR.formatted(sample(value));

    assertThat(ask()).isEqualTo(new Reading.Missing("the query gives " + value));
  }

  @Test
  void nothing_isMissing() {
    body = VECTOR.formatted("");

    assertThat(ask()).isEqualTo(new Reading.Missing("the query gives no series"));
  }

  @Test
  void severalSeries_areMissing() {
    body = VECTOR.formatted(sample("1") + "," + sample("2"));

    assertThat(ask())
        .isEqualTo(
            new Reading.Missing("the query gives 2 series: aggregate them to one, as by max()"));
  }

  @Test
  void range_isMissing() {
    body = "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}";

    assertThat(ask()).isEqualTo(new Reading.Missing("the query gives a matrix, not a number"));
  }

  @Test
  void tenMegabytes_areMissingAndNotRead() {
    body = VECTOR.formatted(sample("1") + " ".repeat(10_000_000));

    assertThat(ask())
        .isEqualTo(new Reading.Missing("Prometheus did not answer: it answered more than 1000 kB"));
  }

  @Test
  void brokenServer_isMissing() {
    status = 500;
    body = "<html>Internal Server Error</html>";

    assertThat(ask())
        .isEqualTo(new Reading.Missing("Prometheus answered 500 and no JSON that could be read"));
  }

  @Test
  void refusedQuery_isMissingWithItsReason() {
    status = 400;
    body =
        "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error: "
            + "x".repeat(900)
            + "\"}";

    assertThat(((Reading.Missing) ask()).why())
        .startsWith("Prometheus answered 400, bad_data, parse error: xxx")
        .hasSizeLessThan(300);
  }

  @Test
  void redirect_isNotFollowed() {
    status = 302;
    body = "{}";

    assertThat(ask()).isEqualTo(new Reading.Missing("Prometheus answered 302"));
    assertThat(asked).hasSize(1);
  }

  @Test
  void successWithoutANumber_isMissing() {
    body = VECTOR.formatted("{\"metric\":{},\"value\":[1435781430.781]}");

    assertThat(ask()).isEqualTo(new Reading.Missing("the query gives no number"));
  }

  @Test
  void answerThatDrips_isGivenUp_andTheNextQueryIsNotAsked() {
    slow = true;
    body = VECTOR.formatted(sample("1"));
    PrometheusQueries queries = queries();

    Reading first = queries.ask("up");
    Reading second = queries.ask("down");

    Reading missing =
        new Reading.Missing("Prometheus did not answer: no whole answer within 2000 ms");
    assertThat(first).isEqualTo(missing);
    assertThat(second).isEqualTo(missing);
    assertThat(asked).hasSize(1);
  }

  @Test
  void queryThatHangs_keepsNoOtherWaiting() {
    body = VECTOR.formatted(sample("1"));
    PrometheusQueries queries = queries();
    Background<Reading> hanging = Background.run(() -> queries.ask("hanging"));
    Eventually.until("it is asked", () -> asked.size() == 1);

    assertThat(queries.ask("up")).isEqualTo(new Reading.Figure(1));

    assertThat(hanging.result())
        .isEqualTo(
            new Reading.Missing("Prometheus did not answer: no whole answer within 5000 ms"));
  }

  @Test
  void serverThatIsAway_isMissing() {
    server.stop(0);

    assertThat(ask()).isEqualTo(new Reading.Missing("Prometheus did not answer: ConnectException"));
  }

  @Test
  void manyWhoObserve_askOnce() {
    body = VECTOR.formatted(sample("1"));
    PrometheusQueries queries = queries();

    for (int i = 0; i < 50; i++) {
      assertThat(queries.ask("up")).isEqualTo(new Reading.Figure(1));
    }

    assertThat(asked).hasSize(1);
  }
}
