package io.lockkeeper.plan;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lockkeeper.change.Change;
import io.lockkeeper.json.Json;
import io.lockkeeper.limit.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;

/**
 * The long form of a change: every default in place, in the words of the format, so that it reads
 * back as the same change with the same hash. What stands for all environments is written into each
 * of them.
 */
public final class ExpandedChange {
  private static final ObjectMapper WORDS =
      Json.mapper()
          .registerModule(
              new SimpleModule()
                  .addSerializer(Duration.class, new DurationWords())
                  .addSerializer(Enum.class, new EnumWords()));

  private static final List<String> ORDER =
      List.of(
          "change",
          "why",
          "engine",
          "risk",
          "labels",
          "probes",
          "checks",
          "next",
          "follow_up",
          "through");

  private ExpandedChange() {}

  public static String yaml(Change change) {
    Object plain = Json.read(written(change), Map.class);
    return new Dump(
            DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setWidth(120).build())
        .dumpToString(plain);
  }

  private static ObjectNode written(Change change) {
    ObjectNode tree = WORDS.valueToTree(change);
    Nodes.rename(tree, "name", "change");
    named(tree, "probes");
    named(tree, "checks");
    next(tree);
    tree.path("follow_up").forEach(item -> followUp((ObjectNode) item));
    ArrayNode through = tree.arrayNode();
    tree.withArray("through")
        .forEach(plan -> through.add(ExpandedEnvironment.written((ObjectNode) plan)));
    tree.set("through", through);
    Nodes.dropEmpty(tree, List.of("labels", "probes", "checks", "next"));
    return Nodes.ordered(tree, ORDER);
  }

  private static void next(ObjectNode tree) {
    ObjectNode next = tree.objectNode();
    tree.withArray("next").forEach(n -> next.set(n.path("change").asText(), n.path("text")));
    tree.set("next", next);
  }

  /** What it does stands under the name of its kind. */
  private static void followUp(ObjectNode item) {
    ObjectNode task = (ObjectNode) item.remove("task");
    String kind = task.remove("kind").asText();
    item.set(kind, task.properties().iterator().next().getValue());
  }

  /** A list of what has names becomes a mapping by name. */
  private static void named(ObjectNode tree, String key) {
    ObjectNode byName = tree.objectNode();
    for (JsonNode item : tree.withArray(key)) {
      ObjectNode value = (ObjectNode) item;
      byName.set(value.remove("name").asText(), source(value));
    }
    tree.set(key, byName);
  }

  /** What is looked at stands beside the other keys, not in a mapping of its own. */
  private static ObjectNode source(ObjectNode value) {
    ObjectNode written = value.objectNode();
    if (value.remove("source") instanceof ObjectNode source) {
      source.remove("kind");
      Nodes.rename(source, "url", "http");
      Nodes.rename(source, "tables", "kept");
      derived(source, value);
      written.setAll(source);
    }
    session(value);
    written.setAll(value);
    boolean unchanged = written.path("unchanged").asBoolean();
    written.remove("unchanged");
    if (unchanged) {
      written.withArray("expect").add("unchanged");
    }
    parameters(written, "with");
    parameters(written, "set");
    Nodes.dropEmpty(written, List.of("set", "only", "expect"));
    return written;
  }

  /** A probe of two others measures nothing itself. */
  private static void derived(ObjectNode source, ObjectNode probe) {
    if (source.has("operation")) {
      Nodes.rename(source, "by", source.remove("operation").asText());
      probe.remove(List.of("core", "min_rows", "runs", "uses", "warm_up", "with"));
    }
  }

  private static void session(ObjectNode value) {
    if (value.remove("session") instanceof ObjectNode session) {
      value.setAll(session);
    }
  }

  private static void parameters(ObjectNode written, String key) {
    if (written.get(key) instanceof ObjectNode values) {
      values.properties().forEach(value -> value.setValue(parameter(value.getValue())));
    }
  }

  private static JsonNode parameter(JsonNode parameter) {
    ObjectNode value = (ObjectNode) parameter;
    value.remove("kind");
    return value.has("value") ? value.get("value") : value;
  }

  private static final class DurationWords extends JsonSerializer<Duration> {
    @Override
    public void serialize(Duration value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(Durations.print(value));
    }
  }

  /** The raw type, because any enum of ours is meant. */
  @SuppressWarnings("rawtypes")
  private static final class EnumWords extends JsonSerializer<Enum> {
    @Override
    public void serialize(Enum value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(value.name().toLowerCase(Locale.ROOT));
    }
  }
}
