package io.lockkeeper.stage;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.lockkeeper.change.EnvironmentPlan.OnFailure;
import io.lockkeeper.change.RestoreRule;
import io.lockkeeper.change.SectionRules.Resume;
import io.lockkeeper.limit.Trigger;
import io.lockkeeper.step.Step;
import io.lockkeeper.step.Written;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** What a stage will do. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "stage")
@JsonSubTypes({
  @JsonSubTypes.Type(value = StagePlan.Deploy.class, name = "deploy"),
  @JsonSubTypes.Type(value = StagePlan.SignOff.class, name = "sign-off"),
  @JsonSubTypes.Type(value = StagePlan.Soak.class, name = "soak")
})
public sealed interface StagePlan {

  /** Unique in its promotion: {@code staging-soak}. */
  String name();

  StageKind kind();

  String environment();

  String target();

  /**
   * The change is applied.
   *
   * @param steps in order
   * @param rollbackWithin how long taking it back may take
   * @param sections how the flight waits around each; none in flights of the first version
   * @param recovery how it is watched after it was taken back; absent where it is not
   * @param restore the way back by a backup; absent in flights of earlier versions too
   * @param quickWithin how long undoing the steps may take
   * @param rollbackBefore steps of option A before anything is taken back; none in flights of
   *     earlier versions
   * @param rollbackAfter steps of option A after its checks
   */
  record Deploy(
      String name,
      String environment,
      String target,
      List<Step> steps,
      OnFailure onFailure,
      Optional<Duration> rollbackWithin,
      List<SectionWaits> sections,
      Optional<Soak> recovery,
      Optional<RestoreRule> restore,
      Optional<Duration> quickWithin,
      List<Step> rollbackBefore,
      List<Step> rollbackAfter)
      implements StagePlan {
    public Deploy {
      steps = List.copyOf(steps);
      rollbackBefore = rollbackBefore == null ? List.of() : List.copyOf(rollbackBefore);
      rollbackAfter = rollbackAfter == null ? List.of() : List.copyOf(rollbackAfter);
      sections = sections == null ? List.of() : List.copyOf(sections);
    }

    /** As the change says, or the usual one where a backup is taken. */
    public Optional<RestoreRule> restoreRule() {
      return RestoreRule.of(restore, steps.stream().anyMatch(step -> step instanceof Step.Backup));
    }

    /** What a rollback undoes of the steps that the author wrote, the last step first. */
    public List<Step.Undo> undos() {
      List<Step.Undo> undos = new ArrayList<>();
      for (Step step : steps) {
        if (step instanceof Step.Sql sql && sql.way() == Step.Sql.Way.UNDONE) {
          undos.add(new Step.Undo(sql.of()));
        }
      }
      Collections.reverse(undos);
      return undos;
    }

    /** Whether a step is done before the baseline whose effect is undone in the end. */
    public boolean undoesBeforeBaseline() {
      return undos().stream().anyMatch(undo -> undo.of().at() == Written.At.BEFORE);
    }

    /** The usual waits where nothing else is said. */
    public SectionWaits section(String section) {
      return sections.stream()
          .filter(waits -> waits.section().equals(section))
          .findFirst()
          .orElseGet(() -> new SectionWaits(section, Duration.ZERO, Resume.AUTO));
    }

    @Override
    public StageKind kind() {
      return StageKind.DEPLOY;
    }
  }

  /**
   * How the flight waits around a section.
   *
   * @param pace pause after it, before the next section
   * @param resume what ends a pause that guard or health made
   */
  record SectionWaits(String section, Duration pace, Resume resume) {}

  /**
   * People consent.
   *
   * @param steps whose results belong to the evidence, in order
   * @param roles each by another person
   */
  record SignOff(
      String name,
      String environment,
      String target,
      List<Step> steps,
      List<String> roles,
      Duration expires)
      implements StagePlan {
    public SignOff {
      steps = List.copyOf(steps);
      roles = List.copyOf(roles);
    }

    @Override
    public StageKind kind() {
      return StageKind.SIGN_OFF;
    }
  }

  /**
   * The change is observed: a soak, or a watch.
   *
   * @param first whether it begins the row of milestones and so sets their common start
   * @param lasts from that start to the end of this one
   * @param sample time between samples
   * @param probeInterval time between rounds of probes and requests
   * @param judged how far back a p95 looks
   * @param window how long one activity samples
   * @param minSamples share of the samples due below which the verdict is INCONCLUSIVE
   */
  record Soak(
      String name,
      StageKind kind,
      String environment,
      String target,
      boolean first,
      Duration lasts,
      Duration sample,
      Duration probeInterval,
      Duration judged,
      Duration window,
      double minSamples,
      List<Trigger> triggers)
      implements StagePlan {
    public Soak {
      triggers = List.copyOf(triggers);
    }

    /** Whether a trigger looks at a metric. */
    public boolean watches(String metric) {
      return triggers.stream().anyMatch(trigger -> trigger.limit().matches(metric));
    }

    /** The same under other triggers. */
    public Soak under(List<Trigger> others) {
      return new Soak(
          name,
          kind,
          environment,
          target,
          first,
          lasts,
          sample,
          probeInterval,
          judged,
          window,
          minSamples,
          others);
    }
  }
}
