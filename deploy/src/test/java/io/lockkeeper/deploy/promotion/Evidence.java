package io.lockkeeper.deploy.promotion;

import com.fasterxml.jackson.databind.JsonNode;
import io.lockkeeper.deploy.fixture.Up;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** What a promotion left behind, as tests ask for it. */
record Evidence(Up up, String id, Journal journal) {

  static Evidence of(Up up, String id) {
    return new Evidence(up, id, new Journal(up.journal(id)));
  }

  JsonNode check(String environment, String name) {
    return named(journal.evidence(environment, "verify-checks").path("checks"), "name", name);
  }

  JsonNode probe(String environment, String name) {
    return named(journal.evidence(environment, "compare").path("probes"), "probe", name);
  }

  JsonNode precheck(String environment, String name) {
    return named(journal.evidence(environment, "precheck").path("items"), "name", name);
  }

  /** Units of steps, in order. */
  List<JsonNode> units(String environment, String pass, List<String> sections) {
    List<JsonNode> units = new ArrayList<>();
    for (String section : sections) {
      journal.evidence(environment, pass + section).path("units").forEach(units::add);
    }
    return units;
  }

  /** The highest that was seen of a metric while a section was applied. */
  double highest(String environment, String section, String metric) {
    JsonNode figure =
        journal.evidence(environment, "apply-" + section).at("/guarded/highest").path(metric);
    if (!figure.isNumber()) {
      throw new AssertionError(metric + " was not seen in " + section + " of " + environment);
    }
    return figure.asDouble();
  }

  String attachment(String name) {
    var answer = up.client().get("/promotions/" + id + "/attachments/" + name);
    if (answer.status() != 200) {
      throw new AssertionError(name + ": status " + answer.status());
    }
    return answer.text();
  }

  static JsonNode named(JsonNode array, String key, String name) {
    return list(array).stream()
        .filter(element -> element.path(key).asText().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + name + " in " + array));
  }

  static List<JsonNode> list(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }
}
