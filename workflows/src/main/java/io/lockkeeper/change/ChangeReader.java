package io.lockkeeper.change;

import io.lockkeeper.change.Change.Engine;
import io.lockkeeper.change.Change.Risk;
import io.lockkeeper.finding.Findings;
import io.lockkeeper.lint.Hazard;
import io.lockkeeper.lint.StatementLint;
import io.lockkeeper.yaml.YamlFile;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads a bundle's files into a change: finds all that is wrong, or gives the expanded form. */
public final class ChangeReader {
  static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{2,62}");

  private final SortedMap<String, byte[]> files;
  private final Findings findings;
  private final QueryReader queries;

  /** Where probes, checks and steps stand: {@code probes.open_orders}. */
  private final Map<String, YamlValue> written = new HashMap<>();

  private ChangeReader(SortedMap<String, byte[]> files, Findings findings) {
    this.files = files;
    this.findings = findings;
    this.queries = new QueryReader(files, findings);
  }

  /**
   * @param files of the bundle, with {@code change.yaml}
   * @param findings receives what is wrong and what is worth knowing
   * @return nothing where there is an error
   */
  public static Optional<Bundle> read(SortedMap<String, byte[]> files, Findings findings) {
    try {
      return understood(files, findings);
    } finally {
      findings.explain(Hazard::explain);
    }
  }

  private static Optional<Bundle> understood(SortedMap<String, byte[]> files, Findings findings) {
    if (findings.hasErrors()) {
      return Optional.empty();
    }
    ChangeReader reader = new ChangeReader(files, findings);
    Optional<Change> change = reader.readChange();
    if (change.isEmpty() || findings.hasErrors()) {
      return Optional.empty();
    }
    StatementLint statements = SectionLint.check(change.get(), files, findings, reader.written);
    QueryLint.check(change.get(), statements, reader.written);
    SortedMap<String, byte[]> others = new TreeMap<>(files);
    others.remove(BundleFiles.CHANGE);
    return findings.hasErrors() ? Optional.empty() : Optional.of(Bundle.of(change.get(), others));
  }

  private Optional<Change> readChange() {
    Optional<String> text = queries.utf8(BundleFiles.CHANGE);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    return YamlFile.read(BundleFiles.CHANGE, text.get(), findings).flatMap(this::change);
  }

  private Optional<Change> change(YamlValue root) {
    YamlMap map = root.map(ChangeKeys.CHANGE);
    Optional<String> name = map.require("change").flatMap(ChangeReader::name);
    Optional<String> why = map.require("why").flatMap(YamlValue::text);
    Risk risk = map.get("risk").flatMap(ChangeReader::risk).orElse(Risk.MEDIUM);
    map.get("engine").ifPresent(ChangeReader::refuseOtherEngines);
    List<Probe> probes = probes(map);
    List<Check> checks = checks(map);
    refuseTwins(map, probes, checks);
    for (String kind : List.of("probes", "checks")) {
      map.get(kind)
          .filter(YamlValue::isMap)
          .ifPresent(v -> v.entries().forEach((n, value) -> written.put(kind + "." + n, value)));
    }
    RelatedChanges related = new RelatedChanges(name.orElse(""));
    List<EnvironmentPlan> through = through(map, probes, checks, related);
    List<FollowUp> followUps =
        map.get("follow_up")
            .map(new FollowUpReader(queries, probes, checks, through, written)::read)
            .orElse(List.of());
    List<Change.Next> next = map.get("next").map(related::next).orElse(List.of());
    new NameLint(map).check(probes, checks, through, followUps);
    if (name.isEmpty() || why.isEmpty() || through.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Change(
            name.get(),
            why.get(),
            risk,
            Engine.POSTGRESQL,
            labels(map),
            probes,
            checks,
            through,
            next,
            followUps.isEmpty() ? Optional.empty() : Optional.of(followUps)));
  }

  private static Optional<String> name(YamlValue value) {
    return value.parsed(
        "change-name",
        text -> {
          if (NAME.matcher(text).matches()) {
            return text;
          }
          throw new IllegalArgumentException(
              "\"" + text + "\" is not a name: 3 to 63 of a-z, 0-9 and -, a letter first");
        });
  }

  private static Optional<Risk> risk(YamlValue value) {
    return value
        .oneOf(List.of("low", "medium", "high"))
        .map(word -> Risk.valueOf(word.toUpperCase(Locale.ROOT)));
  }

  private static void refuseOtherEngines(YamlValue value) {
    if (value.text().filter("sqlite"::equals).isPresent()) {
      value.notSupportedYet("engine sqlite");
    } else {
      value.oneOf(List.of("postgresql"));
    }
  }

  private static Map<String, String> labels(YamlMap map) {
    Map<String, String> labels = new LinkedHashMap<>();
    map.get("labels")
        .ifPresent(
            value ->
                value
                    .entries()
                    .forEach(
                        (name, label) -> label.text().ifPresent(text -> labels.put(name, text))));
    return labels;
  }

  private List<Probe> probes(YamlMap map) {
    List<Probe> probes = new ArrayList<>();
    ProbeReader reader = new ProbeReader(queries);
    map.get("probes")
        .ifPresent(
            value ->
                value
                    .entries()
                    .forEach((name, probe) -> reader.read(name, probe).ifPresent(probes::add)));
    return probes;
  }

  private List<Check> checks(YamlMap map) {
    List<Check> checks = new ArrayList<>();
    CheckReader reader = new CheckReader(queries);
    map.get("checks")
        .ifPresent(
            value ->
                value
                    .entries()
                    .forEach((name, check) -> reader.read(name, check).ifPresent(checks::add)));
    return checks;
  }

  /** {@code http.NAME} must name one thing. */
  private static void refuseTwins(YamlMap map, List<Probe> probes, List<Check> checks) {
    Set<String> names = new HashSet<>();
    probes.stream().filter(Probe::isHttp).forEach(probe -> names.add(probe.name()));
    for (Check check : checks) {
      if (check.isHttp() && !names.add(check.name())) {
        map.get("checks")
            .ifPresent(
                value ->
                    value.error(
                        "duplicate-name",
                        "\"" + check.name() + "\" is an http probe too: choose another name"));
      }
    }
  }

  private List<EnvironmentPlan> through(
      YamlMap map, List<Probe> probes, List<Check> checks, RelatedChanges related) {
    Optional<YamlValue> through = map.require("through");
    if (through.isEmpty()) {
      return List.of();
    }
    StepsReader steps = new StepsReader(queries, checks, written);
    EnvironmentReader reader =
        new EnvironmentReader(
            map,
            files.keySet(),
            TriggerLine.scope(probes, checks),
            new HashSet<>(checks.stream().map(Check::name).toList()),
            related,
            steps);
    List<EnvironmentPlan> plans = new ArrayList<>();
    for (YamlValue item : through.get().list()) {
      reader
          .read(item)
          .ifPresent(
              plan -> {
                if (plans.stream().anyMatch(p -> p.environment().equals(plan.environment()))) {
                  item.error("duplicate-name", "\"" + plan.environment() + "\" stands here twice");
                }
                plans.add(plan);
              });
    }
    steps.refuseUnknown(new HashSet<>(plans.stream().map(EnvironmentPlan::environment).toList()));
    plans.forEach(plan -> refuseNameOfAStage(through.get(), plan.environment(), plans));
    if (plans.isEmpty() && !findings.hasErrors()) {
      through.get().error("missing-environment", "name at least one environment");
    }
    return plans;
  }

  /** A soak, watch or sign-off of one environment must not have the name of another one. */
  private static void refuseNameOfAStage(
      YamlValue through, String environment, List<EnvironmentPlan> plans) {
    for (EnvironmentPlan other : plans) {
      String stage = Pattern.quote(other.environment()) + "-(sign-off|soak|soak-.*|watch-.*)";
      if (environment.matches(stage) || environment.equals("follow-up")) {
        through.error(
            "reserved-name",
            "\"" + environment + "\" may be the name of a stage: choose another name");
        return;
      }
    }
  }
}
