package io.lockkeeper.activity;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import io.lockkeeper.step.Evidence.MetricSamples;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Optional;

/**
 * Samples of a metric as they travel with a window: an array of name, due, taken, and, where they
 * are known, low, high and last to seven digits. What earlier versions wrote, an object, is read
 * too.
 */
final class ShortSamples {
  private static final MathContext DIGITS = new MathContext(7);
  private static final int EXTREMES = 3;

  private ShortSamples() {}

  /** Writes them. */
  static final class Writer extends JsonSerializer<MetricSamples> {
    @Override
    public void serialize(MetricSamples samples, JsonGenerator to, SerializerProvider provider)
        throws IOException {
      to.writeStartArray();
      to.writeString(samples.metric());
      to.writeNumber(samples.due());
      to.writeNumber(samples.taken());
      if (samples.low().isPresent() && samples.high().isPresent() && samples.last().isPresent()) {
        to.writeNumber(rounded(samples.low().get()));
        to.writeNumber(rounded(samples.high().get()));
        to.writeNumber(rounded(samples.last().get()));
      }
      to.writeEndArray();
    }

    private static double rounded(double value) {
      return Double.isFinite(value) ? new BigDecimal(value).round(DIGITS).doubleValue() : value;
    }
  }

  /** Reads them. */
  static final class Reader extends JsonDeserializer<MetricSamples> {
    @Override
    public MetricSamples deserialize(JsonParser from, DeserializationContext context)
        throws IOException {
      JsonNode node = context.readTree(from);
      if (node.isObject()) {
        return context.readTreeAsValue(node, MetricSamples.class);
      }
      return new MetricSamples(
          node.path(0).asText(),
          node.path(1).asLong(),
          node.path(2).asLong(),
          figure(node, EXTREMES),
          figure(node, EXTREMES + 1),
          figure(node, EXTREMES + 2));
    }

    private static Optional<Double> figure(JsonNode node, int place) {
      return node.has(place) ? Optional.of(node.get(place).asDouble()) : Optional.empty();
    }
  }
}
