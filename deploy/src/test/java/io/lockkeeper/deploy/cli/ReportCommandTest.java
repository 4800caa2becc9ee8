package io.lockkeeper.deploy.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.lockkeeper.deploy.cli.Cli.Ran;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which view {@code lockkeeper report} asks for; what stands in it is the API's. */
class ReportCommandTest {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final Map<String, List<String>> headers = new ConcurrentHashMap<>();
  private HttpServer server = null;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI().toString());
          exchange.getResponseHeaders().putAll(headers);
          byte[] body = "drawn\n".getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Ran report(String... options) {
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    String[] arguments = new String[options.length + 2];
    arguments[0] = "report";
    arguments[1] = "menuca-07-indexes-1";
    System.arraycopy(options, 0, arguments, 2, options.length);
    return Cli.run(Map.of("LOCKKEEPER_SERVER", url, "LOCKKEEPER_TOKEN", "lk_test"), arguments);
  }

  @Test
  void withoutTemplate_theWholeIsAskedFor() {
    Ran ran = report();

    assertThat(ran.code()).isEqualTo(Exit.REACHED);
    assertThat(ran.out()).isEqualTo("drawn\n");
    assertThat(asked).containsExactly("/api/v1/promotions/menuca-07-indexes-1/report.md");
  }

  @Test
  void template_isAskedForWithItsEnvironmentAndItsFormat() {
    Ran ran = report("--template", "execution-log", "--environment", "staging", "--format", "html");

    assertThat(ran.code()).isEqualTo(Exit.REACHED);
    assertThat(asked)
        .containsExactly(
            "/api/v1/promotions/menuca-07-indexes-1/report.html"
                + "?template=execution-log&environment=staging");
  }

  @Test
  void series_areAskedForInTheirFormat_andInSoManyPoints() {
    Ran ran = report("--series", "csv", "--points", "500");
    Ran all = report("--series", "json");

    assertThat(ran.code()).isEqualTo(Exit.REACHED);
    assertThat(all.code()).isEqualTo(Exit.REACHED);
    assertThat(asked)
        .containsExactly(
            "/api/v1/promotions/menuca-07-indexes-1/metrics?format=csv&points=500",
            "/api/v1/promotions/menuca-07-indexes-1/metrics?format=json");
  }

  @Test
  void seriesOfAStageThatIsObservedNow_areSaidToBeUnfinished_besideTheResult() {
    headers.put(
        "Lockkeeper-So-Far",
        List.of("dev-soak 2026-11-20T12:00:00Z", "staging-soak 2026-11-20T12:05:00Z"));

    Ran ran = report("--series", "csv");

    assertThat(ran.out()).isEqualTo("drawn\n");
    assertThat(ran.err())
        .contains("not whole yet: series of dev-soak reach until 2026-11-20T12:00:00Z\n")
        .contains("not whole yet: series of staging-soak reach until 2026-11-20T12:05:00Z\n");
  }

  @Test
  void seriesThatWereKeptForLongEnough_areSaidToBeMissing_besideTheResult() {
    headers.put("Lockkeeper-Kept-From", List.of("staging-soak 2026-11-20T12:00:00Z"));
    headers.put("Lockkeeper-Expired", List.of("dev-soak 2027-12-31T00:00:00Z"));

    Ran ran = report("--series", "csv");

    assertThat(ran.out()).isEqualTo("drawn\n");
    assertThat(ran.err())
        .contains("not whole any more: series of staging-soak are kept from 2026-11-20T12:00:00Z\n")
        .contains("not there any more: series of dev-soak were kept until 2027-12-31T00:00:00Z\n");
  }

  @Test
  void whatDoesNotGoWithSeries_isWrongUsage() {
    assertThat(report("--series", "xml").code()).isEqualTo(Exit.USAGE);
    assertThat(report("--points", "9").code()).isEqualTo(Exit.USAGE);
    assertThat(report("--series", "csv", "--template", "execution-log").code())
        .isEqualTo(Exit.USAGE);
    assertThat(asked).isEmpty();
  }
}
