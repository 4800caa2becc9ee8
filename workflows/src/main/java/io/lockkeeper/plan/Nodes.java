package io.lockkeeper.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Small changes of a tree. */
final class Nodes {
  private Nodes() {}

  /** Does nothing where the key is missing. */
  static void rename(ObjectNode node, String from, String to) {
    if (node.has(from)) {
      JsonNode value = node.remove(from);
      node.set(to, value);
    }
  }

  /** An empty mapping says the same as none, and is hard to read. */
  static void dropEmpty(ObjectNode node, List<String> keys) {
    for (String key : keys) {
      if (node.path(key).isEmpty()) {
        node.remove(key);
      }
    }
  }

  /** The keys given first, the others after them as they were. */
  static ObjectNode ordered(ObjectNode node, List<String> first) {
    ObjectNode ordered = node.objectNode();
    for (String key : first) {
      if (node.has(key)) {
        ordered.set(key, node.remove(key));
      }
    }
    ordered.setAll(node);
    return ordered;
  }
}
