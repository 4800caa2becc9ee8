package io.lockkeeper.change;

import io.lockkeeper.change.FollowUp.Outcome;
import io.lockkeeper.finding.Suggestion;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code follow_up}: what is left to do once a promotion is over, each of one kind. */
final class FollowUpReader {
  /** Who starts promotions answers for what is left of them. */
  static final String ROLE = "release-manager";

  private static final List<String> KINDS = List.of("sql", "ask", "check", "probe");
  private static final List<String> OUTCOMES = List.of("complete", "rolled_back");
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

  /** All of them travel through Temporal at once, each with its words. */
  private static final int MOST = 50;

  private static final int LONGEST = 400;

  private final QueryReader queries;
  private final Map<String, Check> checks = new LinkedHashMap<>();
  private final Map<String, Probe> probes = new LinkedHashMap<>();
  private final List<String> through;
  private final Map<String, YamlValue> written;

  /**
   * @param written receives where each stands
   */
  FollowUpReader(
      QueryReader queries,
      List<Probe> probes,
      List<Check> checks,
      List<EnvironmentPlan> through,
      Map<String, YamlValue> written) {
    this.queries = queries;
    probes.forEach(probe -> this.probes.put(probe.name(), probe));
    checks.forEach(check -> this.checks.put(check.name(), check));
    this.through = through.stream().map(EnvironmentPlan::environment).toList();
    this.written = written;
  }

  /** The key under which it is told where one stands. */
  static String place(String name) {
    return "follow_up." + name;
  }

  List<FollowUp> read(YamlValue list) {
    List<FollowUp> all = new ArrayList<>();
    Set<String> names = new HashSet<>();
    List<YamlValue> items = list.list();
    if (items.size() > MOST) {
      list.error("too-many", items.size() + " follow-ups, and " + MOST + " is the most");
    }
    for (int i = 0; i < items.size(); i++) {
      YamlValue item = items.get(i);
      followUp(item.map(ChangeKeys.FOLLOW_UP), i + 1)
          .ifPresent(
              read -> {
                if (!names.add(read.name())) {
                  item.error("duplicate-name", "\"" + read.name() + "\" stands here twice");
                }
                all.add(read);
              });
    }
    return all;
  }

  private Optional<FollowUp> followUp(YamlMap map, int number) {
    List<String> kinds = KINDS.stream().filter(map::has).toList();
    if (kinds.size() != 1) {
      if (!map.refused()) {
        map.self().error("missing-key", "a follow-up has one of sql, ask, check and probe");
      }
      return Optional.empty();
    }
    String kind = kinds.get(0);
    String name = map.get("name").flatMap(FollowUpReader::name).orElse(kind + "-" + number);
    Outcome outcome =
        map.get("outcome")
            .flatMap(value -> value.oneOf(OUTCOMES))
            .map(word -> Outcome.valueOf(word.toUpperCase(Locale.ROOT)))
            .orElse(Outcome.COMPLETE);
    // Where every: was refused already nothing more is missing.
    Optional<Duration> after =
        map.refused()
            ? map.get("after").flatMap(ProbeReader::duration)
            : map.require("after").flatMap(ProbeReader::duration);
    String role = map.get("role").flatMap(YamlValue::text).orElse(ROLE);
    Optional<FollowUp.Task> task = map.get(kind).flatMap(value -> task(kind, value, name, outcome));
    return after.isEmpty() || task.isEmpty()
        ? Optional.empty()
        : Optional.of(new FollowUp(name, after.get(), task.get(), role, outcome));
  }

  private static Optional<String> name(YamlValue value) {
    return value.parsed(
        "odd-name",
        text -> {
          if (!NAME.matcher(text).matches() || text.equals("root-cause")) {
            throw new IllegalArgumentException(
                "\""
                    + text
                    + "\" is no name for it: write small letters, digits and -, and not root-cause,"
                    + " which is asked for after every rollback");
          }
          return text;
        });
  }

  private Optional<FollowUp.Task> task(String kind, YamlValue value, String name, Outcome outcome) {
    return switch (kind) {
      case "sql" -> {
        written.put(place(name), value);
        yield queries.script(value).map(FollowUp.Sql::new);
      }
      case "ask" -> value.text().filter(text -> isShort(value, text)).map(FollowUp.Ask::new);
      case "check" ->
          value.text().filter(check -> isCheck(value, check, outcome)).map(FollowUp.OfCheck::new);
      default -> probes(value, outcome);
    };
  }

  private Optional<FollowUp.Task> probes(YamlValue value, Outcome outcome) {
    if (value.listOrOne().isEmpty()) {
      value.error("unknown-probe", "no probe is named: name those that are measured again");
    }
    List<String> names = value.texts();
    boolean good = !names.isEmpty();
    for (String probe : names) {
      good &= isProbe(value, probe, outcome);
    }
    return good ? Optional.of(new FollowUp.OfProbes(names)) : Optional.empty();
  }

  private boolean isCheck(YamlValue value, String name, Outcome outcome) {
    @Nullable Check check = checks.get(name);
    return check == null
        ? unknown(value, "check", name, checks.keySet())
        : isThere(value, name, check::isFor, outcome);
  }

  private boolean isProbe(YamlValue value, String name, Outcome outcome) {
    @Nullable Probe probe = probes.get(name);
    return probe == null
        ? unknown(value, "probe", name, probes.keySet())
        : isThere(value, name, probe::isFor, outcome);
  }

  private static boolean unknown(YamlValue value, String what, String name, Set<String> known) {
    value.error(
        "unknown-" + what,
        "there is no " + what + " \"" + name + "\"" + Suggestion.didYouMean(name, known));
    return false;
  }

  /** What is complete is followed up where the flight ends; a rollback may be anywhere. */
  private boolean isThere(YamlValue value, String name, Predicate<String> isFor, Outcome outcome) {
    List<String> places =
        outcome == Outcome.ROLLED_BACK || through.isEmpty()
            ? through
            : through.subList(through.size() - 1, through.size());
    Optional<String> missing = places.stream().filter(isFor.negate()).findFirst();
    missing.ifPresent(
        place ->
            value.error(
                "only-elsewhere",
                "\""
                    + name
                    + "\" is not made in "
                    + place
                    + ", where it may be followed up: let only say so"));
    return missing.isEmpty();
  }

  private static boolean isShort(YamlValue value, String text) {
    if (text.length() > LONGEST) {
      value.error(
          "too-long",
          text.length()
              + " characters, and "
              + LONGEST
              + " is the most: put the rest where people look, and name that place");
    }
    return text.length() <= LONGEST;
  }
}
