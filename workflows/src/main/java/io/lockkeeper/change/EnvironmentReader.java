package io.lockkeeper.change;

import io.lockkeeper.change.EnvironmentPlan.OnFailure;
import io.lockkeeper.change.SectionRules.Resume;
import io.lockkeeper.limit.Dimension;
import io.lockkeeper.limit.Durations;
import io.lockkeeper.limit.MetricScope;
import io.lockkeeper.limit.Quantity;
import io.lockkeeper.step.Written.At;
import io.lockkeeper.yaml.YamlMap;
import io.lockkeeper.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads one item of {@code through}, with what stands at the top for all environments. */
final class EnvironmentReader {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,30}");
  private static final Duration EXPIRES = Duration.ofDays(3);

  /** Who thinks for ten seconds is no blocker yet. */
  private static final Duration LEAST_IDLE = Duration.ofSeconds(10);

  private static final Duration SAMPLE = Duration.ofSeconds(10);
  private static final double MIN_SAMPLES = 0.8;

  private final YamlMap top;
  private final SectionsReader sections;
  private final GuardReader guards = new GuardReader();
  private final TriggerReader triggers;
  private final PrecheckReader prechecks;
  private final RelatedChanges related;
  private final BackupReader backups;
  private final StepsReader steps;

  EnvironmentReader(
      YamlMap top,
      Set<String> files,
      MetricScope scope,
      Set<String> checks,
      RelatedChanges related,
      StepsReader steps) {
    this.top = top;
    this.sections = new SectionsReader(files, checks);
    this.triggers = new TriggerReader(scope);
    this.prechecks = new PrecheckReader(checks);
    this.related = related;
    this.backups = new BackupReader(related);
    this.steps = steps;
  }

  Optional<EnvironmentPlan> read(YamlValue item) {
    if (item.isText()) {
      return item.text().flatMap(name -> plan(name, item, Optional.empty()));
    }
    Map<String, YamlValue> entries = item.entries();
    if (entries.size() != 1) {
      item.error("wrong-shape", "expected an environment's name, or NAME: {options}");
      return Optional.empty();
    }
    Map.Entry<String, YamlValue> entry = entries.entrySet().iterator().next();
    Optional<YamlMap> options =
        entry.getValue().isNull()
            ? Optional.empty()
            : Optional.of(entry.getValue().map(ChangeKeys.ENVIRONMENT));
    return plan(entry.getKey(), item, options);
  }

  private Optional<EnvironmentPlan> plan(String name, YamlValue item, Optional<YamlMap> options) {
    if (!NAME.matcher(name).matches()) {
      item.error("odd-name", "\"" + name + "\" is not an environment's name");
      return Optional.empty();
    }
    Options here = new Options(options, top);
    BackupRule backup = here.get("backup").flatMap(backups::read).orElse(BackupRule.NONE);
    List<Section> applied = sections.read(top.self(), here.both("sections"), rules(here));
    Optional<WrittenSteps> written = written(here, name, applied);
    List<Milestone> soak = milestones(here, "soak");
    List<Milestone> watch = milestones(here, "watch");
    List<TriggerRule> triggered = rollbackIf(here);
    List<YamlValue> own = options.flatMap(map -> map.get("rollback")).stream().toList();
    new QuickLint(item, name, written.orElse(WrittenSteps.NONE))
        .check(WayBackReader.quick(own), soak, watch, triggered);
    return Optional.of(
        new EnvironmentPlan(
            name,
            here.get("target").flatMap(EnvironmentReader::target),
            here.get("rehearse").flatMap(YamlValue::bool),
            applied,
            prechecks.read(here.both("precheck")),
            backup,
            MeasuresReader.settings(here.both("measures")),
            here.get("sign_off").flatMap(EnvironmentReader::signOff),
            soak,
            watch,
            triggered,
            onFailure(here),
            WayBackReader.within(here.both("rollback")),
            WayBackReader.leaves(here.both("rollback")),
            WayBackReader.forwardOnly(here.both("rollback")),
            here.get("requires").map(related::required).orElse(List.of()),
            WayBackReader.watch(here.both("rollback")).flatMap(this::milestone),
            MeasuresReader.onTarget(here.both("measures")),
            WayBackReader.restore(here.both("rollback"), backup.how() != BackupRule.How.NONE),
            written));
  }

  private Optional<WrittenSteps> written(Options here, String name, List<Section> applied) {
    Set<String> files = new HashSet<>(applied.stream().map(Section::file).toList());
    List<YamlValue> back = here.both("rollback");
    return Optional.of(
            new WrittenSteps(
                steps.read(here.get("before"), name, At.BEFORE, files),
                steps.read(here.get("after"), name, At.AFTER, files),
                steps.read(WayBackReader.steps(back, "before"), name, At.ROLLBACK_BEFORE, files),
                steps.read(WayBackReader.steps(back, "after"), name, At.ROLLBACK_AFTER, files),
                WayBackReader.quickWithin(back)))
        .filter(WrittenSteps::any);
  }

  private static Optional<String> target(YamlValue value) {
    if (value.isList()) {
      value.notSupportedYet("a list of targets");
      return Optional.empty();
    }
    return value.text();
  }

  /** What holds for every section of the environment. */
  private SectionRules rules(Options here) {
    SectionRules usual = SectionRules.USUAL;
    return usual.in(
        guards.guard(usual.guard(), here.both("guard")),
        guards.health(usual.health(), here.both("health")),
        here.get("resume").flatMap(EnvironmentReader::resume).orElse(usual.resume()),
        endIdleBlockers(here));
  }

  private static Optional<Resume> resume(YamlValue value) {
    return value
        .oneOf(List.of("auto", "person"))
        .map(word -> Resume.valueOf(word.toUpperCase(Locale.ROOT)));
  }

  private static Optional<Duration> endIdleBlockers(Options here) {
    return here.both("end_blockers").stream()
        .flatMap(value -> value.map(ChangeKeys.END_BLOCKERS).get("idle_in_transaction").stream())
        .reduce((upper, lower) -> lower)
        .filter(value -> !value.isText() || value.text().filter("off"::equals).isEmpty())
        .flatMap(EnvironmentReader::idle);
  }

  private static Optional<Duration> idle(YamlValue value) {
    return value.parsed(
        "not-a-duration",
        text -> {
          Duration idle = Durations.parse(text);
          if (idle.compareTo(LEAST_IDLE) < 0) {
            throw new IllegalArgumentException(
                "\""
                    + text
                    + "\" is too short to end somebody's transaction: at least "
                    + Durations.print(LEAST_IDLE));
          }
          return idle;
        });
  }

  private static Optional<SignOffRule> signOff(YamlValue value) {
    Duration expires = EXPIRES;
    List<String> roles;
    if (value.isMap()) {
      YamlMap map = value.map(ChangeKeys.SIGN_OFF);
      expires = map.get("expires").flatMap(ProbeReader::duration).orElse(EXPIRES);
      roles = map.require("roles").map(YamlValue::texts).orElse(List.of());
    } else {
      roles = value.texts();
    }
    for (String role : roles) {
      if (!NAME.matcher(role).matches()) {
        value.error("odd-name", "\"" + role + "\" is not a role's name");
        return Optional.empty();
      }
    }
    if (roles.isEmpty() || new HashSet<>(roles).size() != roles.size()) {
      value.error("sign-off-roles", "name each role once, and at least one");
      return Optional.empty();
    }
    return Optional.of(new SignOffRule(roles, expires));
  }

  private List<Milestone> milestones(Options here, String key) {
    List<Milestone> milestones = new ArrayList<>();
    for (YamlValue item : here.get(key).map(YamlValue::listOrOne).orElse(List.of())) {
      milestone(item)
          .ifPresent(
              milestone -> {
                if (!milestones.isEmpty()
                    && milestones.get(milestones.size() - 1).lasts().compareTo(milestone.lasts())
                        >= 0) {
                  item.error("milestone-order", "each milestone ends later than the one before");
                }
                milestones.add(milestone);
              });
    }
    return milestones;
  }

  private Optional<Milestone> milestone(YamlValue item) {
    if (item.isText()) {
      return lasting(item).map(d -> new Milestone(d, SAMPLE, MIN_SAMPLES, List.of()));
    }
    YamlMap map = item.map(ChangeKeys.MILESTONE);
    Optional<Duration> lasts = map.require("for").flatMap(EnvironmentReader::lasting);
    Duration sample = map.get("sample").flatMap(EnvironmentReader::sample).orElse(SAMPLE);
    double minSamples =
        map.get("min_samples").flatMap(EnvironmentReader::share).orElse(MIN_SAMPLES);
    List<TriggerRule> rules = map.get("rollback_if").map(triggers::read).orElse(List.of());
    return lasts.map(duration -> new Milestone(duration, sample, minSamples, rules));
  }

  private static Optional<Duration> lasting(YamlValue item) {
    return item.parsed(
        "not-a-duration",
        text -> {
          Duration duration = Durations.parse(text);
          if (duration.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("\"" + text + "\" is shorter than a second");
          }
          return duration;
        });
  }

  private static Optional<Duration> sample(YamlValue item) {
    return item.parsed(
        "not-a-duration",
        text -> {
          Duration duration = Durations.parse(text);
          if (duration.compareTo(Duration.ofSeconds(1)) < 0
              || duration.compareTo(Duration.ofMinutes(5)) > 0) {
            throw new IllegalArgumentException("a sample every 1s to 5m, not \"" + text + "\"");
          }
          return duration;
        });
  }

  private static Optional<Double> share(YamlValue item) {
    return item.parsed(
        "not-a-share",
        text -> {
          Quantity share = Quantity.parse(text);
          if (share.dimension() != Dimension.RATIO || share.value() > 1) {
            throw new IllegalArgumentException("\"" + text + "\" is not a share such as 80%");
          }
          return share.value();
        });
  }

  private List<TriggerRule> rollbackIf(Options here) {
    List<TriggerRule> rules = new ArrayList<>();
    here.both("rollback_if").forEach(value -> rules.addAll(triggers.read(value)));
    return rules;
  }

  private static OnFailure onFailure(Options here) {
    return here.get("on_failure")
        .flatMap(value -> value.oneOf(List.of("pause", "rollback")))
        .map(word -> OnFailure.valueOf(word.toUpperCase(Locale.ROOT)))
        .orElse(OnFailure.PAUSE);
  }

  /** What stands in the environment, and at the top for all. */
  private record Options(Optional<YamlMap> environment, YamlMap top) {

    /** The environment wins. */
    Optional<YamlValue> get(String key) {
      return environment.flatMap(map -> map.get(key)).or(() -> top.get(key));
    }

    /** For what merges: the top first, so that the environment wins. */
    List<YamlValue> both(String key) {
      List<YamlValue> values = new ArrayList<>();
      top.get(key).ifPresent(values::add);
      environment.flatMap(map -> map.get(key)).ifPresent(values::add);
      return values;
    }
  }
}
