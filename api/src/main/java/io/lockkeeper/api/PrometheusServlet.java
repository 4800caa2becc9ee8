package io.lockkeeper.api;

import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.Timer;
import io.lockkeeper.api.promotions.Promotions;
import io.lockkeeper.journal.Status;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/** {@code /metrics} of the admin port, as Prometheus reads it. */
final class PrometheusServlet extends HttpServlet {
  private static final long serialVersionUID = 1;

  private final transient PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  PrometheusServlet(MetricRegistry dropwizard, Promotions promotions) {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    for (Status status : Status.values()) {
      if (!status.ended()) {
        Gauge.builder(
                "lockkeeper.promotions.running",
                promotions,
                p -> p.openByStatus().getOrDefault(status, 0))
            .tag("status", status.name())
            .description("promotions that have not ended, by status")
            .register(registry);
      }
    }
    Gauge.builder("lockkeeper.requests", dropwizard, PrometheusServlet::requests)
        .description("requests that the API has answered")
        .register(registry);
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    response.setContentType("text/plain; version=0.0.4; charset=utf-8");
    response.getWriter().write(registry.scrape());
  }

  private static double requests(MetricRegistry metrics) {
    return metrics.getMetrics().entrySet().stream()
        .filter(entry -> entry.getKey().endsWith("requests"))
        .map(Map.Entry::getValue)
        .mapToLong(PrometheusServlet::count)
        .max()
        .orElse(0);
  }

  private static long count(Metric metric) {
    return metric instanceof Timer timer ? timer.getCount() : 0;
  }
}
