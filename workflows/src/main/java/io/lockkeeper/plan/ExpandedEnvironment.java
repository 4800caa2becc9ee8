package io.lockkeeper.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lockkeeper.change.GuardRule;
import io.lockkeeper.change.SectionRules;
import io.lockkeeper.limit.Limit;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/** An environment of a change in the words of the format. */
final class ExpandedEnvironment {
  private static final List<String> ORDER =
      List.of(
          "target",
          "requires",
          "rehearse",
          "sign_off",
          "precheck",
          "before",
          "measures",
          "backup",
          "resume",
          "end_blockers",
          "sections",
          "after",
          "soak",
          "watch",
          "rollback_if",
          "on_failure",
          "rollback");

  private static final List<String> SECTION = List.of("file", "name", "rollback");

  private ExpandedEnvironment() {}

  /** {@code NAME: {options}}; takes the plan apart. */
  static ObjectNode written(ObjectNode plan) {
    String name = plan.remove("environment").asText();
    plan.withArray("precheck").forEach(item -> precheck((ObjectNode) item));
    plan.withArray("rollback_if").forEach(item -> Nodes.rename((ObjectNode) item, "limit", "if"));
    for (String key : List.of("soak", "watch")) {
      plan.withArray(key).forEach(item -> milestone((ObjectNode) item));
    }
    measures(plan);
    ObjectNode steps = steps(plan);
    move(steps, "before", plan, "before");
    move(steps, "after", plan, "after");
    rollback(plan, steps);
    ArrayNode sections = plan.arrayNode();
    plan.withArray("sections").forEach(item -> sections.add(section(plan, (ObjectNode) item)));
    plan.set("sections", sections);
    return plan.objectNode().set(name, Nodes.ordered(plan, ORDER));
  }

  private static void precheck(ObjectNode item) {
    item.remove("kind");
    Nodes.rename(item, "check", "limit");
    Nodes.rename(item, "waits", "wait");
  }

  private static void measures(ObjectNode plan) {
    ObjectNode measures = plan.objectNode();
    if (plan.remove("measures") instanceof ObjectNode onTarget) {
      onTarget(onTarget);
      measures.setAll(onTarget);
    }
    if (plan.remove("settings") instanceof ObjectNode settings && !settings.isEmpty()) {
      measures.set("settings", settings);
    }
    if (!measures.isEmpty()) {
      plan.set("measures", measures);
    }
  }

  private static void onTarget(ObjectNode measures) {
    Nodes.dropEmpty(measures, List.of("roles"));
    measures.path("roles").forEach(role -> role((ObjectNode) role));
  }

  /** The lists of steps by name, those without any left out; each step as one would write it. */
  private static ObjectNode steps(ObjectNode plan) {
    if (!(plan.remove("steps") instanceof ObjectNode steps)) {
      return plan.objectNode();
    }
    List<String> lists = List.of("before", "after", "rollback_before", "rollback_after");
    for (String list : lists) {
      for (JsonNode item : steps.path(list)) {
        ((ObjectNode) item).remove("kind");
        if (item.path("measure") instanceof ObjectNode measures) {
          onTarget(measures);
        }
      }
    }
    Nodes.dropEmpty(steps, lists);
    return steps;
  }

  /** Its time-outs stand beside its limit, which is a number or a share. */
  private static void role(ObjectNode role) {
    if (role.remove("connection_limit") instanceof ObjectNode limit) {
      BigDecimal value = limit.path("value").decimalValue();
      boolean share = limit.path("share").asBoolean();
      role.put(
          "connection_limit",
          (share ? value.movePointRight(2) : value).stripTrailingZeros().toPlainString()
              + (share ? "%" : ""));
    }
    role.setAll((ObjectNode) role.remove("timeouts"));
  }

  private static void milestone(ObjectNode item) {
    Nodes.rename(item, "lasts", "for");
    BigDecimal share = item.path("min_samples").decimalValue();
    item.put("min_samples", share.movePointRight(2).stripTrailingZeros().toPlainString() + "%");
    item.withArray("rollback_if").forEach(rule -> Nodes.rename((ObjectNode) rule, "limit", "if"));
  }

  private static void rollback(ObjectNode plan, ObjectNode steps) {
    ObjectNode rollback = plan.objectNode();
    if (steps.has("quick_within")) {
      move(steps, "quick_within", rollback.putObject("quick"), "within");
    }
    ObjectNode optionA = rollback.putObject("A");
    move(plan, "rollback_within", optionA, "within");
    move(plan, "leaves", optionA, "leaves");
    if (plan.get("recovery") instanceof ObjectNode recovery) {
      milestone(recovery);
    }
    move(plan, "recovery", optionA, "watch");
    move(steps, "rollback_before", optionA, "before");
    move(steps, "rollback_after", optionA, "after");
    move(plan, "restore", rollback, "B");
    move(plan, "forward_only", rollback, "forward_only");
    plan.set("rollback", rollback);
  }

  private static void move(ObjectNode from, String key, ObjectNode to, String name) {
    if (from.has(key)) {
      to.set(name, from.remove(key));
    }
  }

  /** Its rules stand beside its other keys, and those of the environment in the environment. */
  private static ObjectNode section(ObjectNode plan, ObjectNode section) {
    ObjectNode rules = (ObjectNode) section.remove("rules");
    plan.set("resume", rules.remove("resume"));
    if (rules.has("end_idle_blockers")) {
      plan.putObject("end_blockers").set("idle_in_transaction", rules.remove("end_idle_blockers"));
    }
    Nodes.rename(section, "down", "rollback");
    if (rules.remove("keep").asBoolean()) {
      section.put("rollback", "keep");
    }
    SectionRules usual = SectionRules.USUAL;
    rules.set(
        "guard",
        limits(
            rules.withArray("guard"),
            usual.guard().stream().map(GuardRule::limit).toList(),
            ExpandedEnvironment::guard));
    rules.set("health", limits(rules.withArray("health"), usual.health(), limit -> limit));
    section.setAll(rules);
    return Nodes.ordered(section, SECTION);
  }

  /** A limit that is usual and not there was dropped: only {@code off} keeps it so. */
  private static ArrayNode limits(
      ArrayNode limits, List<Limit> usual, Function<JsonNode, JsonNode> writing) {
    List<String> there =
        StreamSupport.stream(limits.spliterator(), false)
            .map(item -> Limit.parse(item.path("limit").asText(item.asText())).metric())
            .toList();
    ArrayNode written = limits.arrayNode();
    usual.stream()
        .map(Limit::metric)
        .distinct()
        .filter(metric -> !there.contains(metric))
        .forEach(metric -> written.add(metric + " = off"));
    limits.forEach(item -> written.add(writing.apply(item)));
    return written;
  }

  /** What is done by the cause is what a line says. */
  private static JsonNode guard(JsonNode item) {
    boolean usual = item.path("then").asText().equals("by_cause");
    return usual ? item.path("limit") : item;
  }
}
