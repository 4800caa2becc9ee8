package io.lockkeeper.activities.probe;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.blob.Sha256;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The shape of a query's plan: node types, indexes and relations; no conditions, which hold values,
 * and no figures, which are others each time.
 *
 * @param text a line each node, those below another one further in
 * @param indexes that it names, in its order
 * @param relations that it names, sorted
 */
public record PlanShape(String text, List<String> indexes, List<String> relations) {
  public PlanShape {
    indexes = List.copyOf(indexes);
    relations = List.copyOf(relations);
  }

  /**
   * @param node the uppermost
   */
  static PlanShape of(JsonNode node) {
    StringBuilder text = new StringBuilder();
    Set<String> indexes = new LinkedHashSet<>();
    Set<String> relations = new TreeSet<>();
    walk(node, 0, text, indexes, relations);
    return new PlanShape(text.toString(), List.copyOf(indexes), List.copyOf(relations));
  }

  /** By which two are compared. */
  public String digest() {
    return Sha256.hex(text).substring(0, 16);
  }

  /** For people: all nodes in one line, the uppermost first. */
  public String line() {
    return text.lines().map(String::strip).collect(Collectors.joining(", "));
  }

  private static void walk(
      JsonNode node, int depth, StringBuilder text, Set<String> indexes, Set<String> relations) {
    text.append("  ".repeat(depth)).append(node.path("Node Type").asText());
    if (node.has("Index Name")) {
      indexes.add(node.get("Index Name").asText());
      text.append(" using ").append(node.get("Index Name").asText());
    }
    if (node.has("Relation Name")) {
      relations.add(node.get("Relation Name").asText());
      text.append(" on ").append(node.get("Relation Name").asText());
    }
    text.append('\n');
    for (JsonNode child : node.path("Plans")) {
      walk(child, depth + 1, text, indexes, relations);
    }
  }
}
