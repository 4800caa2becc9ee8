package io.lockkeeper.deploy.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where the time between the first section's order and the last one's answer goes, by Temporal's
 * own history: what waited to be handed out, what the workflow took to decide, what each activity
 * took.
 */
final class HistoryProfile {
  private static final String SECTION = "ApplySection";
  private static final String WAITED = "waited_to_be_handed_out";
  private static final String DECIDED = "workflow_tasks";

  private final Map<String, Double> seconds = new TreeMap<>();
  private final Map<String, JsonNode> events = new HashMap<>();

  private HistoryProfile() {}

  /**
   * Seconds by what they were spent for.
   *
   * @param history as the API exports it
   */
  static Map<String, Double> of(JsonNode history) {
    HistoryProfile profile = new HistoryProfile();
    boolean within = false;
    long last = last(history);
    for (JsonNode event : history.path("events")) {
      profile.events.put(event.path("eventId").asText(), event);
      within = within || named(event, SECTION);
      if (within) {
        profile.add(event);
      }
      if (event.path("eventId").asLong() == last) {
        break;
      }
    }
    profile.seconds.replaceAll((what, value) -> Figures.rounded(value));
    return profile.seconds;
  }

  private void add(JsonNode event) {
    switch (event.path("eventType").asText()) {
      case "EVENT_TYPE_ACTIVITY_TASK_STARTED" ->
          spent(WAITED, event, "activityTaskStartedEventAttributes", "scheduledEventId");
      case "EVENT_TYPE_WORKFLOW_TASK_STARTED" ->
          spent(WAITED, event, "workflowTaskStartedEventAttributes", "scheduledEventId");
      case "EVENT_TYPE_WORKFLOW_TASK_COMPLETED" ->
          spent(DECIDED, event, "workflowTaskCompletedEventAttributes", "startedEventId");
      case "EVENT_TYPE_ACTIVITY_TASK_COMPLETED" -> {
        String attributes = "activityTaskCompletedEventAttributes";
        String scheduled = event.path(attributes).path("scheduledEventId").asText();
        spent("activity_" + name(events.get(scheduled)), event, attributes, "startedEventId");
      }
      default -> {}
    }
  }

  private void spent(String what, JsonNode event, String attributes, String since) {
    JsonNode begun = events.get(event.path(attributes).path(since).asText());
    if (begun != null) {
      seconds.merge(what, Duration.between(at(begun), at(event)).toNanos() / 1e9, Double::sum);
    }
  }

  private static long last(JsonNode history) {
    long last = 0;
    Map<String, JsonNode> known = new HashMap<>();
    for (JsonNode event : history.path("events")) {
      known.put(event.path("eventId").asText(), event);
      JsonNode completed = event.path("activityTaskCompletedEventAttributes");
      JsonNode scheduled = known.get(completed.path("scheduledEventId").asText());
      if (scheduled != null && named(scheduled, SECTION)) {
        last = event.path("eventId").asLong();
      }
    }
    return last;
  }

  private static boolean named(JsonNode event, String name) {
    return name(event).equals(name);
  }

  private static String name(JsonNode scheduled) {
    return scheduled
        .path("activityTaskScheduledEventAttributes")
        .path("activityType")
        .path("name")
        .asText();
  }

  private static Instant at(JsonNode event) {
    return Instant.parse(event.path("eventTime").asText());
  }
}
