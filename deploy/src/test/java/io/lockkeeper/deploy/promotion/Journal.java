package io.lockkeeper.deploy.promotion;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** A journal's entries as tests ask for them. */
record Journal(List<JsonNode> entries) {

  /** The last end of a step. */
  JsonNode ended(String stage, String step) {
    return find(stage, step)
        .orElseThrow(() -> new AssertionError("no " + stage + ", " + step + " in the journal"));
  }

  JsonNode evidence(String stage, String step) {
    return ended(stage, step).path("evidence");
  }

  /** Where the step first ended. */
  int place(String stage, String step) {
    return IntStream.range(0, entries.size())
        .filter(i -> is(entries.get(i).path("event"), stage, step))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + stage + ", " + step + " in the journal"));
  }

  /** When a step last ended, by the workflow's clock. */
  Instant endedAt(String stage, String step) {
    return entries.stream()
        .filter(entry -> is(entry.path("event"), stage, step))
        .reduce((first, second) -> second)
        .map(entry -> Instant.parse(entry.path("at").asText()))
        .orElseThrow(() -> new AssertionError("no " + stage + ", " + step + " in the journal"));
  }

  /** The first event of a type. */
  JsonNode first(String type) {
    return entries.stream()
        .map(entry -> entry.path("event"))
        .filter(event -> event.path("type").asText().equals(type))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no " + type + " in the journal"));
  }

  /** Steps that ended, in order. */
  List<String> steps(String stage) {
    return entries.stream()
        .map(entry -> entry.path("event"))
        .filter(event -> event.path("type").asText().equals("step_ended"))
        .filter(event -> event.path("stage").asText().equals(stage))
        .map(event -> event.path("step").asText())
        .toList();
  }

  private Optional<JsonNode> find(String stage, String step) {
    return entries.stream()
        .map(entry -> entry.path("event"))
        .filter(event -> is(event, stage, step))
        .reduce((first, second) -> second);
  }

  private static boolean is(JsonNode event, String stage, String step) {
    return event.path("type").asText().equals("step_ended")
        && event.path("stage").asText().equals(stage)
        && event.path("step").asText().equals(step);
  }
}
